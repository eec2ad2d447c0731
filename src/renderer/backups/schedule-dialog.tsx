/** The schedule and what is kept, as a form. A number that cannot stand there is said beside it; nothing is saved before. */
import { useState, type ReactNode } from 'react';
import type { BackupEvery, BackupPolicy } from '../../contract/backups.ts';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { NumberField } from '../ui/number-field.tsx';
import { Select } from '../ui/select.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import css from './backups-page.module.css';

const say = messages.backupSchedule;

const periods: readonly BackupEvery[] = ['off', 'hourly', '6h', 'daily', 'weekly', 'monthly'];
const rehearsals = ['off', 'daily', 'weekly', 'monthly'] as const;
const counts = ['last', 'daily', 'weekly', 'monthly'] as const;
type Counts = { [name in (typeof counts)[number]]: number | null };
const megabyte = 1_000_000;

const countProblem = (name: keyof Counts, value: number | null): string | null => {
  const least = name === 'last' ? 1 : 0;
  return value !== null && Number.isInteger(value) && value >= least && value <= 1000 ? null : say.countProblem(least);
};
const timeProblem = (at: string): string | null => (/^(?:[01]\d|2[0-3]):[0-5]\d$/u.test(at) ? null : say.timeProblem);
const capProblem = (value: number | null): string | null =>
  value === null || (Number.isSafeInteger(value * megabyte) && value > 0) ? null : say.capProblem;

const useForm = (policy: BackupPolicy) => {
  const [every, setEvery] = useState(policy.every);
  const [at, setAt] = useState(policy.at);
  const [keep, setKeep] = useState<Counts>(policy.keep);
  const { maxBytes } = policy.keep;
  const [cap, setCap] = useState(maxBytes === null ? null : maxBytes / megabyte);
  const [rehearse, setRehearse] = useState(policy.rehearse);
  const valid =
    timeProblem(at) === null &&
    capProblem(cap) === null &&
    counts.every((name) => countProblem(name, keep[name]) === null);
  const whole = (name: keyof Counts): number => keep[name] ?? 0;
  const wanted: BackupPolicy = {
    every,
    at,
    keep: {
      last: whole('last'),
      daily: whole('daily'),
      weekly: whole('weekly'),
      monthly: whole('monthly'),
      maxBytes: cap === null ? null : Math.round(cap * megabyte),
    },
    rehearse,
  };
  return { every, setEvery, at, setAt, keep, setKeep, cap, setCap, rehearse, setRehearse, valid, wanted };
};

export const ScheduleDialog = ({ policy, onClose }: { policy: BackupPolicy; onClose: () => void }): ReactNode => {
  const call = useCall();
  const form = useForm(policy);
  const [error, setError] = useState<HoldfastError | null>(null);
  const save = async (): Promise<void> => {
    const answer = await call('backup.set-policy', { policy: form.wanted });
    if (!answer.ok) return setError(answer.error);
    toast({ title: say.saved });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.dialogTitle}
      description={say.dialogText}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button variant="primary" disabled={!form.valid} onClick={() => void save()}>
            {say.save}
          </Button>
        </>
      }
    >
      <div className={css['dialogBody']}>
        {error === null ? null : (
          <NoticeLine tone="bad" alert>
            {describeError(error)}
          </NoticeLine>
        )}
        <Field label={say.made}>
          {({ id }) => (
            <Select
              id={id}
              value={form.every}
              options={periods.map((value) => ({ value, label: say.periods[value] }))}
              onChange={form.setEvery}
            />
          )}
        </Field>
        <Field label={say.at} hint={say.atHint} problem={timeProblem(form.at)}>
          {({ id, describedBy }) => (
            <TextInput id={id} aria-describedby={describedBy} value={form.at} onChange={form.setAt} />
          )}
        </Field>
        <div className={css['counts']}>
          {counts.map((name) => (
            <Field key={name} label={say.counts[name]} problem={countProblem(name, form.keep[name])}>
              {({ id, describedBy }) => (
                <NumberField
                  id={id}
                  describedBy={describedBy}
                  value={form.keep[name]}
                  onChange={(value) => form.setKeep({ ...form.keep, [name]: value })}
                />
              )}
            </Field>
          ))}
        </div>
        <Field label={say.cap} hint={say.capHint} problem={capProblem(form.cap)}>
          {({ id, describedBy }) => (
            <NumberField id={id} describedBy={describedBy} value={form.cap} onChange={form.setCap} />
          )}
        </Field>
        <Field label={say.rehearsal} hint={say.rehearsalHint}>
          {({ id, describedBy }) => (
            <Select
              id={id}
              describedBy={describedBy}
              value={form.rehearse}
              options={rehearsals.map((value) => ({ value, label: say.periods[value] }))}
              onChange={form.setRehearse}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
};
