/** A menu behind a button. Items are plain data, so that every menu looks and works alike. */
import { Menu as Base } from '@base-ui/react/menu';
import { Check, type LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import css from './popup.module.css';

export type MenuEntry =
  | {
      id: string;
      label: ReactNode;
      onSelect: () => void;
      icon?: LucideIcon;
      hint?: string | undefined;
      checked?: boolean;
      disabled?: boolean;
    }
  | { id: string; separator: true }
  | { id: string; heading: string };

export const MenuItems = ({ entries }: { entries: readonly MenuEntry[] }): ReactNode =>
  entries.map((entry) => {
    if ('separator' in entry) return <Base.Separator key={entry.id} className={css['separator']} />;
    if ('heading' in entry) {
      return (
        <div key={entry.id} role="presentation" className={css['label']}>
          {entry.heading}
        </div>
      );
    }
    const Icon = entry.icon;
    return (
      <Base.Item key={entry.id} className={css['item']} disabled={entry.disabled ?? false} onClick={entry.onSelect}>
        {entry.checked === undefined ? null : (
          <span className={css['mark']}>{entry.checked ? <Check aria-hidden /> : null}</span>
        )}
        {Icon === undefined ? null : <Icon aria-hidden />}
        <span className={css['grow']}>
          {entry.label}
          {entry.checked === true ? <span className="visually-hidden">, selected</span> : null}
        </span>
        {entry.hint === undefined ? null : (
          <span className={css['hint']} aria-hidden>
            {entry.hint}
          </span>
        )}
      </Base.Item>
    );
  });

export const MenuPopup = ({
  entries,
  align = 'start',
}: {
  entries: readonly MenuEntry[];
  align?: 'start' | 'end';
}): ReactNode => (
  <Base.Portal>
    <Base.Positioner className={css['positioner']} sideOffset={4} align={align}>
      <Base.Popup className={css['popup']} tabIndex={0}>
        <MenuItems entries={entries} />
      </Base.Popup>
    </Base.Positioner>
  </Base.Portal>
);

type Props = { trigger: ReactElement; entries: readonly MenuEntry[]; align?: 'start' | 'end'; children?: ReactNode };

export const Menu = ({ trigger, entries, align, children }: Props): ReactNode => (
  <Base.Root>
    <Base.Trigger render={trigger}>{children}</Base.Trigger>
    <MenuPopup entries={entries} {...(align === undefined ? {} : { align })} />
  </Base.Root>
);
