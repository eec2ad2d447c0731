/** Past migrations with what each proved, the proof as of now, and every way on from here: back, retire, leave, set up again. */
import { Archive, FileSearch, History, LogOut, RotateCcw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { formatAbsolute } from '../format.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, LinkButton } from '../ui/button.tsx';
import { Card, Stack } from '../ui/page.tsx';
import { Empty, ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { LeaveDialog } from './leave-dialog.tsx';
import css from './migration-page.module.css';
import { ProofCard } from './proof-card.tsx';
import { RetireDialog } from './retire-dialog.tsx';
import { RollbackDialog } from './rollback-dialog.tsx';
import { setUpAgain } from './set-up-again.ts';

const say = messages.migration.after;
type Run = Output<'migration.runs'>['runs'][number];
type Open = { what: 'rollback'; run: Run } | { what: 'retire' | 'leave' } | null;

const InClear = ({ onRetire }: { onRetire: () => void }): ReactNode => {
  const { data } = useQuery('migration.in-clear', {}, ['migration', 'secrets', 'settings']);
  if (data === null || data.secrets === 0) return null;
  return (
    <NoticeLine tone="info">
      {say.inClear(data.secrets, data.files)}{' '}
      <Button small command="migration.retire" onClick={onRetire}>
        {say.retire}
      </Button>
    </NoticeLine>
  );
};

/** The report is kept as the run wrote it, so an older one may lack what a newer one has. */
const numbersOf = (totals: JsonValue): [string, number][] =>
  isJsonObject(totals)
    ? Object.entries(totals).filter((one): one is [string, number] => typeof one[1] === 'number' && one[1] > 0)
    : [];

const Checks = ({ verification }: { verification: JsonValue }): ReactNode => {
  const checks = isJsonObject(verification) ? verification['checks'] : null;
  if (!Array.isArray(checks)) return <p className="muted">{say.noChecks}</p>;
  return (
    <ul className={css['checks']} aria-label={say.checks}>
      {checks.filter(isJsonObject).map((check) => {
        const name = typeof check['name'] === 'string' ? check['name'] : '';
        const good = check['ok'] === true;
        return (
          <li key={name}>
            <Badge tone={good ? 'ok' : 'bad'}>{good ? say.agrees : say.differs}</Badge>
            <div>
              {messages.wizard.result.checks[name] ?? name.charAt(0).toUpperCase() + name.slice(1)}{' '}
              <span className="muted">{say.ofChecked(Number(check['found']), Number(check['expected']))}</span>
              {typeof check['detail'] === 'string' ? <div className="small muted">{check['detail']}</div> : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
};

const RunCard = ({ run, onRollback }: { run: Run; onRollback: () => void }): ReactNode => {
  const when = formatAbsolute(run.at);
  const read = run.files.filter((one) => one.status === 'read').length;
  const { backup } = run;
  return (
    <Card
      title={when}
      aside={
        backup === null ? null : (
          <Button
            small
            icon={RotateCcw}
            command="migration.rollback"
            aria-label={say.rollbackLabel(when)}
            onClick={onRollback}
          >
            {say.rollback}
          </Button>
        )
      }
    >
      <p>
        {say.ran(run.definition, read)}{' '}
        <a href={formatRoute('audit', { changeSet: run.changeSet })} className="small">
          {say.inAudit}
        </a>
      </p>
      <p className={css['totals']}>
        {numbersOf(run.totals).map(([name, n]) => (
          <Badge key={name}>{say.totals(name, n)}</Badge>
        ))}
      </p>
      <Checks verification={run.verification} />
      <p className={css['copyOfRun']}>
        {backup === null ? (
          <span className="muted">{say.noCopy}</span>
        ) : (
          <>
            {say.copy} <span className="mono muted">{backup.path}</span>{' '}
            <Badge tone={backup.problem !== null ? 'bad' : backup.provenAt === null ? 'neutral' : 'ok'}>
              {backup.problem ?? (backup.provenAt === null ? say.copySealed : say.copyProven)}
            </Badge>{' '}
            {backup.provenAt === null ? null : <When at={backup.provenAt} />}
          </>
        )}
      </p>
    </Card>
  );
};

const SetUpAgain = (): ReactNode => {
  const call = useCall();
  return (
    <Button icon={FileSearch} command="setup.reset" title={say.againHint} onClick={() => void setUpAgain(call)}>
      {say.again}
    </Button>
  );
};

export const RunsSection = (): ReactNode => {
  const query = useQuery('migration.runs', {}, ['migration', 'backups', 'home']);
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  // Outlives the reading again that its own work causes.
  const dialogs =
    open === null ? null : open.what === 'rollback' ? (
      <RollbackDialog run={open.run.runId} at={open.run.at} onClose={close} />
    ) : open.what === 'retire' ? (
      <RetireDialog onClose={close} />
    ) : (
      <LeaveDialog onClose={close} />
    );
  if (query.data === null)
    return (
      <>
        {query.error === null ? <Loading /> : <ErrorState error={query.error} onRetry={() => void query.reload()} />}
        {dialogs}
      </>
    );
  const { runs } = query.data;
  return (
    <>
      {runs.length === 0 ? (
        <Empty icon={History} title={say.noRuns} text={say.noRunsText}>
          <LinkButton icon={FileSearch} href={formatRoute('setup')}>
            {messages.migration.openSetup}
          </LinkButton>
        </Empty>
      ) : (
        <Stack>
          <p className={css['intro']}>{say.intro}</p>
          <InClear onRetire={() => setOpen({ what: 'retire' })} />
          <div className={css['ways']}>
            <Button icon={Archive} command="migration.retire" onClick={() => setOpen({ what: 'retire' })}>
              {say.retire}
            </Button>
            <Button icon={LogOut} command="home.leave" onClick={() => setOpen({ what: 'leave' })}>
              {say.leave}
            </Button>
            <SetUpAgain />
          </div>
          <ProofCard />
          <h2>{say.runs}</h2>
          {runs.map((run) => (
            <RunCard key={run.runId} run={run} onRollback={() => setOpen({ what: 'rollback', run })} />
          ))}
        </Stack>
      )}
      {dialogs}
    </>
  );
};
