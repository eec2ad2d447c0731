/**
 * The set-up wizard: find, plan, protect, essentials, review and apply, then the result. Reads until Apply; leaving early
 * keeps a draft. Can be run again on a home that is set up.
 */
import { Check, Minus } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { useDoor } from '../client.ts';
import { useJobs } from '../jobs.ts';
import { messages } from '../messages.en.ts';
import { ReadOnlyBanner } from '../recovery/read-only-banner.tsx';
import { useAskBeforeLeaving } from '../recovery/recovery-code.tsx';
import { formatRoute } from '../route.ts';
import { genericDefinition, isNotSetUp, shortPath, useStatus } from '../status.ts';
import { LinkButton } from '../ui/button.tsx';
import { Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { EssentialsStep } from './essentials-step.tsx';
import { FindStep } from './find-step.tsx';
import { PlanStep } from './plan-step.tsx';
import { ProtectStep } from './protect-step.tsx';
import { ResultStep } from './result-step.tsx';
import { ReviewStep } from './review-step.tsx';
import css from './wizard-screen.module.css';
import { fromDraft, initialWizard, stepIds, toDraft, useWizard, type StepId } from './wizard-store.ts';

const say = messages.wizard;

const Steps = ({
  current,
  skipped,
}: {
  current: StepId | 'result';
  skipped: ReadonlySet<StepId | 'result'>;
}): ReactNode => {
  const ids: readonly (StepId | 'result')[] = current === 'result' ? [...stepIds, current] : stepIds;
  const at = ids.indexOf(current);
  return (
    <ol className={css['steps']} aria-label={say.stepsLabel}>
      {ids.map((id, index) => (
        <li
          key={id}
          className={css['step']}
          aria-current={id === current ? 'step' : undefined}
          data-done={index < at && !skipped.has(id) ? '' : undefined}
        >
          <span className={css['number']} aria-hidden>
            {skipped.has(id) ? <Minus /> : index < at ? <Check /> : index + 1}
          </span>
          {say.steps[id]}
          {skipped.has(id) ? (
            <span className="small muted">{say.stepSkipped}</span>
          ) : index < at ? (
            <span className="visually-hidden">, {say.stepDone}</span>
          ) : null}
        </li>
      ))}
    </ol>
  );
};

/** Loads the draft once, then saves every change of it. */
const useDraft = (questions: Output<'setup.questions'>['questions'] | null): boolean => {
  const door = useDoor();
  const [ready, setReady] = useState(false);
  const state = useWizard();
  useEffect(() => {
    let gone = false;
    void door.call('setup.draft', {}).then((answer) => {
      if (gone) return;
      useWizard.setState({ ...initialWizard, ...(answer.ok ? fromDraft(answer.data.draft) : {}) }, true);
      setReady(true);
    });
    return () => {
      gone = true;
      useWizard.setState(initialWizard, true);
    };
  }, [door]);
  const secretKeys = useMemo(
    () => (questions === null ? null : new Set(questions.filter((one) => one.secret).map((one) => one.key))),
    [questions],
  );
  // Until the questions are known nothing tells a secret answer from another: nothing is saved.
  const draft = secretKeys === null ? null : JSON.stringify(toDraft(state, secretKeys));
  useEffect(() => {
    if (!ready || draft === null || draft === JSON.stringify(toDraft(initialWizard, new Set()))) return;
    const timer = setTimeout(() => void door.call('setup.save-draft', { draft: JSON.parse(draft) as never }), 300);
    return () => clearTimeout(timer);
  }, [door, draft, ready]);
  return ready;
};

export const WizardScreen = (): ReactNode => {
  const { status, title } = useStatus();
  const { step, definition } = useWizard();
  const job = useJobs((state) => state.jobs.setup);
  const questions = useQuery('setup.questions', definition === null ? {} : { definition }, ['migration']);
  const found = useQuery('home.find', {}, ['home']);
  const ready = useDraft(questions.data?.questions ?? null);
  const none = questions.data?.questions.length === 0;
  const done = job?.state === 'done';
  const writing = job?.state === 'running' || job?.state === 'cancelling';
  useAskBeforeLeaving(writing);
  const skipped = useMemo(() => new Set<StepId>(none ? ['essentials'] : []), [none]);
  if (!ready) return <Loading />;
  const picked = definition ?? found.data?.definition;
  const appName =
    found.data?.definitions.find((one) => one.id === picked && one.id !== genericDefinition)?.title ?? title;
  const go = (to: StepId): void => {
    useWizard.setState({ step: to });
    document.querySelector('#main')?.scrollTo(0, 0);
  };
  const screens: { [id in StepId]: ReactNode } = {
    find: <FindStep onNext={() => go('plan')} />,
    plan: <PlanStep onBack={() => go('find')} onNext={() => go('protect')} />,
    protect: <ProtectStep onBack={() => go('plan')} onNext={() => go(none ? 'review' : 'essentials')} />,
    essentials: (
      <EssentialsStep
        questions={questions.data?.questions ?? []}
        name={appName}
        onBack={() => go('protect')}
        onNext={() => go('review')}
      />
    ),
    review: (
      <ReviewStep
        questions={questions.data?.questions ?? []}
        onBack={() => go(none ? 'protect' : 'essentials')}
        onReplan={() => go('plan')}
      />
    ),
  };
  return (
    <div className={css['wizard']}>
      <aside className={css['side']}>
        <div className={css['brand']}>
          <span className={css['glyph']} aria-hidden>
            H
          </span>
          <strong>{messages.ui.appName}</strong>
        </div>
        <Steps current={done ? 'result' : step} skipped={skipped} />
        <div className={css['foot']}>
          {done || writing || !isNotSetUp(status) ? null : (
            <p className="small muted">{say.untouched(shortPath(status.home, 32))}</p>
          )}
          {done || writing ? null : (
            <>
              <LinkButton variant="quiet" small href={formatRoute('overview')}>
                {isNotSetUp(status) ? say.leave : say.again.leave}
              </LinkButton>
              <p className="small muted">{isNotSetUp(status) ? say.leaveHint : say.again.note}</p>
            </>
          )}
        </div>
      </aside>
      <main id="main" className={css['main']} tabIndex={-1}>
        <ReadOnlyBanner />
        {done ? <ResultStep result={job.result as Output<'setup.apply'>} /> : screens[step]}
      </main>
    </div>
  );
};
