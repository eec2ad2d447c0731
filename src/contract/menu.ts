/** One table for the native menu, the in-page menu of the browser host and the shortcut sheet. */
import type { CommandName } from './commands.ts';

export type MenuId =
  | 'home.open'
  | 'backup.export'
  | 'backup.restore'
  | 'bundle.import'
  | 'bundle.export'
  | 'home.set-up-again'
  | 'edit.undo'
  | 'edit.redo'
  | 'edit.find'
  | 'view.theme-system'
  | 'view.theme-light'
  | 'view.theme-dark'
  | 'help.shortcuts';

export type MenuItem = {
  id: MenuId;
  menu: 'File' | 'Edit' | 'View' | 'Help';
  label: string;
  /** Electron's notation; the renderer shows it per platform. */
  accelerator?: string;
  /** What it leads to: off for whom that would be refused. */
  command?: CommandName;
  /** False where only the desktop window can do it. */
  browser: boolean;
};

export const menuItems: readonly MenuItem[] = [
  { id: 'home.open', menu: 'File', label: 'Open Home…', accelerator: 'CmdOrCtrl+O', browser: true },
  {
    id: 'backup.export',
    menu: 'File',
    label: 'Export Backup…',
    accelerator: 'CmdOrCtrl+Shift+E',
    command: 'backup.create',
    browser: true,
  },
  { id: 'backup.restore', menu: 'File', label: 'Restore from Backup…', command: 'backup.restore', browser: true },
  { id: 'bundle.import', menu: 'File', label: 'Import Bundle…', command: 'bundle.import', browser: true },
  { id: 'bundle.export', menu: 'File', label: 'Export Bundle…', command: 'bundle.export', browser: true },
  { id: 'home.set-up-again', menu: 'File', label: 'Set Up Again…', command: 'setup.reset', browser: true },
  {
    id: 'edit.undo',
    menu: 'Edit',
    label: 'Undo Change',
    accelerator: 'CmdOrCtrl+Z',
    command: 'settings.undo',
    browser: true,
  },
  {
    id: 'edit.redo',
    menu: 'Edit',
    label: 'Redo Change',
    accelerator: 'CmdOrCtrl+Shift+Z',
    command: 'settings.redo',
    browser: true,
  },
  { id: 'edit.find', menu: 'Edit', label: 'Find Setting', accelerator: 'CmdOrCtrl+F', browser: true },
  { id: 'view.theme-system', menu: 'View', label: 'Theme: System', browser: true },
  { id: 'view.theme-light', menu: 'View', label: 'Theme: Light', browser: true },
  { id: 'view.theme-dark', menu: 'View', label: 'Theme: Dark', browser: true },
  { id: 'help.shortcuts', menu: 'Help', label: 'Keyboard Shortcuts', browser: true },
];
