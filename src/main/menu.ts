/** The native menu, made from the contract's one table; what an item does is the page's business. */
import { Menu } from 'electron';
import { menuTemplate, themeIds, type MenuOptions, type Theme } from './menu-template.ts';

export const showMenu = (options: MenuOptions): void =>
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)));

/** The mark beside the theme in use, wherever it was changed from. */
export const markTheme = (theme: Theme): void => {
  const item = Menu.getApplicationMenu()?.getMenuItemById(themeIds[theme]);
  if (item !== undefined && item !== null) item.checked = true;
};
