/** Values that were changed outside Holdfast: what the log vouches for, what is there, and taking it over or back. */
import { useState, type ReactNode } from 'react';
import type { OutsideChange, OutsideSide } from '../../contract/audit-outside.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { useStatus } from '../status.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { useQuery } from '../use-query.ts';
import css from './outside-card.module.css';
import { OutsideDialog, type OutsideAsk } from './outside-dialog.tsx';

const say = messages.outside;

const sideWords = (side: OutsideSide | null, unknown: string): string => {
  if (side === null) return unknown;
  if (side.removed) return say.notSet;
  return side.secret ? say.secret(side.print ?? '') : formatValue(side.value);
};

const Facts = ({ change }: { change: OutsideChange }): ReactNode => {
  const { what, vouched, found, revertTo } = change;
  if (what === 'earlier' || what === 'entry') return null;
  return (
    <dl className={css['facts']}>
      <dt>{say.was}</dt>
      <dd className="mono">{sideWords(vouched, say.gone)}</dd>
      <dt>{say.is}</dt>
      <dd className="mono">{sideWords(found, say.gone)}</dd>
      {revertTo === null || revertTo.exact || revertTo.at === null ? null : (
        <>
          <dt>{say.before}</dt>
          <dd>
            <span className="mono">{sideWords(revertTo, say.gone)}</span>{' '}
            <span className="small muted">{say.of(lowerWhen(revertTo.at))}</span>
          </dd>
        </>
      )}
    </dl>
  );
};

type LineProps = { change: OutsideChange; onAsk: (ask: OutsideAsk) => void };

const Line = ({ change, onAsk }: LineProps): ReactNode => {
  const name = change.title ?? change.key;
  return (
    <li className={css['line']}>
      <div className={css['name']}>
        <div>
          <strong>{change.type === 'log' ? say.log(change.entries) : name}</strong>{' '}
          <Badge tone="warn">{say.what[change.what]}</Badge>
        </div>
        {name === change.key || change.type === 'log' ? null : <span className="mono muted">{change.key}</span>}
        <Facts change={change} />
        {change.note === null ? null : <p className="small muted">{change.note}</p>}
      </div>
      <div className={css['ways']}>
        {change.acceptable ? (
          <Button
            small
            command="audit.settle-outside"
            aria-label={say.acceptOne(name)}
            onClick={() => onAsk({ choice: 'accept', changes: [change] })}
          >
            {say.accept}
          </Button>
        ) : null}
        {change.revertTo === null ? null : (
          <Button
            small
            command="audit.settle-outside"
            aria-label={say.revertOne(name)}
            onClick={() => onAsk({ choice: 'revert', changes: [change] })}
          >
            {say.revert}
          </Button>
        )}
      </div>
    </li>
  );
};

/** Only where the search of the open found something: a look at the whole log is not for every visit. `apart`: on a page that sets no gaps. */
export const OutsideCard = ({ apart = false }: { apart?: boolean }): ReactNode => {
  const { status } = useStatus();
  const told = status.notices.some((notice) => notice.id === 'outside-change');
  if (!told) return null;
  return apart ? (
    <div className={css['apart']}>
      <Found />
    </div>
  ) : (
    <Found />
  );
};

const Found = (): ReactNode => {
  const found = useQuery('audit.outside', {}, ['audit', 'secrets', 'settings']);
  const [ask, setAsk] = useState<OutsideAsk | null>(null);
  const changes = found.data?.changes ?? [];
  if (changes.length === 0) return null;
  const revertable = changes.filter((change) => change.revertTo !== null);
  return (
    <Card
      title={say.title}
      aside={
        revertable.length > 1 ? (
          <Button
            small
            command="audit.settle-outside"
            onClick={() => setAsk({ choice: 'revert', changes: revertable })}
          >
            {say.revertAll}
          </Button>
        ) : undefined
      }
    >
      <p>{say.text(found.data?.total ?? changes.length)}</p>
      <ul className={css['list']} aria-label={say.title}>
        {changes.map((change) => (
          <Line key={`${change.type}/${change.key}`} change={change} onAsk={setAsk} />
        ))}
      </ul>
      {found.data?.secretsChecked === false ? <p className="small muted">{say.locked}</p> : null}
      {ask === null ? null : <OutsideDialog ask={ask} onClose={() => setAsk(null)} />}
    </Card>
  );
};
