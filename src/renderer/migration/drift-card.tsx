/** What was changed in legacy files outside Holdfast, three ways, and taking over exactly that. */
import { Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { DriftFile, DriftValue } from '../../contract/mirrors.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { nameOfPlace } from '../wizard/plan-rows.ts';
import css from './migration-page.module.css';

const say = messages.migration;

const Side = ({ value, side }: { value: DriftValue; side: 'base' | 'inFile' | 'inStore' }): ReactNode => {
  const shown = value[side];
  if (shown === undefined) return <span className="muted">{say.none}</span>;
  if (value.secret) return <span className="muted">{say.secret}</span>;
  return <span className="mono">{formatValue(shown, 120)}</span>;
};

const ValueRow = ({ file, value }: { file: string; value: DriftValue }): ReactNode => (
  <tr>
    <td>
      <span className="mono">{value.target?.key ?? nameOfPlace(file, value.path)}</span>
      {value.line === null ? null : <span className="small muted"> {say.line(value.line)}</span>}
    </td>
    <td>
      <Side value={value} side="base" />
    </td>
    <td>
      <Side value={value} side="inFile" />
    </td>
    <td>
      <Side value={value} side="inStore" />
    </td>
    <td>
      <Badge tone={value.action === 'conflict' ? 'warn' : 'neutral'}>{say.actions[value.action]}</Badge>
      {value.reason === null ? null : <div className={css['reason']}>{value.reason}</div>}
    </td>
  </tr>
);

const DriftTable = ({ file }: { file: DriftFile }): ReactNode => (
  <Card
    flush
    title={file.file}
    aside={<Badge tone="warn">{messages.overview.drift[file.status]}</Badge>}
    className={css['driftCard']}
  >
    {file.problem === null ? null : (
      <div className={css['pad']}>
        <NoticeLine tone="warn">{file.problem}</NoticeLine>
      </div>
    )}
    {file.values.length === 0 ? (
      file.problem === null ? (
        <p className={css['pad']}>{say.noValues}</p>
      ) : null
    ) : (
      <div className={css['scroll']}>
        <table className={css['table']} aria-label={say.driftOf(file.file)}>
          <thead>
            <tr>
              {[say.value, say.was, say.inFile, say.inStore, say.import].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {file.values.map((value) => (
              <ValueRow key={`${value.path}:${String(value.line)}`} file={file.file} value={value} />
            ))}
          </tbody>
        </table>
      </div>
    )}
  </Card>
);

export const DriftCard = (): ReactNode => {
  const call = useCall();
  const [busy, setBusy] = useState(false);
  const query = useQuery('migration.drift', {}, ['migration', 'status', 'settings', 'secrets']);
  if (query.data === null)
    return query.error === null ? <Loading /> : <ErrorState error={query.error} onRetry={() => void query.reload()} />;
  const { files } = query.data;
  if (files.length === 0) return <p className="muted">{say.noDrift}</p>;
  const values = files.flatMap((file) => file.values);
  const conflicts = values.filter((value) => value.action === 'conflict').length;
  const takes = values.filter((value) => value.action === 'create' || value.action === 'update').length;
  const importAll = async (): Promise<void> => {
    setBusy(true);
    const answer = await call('migration.run', {});
    setBusy(false);
    if (!answer.ok) return toastError(answer.error);
    toast({ title: say.imported(answer.data.totals.create + answer.data.totals.update) });
  };
  return (
    <Stack>
      <div className={css['bar']}>
        <div>
          <h2>{say.driftTitle}</h2>
          <p className="muted">{say.driftText}</p>
        </div>
        {conflicts > 0 ? (
          <a className="small" href={formatRoute('setup')}>
            {say.resolve(conflicts)}
          </a>
        ) : (
          <Button
            icon={Download}
            command="migration.run"
            busy={busy}
            disabled={takes === 0}
            onClick={() => void importAll()}
          >
            {say.importDo(takes)}
          </Button>
        )}
      </div>
      {files.map((file) => (
        <DriftTable key={file.file} file={file} />
      ))}
    </Stack>
  );
};
