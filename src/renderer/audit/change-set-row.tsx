/** One change set: a line that unfolds to every field's old and new. */
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AuditEntry } from '../../contract/audit.ts';
import { ChangeDiff } from '../change/change-diff.tsx';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { cx } from '../ui/cx.ts';
import { When } from '../ui/time.tsx';
import { BringBackButton } from '../versions/bring-back-button.tsx';
import css from './change-set-row.module.css';
import { isEvent, type ChangeSet } from './change-sets.ts';
import { describeEvent, factsOf, summarise } from './describe.ts';

const say = messages.audit;

export const SummaryText = ({ set, limit = 90 }: { set: ChangeSet; limit?: number }): ReactNode => {
  const summary = summarise(set);
  if (summary.kind === 'words') {
    return (
      <>
        {summary.text}
        {summary.under === null ? null : <span className="muted"> {say.under(summary.under)}</span>}
      </>
    );
  }
  return (
    <>
      <span className="mono">{summary.entry.key}</span> <ChangeDiff {...summary.entry} limit={limit} />
    </>
  );
};

const plainSummary = (set: ChangeSet): string => {
  const summary = summarise(set);
  return summary.kind === 'words' ? summary.text : summary.entry.key;
};

const Detail = ({ entry }: { entry: AuditEntry }): ReactNode => (
  <li className={css['detail']}>
    <span className={css['key']}>
      <a className="mono" href={formatRoute('audit', { key: entry.key })}>
        {entry.key}
      </a>
      <span className="small muted">{say.entry(entry.id)}</span>
    </span>
    {isEvent(entry) ? (
      <div>
        {describeEvent(entry)}
        <dl className={css['facts']}>
          {factsOf(entry).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    ) : (
      <div>
        <ChangeDiff {...entry} limit={20_000} />
      </div>
    )}
  </li>
);

type Props = { set: ChangeSet; open: boolean; onToggle: () => void; index: number; clockBack: boolean };

/** Entries beyond this are counted, not drawn: the key filter finds them. */
const drawn = 500;

export const ChangeSetRow = ({ set, open, onToggle, index, clockBack }: Props): ReactNode => (
  <div className={cx(css['row'], open && css['open'])} role="row" aria-rowindex={index + 2} onDoubleClick={onToggle}>
    <div role="cell" className={css['toggleCell']}>
      <button
        type="button"
        data-toggle={index}
        className={css['toggle']}
        aria-expanded={open}
        aria-label={say.toggle(plainSummary(set))}
        onClick={onToggle}
      >
        <ChevronRight aria-hidden />
      </button>
    </div>
    <div role="cell" className={css['when']}>
      <When at={set.at} seconds />
      {clockBack ? <span className="small muted">{say.clockBack}</span> : null}
    </div>
    <div role="cell">{set.actor}</div>
    <div role="cell" className="muted">
      {say.sources[set.source] ?? set.source}
    </div>
    <div role="cell" className={css['what']}>
      <SummaryText set={set} />
    </div>
    <div role="cell" className={css['reason']}>
      {set.reason}
    </div>
    {open ? (
      <div role="cell" className={css['unfolded']}>
        <ul className={css['details']}>
          {set.entries.slice(0, drawn).map((entry) => (
            <Detail key={entry.id} entry={entry} />
          ))}
          {set.entries.length > drawn ? (
            <li className={css['detail']}>{messages.settings.bar.andMore(set.entries.length - drawn)}</li>
          ) : null}
        </ul>
        {set.entries.every(isEvent) ? null : (
          <BringBackButton label={messages.versions.takeBackSet} ask={{ kind: 'changeSet', changeSet: set.id }} />
        )}
      </div>
    ) : null}
  </div>
);

export const auditColumns = css['columns'] ?? '';
export const auditHeader = css['header'] ?? '';
