/** Whether a backup opened lately, when the last one was made and the next one will be; the schedule is changed in a dialog. */
import { CalendarClock, ShieldCheck } from 'lucide-react';
import { Fragment, useState, type ReactNode } from 'react';
import type { Backup, BackupPolicy } from '../../contract/backups.ts';
import { formatWhen } from '../format.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import css from './backups-page.module.css';
import { ScheduleDialog } from './schedule-dialog.tsx';

const say = messages.backupSchedule;

/** Overdue is made as soon as a door is open: now. */
const whenNext = (at: string): string => (Date.parse(at) <= Date.now() ? say.dueNow : formatWhen(at, new Date()));

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Fact = { name: string; value: ReactNode };

const Facts = ({ facts }: { facts: readonly Fact[] }): ReactNode => (
  <dl className={css['facts']}>
    {facts.map(({ name, value }) => (
      <Fragment key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </Fragment>
    ))}
  </dl>
);

/** Of all backups that are in order: when one of them was last opened for real, at a rehearsal or when it was made. */
const lastProven = (backups: readonly Backup[], rehearsedAt: string | null): string | null =>
  [rehearsedAt, ...backups.filter((one) => one.kind === 'store').map((one) => one.provenAt)]
    .filter((at) => at !== null)
    .toSorted()
    .at(-1) ?? null;

export const ScheduleCard = ({ backups }: { backups: readonly Backup[] }): ReactNode => {
  const call = useCall();
  const state = useQuery('backup.policy', {}, ['backups', 'status']);
  const [editing, setEditing] = useState<BackupPolicy | null>(null);
  const [rehearsing, setRehearsing] = useState(false);
  if (state.data === null) return null;
  const { policy, plan, chosen } = state.data;
  const newest = backups.find((one) => one.kind === 'store');
  const proven = lastProven(backups, plan.rehearsedAt);
  const next = plan.nextAt === null ? say.noNext[policy.every === 'off' ? 'off' : 'first'] : whenNext(plan.nextAt);
  const rehearse = async (): Promise<void> => {
    setRehearsing(true);
    const answer = await call('backup.rehearse', {});
    setRehearsing(false);
    if (answer.ok) toast({ title: say.rehearsed, text: say.changedSince(answer.data.changed) });
    else toastError(answer.error);
  };
  return (
    <Card>
      <section className={css['schedule']} aria-label={say.title}>
        <div className={css['standing']}>
          <p className={css['proven']} data-tone={proven === null ? 'warn' : 'ok'}>
            <ShieldCheck aria-hidden />
            {proven === null ? say.never : `${say.lastProven}: ${lowerWhen(proven)}`}
          </p>
          <Facts
            facts={[
              { name: say.last, value: newest === undefined ? say.none : formatWhen(newest.at, new Date()) },
              { name: say.next, value: next },
              { name: say.made, value: say.every(policy.every, policy.at) },
              { name: say.kept, value: chosen ? say.keeps(policy.keep) : say.noneRemoved },
            ]}
          />
          {chosen ? null : <p className="small muted">{say.notChosen}</p>}
        </div>
        <div className={css['scheduleActions']}>
          {newest !== undefined ? (
            <Button icon={ShieldCheck} command="backup.rehearse" busy={rehearsing} onClick={() => void rehearse()}>
              {say.rehearse}
            </Button>
          ) : null}
          <Button icon={CalendarClock} command="backup.set-policy" onClick={() => setEditing(policy)}>
            {say.change}
          </Button>
        </div>
      </section>
      {plan.failed === null ? null : (
        <div className={css['failed']}>
          <NoticeLine tone="bad" alert>
            {say.failed[plan.failed.what](lowerWhen(plan.failed.at))} {sentence(plan.failed.problem)}
          </NoticeLine>
        </div>
      )}
      {editing === null ? null : <ScheduleDialog policy={editing} onClose={() => setEditing(null)} />}
    </Card>
  );
};
