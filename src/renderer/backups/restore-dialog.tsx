/** Restore, in two steps: what would change, then doing it. Asks for the backup's key where the home's does not fit. */
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { ChangeList } from '../change/change-list.tsx';
import { useDoor } from '../client.ts';
import { startJob, useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { CredentialFields } from '../unlock/credential-fields.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, TextInput } from '../ui/field.tsx';
import { Progress } from '../ui/progress.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import type { BackupTarget } from './backup-flows.ts';
import css from './backups-page.module.css';
import { describeHere, useCredential, wantsKey } from './use-credential.ts';

const say = messages.backups;
type Preview = Output<'backup.restore'>;
/** Texts as typed, by setting. */
type Remap = { [key: string]: string };

/** More changes than this are counted, not listed. */
const listed = 200;

type RemapProps = {
  machine: Preview['machine'];
  remap: Remap;
  onChange: (remap: Remap) => void;
  onLook: () => void;
};

/** What belongs to the other machine, each with a field for the value that it gets here. */
const RemapForm = ({ machine, remap, onChange, onLook }: RemapProps): ReactNode => {
  const keys = new Set([...machine.map((one) => one.key), ...Object.keys(remap)]);
  if (machine.length === 0 && keys.size === 0) return null;
  return (
    <section className={css['machine']} aria-label={say.machineTitle}>
      <NoticeLine tone="warn">
        <strong>{say.machineTitle}</strong>
        <div>{say.machineText}</div>
      </NoticeLine>
      {[...keys].map((key) => {
        const found = machine.find((one) => one.key === key);
        if (key === '') return <p key={key}>{found?.problem}</p>;
        const shown = typeof found?.value === 'string' ? found.value : JSON.stringify(found?.value ?? '');
        return (
          <Field key={key} label={say.machineValue(key)} problem={found?.problem ?? null}>
            {({ id, describedBy }) => (
              <TextInput
                id={id}
                mono
                aria-describedby={describedBy}
                value={remap[key] ?? shown}
                onChange={(text) => onChange({ ...remap, [key]: text })}
              />
            )}
          </Field>
        );
      })}
      {Object.keys(remap).length === 0 ? null : (
        <div>
          <Button onClick={onLook}>{say.lookAgain}</Button>
        </div>
      )}
    </section>
  );
};

/** Which parts come back: all at first; each press looks again. */
const PartList = ({
  parts,
  chosen,
  onChange,
}: {
  parts: Preview['parts'];
  chosen: ReadonlySet<string> | null;
  onChange: (chosen: ReadonlySet<string> | null) => void;
}): ReactNode => {
  if (parts.length < 2) return null;
  const now = chosen ?? new Set(parts.map(({ part }) => part));
  const toggle = (part: string, on: boolean): void => {
    const next = new Set(now);
    if (on) next.add(part);
    else next.delete(part);
    onChange(next.size === parts.length ? null : next);
  };
  return (
    <fieldset className={css['partList']}>
      <legend>{say.partsTitle}</legend>
      {parts.map(({ part, changes }) => (
        <Checkbox
          key={part}
          label={say.partCount(say.parts[part], changes)}
          checked={now.has(part)}
          onChange={(on) => toggle(part, on)}
        />
      ))}
    </fieldset>
  );
};

type BodyProps = { preview: Preview; parts: ReactNode; machine: ReactNode };

const PreviewBody = ({ preview, parts, machine }: BodyProps): ReactNode => {
  const { totals, changes } = preview;
  if (preview.parts.length === 0) return <NoticeLine tone="ok">{say.restoreSame}</NoticeLine>;
  return (
    <>
      <p>{say.restorePreview(lowerWhen(preview.at))}</p>
      <div className={css['totals']}>
        {totals.add === 0 ? null : <Badge tone="ok">{say.totals.add(totals.add)}</Badge>}
        {totals.update === 0 ? null : <Badge tone="accent">{say.totals.update(totals.update)}</Badge>}
        {totals.delete === 0 ? null : <Badge tone="bad">{say.totals.delete(totals.delete)}</Badge>}
        <Badge>{say.totals.same(totals.same)}</Badge>
      </div>
      {parts}
      <ChangeList changes={changes.slice(0, listed)} />
      {changes.length > listed ? (
        <p className="muted">{messages.settings.bar.andMore(changes.length - listed)}</p>
      ) : null}
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
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  /** What is asked for, but for the key. */
  const wanted = (parts: ReadonlySet<string> | null) => ({
    ...(Object.keys(remap).length === 0 ? {} : { remap }),
    ...(parts === null ? {} : { only: [...parts].map((part) => `${part}/`) }),
  });
  const look = useCallback(
    async (given: typeof credential & ReturnType<typeof wanted>): Promise<void> => {
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
    const input = { backup: target.ref, ...credential, ...wanted(chosen) };
    const answer = await startJob(door.call, 'restore', 'backup.restore', input, target.name);
    if (answer.ok) onRestored();
    else setError(answer.error);
  };
  const again = (): Promise<void> => look({ ...credential, ...wanted(chosen) });
  const choose = (parts: ReadonlySet<string> | null): void => {
    setChosen(parts);
    if (parts?.size !== 0) void look({ ...credential, ...wanted(parts) });
  };
  return { preview, error, draft, setDraft, remap, setRemap, chosen, choose, look: again, restore };
};

export const RestoreDialog = ({ target, onClose }: { target: BackupTarget; onClose: () => void }): ReactNode => {
  const { preview, error, draft, setDraft, remap, setRemap, chosen, choose, look, restore } = useRestore(
    target,
    onClose,
  );
  const job = useJobs((state) => state.jobs.restore);
  const running = job?.state === 'running' && job.subject === target.name;
  const asks = wantsKey(error);
  const changes = chosen?.size === 0 ? 0 : (preview?.changes.length ?? 0);
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
            parts={
              <>
                <PartList parts={preview.parts} chosen={chosen} onChange={choose} />
                {chosen?.size === 0 ? <NoticeLine tone="warn">{say.noPart}</NoticeLine> : null}
              </>
            }
            machine={
              <RemapForm machine={preview.machine} remap={remap} onChange={setRemap} onLook={() => void look()} />
            }
          />
        )}
      </div>
    </Dialog>
  );
};
