/** The native menu as data, from the contract's one table and what the platform gives each menu. Pure of Electron. */
import type { MenuItemConstructorOptions } from 'electron';
import { menuItems, type MenuId, type MenuItem } from '../contract/menu.ts';

export type Theme = 'system' | 'light' | 'dark';
type Template = MenuItemConstructorOptions;

export const themeIds: Readonly<Record<Theme, MenuId>> = {
  system: 'view.theme-system',
  light: 'view.theme-light',
  dark: 'view.theme-dark',
};
const isThemeId = (id: MenuId): boolean => Object.values(themeIds).includes(id);

const separator: Template = { type: 'separator' };

/** What the platform gives each menu beside our own items. No Reload and no DevTools in a release. */
const platformItems = (menu: MenuItem['menu'], mac: boolean): Template[] => {
  switch (menu) {
    case 'File':
      return [separator, mac ? { role: 'close' } : { role: 'quit' }];
    case 'Edit':
      return [separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }];
    case 'View':
      return [separator, { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }];
    case 'Help':
      return [];
  }
};

export type MenuOptions = { mac: boolean; theme: Theme; use: (id: MenuId) => void };

/** Pure: the whole template. Items keep the table's ids. */
export const menuTemplate = ({ mac, theme, use }: MenuOptions): Template[] => {
  const item = (one: MenuItem): Template => ({
    id: one.id,
    label: one.label,
    click: () => use(one.id),
    ...(one.accelerator === undefined ? {} : { accelerator: one.accelerator }),
    ...(isThemeId(one.id) ? { type: 'radio' as const, checked: themeIds[theme] === one.id } : {}),
  });
  const menu = (name: MenuItem['menu']): Template => ({
    label: name,
    ...(name === 'Help' ? { role: 'help' as const } : {}),
    submenu: [...menuItems.filter((one) => one.menu === name).map(item), ...platformItems(name, mac)],
  });
  return [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    menu('File'),
    menu('Edit'),
    menu('View'),
    ...(mac ? [{ role: 'windowMenu' as const }] : []),
    menu('Help'),
  ];
};
