/** One line of truth at the bottom: saved, journal, last backup, keys, and what runs now. */
import { Lock, LockOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useDoor } from '../client.ts';
import { formatBytes, formatWhen } from '../format.ts';
import { useJobs, type Job } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { askUnlock } from '../unlock-request.ts';
import css from './status-strip.module.css';
import { TrialStrip } from './trial-strip.tsx';

const say = messages.frame;

const RunningJob = (): ReactNode => {
  const jobs = useJobs((state) => state.jobs);
  const running = Object.values(jobs).find((job: Job) => job.state === 'running' || job.state === 'cancelling');
  if (running === undefined) return null;
  return (
    <span className={css['job']} role="status">
      <i className={css['pulse']} aria-hidden />
      {say.job(running.step === '' ? say.working : running.step, running.percent)}
    </span>
  );
};

const Keys = (): ReactNode => {
  const door = useDoor();
  const { status } = useStatus();
  if (status.keys === 'none') return null;
  const lock = (): void => {
    void door.call('secret.lock', {}).then((answer) => {
      if (answer.ok) toast({ title: messages.unlock.locked });
      else toastError(answer.error);
    });
  };
  const locked = status.keys === 'locked';
  const Icon = locked ? Lock : LockOpen;
  return (
    <span className={css['keys']}>
      <Icon aria-hidden />
      {locked ? say.locked : say.unlocked}
      <Button
        small
        variant="quiet"
        command={locked ? 'secret.unlock' : 'secret.lock'}
        onClick={() => (locked ? void askUnlock(messages.unlock.why) : lock())}
      >
        {locked ? say.unlock : say.lock}
      </Button>
    </span>
  );
};

export const StatusStrip = (): ReactNode => {
  const { status } = useStatus();
  const { store, lastBackup } = status;
  return (
    <footer className={css['strip']} aria-label={say.strip} data-pane="">
      <span className={css['saved']}>
        <i className={css['dot']} data-empty={store === null ? '' : undefined} aria-hidden />
        {store === null ? say.notSetUp : say.saved}
      </span>
      {store === null ? null : <span className={css['journal']}>{say.journal(formatBytes(store.journalBytes))}</span>}
      {store === null ? null : (
        <a
          className={css['backup']}
          data-failed={status.backup.failed === null ? undefined : ''}
          href={formatRoute('backups')}
        >
          {status.backup.failed !== null
            ? say.backupFailed
            : lastBackup === null
              ? say.noBackup
              : say.lastBackup(
                  formatWhen(lastBackup.at, new Date()).replace(/^[TY]/u, (sign) => sign.toLowerCase()),
                  lastBackup.provenAt !== null,
                )}
        </a>
      )}
      <TrialStrip />
      <RunningJob />
      <Keys />
    </footer>
  );
};
