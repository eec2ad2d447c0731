/** Under the home: who acts, and acting as somebody else. Where there are no profiles, there is nothing of it. */
import { ChevronsUpDown, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import type { UserView } from '../../contract/users.ts';
import { messages } from '../messages.en.ts';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { goTo } from '../use-route.ts';
import { nameInSentence, refusalOf, shownName, useActing } from './acting.ts';
import css from './acting-switch.module.css';
import { useSwitch } from './use-users.ts';

const say = messages.users;
/** A menu is for a handful; the page has all of them, and a search. */
const most = 8;

const offered = (users: readonly UserView[], acting: string): UserView[] => {
  const enabled = users.filter((one) => !one.disabled);
  return [...enabled.filter((one) => one.name === acting), ...enabled.filter((one) => one.name !== acting)].slice(
    0,
    most,
  );
};

export const ActingSwitch = (): ReactNode => {
  const { name, profile, users, gone } = useActing();
  const switchTo = useSwitch();
  if (users.length === 0 && !gone) return null;
  const shown = profile === null ? name : shownName(profile);
  const entries: MenuEntry[] = [
    { id: 'heading', heading: say.actAsHeading },
    ...offered(users, name).map((user) => ({
      id: `as ${user.name}`,
      label: (
        <span className={css['entry']}>
          <bdi className={css['name']}>{shownName(user)}</bdi>
          <span className="small muted">{say.roles[user.role]}</span>
        </span>
      ),
      checked: user.name === name,
      onSelect: () => (user.name === name ? undefined : void switchTo(user)),
    })),
    { id: 'line', separator: true },
    { id: 'account', label: say.thisAccount, onSelect: () => void switchTo(null) },
    { id: 'all', label: say.allProfiles, onSelect: () => goTo('users') },
  ];
  return (
    <Menu
      entries={entries}
      trigger={
        <button
          type="button"
          className={css['switch']}
          aria-label={say.actingMenu(nameInSentence({ name: shown, displayName: null }))}
          title={shown}
        >
          <UserRound aria-hidden />
          <span className={css['text']}>
            <span className={css['label']}>{say.acting}</span>
            <span className={css['shown']} dir="auto">
              {shown}
            </span>
          </span>
          <ChevronsUpDown aria-hidden className={css['chevron']} />
        </button>
      }
    />
  );
};

/** Once above every page for whom nothing can be changed: the reason of every control that is off. */
export const ActingBanner = (): ReactNode => {
  const refusal = refusalOf(useActing(), 'edit');
  if (refusal === null) return null;
  return (
    <div className={css['banner']} role="status">
      <NoticeLine tone="info">{refusal}</NoticeLine>
    </div>
  );
};
