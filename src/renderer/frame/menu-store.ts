/** Ties menus and shortcuts to what they do, and holds the small bits of state that menus open. */
import { create } from 'zustand';
import type { MenuId } from '../../contract/menu.ts';
import type { Theme } from '../theme.ts';

type MenuStore = {
  /** Set by `MenuActions` while a home is open. */
  run: (id: MenuId) => void;
  shortcutsOpen: boolean;
  theme: Theme;
};

export const useMenuStore = create<MenuStore>(() => ({ run: () => undefined, shortcutsOpen: false, theme: 'system' }));
