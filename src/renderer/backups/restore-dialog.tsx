/** Restore, in two steps: what would change, then doing it. Asks for the backup's key where the home's does not fit. */
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { startJob, useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { entryAt } from '../settings/staging.ts';
import { CredentialFields } from '../unlock/credential-fields.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Progress } from '../ui/progress.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { ScrollerContext, VirtualRows } from '../ui/virtual-rows.tsx';
import type { BackupTarget } from './backup-flows.ts';
import css from './backups-page.module.css';
import { ChangePicks } from './change-picks.tsx';
import { picksOf, remapOf, type Left, type Remap } from './picks.ts';
import { describeHere, useCredential, wantsKey } from './use-credential.ts';

const say = messages.backups;
type Preview = Output<'backup.restore'>;

type RemapProps = {
  machine: Preview['machine'];
  remap: Remap;
  onChange: (key: string, text: string) => void;
  onLook: () => void;
};

/** What belongs to the other machine, each with a field for the value that it gets here. */
const RemapForm = ({ machine, remap, onChange, onLook }: RemapProps): ReactNode => {
  const scroller = useRef<HTMLDivElement>(null);
  const found = new Map(machine.map((one) => [one.key, one]));
  const keyring = found.get('');
  const keys = [...new Set([...found.keys(), ...Object.keys(remap)])].filter((key) => key !== '');
  if (keys.length === 0 && keyring === undefined) return null;
  const field = (key: string): ReactNode => {
    const one = found.get(key);
    const shown = typeof one?.value === 'string' ? one.value : JSON.stringify(one?.value ?? '');
    return (
      <div className={css['remap']}>
        <Field label={say.machineValue(key)} problem={one?.problem ?? null}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              mono
              aria-describedby={describedBy}
              value={entryAt(remap, key) ?? shown}
              onChange={(text) => onChange(key, text)}
            />
          )}
        </Field>
      </div>
    );
  };
  return (
    <section className={css['machine']} aria-label={say.machineTitle}>
      <NoticeLine tone="warn">
        <strong>{keys.length > 1 ? say.machineMany(keys.length) : say.machineTitle}</strong>
        <div>{say.machineText}</div>
      </NoticeLine>
      {keyring === undefined ? null : <p>{keyring.problem}</p>}
      <div ref={scroller} className={css['remaps']}>
        <ScrollerContext value={scroller}>
          <VirtualRows
            count={keys.length}
            estimate={92}
            threshold={30}
            keyOf={(index) => keys[index] ?? ''}
            row={(index) => field(keys[index] ?? '')}
          />
        </ScrollerContext>
      </div>
      {Object.keys(remap).length === 0 ? null : (
        <div>
          <Button onClick={onLook}>{say.lookAgain}</Button>
        </div>
      )}
    </section>
  );
};

type BodyProps = { preview: Preview; left: Left; onLeft: (left: Left) => void; machine: ReactNode };

const PreviewBody = ({ preview, left, onLeft, machine }: BodyProps): ReactNode => {
  const { totals, changes } = preview;
  if (changes.length === 0) return <NoticeLine tone="ok">{say.restoreSame}</NoticeLine>;
  return (
    <>
      <p>{say.restorePreview(lowerWhen(preview.at))}</p>
      <div className={css['totals']}>
        {totals.add === 0 ? null : <Badge tone="ok">{say.totals.add(totals.add)}</Badge>}
        {totals.update === 0 ? null : <Badge tone="accent">{say.totals.update(totals.update)}</Badge>}
        {totals.delete === 0 ? null : <Badge tone="bad">{say.totals.delete(totals.delete)}</Badge>}
        <Badge>{say.totals.same(totals.same)}</Badge>
      </div>
      <ChangePicks changes={changes} left={left} onChange={onLeft} />
      {picksOf(changes, left)?.length === 0 ? <NoticeLine tone="warn">{say.noPart}</NoticeLine> : null}
      {machine}
      <NoticeLine tone="info">{say.safety}</NoticeLine>
    </>
  );
};

const useRestore = (target: BackupTarget, onRestored: () => void) => {
  const door = useDoor();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const { draft, setDraft, credential } = useCredential();
  const [remap, setRemap] = useState<Remap>({});
  const started = useRef(false);
  const [left, setLeft] = useState<Left>(new Set());
  const changed = remapOf(remap, left);
  const look = useCallback(
    async (given: typeof credential & typeof changed): Promise<void> => {
      setError(null);
      const answer = await door.call('backup.restore', { backup: target.ref, dryRun: true, ...given });
      if (answer.ok) setPreview(answer.data);
      else setError(answer.error);
    },
    [door, target],
  );
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    void look({});
  }, [look]);
  const restore = async (): Promise<void> => {
    setError(null);
    const pick = preview === null ? null : picksOf(preview.changes, left);
    const input = { backup: target.ref, ...credential, ...changed, ...(pick === null ? {} : { pick }) };
    const answer = await startJob(door.call, 'restore', 'backup.restore', input, target.name);
    if (answer.ok) onRestored();
    else setError(answer.error);
  };
  const again = (): Promise<void> => look({ ...credential, ...changed });
  return { preview, error, draft, setDraft, remap, setRemap, left, setLeft, look: again, restore };
};

type Props = { target: BackupTarget; onClose: () => void; onRestored: () => void };

export const RestoreDialog = ({ target, onClose, onRestored }: Props): ReactNode => {
  const { preview, error, draft, setDraft, remap, setRemap, left, setLeft, look, restore } = useRestore(
    target,
    onRestored,
  );
  const job = useJobs((state) => state.jobs.restore);
  const running = job?.state === 'running' && job.subject === target.name;
  const asks = wantsKey(error);
  const changes = preview?.changes.filter((one) => !left.has(one.unit)).length ?? 0;
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={asks ? say.credentialTitle : say.restoreTitle}
      description={<span className="mono">{target.name}</span>}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          {asks ? (
            <Button variant="primary" onClick={() => void look()}>
              {messages.ui.tryAgain}
            </Button>
          ) : changes > 0 ? (
            <Button variant="primary" busy={running} onClick={() => void restore()}>
              {running ? say.restoring : say.restoreApply(changes)}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={css['dialogBody']}>
        {error === null ? null : (
          <NoticeLine tone={asks ? 'warn' : 'bad'} alert>
            {describeHere(error)}
          </NoticeLine>
        )}
        {asks ? (
          <CredentialFields draft={draft} problem={null} onChange={setDraft} onEnter={() => void look()} />
        ) : null}
        {running ? <Progress label={job.step === '' ? say.restoring : job.step} percent={job.percent} /> : null}
        {preview === null ? (
          error === null ? (
            <Loading />
          ) : null
        ) : (
          <PreviewBody
            preview={preview}
            left={left}
            onLeft={setLeft}
            machine={
              <RemapForm
                machine={preview.machine.filter(({ key }) => !left.has(`setting/${key}`))}
                remap={remapOf(remap, left).remap ?? {}}
                onChange={(key, text) => setRemap((before) => ({ ...before, [key]: text }))}
                onLook={() => void look()}
              />
            }
          />
        )}
      </div>
    </Dialog>
  );
};
