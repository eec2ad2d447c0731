/** The native menu, made from the contract's one table; what an item does is the page's business. */
import { Menu } from 'electron';
import { commands, type Output } from '../contract/commands.ts';
import { menuItems } from '../contract/menu.ts';
import { mayAs } from '../contract/users.ts';
import { menuTemplate, themeIds, type MenuOptions, type Theme } from './menu-template.ts';

export const showMenu = (options: MenuOptions): void =>
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)));

/** The mark beside the theme in use, wherever it was changed from. */
export const markTheme = (theme: Theme): void => {
  const item = Menu.getApplicationMenu()?.getMenuItemById(themeIds[theme]);
  if (item !== undefined && item !== null) item.checked = true;
};

/** Items are off for whom their command would be refused. Undo stays: in a text field it belongs to the text. */
export const allowInMenu = ({ users, acting, gone = false }: Output<'user.list'>): void => {
  const profile = users.find(({ name }) => name === acting) ?? null;
  for (const { id, menu, command } of menuItems) {
    if (command === undefined || menu === 'Edit') continue;
    const item = Menu.getApplicationMenu()?.getMenuItemById(id);
    if (item != null) item.enabled = !gone && mayAs(profile, commands[command].permission);
  }
};
