/** When backups are made, what came of the last one, and whether the newest opens; the schedule is changed in a dialog. */
import { CalendarClock, ShieldCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BackupPolicy } from '../../contract/backups.ts';
import { formatWhen } from '../format.ts';
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

export const ScheduleCard = ({ hasBackup }: { hasBackup: boolean }): ReactNode => {
  const call = useCall();
  const state = useQuery('backup.policy', {}, ['backups', 'status']);
  const [editing, setEditing] = useState<BackupPolicy | null>(null);
  const [rehearsing, setRehearsing] = useState(false);
  if (state.data === null) return null;
  const { policy, plan } = state.data;
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
        <dl className={css['facts']}>
          <dt>{say.made}</dt>
          <dd>{say.every(policy.every, policy.at)}</dd>
          {plan.nextAt === null ? null : (
            <>
              <dt>{say.next}</dt>
              <dd>{formatWhen(plan.nextAt, new Date())}</dd>
            </>
          )}
          <dt>{say.kept}</dt>
          <dd>{say.keeps(policy.keep)}</dd>
          <dt>{say.lastProven}</dt>
          <dd>{plan.rehearsedAt === null ? say.never : formatWhen(plan.rehearsedAt, new Date())}</dd>
        </dl>
        <div className={css['scheduleActions']}>
          {hasBackup ? (
            <Button icon={ShieldCheck} busy={rehearsing} onClick={() => void rehearse()}>
              {say.rehearse}
            </Button>
          ) : null}
          <Button icon={CalendarClock} onClick={() => setEditing(policy)}>
            {say.change}
          </Button>
        </div>
      </section>
      {plan.failed === null ? null : (
        <NoticeLine tone="bad" alert>
          {say.failed[plan.failed.what](formatWhen(plan.failed.at, new Date()))} {plan.failed.problem}
        </NoticeLine>
      )}
      {editing === null ? null : <ScheduleDialog policy={editing} onClose={() => setEditing(null)} />}
    </Card>
  );
};
