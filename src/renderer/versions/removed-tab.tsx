/** Settings that were removed, the last one first: each can come back as it was last. */
import { Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { ChangeDiff } from '../change/change-diff.tsx';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import type { Ask } from './bring-back.ts';
import { BringBackDialog } from './bring-back-dialog.tsx';
import { useSettled } from './use-settled.ts';
import css from './versions-page.module.css';

const say = messages.versions;

export const RemovedTab = (): ReactNode => {
  const [text, setText] = useState('');
  const settled = useSettled(text.trim(), 250);
  const found = useQuery('versions.removed', settled === '' ? {} : { text: settled }, ['settings', 'audit']);
  const [ask, setAsk] = useState<Ask | null>(null);
  if (found.data === null)
    return found.error === null ? <Loading /> : <ErrorState error={found.error} onRetry={() => void found.reload()} />;
  const { removed, total } = found.data;
  const dialog = ask === null ? null : <BringBackDialog ask={ask} onClose={() => setAsk(null)} />;
  if (total === 0 && settled === '')
    return (
      <>
        <Empty icon={Trash2} title={say.noneRemovedTitle} text={say.noneRemoved} />
        {dialog}
      </>
    );
  return (
    <Stack>
      <SearchInput label={say.searchRemoved} placeholder={say.searchRemoved} value={text} onChange={setText} />
      {removed.length === 0 ? (
        <p role="status">{say.noMatch}</p>
      ) : (
        <Card flush>
          <ul aria-label={say.tabs.removed}>
            {removed.map((one) => (
              <li key={one.key} className={css['named']}>
                <div className={css['name']}>
                  <span className="mono">{one.key}</span>{' '}
                  {one.secret ? (
                    <span className="muted">{say.secret}</span>
                  ) : (
                    <ChangeDiff action="delete" old={one.value} new={null} secret={false} limit={200} />
                  )}
                  <p className="small muted">{say.removedBy(lowerWhen(one.at), one.actor)}</p>
                </div>
                <Button
                  small
                  command="versions.undelete"
                  aria-label={say.undeleteOf(one.key)}
                  onClick={() => setAsk({ kind: 'undelete', key: one.key })}
                >
                  {say.undelete}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {total > removed.length ? <p className="muted">{say.moreRemoved(total - removed.length)}</p> : null}
      {dialog}
    </Stack>
  );
};
