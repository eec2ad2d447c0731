/** The profiles as rows: who, role, own values, last seen, and what can be done with each. */
import { Ban, CircleCheck, MoreHorizontal, Pencil, Trash2, UserRoundCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { UserView } from '../../contract/users.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { Badge } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { Card } from '../ui/page.tsx';
import { moveAmongRows } from '../ui/row-keys.ts';
import { When } from '../ui/time.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { shownName } from './acting.ts';
import css from './user-table.module.css';

const say = messages.users;

export type RowActions = {
  onOpen: (user: UserView) => void;
  onActAs: (user: UserView) => void;
  onAsk: (user: UserView, what: 'disable' | 'enable' | 'remove') => void;
};

type RowProps = RowActions & { user: UserView; index: number; acting: string };

const entriesOf = ({ user, acting, onOpen, onActAs, onAsk }: RowProps): MenuEntry[] => [
  { id: 'edit', label: say.edit, icon: Pencil, onSelect: () => onOpen(user) },
  {
    id: 'act',
    label: say.actAs,
    icon: UserRoundCheck,
    disabled: user.disabled || user.name === acting,
    onSelect: () => onActAs(user),
  },
  { id: 'line', separator: true },
  user.disabled
    ? {
        id: 'enable',
        label: say.enable,
        icon: CircleCheck,
        command: 'user.disable',
        onSelect: () => onAsk(user, 'enable'),
      }
    : { id: 'disable', label: say.disable, icon: Ban, command: 'user.disable', onSelect: () => onAsk(user, 'disable') },
  { id: 'remove', label: say.remove, icon: Trash2, command: 'user.remove', onSelect: () => onAsk(user, 'remove') },
];

const Row = (props: RowProps): ReactNode => {
  const { user, index, acting } = props;
  const shown = shownName(user);
  return (
    <div role="row" aria-rowindex={index + 2} className={css['row']} data-disabled={user.disabled ? '' : undefined}>
      <span role="cell" className={css['who']}>
        <span className={css['title']}>
          <button
            type="button"
            data-open=""
            dir="auto"
            className={css['open']}
            title={shown}
            onClick={() => props.onOpen(user)}
          >
            {shown}
          </button>
          {user.name === acting ? <Badge tone="accent">{say.you}</Badge> : null}
          {user.disabled ? <Badge tone="warn">{say.disabled}</Badge> : null}
        </span>
        {shown === user.name ? null : (
          <span className={css['name']} dir="auto" title={user.name}>
            {user.name}
          </span>
        )}
      </span>
      <span role="cell" className={cx(css['cell'], css['extra'])} dir="auto" title={user.email ?? undefined}>
        {user.email}
      </span>
      <span role="cell">{say.roles[user.role]}</span>
      <span role="cell" className={cx(css['number'], css['extra'])}>
        {count(user.overrides)}
      </span>
      <span role="cell" className={cx(css['when'], css['extra'])}>
        {user.lastSeen === null ? say.never : <When at={user.lastSeen} />}
      </span>
      <span role="cell" className={css['menu']}>
        <Menu
          align="end"
          trigger={<IconButton small label={say.actionsOf(shown)} icon={MoreHorizontal} />}
          entries={entriesOf(props)}
        />
      </span>
    </div>
  );
};

type Props = RowActions & { users: readonly UserView[]; acting: string };

export const UserTable = ({ users, ...rest }: Props): ReactNode => (
  <Card flush className={css['card']}>
    <div role="table" aria-label={say.title} aria-rowcount={users.length + 1} onKeyDown={moveAmongRows}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={css['header']}>
          <span role="columnheader">{say.columns.name}</span>
          <span role="columnheader" className={css['extra']}>
            {say.columns.email}
          </span>
          <span role="columnheader">{say.columns.role}</span>
          <span role="columnheader" className={cx(css['number'], css['extra'])}>
            {say.columns.own}
          </span>
          <span role="columnheader" className={css['extra']}>
            {say.columns.seen}
          </span>
          <span role="columnheader">
            <span className="visually-hidden">{say.columns.actions}</span>
          </span>
        </div>
      </div>
      <VirtualRows
        role="rowgroup"
        count={users.length}
        estimate={49}
        threshold={100}
        keyOf={(index) => users[index]?.name ?? String(index)}
        row={(index) => {
          const user = users[index];
          return user === undefined ? null : <Row user={user} index={index} {...rest} />;
        }}
      />
    </div>
  </Card>
);
