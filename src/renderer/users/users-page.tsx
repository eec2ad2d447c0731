/** The profiles of this home: who there is, who acts, one in a dialog. Which one is open stands in the address. */
import { Plus, SearchX, UsersRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { UserView } from '../../contract/users.ts';
import { shellQuote } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { Empty, ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { actingOf, nameInSentence, refusalOf } from './acting.ts';
import { AskDialog, type Question } from './ask-dialog.tsx';
import { UserDialog } from './user-dialog.tsx';
import { UserTable } from './user-table.tsx';
import css from './users-page.module.css';
import { useSwitch, useUsers } from './use-users.ts';

const say = messages.users;

const shownOf = (users: readonly UserView[], text: string): readonly UserView[] => {
  const words = text.trim().toLowerCase();
  return words === ''
    ? users
    : users.filter((one) => `${one.name} ${one.displayName ?? ''} ${one.email ?? ''}`.toLowerCase().includes(words));
};

export const UsersPage = (): ReactNode => {
  const { query } = useRoute();
  const list = useQuery('user.list', {}, ['users', 'home']);
  const actions = useUsers();
  const switchTo = useSwitch();
  const [adding, setAdding] = useState(false);
  const [readAgain, setReadAgain] = useState(0);
  const [question, setQuestion] = useState<Question | null>(null);
  if (list.data === null)
    return (
      <Page title={say.title}>
        {list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />}
      </Page>
    );
  const { users } = list.data;
  const acting = actingOf(users, list.data.acting, list.data.gone);
  const refusal = refusalOf(acting, 'admin');
  const search = query['q'] ?? '';
  const shown = shownOf(users, search);
  const open = users.find((one) => one.name === query['user']);
  const add = (label: string, first: boolean): ReactNode => (
    <Button
      icon={Plus}
      {...(first ? { variant: 'primary' as const } : {})}
      command="user.add"
      onClick={() => setAdding(true)}
    >
      {label}
    </Button>
  );
  const you =
    acting.profile === null
      ? (acting.gone ? say.goneProfile : say.noProfile)(acting.name)
      : `${nameInSentence(acting.profile)}, ${say.aRole[acting.profile.role]}`;
  return (
    <Page
      title={say.title}
      command={open === undefined ? 'holdfast user list' : `holdfast user show ${shellQuote(open.name)}`}
      {...(users.length === 0 ? {} : { subtitle: say.subtitle(users.length, you), actions: add(say.add, false) })}
    >
      {users.length === 0 ? (
        <Empty icon={UsersRound} title={say.emptyTitle} text={say.empty}>
          {add(say.addFirst, true)}
        </Empty>
      ) : (
        <>
          {/* A viewer is told above every page. */}
          {refusal === null || acting.profile?.role !== 'editor' ? null : (
            <div className={css['notice']}>
              <NoticeLine tone="info">{refusal}</NoticeLine>
            </div>
          )}
          <div className={css['filters']}>
            <SearchInput
              className={css['search']}
              label={say.search}
              placeholder={say.search}
              value={search}
              onChange={(q) => replaceQuery({ q })}
            />
            <span className="small muted" role="status">
              {say.shown(shown.length)}
            </span>
          </div>
          {shown.length === 0 ? (
            <Empty icon={SearchX} title={say.noneTitle} text={say.none}>
              <Button onClick={() => replaceQuery({ q: '' })}>{say.clear}</Button>
            </Empty>
          ) : (
            <UserTable
              users={shown}
              acting={acting.name}
              onOpen={(user) => replaceQuery({ user: user.name })}
              onActAs={(user) => void switchTo(user)}
              onAsk={(user, what) => setQuestion({ user, what })}
            />
          )}
        </>
      )}
      {adding ? (
        <UserDialog
          opened={users.length === 0 ? { name: acting.name, role: 'admin' } : { name: '', role: 'editor' }}
          actions={actions}
          onClose={() => setAdding(false)}
          onRemove={() => undefined}
          onReload={() => setAdding(false)}
        />
      ) : null}
      {open === undefined ? null : (
        <UserDialog
          key={`${open.name} ${String(readAgain)}`}
          opened={{ user: open }}
          actions={actions}
          onClose={() => replaceQuery({ user: '' })}
          onRemove={(user) => setQuestion({ user, what: 'remove' })}
          onReload={() => setReadAgain((before) => before + 1)}
        />
      )}
      {question === null ? null : <AskDialog question={question} actions={actions} onClose={() => setQuestion(null)} />}
    </Page>
  );
};
