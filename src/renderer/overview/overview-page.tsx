/** Overview: what is looked after, whether it is safe, what needs doing, what changed. Every figure leads to its page. */
import { Archive, DoorOpen, FileSearch } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { Notice } from '../../contract/home.ts';
import { OutsideCard } from '../audit/outside-card.tsx';
import { useBackupFlows } from '../backups/backup-flows.ts';
import { formatBytes, formatWhen } from '../format.ts';
import { useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { openRecovery } from '../recovery/recovery-dialog.tsx';
import { formatRoute } from '../route.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { isNotSetUp, useStatus } from '../status.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { Card, Page, Stack } from '../ui/page.tsx';
import { Empty, NoticeLine } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { Activity } from './activity.tsx';
import { LegacyFiles } from './legacy-files.tsx';
import css from './overview-page.module.css';
import { Recent } from './recent.tsx';
import { SinceCard } from './since-card.tsx';

const say = messages.overview;

const Figure = ({
  label,
  value,
  tone,
  children,
}: {
  label: string;
  value: ReactNode;
  tone?: 'warn' | 'bad';
  children: ReactNode;
}): ReactNode => (
  <section className={css['figure']} aria-label={label}>
    <h2 className="small muted">{label}</h2>
    <p className={css['value']} data-tone={tone}>
      {value}
    </p>
    <div className="small muted">{children}</div>
  </section>
);

const BackupFigure = (): ReactNode => {
  const { status } = useStatus();
  const backups = useQuery('backup.list', {}, ['backups']);
  const proven = backups.data?.backups.find((one) => one.kind === 'store' && one.provenAt !== null);
  const newest = status.lastBackup;
  return (
    <Figure
      label={say.lastBackup}
      value={
        proven === undefined ? say.noProven : <a href={formatRoute('backups')}>{formatWhen(proven.at, new Date())}</a>
      }
    >
      {backups.data === null
        ? null
        : proven?.provenAt == null
          ? say.noProvenText
          : `${formatBytes(proven.sizeBytes)}. ${say.provenText(lowerWhen(proven.provenAt))}`}
      {newest !== null && newest.provenAt === null ? <p>{say.sealedText(lowerWhen(newest.at))}</p> : null}
    </Figure>
  );
};

const NoticeItem = ({ notice }: { notice: Notice }): ReactNode => {
  const { id } = notice;
  if (id === 'recovery-unconfirmed' || id === 'recovery-missing') {
    return (
      <button type="button" className={css['noticeLink']} onClick={() => openRecovery(id)}>
        {notice.message}
      </button>
    );
  }
  const page = notice.id.startsWith('drift') ? 'setup' : notice.page;
  if (page === undefined || page === 'overview') return <span>{notice.message}</span>;
  return (
    <a className={css['noticeLink']} href={formatRoute(page)}>
      {notice.message}
    </a>
  );
};

const Needs = ({ notices, filesInStep }: { notices: readonly Notice[]; filesInStep: boolean }): ReactNode => {
  const worst = notices.some((one) => one.severity === 'error') ? 'bad' : 'warn';
  return (
    <Figure
      label={say.needs}
      value={notices.length === 0 ? say.nothing : say.things(notices.length)}
      {...(notices.length === 0 ? {} : { tone: worst })}
    >
      {notices.length === 0 ? (
        say.nothingText(filesInStep)
      ) : (
        <ul className={css['notices']}>
          {notices.map((notice) => (
            <li key={notice.id}>
              <NoticeItem notice={notice} />
            </li>
          ))}
        </ul>
      )}
    </Figure>
  );
};

const NotYet = ({ name }: { name: string }): ReactNode => {
  const draft = useQuery('setup.draft', {}, ['migration']);
  return (
    <Page title={say.notYet(name)}>
      <Empty icon={DoorOpen} text={say.notYetText}>
        <LinkButton variant="primary" href={formatRoute('setup')}>
          {draft.data?.draft == null ? say.setUp : say.continueSetUp}
        </LinkButton>
      </Empty>
    </Page>
  );
};

const Today = ({ today, total }: { today: number; total: number }): ReactNode => (
  <Figure label={say.today} value={<a href={formatRoute('audit')}>{say.changeSets(today)}</a>}>
    {today === 0 ? say.noChanges : null} {say.inAll(total)}
  </Figure>
);

export const OverviewPage = (): ReactNode => {
  const { status, title } = useStatus();
  return isNotSetUp(status) ? <NotYet name={title} /> : <Dashboard />;
};

const Dashboard = (): ReactNode => {
  const { status, title } = useStatus();
  const flows = useBackupFlows();
  const facets = useQuery('audit.facets', { days: 30 }, ['audit']);
  const backingUp = useJobs((state) => state.jobs.backup?.state === 'running');
  const { counts, notices, filesBehind, migratedAt } = status;
  const summary = say.summary(counts.settings, counts.secrets, counts.integrations);
  const needed = useMemo(() => notices.filter((notice) => notice.severity !== 'info'), [notices]);
  const days = facets.data?.days ?? [];
  const todayKey = new Date().toISOString().slice(0, 10);
  return (
    <Page
      command="holdfast status"
      title={needed.some((notice) => notice.severity === 'error') ? say.attention(title) : say.looked(title)}
      subtitle={migratedAt === null ? summary : say.migrated(summary, status.migratedFiles, lowerWhen(migratedAt))}
      actions={
        <>
          <LinkButton icon={FileSearch} href={formatRoute('setup')}>
            {say.readAgain}
          </LinkButton>
          <Button
            variant="primary"
            icon={Archive}
            command="backup.create"
            busy={backingUp}
            onClick={() => void flows.createBackup()}
          >
            {backingUp ? say.backingUp : say.backUp}
          </Button>
        </>
      }
    >
      <Stack>
        {filesBehind.length === 0 ? null : (
          <NoticeLine tone="warn">
            <strong>{say.behind(title)}</strong>
            <div className="small muted">{say.behindFiles(filesBehind)}</div>
          </NoticeLine>
        )}
        <div className={css['figures']}>
          <BackupFigure />
          <Needs notices={needed} filesInStep={filesBehind.length === 0} />
          <Today today={days.find((one) => one.day === todayKey)?.changeSets ?? 0} total={facets.data?.total ?? 0} />
        </div>
        <OutsideCard />
        <SinceCard />
        <div className={css['pair']}>
          <Activity days={days} />
          <LegacyFiles />
        </div>
        <Card
          title={say.recent}
          aside={
            <a className="small" href={formatRoute('audit')}>
              {say.openAudit}
            </a>
          }
        >
          <Recent />
        </Card>
      </Stack>
    </Page>
  );
};
