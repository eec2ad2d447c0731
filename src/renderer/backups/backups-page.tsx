/** The backups of this home: what there is, whether it is proven, and making, exporting, verifying and restoring them. */
import { Archive, FileUp, Undo2, Upload } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { Backup } from '../../contract/backups.ts';
import type { Output } from '../../contract/commands.ts';
import { useDoor } from '../client.ts';
import { formatBytes, formatDay, formatWhen } from '../format.ts';
import { cancelJob, clearJob, useJobs, type Job } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Card, Page, Stack } from '../ui/page.tsx';
import { Progress } from '../ui/progress.tsx';
import { Empty, ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { When } from '../ui/time.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { useBackupDialogs, useBackupFlows } from './backup-flows.ts';
import css from './backups-page.module.css';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { ScheduleCard } from './schedule-card.tsx';

const say = messages.backups;

const StateBadge = ({ backup }: { backup: Backup }): ReactNode => {
  if (backup.error !== null)
    return (
      <Badge tone="bad" title={backup.error}>
        {say.damaged}
      </Badge>
    );
  if (backup.provenAt !== null)
    return (
      <Badge tone="ok" title={say.provenTitle}>
        {say.proven}
      </Badge>
    );
  return backup.sealed ? <Badge title={say.sealedTitle}>{say.sealed}</Badge> : null;
};

/** A file name that breaks only where a person would. */
const Name = ({ text }: { text: string }): ReactNode =>
  text.split(/(?<=_)/u).map((part, index) => (
    <Fragment key={index}>
      {index === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));

type Present = Pick<Output<'secret.status'>, 'recipient' | 'slots'>;

/** Which key opens it, by its name and day; a code that was replaced still opens what was made for it. */
const Key = ({ backup, present }: { backup: Backup; present: Present | null }): ReactNode => {
  if (backup.key === 'passphrase' || backup.recipient === null) return say.keys[backup.key];
  const own = backup.recipient === present?.recipient;
  // Sealed to a code that nobody was shown: only the keys beside it open it.
  if (own && !present.slots.some((slot) => slot.kind === 'recovery'))
    return (
      <span title={backup.recipient}>
        {say.keys.home}
        <div className="small">{say.noCode}</div>
      </span>
    );
  return (
    <span title={backup.recipient}>
      {backup.recipientAt === null ? say.keys.recovery : say.codeOf(formatDay(backup.recipientAt.slice(0, 10), true))}
      {present === null ? null : <div className="small">{own ? say.keyNow : say.keyOlder}</div>}
    </span>
  );
};

const BackupRow = ({ backup, present }: { backup: Backup; present: Present | null }): ReactNode => {
  const isThere = backup.elsewhere?.there !== false;
  const target = { ref: { path: backup.path }, name: backup.path, at: backup.at };
  const when = formatWhen(backup.at, new Date());
  return (
    <tr>
      <td className={css['when']}>
        <When at={backup.at} />
      </td>
      <td>
        {say.kinds[backup.kind]}
        <div className="small muted">{backup.counts === null ? '' : say.counts(backup.counts)}</div>
        <div className={css['path']} title={backup.path}>
          <Name text={backup.path.split('/').at(-1) ?? ''} />
        </div>
        {backup.error !== null || backup.provenAt === null ? null : (
          <div className="small muted">{say.provenWords(lowerWhen(backup.provenAt))}</div>
        )}
        {backup.elsewhere === null ? null : (
          <div className="small muted">
            {say.elsewhere}
            {backup.elsewhere.there ? null : `: ${say.lastSeen(lowerWhen(backup.elsewhere.seenAt))}`}
          </div>
        )}
        {backup.error === null ? null : <div className={css['error']}>{backup.error}</div>}
      </td>
      <td className={css['size']}>{formatBytes(backup.sizeBytes)}</td>
      <td className="muted">
        <Key backup={backup} present={present} />
      </td>
      <td>
        <StateBadge backup={backup} />
      </td>
      <td className={css['actions']}>
        {isThere ? (
          <Button
            small
            aria-label={say.verifyLabel(when)}
            onClick={() => useBackupDialogs.setState({ verify: target })}
          >
            {say.verify}
          </Button>
        ) : null}
        {backup.kind === 'store' && isThere && backup.error === null ? (
          <Button
            small
            command="backup.restore"
            aria-label={say.restoreLabel(when)}
            onClick={() => useBackupDialogs.setState({ restore: target })}
          >
            {say.restore}
          </Button>
        ) : null}
      </td>
    </tr>
  );
};

const Table = ({ backups, present }: { backups: readonly Backup[]; present: Present | null }): ReactNode => (
  <Card flush>
    <table className={css['table']} aria-label={say.table}>
      <thead>
        <tr>
          <th scope="col">{say.when}</th>
          <th scope="col">{say.kind}</th>
          <th scope="col" className={css['size']}>
            {say.size}
          </th>
          <th scope="col">{say.key}</th>
          <th scope="col">{say.state}</th>
          <th scope="col">
            <span className="visually-hidden">{say.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {backups.map((backup) => (
          <BackupRow key={backup.path} backup={backup} present={present} />
        ))}
      </tbody>
    </table>
  </Card>
);

/** Stands on the page until dismissed, so that the way back is not lost with a toast. */
const Restored = ({ job }: { job: Job }): ReactNode => {
  const call = useCall();
  const result = job.result as Output<'backup.restore'>;
  const undo = async (): Promise<void> => {
    const answer = await call('backup.undo-restore', {});
    if (!answer.ok) return toastError(answer.error);
    clearJob('restore');
    toast({ title: say.undone(answer.data.changes.length) });
  };
  return (
    <NoticeLine tone="ok">
      <div className={css['restored']}>
        <span>
          <strong>{say.restored(result.changes.length)}</strong>. {say.restoredText}
        </span>
        <Button small icon={Undo2} command="backup.undo-restore" onClick={() => void undo()}>
          {say.undoRestore}
        </Button>
        <Button small variant="quiet" onClick={() => clearJob('restore')}>
          {messages.ui.dismiss}
        </Button>
      </div>
    </NoticeLine>
  );
};

/** Nothing is left behind by a backup that was cancelled. */
const Running = ({ slot }: { slot: 'backup' | 'export' }): ReactNode => {
  const door = useDoor();
  const job = useJobs((state) => state.jobs[slot]);
  if (job?.state !== 'running' && job?.state !== 'cancelling') return null;
  const cancelling = job.state === 'cancelling';
  return (
    <Card>
      <div className={css['running']}>
        <Progress label={job.step === '' ? say.creating : job.step} percent={job.percent} />
        <Button small busy={cancelling} onClick={() => void cancelJob(door, slot)}>
          {cancelling ? say.cancelling : messages.ui.cancel}
        </Button>
      </div>
    </Card>
  );
};

export const BackupsPage = (): ReactNode => {
  const list = useQuery('backup.list', {}, ['backups', 'secrets']);
  const keys = useQuery('secret.status', {}, ['secrets']);
  const flows = useBackupFlows();
  const jobs = useJobs((state) => state.jobs);
  const busy = jobs.backup?.state === 'running' || jobs.backup?.state === 'cancelling';
  const body = (): ReactNode => {
    if (list.data === null)
      return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
    return list.data.backups.length === 0 ? (
      <Empty icon={Archive} title={say.emptyTitle} text={say.empty} />
    ) : (
      <Table backups={list.data.backups} present={keys.data} />
    );
  };
  return (
    <Page
      title={say.title}
      command="holdfast backup list"
      subtitle={say.subtitle}
      actions={
        <>
          <Button icon={Upload} command="backup.restore" onClick={() => void flows.restoreFromFile()}>
            {say.restoreFile}
          </Button>
          <Button
            icon={FileUp}
            command="backup.create"
            busy={jobs.export?.state === 'running'}
            onClick={() => void flows.exportBackup()}
          >
            {say.export}
          </Button>
          <Button
            variant="primary"
            icon={Archive}
            command="backup.create"
            busy={busy}
            onClick={() => void flows.createBackup()}
          >
            {busy ? say.creating : say.create}
          </Button>
        </>
      }
    >
      <Stack>
        <Running slot="backup" />
        <Running slot="export" />
        {jobs.restore?.state === 'done' ? <Restored job={jobs.restore} /> : null}
        {list.data === null && list.error === null ? null : <ScheduleCard backups={list.data?.backups ?? []} />}
        {body()}
      </Stack>
    </Page>
  );
};
