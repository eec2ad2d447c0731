/** Page 5: exactly what will be written, then writing it: one job with progress and a safe cancel. */
import type { ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { MigrationResult } from '../../contract/migration.ts';
import { useDoor } from '../client.ts';
import { formatValue } from '../format.ts';
import { cancelJob, clearJob, startJob, useJobs, type Job } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { shortPath, useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import { Progress } from '../ui/progress.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { useCall } from '../unlock-request.ts';
import type { Question } from './essentials-step.tsx';
import { planRows, planTotals } from './plan-rows.ts';
import { usePlan } from './plan-step.tsx';
import { Step } from './step.tsx';
import css from './wizard-screen.module.css';
import { useWizard } from './wizard-store.ts';

const say = messages.wizard.review;

const WriteList = ({ plan, questions }: { plan: MigrationResult; questions: readonly Question[] }): ReactNode => {
  const { status } = useStatus();
  const { answers, passphrase, recoveryCode } = useWizard();
  const totals = planTotals(planRows(plan));
  const slots = [...(recoveryCode ? [say.slotRecovery] : []), ...(passphrase === '' ? [] : [say.slotPassphrase])];
  const read = plan.sources.filter((source) => source.status === 'read').length;
  const answered = questions.filter((question) => answers[question.key] !== undefined);
  const rows: [string, string, ReactNode][] = [
    [say.keys, '.holdfast/keys.json', status.keys === 'none' ? say.keysText(slots) : say.keysKept],
    ...(read === 0
      ? []
      : [[say.legacy, '.holdfast/backups/', say.legacyText(read)] satisfies [string, string, ReactNode]]),
    [say.store, '.holdfast/', say.storeText(totals.create, totals.update, totals.secret)],
    ...(totals.quarantine === 0
      ? []
      : [[say.aside, '.holdfast/', say.asideText(totals.quarantine)] satisfies [string, string, ReactNode]]),
    ...answered.map((question): [string, string, ReactNode] => [
      question.title,
      question.key,
      question.secret ? (
        messages.wizard.plan.secretValue
      ) : (
        <span key={question.key} className="mono">
          {formatValue(answers[question.key] ?? null)}
        </span>
      ),
    ]),
    [say.backup, '.holdfast/backups/', say.backupText],
  ];
  return (
    <div className={css['table']}>
      <table aria-label={say.willBe}>
        <thead>
          <tr>
            <th scope="col">{say.willBe}</th>
            <th scope="col">{say.where}</th>
            <th scope="col">{say.holds}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([what, where, how]) => (
            <tr key={`${what}:${where}`}>
              <th scope="row">{what}</th>
              <td className={css['place']}>{where}</td>
              <td>{how}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Running = ({ job }: { job: Job }): ReactNode => {
  const door = useDoor();
  const cancelling = job.state === 'cancelling';
  return (
    <Step
      narrow
      title={say.applying}
      action={
        <Button busy={cancelling} onClick={() => void cancelJob(door, 'setup')}>
          {cancelling ? say.cancelling : say.cancel}
        </Button>
      }
    >
      <Card>
        <Progress label={job.step === '' ? say.starting : job.step} percent={job.percent} />
      </Card>
      <p className="small muted">{say.cancelSafe}</p>
    </Step>
  );
};

type Props = { questions: readonly Question[]; onBack: () => void; onReplan: () => void };

export const ReviewStep = ({ questions, onBack, onReplan }: Props): ReactNode => {
  const call = useCall();
  const { status } = useStatus();
  const plan = usePlan();
  const job = useJobs((state) => state.jobs.setup);
  const state = useWizard();
  if (job?.state === 'running' || job?.state === 'cancelling') return <Running job={job} />;
  if (plan.data === null) {
    return (
      <Step title={say.title} onBack={onBack}>
        {plan.error === null ? <Loading /> : <ErrorState error={plan.error} onRetry={() => void plan.reload()} />}
      </Step>
    );
  }
  const { data } = plan;
  const apply = async (): Promise<void> => {
    const answer = await startJob(call, 'setup', 'setup.apply', {
      expect: data.planDigest,
      ...(state.definition === null ? {} : { definition: state.definition }),
      ...(Object.keys(state.choices).length === 0 ? {} : { choices: state.choices }),
      ...(questions.length === 0
        ? {}
        : {
            answers: Object.fromEntries(
              questions.flatMap(({ key }) => (state.answers[key] === undefined ? [] : [[key, state.answers[key]]])),
            ),
          }),
      ...(status.keys === 'none'
        ? {
            protect: {
              ...(state.passphrase === '' ? {} : { passphrase: state.passphrase }),
              ...(state.recoveryCode ? { recoveryCode: true } : {}),
            },
          }
        : {}),
    });
    // The passphrase has done its work.
    if (answer.ok) useWizard.setState({ passphrase: '', repeat: '' });
  };
  const outdated = job?.error?.type === 'PlanOutdated';
  const files = data.sources.filter((source) => source.status === 'read' || source.status === 'left-alone').length;
  return (
    <Step
      title={say.title}
      subtitle={say.subtitle}
      onBack={onBack}
      action={
        <Button variant="primary" command="setup.apply" onClick={() => void apply()}>
          {say.apply}
        </Button>
      }
    >
      {job?.error == null ? null : (
        <NoticeLine tone={job.error.type === 'Cancelled' ? 'info' : 'bad'} alert>
          {describeError(job.error)}{' '}
          {outdated ? (
            <Button
              small
              onClick={() => {
                clearJob('setup');
                void plan.reload();
                onReplan();
              }}
            >
              {say.outdated}
            </Button>
          ) : null}
        </NoticeLine>
      )}
      <p className="mono muted" title={status.home}>
        {shortPath(status.home, 80)}
      </p>
      <WriteList plan={data} questions={questions} />
      <NoticeLine tone="ok">
        <strong>{say.untouchedTitle}</strong>
        <div>{say.untouched(files)}</div>
      </NoticeLine>
    </Step>
  );
};
