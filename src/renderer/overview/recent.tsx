/** The newest change sets, with undo on the one that undo would take back. */
import { History } from 'lucide-react';
import type { ReactNode } from 'react';
import { foldEntries } from '../audit/change-sets.ts';
import { SummaryText } from '../audit/change-set-row.tsx';
import { useMenuStore } from '../frame/menu-store.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { useQuery } from '../use-query.ts';
import css from './recent.module.css';

const say = messages.overview;

export const Recent = (): ReactNode => {
  const list = useQuery('audit.list', { limit: 300 }, ['audit']);
  const undoable = useQuery('settings.undoable', {}, ['settings', 'audit']);
  if (list.data === null)
    return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
  const sets = foldEntries(list.data.changes, list.data.next !== null).slice(0, 6);
  if (sets.length === 0) return <Empty compact icon={History} title={say.noRecent} text={say.noRecentText} />;
  return (
    <ul className={css['recent']} aria-label={say.recent}>
      {sets.map((set) => (
        <li key={set.id} className={css['row']}>
          <span className="muted">
            <When at={set.at} />
          </span>
          <span>{set.actor}</span>
          <span className="muted">{messages.audit.sources[set.source] ?? set.source}</span>
          <span className={css['what']}>
            <SummaryText set={set} limit={60} />
          </span>
          <span className={css['reason']}>{set.reason}</span>
          <span className={css['undo']}>
            {undoable.data?.undo?.changeSet === set.id ? (
              <Button variant="link" onClick={() => useMenuStore.getState().run('edit.undo')}>
                {messages.frame.undo}
              </Button>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
};
