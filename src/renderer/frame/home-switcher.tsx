/** Which home is open, how it is, and the way to another one. */
import { ChevronsUpDown, FolderOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import type { HomeCandidate } from '../../contract/home.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { shortPath, useStatus } from '../status.ts';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { toastError } from '../ui/toast.tsx';
import css from './home-switcher.module.css';
import { useMenuStore } from './menu-store.ts';

export const HomeSwitcher = ({ homes }: { homes: readonly HomeCandidate[] }): ReactNode => {
  const door = useDoor();
  const { status, title } = useStatus();
  const open = (id: string): void => {
    void door.call('home.open', { id }).then((answer) => {
      if (!answer.ok) toastError(answer.error);
    });
  };
  const entries: MenuEntry[] = [
    { id: 'heading', heading: messages.frame.otherHomes },
    ...homes.map((home) => ({
      id: home.id,
      label: (
        <span className={css['entry']}>
          <span>{home.title}</span>
          <span className="mono muted">{shortPath(home.path, 40)}</span>
        </span>
      ),
      checked: home.path === status.home,
      onSelect: () => (home.path === status.home ? undefined : open(home.id)),
    })),
    { id: 'line', separator: true },
    {
      id: 'open',
      label: door.openHome === null ? messages.frame.allHomes : messages.frame.openHome,
      icon: FolderOpen,
      onSelect: () => useMenuStore.getState().run('home.open'),
    },
  ];
  return (
    <Menu
      entries={entries}
      trigger={
        <button
          type="button"
          className={css['switcher']}
          aria-label={messages.frame.homeMenu(title)}
          title={status.home}
        >
          <span className={css['glyph']} aria-hidden>
            {title.slice(0, 1).toUpperCase()}
          </span>
          <span className={css['text']}>
            <span className={css['title']}>{title}</span>
            <span className={css['path']}>{shortPath(status.home, 16)}</span>
            <span className={css['state']} data-state={status.state}>
              {messages.frame.states[status.state]}
            </span>
          </span>
          <ChevronsUpDown aria-hidden className={css['chevron']} />
        </button>
      }
    />
  );
};
