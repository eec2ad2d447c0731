/**
 * The limits of the history as a form: how many versions of each value, how many days of the log. What would go is shown
 * first, with what stays and why; only then it can be removed.
 */
import { useState, type ReactNode } from 'react';
import type { HistoryLimits } from '../../contract/audit.ts';
import type { Output } from '../../contract/commands.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { NumberField } from '../ui/number-field.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import css from './limits-dialog.module.css';

const say = messages.historyLimits;

type Preview = Output<'audit.prune'>;

const problemOf = (value: number | null, most: number): string | null =>
  value === null || (Number.isInteger(value) && value >= 1 && value <= most) ? null : say.problem(most);

const Shown = ({ preview }: { preview: Preview }): ReactNode => {
  const { removed, kept, undoLost } = preview;
  if (removed.since === null || removed.until === null) return <p role="status">{say.nothing}</p>;
  const reasons = (Object.keys(kept) as (keyof Preview['kept'])[]).filter((name) => kept[name] > 0);
  return (
    <div role="status" className={css['preview']}>
      <p>{say.goes(removed, formatWhen(removed.since, new Date()), formatWhen(removed.until, new Date()))}</p>
      <p className="muted">{say.stays}</p>
      <ul>
        {reasons.map((name) => (
          <li key={name}>{say.kept[name](kept[name])}</li>
        ))}
      </ul>
      {undoLost === 0 ? null : <NoticeLine tone="warn">{say.undoLost(undoLost)}</NoticeLine>}
    </div>
  );
};

type Props = { limits: HistoryLimits; onClose: () => void };

export const LimitsDialog = ({ limits, onClose }: Props): ReactNode => {
  const call = useCall();
  const [wanted, setWanted] = useState(limits);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HoldfastError | null>(null);
  const problems = { versions: problemOf(wanted.keepVersions, 1_000_000), days: problemOf(wanted.keepDays, 36_500) };
  const valid = problems.versions === null && problems.days === null;
  const limited = wanted.keepVersions !== null || wanted.keepDays !== null;
  const change = (some: Partial<HistoryLimits>): void => {
    setWanted({ ...wanted, ...some });
    setPreview(null);
    setError(null);
  };
  const during = async (work: () => Promise<HoldfastError | null>): Promise<void> => {
    setBusy(true);
    setError(await work());
    setBusy(false);
  };
  const look = (): Promise<void> =>
    during(async () => {
      const answer = await call('audit.prune', { dryRun: true, limits: wanted });
      if (!answer.ok) return answer.error;
      setPreview(answer.data);
      return null;
    });
  const save = (remove: boolean): Promise<void> =>
    during(async () => {
      const saved = await call('audit.set-retention', { limits: wanted });
      if (!saved.ok) return saved.error;
      if (remove) {
        const removed = await call('audit.prune', {}, { jobId: crypto.randomUUID() });
        if (!removed.ok) return removed.error;
        toast({ title: say.removed(removed.data.removed.entries) });
      } else toast({ title: say.saved });
      onClose();
      return null;
    });
  const shown = preview !== null && preview.removed.entries > 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.title}
      description={say.text}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          {limited && !shown ? (
            <Button disabled={!valid} busy={busy} onClick={() => void look()}>
              {say.look}
            </Button>
          ) : null}
          <Button variant={shown ? 'plain' : 'primary'} disabled={!valid || busy} onClick={() => void save(false)}>
            {say.save}
          </Button>
          {shown ? (
            <Button variant="danger" busy={busy} onClick={() => void save(true)}>
              {say.remove(preview.removed.entries)}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={css['body']}>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)}
          </NoticeLine>
        )}
        <Field label={say.versions} hint={say.versionsHint} problem={problems.versions}>
          {({ id, describedBy }) => (
            <NumberField
              id={id}
              describedBy={describedBy}
              value={wanted.keepVersions}
              onChange={(keepVersions) => change({ keepVersions })}
            />
          )}
        </Field>
        <Field label={say.days} hint={say.daysHint} problem={problems.days}>
          {({ id, describedBy }) => (
            <NumberField
              id={id}
              describedBy={describedBy}
              value={wanted.keepDays}
              onChange={(keepDays) => change({ keepDays })}
            />
          )}
        </Field>
        {preview === null ? null : <Shown preview={preview} />}
      </div>
    </Dialog>
  );
};
