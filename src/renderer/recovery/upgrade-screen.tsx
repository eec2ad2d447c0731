/** A store made by an older Holdfast: what the upgrade does, step by step, and one button. Never by itself. */
import { ArrowUpCircle } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { cancelJob, clearJob, startJob, useJobs, type Job } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { everyTopic } from '../status.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Progress } from '../ui/progress.tsx';
import { Loading, NoticeLine } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import css from './recovery-screen.module.css';

const say = messages.upgrade;

const Steps = (): ReactNode => {
  const plan = useQuery('schema.upgrade', { dryRun: true }, everyTopic);
  if (plan.data === null)
    return plan.error === null ? <Loading /> : <NoticeLine tone="bad">{describeError(plan.error)}</NoticeLine>;
  return (
    <ol className={css['plain']}>
      {plan.data.steps.map((step) => (
        <li key={step.version}>
          {step.does}. <span className="muted">{say.step(step.version, step.name)}</span>
        </li>
      ))}
    </ol>
  );
};

const Running = ({ job }: { job: Job }): ReactNode => {
  const door = useDoor();
  const cancelling = job.state === 'cancelling';
  return (
    <>
      <Progress label={job.step === '' ? say.busy : job.step} percent={job.percent} />
      <div className={css['actions']}>
        <Button busy={cancelling} onClick={() => void cancelJob(door, 'upgrade')}>
          {cancelling ? say.cancelling : say.cancel}
        </Button>
      </div>
    </>
  );
};

const Waiting = ({ job, onUpgraded }: { job: Job | undefined; onUpgraded: () => void }): ReactNode => {
  const door = useDoor();
  const upgrade = async (): Promise<void> => {
    const answer = await startJob(door.call, 'upgrade', 'schema.upgrade', {});
    if (!answer.ok) return;
    clearJob('upgrade');
    onUpgraded();
  };
  const error = job?.error ?? null;
  return (
    <>
      {error === null ? null : (
        <NoticeLine tone={error.type === 'Cancelled' ? 'info' : 'bad'} alert>
          {describeError(error)}
        </NoticeLine>
      )}
      <div className={css['actions']}>
        <Button variant="primary" onClick={() => void upgrade()}>
          {say.go}
        </Button>
        <LinkButton href={formatRoute('homes')}>{messages.frame.allHomes}</LinkButton>
      </div>
      <CommandLine command="holdfast schema upgrade" />
    </>
  );
};

export const UpgradeScreen = ({ path, onUpgraded }: { path: string; onUpgraded: () => void }): ReactNode => {
  const job = useJobs((state) => state.jobs.upgrade);
  useEffect(() => {
    document.title = messages.ui.windowTitle(say.title);
  }, []);
  return (
    <div className={css['scroller']}>
      <main className={css['screen']}>
        <ArrowUpCircle aria-hidden className={css['icon']} />
        <h1>{say.title}</h1>
        <p className="mono muted">{path}</p>
        <p>{say.explain}</p>
        <section className={css['section']} aria-label={say.steps}>
          <h2>{say.steps}</h2>
          <Steps />
        </section>
        {job?.state === 'running' || job?.state === 'cancelling' ? (
          <Running job={job} />
        ) : (
          <Waiting job={job} onUpgraded={onUpgraded} />
        )}
      </main>
    </div>
  );
};
