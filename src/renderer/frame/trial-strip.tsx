/** In the status strip while a change is on trial: how long it still lasts, and the two ways to end that. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Status } from '../../contract/home.ts';
import { useDoor } from '../client.ts';
import { formatCountdown } from '../format.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import css from './status-strip.module.css';

const say = messages.trial;

type Trial = Status['trials'][number];

const Countdown = ({ until }: { until: string }): ReactNode => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span role="timer">{say.left(formatCountdown(Date.parse(until) - now))}</span>;
};

/** Says it when a trial ran out while somebody looked on. */
const useEnded = (trials: readonly Trial[]): void => {
  const before = useRef(trials);
  useEffect(() => {
    const now = new Date().toISOString();
    const running = new Set(trials.map((one) => one.changeSet));
    if (before.current.some((one) => !running.has(one.changeSet) && one.until <= now)) toast({ title: say.ended });
    before.current = trials;
  }, [trials]);
};

export const TrialStrip = (): ReactNode => {
  const door = useDoor();
  const { status, reload } = useStatus();
  const { trials } = status;
  useEnded(trials);
  const [first] = trials;
  if (first === undefined) return null;
  const { changeSet, keys, until } = first;
  const keep = async (): Promise<void> => {
    const answer = await door.call('trial.keep', { changeSet });
    if (answer.ok) toast({ title: say.kept });
    else toastError(answer.error);
    void reload();
  };
  const revert = async (): Promise<void> => {
    const answer = await door.call('trial.end', { changeSet });
    if (answer.ok) {
      const left = answer.data.left.map((one) => one.key);
      toast({
        title: say.reverted(answer.data.changes.length),
        ...(left.length === 0 ? {} : { text: say.stayed(left) }),
      });
    } else toastError(answer.error);
    void reload();
  };
  return (
    <span className={css['trial']} role="group" aria-label={say.label} title={keys.join(', ')}>
      <span>
        {say.running(keys.length)}, <Countdown until={until} />
        {trials.length > 1 ? ` (${say.more(trials.length - 1)})` : ''}
      </span>
      <Button small command="trial.keep" aria-label={say.keepLabel(keys)} onClick={() => void keep()}>
        {say.keep}
      </Button>
      <Button small command="trial.end" aria-label={say.revertLabel(keys)} onClick={() => void revert()}>
        {say.revert}
      </Button>
    </span>
  );
};
