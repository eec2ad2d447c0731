/**
 * The frame of what can be done after a migration: what would happen, read by a dry run; a yes; the work with its progress;
 * what was done. Roll back, retire and leave only fill it.
 */
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { Input, Output } from '../../contract/commands.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { startJob, useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Stack } from '../ui/page.tsx';
import { Progress } from '../ui/progress.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { useCall } from '../unlock-request.ts';
import css from './migration-page.module.css';

const say = messages.migration.after;
type AfterCommand = 'migration.rollback' | 'migration.retire' | 'home.leave';

export type After<N extends AfterCommand> = {
  preview: Output<N> | null;
  result: Output<N> | null;
  error: HoldfastError | null;
  running: boolean;
  look: () => Promise<void>;
  run: (more: Input<N>) => Promise<boolean>;
};

/** The dry run of a command with this input, again whenever the input changes; then the command itself. */
export const useAfter = <N extends AfterCommand>(name: N, input: Input<N>): After<N> => {
  const call = useCall();
  const [preview, setPreview] = useState<Output<N> | null>(null);
  const [result, setResult] = useState<Output<N> | null>(null);
  const [error, setError] = useState<HoldfastError | null>(null);
  const [running, setRunning] = useState(false);
  const key = JSON.stringify(input);
  const read = useCallback(
    async () => call(name, { ...(JSON.parse(key) as Input<N>), dryRun: true }),
    [call, key, name],
  );
  const show = useCallback((answer: Awaited<ReturnType<typeof read>>): void => {
    if (answer.ok) setPreview(answer.data);
    setError(answer.ok ? null : answer.error);
  }, []);
  useEffect(() => {
    let gone = false;
    void read().then((answer) => (gone ? undefined : show(answer)));
    return () => {
      gone = true;
    };
  }, [read, show]);
  const run = async (more: Input<N>): Promise<boolean> => {
    setError(null);
    setRunning(true);
    const answer = await startJob(call, 'after', name, { ...input, ...more });
    setRunning(false);
    if (answer.ok) setResult(answer.data);
    else setError(answer.error);
    return answer.ok;
  };
  return { preview, result, error, running, look: async () => show(await read()), run };
};

/** More files than this are counted, not listed. */
const listed = 100;

export const FileList = ({
  label,
  rows,
}: {
  label: string;
  rows: readonly { file: string; what: ReactNode }[];
}): ReactNode => (
  <>
    <div className={css['scroll']}>
      <table className={css['table']} aria-label={label}>
        <tbody>
          {rows.slice(0, listed).map(({ file, what }) => (
            <tr key={file}>
              <th scope="row" className="mono">
                {file}
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    {rows.length > listed ? <p className="small muted">{say.moreFiles(rows.length - listed)}</p> : null}
  </>
);

/** The home's name, typed: nobody does this by one Enter too many. */
export const TypeName = ({
  name,
  value,
  onChange,
}: {
  name: string;
  value: string;
  onChange: (next: string) => void;
}): ReactNode => (
  <Field label={say.typeName(name)}>
    {({ id, describedBy }) => <TextInput id={id} aria-describedby={describedBy} value={value} onChange={onChange} />}
  </Field>
);

export const isName = (typed: string, name: string): boolean =>
  typed.trim().toLowerCase() === name.trim().toLowerCase();

export const MirrorsOff = ({ files }: { files: readonly string[] }): ReactNode =>
  files.length === 0 ? null : <NoticeLine tone="warn">{say.mirrorsOff(files)}</NoticeLine>;

type FrameProps = {
  title: string;
  description?: ReactNode;
  after: Pick<After<AfterCommand>, 'error' | 'running'> & { preview: unknown; result: unknown };
  /** The button that does it; null while it cannot be done. */
  action: { label: string; ready: boolean; act: () => void } | null;
  onClose: () => void;
  children: ReactNode;
};

export const AfterDialog = ({ title, description, after, action, onClose, children }: FrameProps): ReactNode => {
  const job = useJobs((state) => state.jobs.after);
  const { preview, result, error, running } = after;
  const done = result !== null;
  return (
    <Dialog
      open
      shape="wide"
      staysOpen={running || done}
      onClose={running ? () => undefined : onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button busy={running} variant={done ? 'primary' : 'plain'} onClick={onClose}>
            {done ? messages.ui.done : messages.ui.cancel}
          </Button>
          {done || action === null || preview === null ? null : (
            <Button variant="danger" busy={running || !action.ready} onClick={action.act}>
              {action.label}
            </Button>
          )}
        </>
      }
    >
      <Stack>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)}
          </NoticeLine>
        )}
        {running && job !== undefined ? (
          <Progress label={job.step === '' ? say.starting : job.step} percent={job.percent} />
        ) : null}
        {preview === null && error === null ? <Loading /> : null}
        {children}
      </Stack>
    </Dialog>
  );
};
