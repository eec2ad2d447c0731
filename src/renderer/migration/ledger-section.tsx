/** What every migration did, place by place: from a file and line to the setting, and back. */
import { ScrollText } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { Card } from '../ui/page.tsx';
import { When } from '../ui/time.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import css from './migration-page.module.css';

const say = messages.migration;
type Entry = Output<'migration.ledger'>['entries'][number];

const pageOf: Record<string, string> = {
  setting: 'settings',
  secret: 'settings',
  integration: 'integrations',
  record: 'records',
};

const Target = ({ target }: { target: Entry['target'] }): ReactNode => {
  if (target === null) return <span className="muted">{say.nowhere}</span>;
  const page = pageOf[target.kind];
  const key = <span className="mono">{target.key}</span>;
  if (page === undefined) return key;
  return <a href={formatRoute(page, page === 'settings' ? { q: target.key } : {})}>{key}</a>;
};

const Row = ({ entry }: { entry: Entry }): ReactNode => (
  <div className={css['ledgerRow']} role="row">
    <span role="cell">
      <a className="mono" href={formatRoute('migration', { tab: 'ledger', file: entry.file })}>
        {entry.line === null ? entry.file : `${entry.file}:${String(entry.line)}`}
      </a>
      <span className={css['path']}>{entry.path}</span>
    </span>
    <span role="cell">
      <Target target={entry.target} />
    </span>
    <span role="cell">
      <Badge tone={entry.action === 'quarantine' ? 'warn' : 'neutral'}>{say.done[entry.action] ?? entry.action}</Badge>
      {entry.reason === null ? null : <span className={css['reason']}>{entry.reason}</span>}
    </span>
    <span role="cell" className={css['when']}>
      <When at={entry.at} />
    </span>
  </div>
);

const fits = (entry: Entry, search: string): boolean => {
  const wanted = search.trim().toLowerCase();
  const text = `${entry.file}:${String(entry.line ?? '')} ${entry.path} ${entry.target?.key ?? ''} ${entry.action}`;
  return wanted === '' || text.toLowerCase().includes(wanted);
};

export const LedgerSection = (): ReactNode => {
  const { query: route } = useRoute();
  const [file, key] = [route['file'], route['key']];
  const [search, setSearch] = useState('');
  const query = useQuery(
    'migration.ledger',
    { ...(file === undefined ? {} : { file }), ...(key === undefined ? {} : { key }) },
    ['migration'],
  );
  if (query.data === null)
    return query.error === null ? <Loading /> : <ErrorState error={query.error} onRetry={() => void query.reload()} />;
  const only = file ?? key;
  const entries = query.data.entries.filter((entry) => fits(entry, search));
  return (
    <>
      <div className={css['bar']}>
        <SearchInput label={say.searchLedger} placeholder={say.searchLedger} value={search} onChange={setSearch} />
        {only === undefined ? null : (
          <Button small onClick={() => replaceQuery({ file: undefined, key: undefined })}>
            {say.showAll(only)}
          </Button>
        )}
        <span className="small muted" role="status">
          {say.entries(entries.length)}
        </span>
      </div>
      {entries.length === 0 ? (
        <Empty icon={ScrollText} title={say.noLedger} text={say.noLedgerText} compact />
      ) : (
        <Card flush>
          <div role="table" aria-label={say.ledger} aria-rowcount={entries.length + 1}>
            <div className={css['ledgerHead']} role="row">
              {[say.from, say.wentTo, say.what, say.at].map((title) => (
                <span key={title} role="columnheader">
                  {title}
                </span>
              ))}
            </div>
            <VirtualRows
              count={entries.length}
              estimate={52}
              role="rowgroup"
              keyOf={(index) => String(index)}
              row={(index) => {
                const entry = entries[index];
                return entry === undefined ? null : <Row entry={entry} />;
              }}
            />
          </div>
        </Card>
      )}
    </>
  );
};
