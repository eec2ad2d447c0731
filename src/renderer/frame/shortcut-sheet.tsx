/** All shortcuts on one sheet, from the same table as the menus. */
import type { ReactNode } from 'react';
import { menuItems } from '../../contract/menu.ts';
import { messages } from '../messages.en.ts';
import { Dialog } from '../ui/dialog.tsx';
import { showAccelerator } from './accelerators.ts';
import css from './shortcut-sheet.module.css';
import { useMenuStore } from './menu-store.ts';
import { isMac } from './platform.ts';

const own = messages.frame.shortcuts;

const rows: { label: string; keys: string }[] = [
  ...menuItems.flatMap((item) =>
    item.accelerator === undefined ? [] : [{ label: item.label, keys: showAccelerator(item.accelerator, isMac) }],
  ),
  { label: own.apply, keys: showAccelerator('CmdOrCtrl+S', isMac) },
  { label: own.panes, keys: 'F6' },
  { label: own.sheet, keys: '?' },
  { label: own.escape, keys: 'Esc' },
];

export const ShortcutSheet = (): ReactNode => {
  const open = useMenuStore((state) => state.shortcutsOpen);
  return (
    <Dialog
      open={open}
      onClose={() => useMenuStore.setState({ shortcutsOpen: false })}
      title={messages.frame.shortcutsTitle}
    >
      <dl className={css['sheet']}>
        {rows.map((row) => (
          <div key={row.label} className={css['row']}>
            <dt>{row.label}</dt>
            <dd>
              <kbd>{row.keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
};
