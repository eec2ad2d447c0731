/** The application's own files: which are in step, which lack a change, which were edited behind Holdfast's back. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { useStatus } from '../status.ts';
import { Badge } from '../ui/badge.tsx';
import { Card } from '../ui/page.tsx';
import { Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import css from './legacy-files.module.css';

const say = messages.overview;

export const LegacyFiles = (): ReactNode => {
  const { status } = useStatus();
  const found = useQuery('home.find', {}, ['migration', 'home', 'status']);
  const drift = new Map(status.drift.map((one) => [one.file, one.status]));
  const behind = new Set(status.filesBehind);
  const sources = (found.data?.files ?? []).filter((file) => file.use === 'source').map((file) => file.file);
  // Only files in the ledger are in step; asked for when not all that lie there were migrated.
  const ledger = useQuery('migration.ledger', {}, ['migration'], {
    skip: found.data === null || sources.length === status.migratedFiles,
  });
  const migrated = ledger.data === null ? null : new Set(ledger.data.entries.map((entry) => entry.file));
  const names = [...new Set([...sources, ...drift.keys(), ...behind])].sort();
  const badge = (name: string): ReactNode => {
    const drifted = drift.get(name);
    if (drifted !== undefined) return <Badge tone="warn">{say.drift[drifted]}</Badge>;
    if (migrated !== null && !migrated.has(name)) return <Badge>{say.notMigrated}</Badge>;
    return behind.has(name) ? <Badge tone="warn">{say.fileBehind}</Badge> : <Badge tone="ok">{say.inStep}</Badge>;
  };
  return (
    <Card
      title={say.files}
      aside={
        <a className="small" href={formatRoute('migration')}>
          {say.openMigration}
        </a>
      }
    >
      {found.data === null && found.error === null ? (
        <Loading />
      ) : names.length === 0 ? (
        <p className="muted">{say.noFiles}</p>
      ) : (
        <ul className={css['files']}>
          {names.map((name) => (
            <li key={name}>
              <span className="mono">{name}</span>
              {badge(name)}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
};
