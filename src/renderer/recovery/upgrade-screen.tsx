/** A store made by an older Holdfast: what the upgrade does, step by step, and one button. Never by itself. */
import { ArrowUpCircle } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { formatRoute } from '../route.ts';
import { everyTopic } from '../status.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
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

export const UpgradeScreen = ({ path, onUpgraded }: { path: string; onUpgraded: () => void }): ReactNode => {
  const door = useDoor();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HoldfastError | null>(null);
  useEffect(() => {
    document.title = messages.ui.windowTitle(say.title);
  }, []);
  const upgrade = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const answer = await door.call('schema.upgrade', {});
    setBusy(false);
    if (answer.ok) onUpgraded();
    else setError(answer.error);
  };
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
        {error === null ? null : <NoticeLine tone="bad">{describeError(error)}</NoticeLine>}
        <div className={css['actions']}>
          <Button variant="primary" disabled={busy} onClick={() => void upgrade()}>
            {busy ? say.busy : say.go}
          </Button>
          <LinkButton href={formatRoute('homes')}>{messages.frame.allHomes}</LinkButton>
        </div>
        <CommandLine command="holdfast schema upgrade" />
      </main>
    </div>
  );
};
