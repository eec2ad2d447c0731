/** A menu behind a button. Items are plain data, so that every menu looks and works alike; one with a command is off where that is refused. */
import { Menu as Base } from '@base-ui/react/menu';
import { Check, Ellipsis, type LucideIcon } from 'lucide-react';
import { useRef, useState, type ReactElement, type ReactNode, type RefObject } from 'react';
import type { CommandName } from '../../contract/commands.ts';
import { useRefusals } from '../may.ts';
import { IconButton } from './button.tsx';
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
      command?: CommandName;
    }
  | { id: string; separator: true }
  | { id: string; heading: string };

export const MenuItems = ({ entries }: { entries: readonly MenuEntry[] }): ReactNode => {
  const refusalOf = useRefusals();
  return entries.map((entry) => {
    if ('separator' in entry) return <Base.Separator key={entry.id} className={css['separator']} />;
    if ('heading' in entry) {
      return (
        <div key={entry.id} role="presentation" className={css['label']}>
          {entry.heading}
        </div>
      );
    }
    const Icon = entry.icon;
    const refusal = refusalOf(entry.command);
    return (
      <Base.Item
        key={entry.id}
        className={css['item']}
        disabled={refusal !== null || (entry.disabled ?? false)}
        data-command={entry.command}
        title={refusal ?? undefined}
        onClick={entry.onSelect}
      >
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
};

export const MenuPopup = ({
  entries,
  align = 'start',
  anchor,
  labelledBy,
}: {
  entries: readonly MenuEntry[];
  align?: 'start' | 'end';
  /** The button, where the menu has no trigger of its own. */
  anchor?: RefObject<HTMLElement | null>;
  labelledBy?: string;
}): ReactNode => (
  <Base.Portal>
    <Base.Positioner
      className={css['positioner']}
      sideOffset={4}
      align={align}
      {...(anchor === undefined ? {} : { anchor })}
    >
      <Base.Popup
        className={css['popup']}
        tabIndex={0}
        {...(anchor === undefined ? {} : { finalFocus: anchor })}
        {...(labelledBy === undefined ? {} : { 'aria-labelledby': labelledBy })}
      >
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

/**
 * "More about" a row of a long list. Nothing of the menu is there before it opens: a menu for each row made scrolling
 * through thousands of them slow.
 */
export const RowMenu = ({
  id,
  label,
  entries,
}: {
  id: string;
  label: string;
  entries: () => MenuEntry[];
}): ReactNode => {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        small
        id={id}
        ref={button}
        label={label}
        icon={Ellipsis}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          setOpen(true);
        }}
      />
      {open ? (
        <Base.Root open onOpenChange={setOpen}>
          <MenuPopup entries={entries()} align="end" anchor={button} labelledBy={id} />
        </Base.Root>
      ) : null}
    </>
  );
};
