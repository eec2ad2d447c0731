/** Texts of the legacy files that no rule could place: kept, shown on request, made settings or left where they are. */
import { ShieldCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import type { QuarantineEntry } from '../../contract/migration.ts';
import { formatBytes } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import css from './migration-page.module.css';

const say = messages.migration;
const placeOf = ({ file, path, line }: QuarantineEntry) => ({ file, path, ...(line === null ? {} : { line }) });

const MapDialog = ({ entry, onClose }: { entry: QuarantineEntry; onClose: () => void }): ReactNode => {
  const call = useCall();
  const [key, setKey] = useState('');
  const [raw, setRaw] = useState<string | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const reveal = async (): Promise<void> => {
    const answer = await call('migration.reveal', placeOf(entry));
    if (answer.ok) setRaw(answer.data.raw);
    else setError(answer.error);
  };
  const map = async (target: { key: string } | 'leave'): Promise<void> => {
    setError(null);
    const answer = await call('migration.map', { ...placeOf(entry), target });
    if (!answer.ok) return setError(answer.error);
    toast({ title: target === 'leave' ? say.left : say.mapped(target.key) });
    onClose();
  };
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={say.mapTitle}
      description={<span className="mono">{`${entry.file} ${entry.path}`}</span>}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button onClick={() => void map('leave')}>{say.leave}</Button>
          <Button variant="primary" disabled={key.trim() === ''} onClick={() => void map({ key: key.trim() })}>
            {say.mapDo}
          </Button>
        </>
      }
    >
      <Stack>
        <p>{entry.reason}</p>
        {raw === null ? (
          <Button small command="migration.reveal" onClick={() => void reveal()}>
            {say.showText}
          </Button>
        ) : (
          <pre className={css['raw']}>{raw}</pre>
        )}
        <Field label={say.settingKey} hint={say.settingKeyHint}>
          {({ id, describedBy }) => (
            <TextInput id={id} aria-describedby={describedBy} mono value={key} onChange={setKey} />
          )}
        </Field>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)}
          </NoticeLine>
        )}
      </Stack>
    </Dialog>
  );
};

const Row = ({ entry, onMap }: { entry: QuarantineEntry; onMap: () => void }): ReactNode => (
  <div className={css['ledgerRow']} role="row">
    <span role="cell">
      <a className="mono" href={formatRoute('migration', { tab: 'ledger', file: entry.file })}>
        {entry.line === null ? entry.file : `${entry.file}:${String(entry.line)}`}
      </a>
      <span className={css['path']}>{entry.path}</span>
    </span>
    <span role="cell">{entry.reason}</span>
    <span role="cell">
      <Badge tone={entry.state === 'open' ? 'warn' : 'neutral'}>{say.quarantineStates[entry.state]}</Badge>{' '}
      {entry.target === null ? (
        <span className="small muted">{formatBytes(entry.sizeBytes)}</span>
      ) : (
        <a className="mono" href={formatRoute('settings', { q: entry.target.key })}>
          {entry.target.key}
        </a>
      )}
    </span>
    <span role="cell" className={css['actions']}>
      <Button small command="migration.map" aria-label={say.mapLabel(entry.path)} onClick={onMap}>
        {say.map}
      </Button>
    </span>
  </div>
);

export const QuarantineSection = (): ReactNode => {
  const [mapping, setMapping] = useState<QuarantineEntry | null>(null);
  const query = useQuery('migration.quarantine', {}, ['migration']);
  if (query.data === null)
    return query.error === null ? <Loading /> : <ErrorState error={query.error} onRetry={() => void query.reload()} />;
  const { entries } = query.data;
  if (entries.length === 0) return <Empty icon={ShieldCheck} title={say.noQuarantine} text={say.noQuarantineText} />;
  return (
    <Stack>
      <p className={css['intro']}>{say.quarantineText}</p>
      <Card flush>
        <div role="table" aria-label={say.quarantine} aria-rowcount={entries.length + 1}>
          <div className={css['ledgerHead']} role="row">
            {[say.from, say.why, say.state].map((title) => (
              <span key={title} role="columnheader">
                {title}
              </span>
            ))}
            <span role="columnheader">
              <span className="visually-hidden">{say.whatToDo}</span>
            </span>
          </div>
          <VirtualRows
            count={entries.length}
            estimate={52}
            role="rowgroup"
            keyOf={(index) => String(index)}
            row={(index) => {
              const entry = entries[index];
              return entry === undefined ? null : <Row entry={entry} onMap={() => setMapping(entry)} />;
            }}
          />
        </div>
      </Card>
      {mapping === null ? null : (
        <MapDialog
          entry={mapping}
          onClose={() => {
            setMapping(null);
            void query.reload();
          }}
        />
      )}
    </Stack>
  );
};
