/** The test of what the form holds: start, cancel, and each step with what was found or why it failed. */
import { CircleAlert, CircleCheck, CircleMinus, Plug } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import type { LastTest, TestStep } from '../../contract/integrations.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import css from './test-panel.module.css';
import type { useConnectionTest } from './use-integrations.ts';

const say = messages.integrations;
const icons = { passed: CircleCheck, failed: CircleAlert, skipped: CircleMinus };

const Steps = ({ steps }: { steps: readonly TestStep[] }): ReactNode => (
  <ol className={css['steps']} aria-label={say.steps}>
    {steps.map((one) => {
      const Icon = icons[one.result];
      return (
        <li key={one.step} className={css['step']} data-result={one.result}>
          <Icon aria-hidden />
          <span className={css['name']}>
            {say.stepNames[one.step]}
            <span className="visually-hidden">, {say.results[one.result]}:</span>
          </span>
          <span className={css['message']}>{one.message}</span>
        </li>
      );
    })}
  </ol>
);

type Props = {
  test: ReturnType<typeof useConnectionTest>;
  last: LastTest | null;
  /** The form holds what is not saved. */
  unsaved: boolean;
  disabled: boolean;
  onStart: () => void;
};

export const TestPanel = ({ test, last, unsaved, disabled, onStart }: Props): ReactNode => {
  const shown = test.running ? null : (test.result ?? last);
  return (
    <section className={css['panel']} aria-label={say.testTitle}>
      <div className={css['head']}>
        <h3>{say.testTitle}</h3>
        {test.running ? (
          <Button onClick={test.cancel}>{messages.ui.cancel}</Button>
        ) : (
          <Button icon={Plug} command="integration.test" busy={disabled || test.busy} onClick={onStart}>
            {unsaved ? say.testForm : say.testNow}
          </Button>
        )}
      </div>
      <p className="small muted">{unsaved ? say.testFormHint : say.testHint}</p>
      <div role="status">
        {test.running ? <p className={css['running']}>{say.testing(test.step)}</p> : null}
        {shown === null ? null : (
          <p className={css['verdict']} data-ok={shown.ok ? '' : undefined}>
            {shown.ok ? say.worked : say.failed}{' '}
            <span className="small muted">
              <When at={shown.at} />
              {'outdated' in shown && shown.outdated ? `, ${say.outdated}` : ''}
            </span>
          </p>
        )}
      </div>
      {test.error === null ? null : (
        <NoticeLine tone="bad" alert>
          {describeError(test.error)}
        </NoticeLine>
      )}
      {shown === null ? null : <Steps steps={shown.steps} />}
    </section>
  );
};
