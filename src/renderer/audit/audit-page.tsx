/** The audit log: every change and security event, newest first, filtered by the address. */
import { Download, Hourglass, ScrollText, SearchX, ShieldCheck } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { useDoor } from '../client.ts';
import { shellQuote } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Menu } from '../ui/menu.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { AuditFilters, filterFrom, noFilter, startOf } from './audit-filters.tsx';
import css from './audit-page.module.css';
import { ChainBadge, ChainProblem } from './chain-badge.tsx';
import { auditColumns, auditHeader, ChangeSetRow } from './change-set-row.tsx';
import { foldEntries, type ChangeSet } from './change-sets.ts';
import { exportLog } from './export-log.ts';
import { LimitsDialog } from './limits-dialog.tsx';
import { OutsideCard } from './outside-card.tsx';
import { rangeOf } from './period.ts';
import { RemovedLine } from './removed-line.tsx';
import { shownDays, Timeline } from './timeline.tsx';
import { pageSize, useAuditPages, type AuditFilter } from './use-audit-pages.ts';
import { useRowKeys } from './use-row-keys.ts';

const say = messages.audit;

const Head = (): ReactNode => (
  <div role="rowgroup">
    <div role="row" aria-rowindex={1} className={auditHeader}>
      <span role="columnheader">
        <span className="visually-hidden">{say.toggle('')}</span>
      </span>
      <span role="columnheader">{say.when}</span>
      <span role="columnheader">{say.who}</span>
      <span role="columnheader">{say.through}</span>
      <span role="columnheader">{say.what}</span>
      <span role="columnheader">{say.reason}</span>
    </div>
  </div>
);

const List = ({ sets, onEnd }: { sets: readonly ChangeSet[]; onEnd: () => void }): ReactNode => {
  const keys = useRowKeys(sets.length);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (id: string) =>
      setOpen((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  return (
    <Card flush className={auditColumns}>
      <div role="table" aria-label={say.table} aria-rowcount={-1} onKeyDown={keys.onKeyDown}>
        <Head />
        <VirtualRows
          role="rowgroup"
          count={sets.length}
          estimate={37}
          threshold={100}
          onEnd={onEnd}
          reveal={keys.reveal}
          keyOf={(index) => `${sets[index]?.id ?? ''}:${String(sets[index]?.top ?? index)}`}
          row={(index) => {
            const set = sets[index];
            return set === undefined ? null : (
              <ChangeSetRow
                set={set}
                index={index}
                clockBack={set.at < (sets[index + 1]?.at ?? '')}
                open={open.has(set.id)}
                onToggle={() => toggle(set.id)}
              />
            );
          }}
        />
      </div>
    </Card>
  );
};

/** What is shown here, as the terminal would be asked for it. */
const auditCommand = (filter: AuditFilter): string =>
  [
    'holdfast audit list',
    ...Object.entries(filter).map(
      ([name, value]) => `--${name === 'changeSet' ? 'change-set' : name} ${shellQuote(value)}`,
    ),
  ].join(' ');

export const AuditPage = (): ReactNode => {
  const { query } = useRoute();
  const door = useDoor();
  const filter = filterFrom(query);
  const filtered = Object.keys(filter).length > 0;
  const start = startOf(query);
  const pages = useAuditPages(filter, start);
  const facets = useQuery('audit.facets', { days: shownDays }, ['audit']);
  const chain = useQuery('audit.verify', {}, ['audit', 'secrets']);
  const retention = useQuery('audit.retention', {}, ['audit']);
  const [limiting, setLimiting] = useState(false);
  const sets = useMemo(() => foldEntries(pages.entries, pages.next !== null), [pages.entries, pages.next]);
  const more = pages.next !== null;
  const { more: loadMore } = pages;
  const onEnd = useCallback(() => void loadMore(), [loadMore]);
  const newest = pages.entries[0]?.id;
  // The log has no gaps, so that the oldest page is known without reading up to it.
  const oldest =
    !more || filtered || start !== null || newest === undefined || facets.data === null
      ? null
      : newest - facets.data.total + 1 + pageSize;
  const body = (): ReactNode => {
    if (pages.error !== null) return <ErrorState error={pages.error} onRetry={() => void pages.refresh()} />;
    if (pages.loading) return <Loading />;
    if (sets.length === 0) {
      return filtered ? (
        <Empty icon={SearchX} title={say.noneTitle} text={say.none}>
          <Button onClick={() => replaceQuery(noFilter)}>{say.clear}</Button>
        </Empty>
      ) : (
        <Empty icon={ScrollText} title={say.emptyTitle} text={say.empty} />
      );
    }
    return (
      <>
        <List sets={sets} onEnd={onEnd} />
        <div className={cx(css['foot'], 'small', 'muted')}>
          {more ? <Button onClick={onEnd}>{say.more}</Button> : say.end}
          {oldest === null ? null : (
            <Button variant="quiet" onClick={() => replaceQuery({ before: String(oldest) })}>
              {say.toOldest}
            </Button>
          )}
        </div>
      </>
    );
  };
  return (
    <Page
      wide
      command={auditCommand(filter)}
      title={say.title}
      actions={
        <>
          <Button variant="quiet" icon={ShieldCheck} onClick={() => void chain.reload()}>
            {say.verify}
          </Button>
          <Button
            variant="quiet"
            icon={Hourglass}
            command="audit.set-retention"
            disabled={retention.data === null}
            onClick={() => setLimiting(true)}
          >
            {messages.historyLimits.button}
          </Button>
          <Menu
            entries={(['jsonl', 'csv'] as const).map((format) => ({
              id: format,
              label: format === 'csv' ? say.exportCsv : say.exportJson,
              onSelect: () => void exportLog(door, filter, format),
            }))}
            trigger={<Button icon={Download}>{say.export}</Button>}
          />
        </>
      }
      badges={chain.error === null ? <ChainBadge chain={chain.data} /> : undefined}
    >
      <ChainProblem chain={chain.data} />
      <OutsideCard apart />
      <Timeline
        days={facets.data?.days ?? []}
        range={rangeOf(query, new Date())}
        onPick={(range) => replaceQuery({ period: '', from: range?.from ?? '', to: range?.to ?? '' })}
      />
      <AuditFilters facets={facets.data} shown={pages.stale ? say.reading : say.shown(pages.entries.length, more)} />
      {body()}
      <RemovedLine last={retention.data?.last ?? null} />
      {limiting && retention.data !== null ? (
        <LimitsDialog limits={retention.data.limits} onClose={() => setLimiting(false)} />
      ) : null}
    </Page>
  );
};
