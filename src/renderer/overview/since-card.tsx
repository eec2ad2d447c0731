/** What changed since this person said last that they had seen everything: by whom, through which door. */
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { toastError } from '../ui/toast.tsx';
import { useQuery } from '../use-query.ts';
import css from './since-card.module.css';

const say = messages.since;

type Since = Output<'versions.since'>;

const Line = ({ one, from }: { one: Since['by'][number]; from: string }): ReactNode => {
  const door = messages.audit.sources[one.source] ?? one.source;
  const query = { actor: one.actor, source: one.source, from, to: new Date().toISOString().slice(0, 10) };
  return (
    <li>
      <strong>{one.actor}</strong>
      <span className="muted">{door}</span>
      <a href={formatRoute('audit', query)} aria-label={say.show(one.actor, door)}>
        {say.line(one.changeSets, one.changes)}
      </a>
      <span className="muted">{say.last(lowerWhen(one.last))}</span>
    </li>
  );
};

const Body = ({ since, seen }: { since: Since; seen: NonNullable<Since['seen']> }): ReactNode => (
  <>
    {since.by.length === 0 ? (
      <p>{say.nothing}</p>
    ) : (
      <>
        <p>{say.total(since.changes)}</p>
        <ul className={css['by']} aria-label={say.by}>
          {since.by.map((one) => (
            <Line key={`${one.actor} ${one.source}`} one={one} from={seen.at.slice(0, 10)} />
          ))}
        </ul>
      </>
    )}
    {since.drift.length === 0 ? null : (
      <p>
        <a href={formatRoute('migration')}>{say.drift(since.drift.length)}</a>
      </p>
    )}
  </>
);

export const SinceCard = (): ReactNode => {
  const door = useDoor();
  const found = useQuery('versions.since', {}, ['audit', 'migration']);
  if (found.data === null) return null;
  const { seen, entry } = found.data;
  const mark = async (): Promise<void> => {
    const answer = await door.call('versions.seen', { entry });
    if (!answer.ok) return toastError(answer.error);
    await found.reload();
  };
  const marked = seen !== null && seen.entry === entry;
  return (
    <Card
      title={say.title}
      aside={
        <span className={css['aside']}>
          {seen === null ? null : <span className="small muted">{say.seenAt(lowerWhen(seen.at))}</span>}
          {marked ? null : (
            <Button small onClick={() => void mark()}>
              {say.mark}
            </Button>
          )}
        </span>
      }
    >
      {seen === null ? <p className="muted">{say.first}</p> : <Body since={found.data} seen={seen} />}
    </Card>
  );
};
