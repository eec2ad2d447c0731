/** Shows one secret after a confirmation, for 30 seconds. The value lives in this dialog and goes with it. */
import { useEffect, useState, type ReactNode } from 'react';
import { describeError } from '../../contract/errors.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { useCall, useUnlockStore } from '../unlock-request.ts';
import css from './secrets-page.module.css';

const say = messages.secrets;
const shownMs = 30_000;

/** By the clock: a page in the background counts slower. */
const useSecondsLeft = (onOver: () => void): number => {
  const [until] = useState(() => Date.now() + shownMs);
  const [left, setLeft] = useState(shownMs);
  useEffect(() => {
    const timer = setInterval(() => setLeft(until - Date.now()), 500);
    return () => clearInterval(timer);
  }, [until]);
  useEffect(() => {
    if (left <= 0) onOver();
  }, [left, onOver]);
  return Math.max(1, Math.ceil(left / 1000));
};

const Shown = ({ value, onHide }: { value: string; onHide: () => void }): ReactNode => {
  const left = useSecondsLeft(onHide);
  return (
    <>
      <code className={css['value']}>{value}</code>
      <div className={css['shownFoot']}>
        <CopyButton small text={value} label={say.copy} />
        <span className="small muted">{say.hidesIn(left)}</span>
      </div>
    </>
  );
};

type Props = { settingKey: string; name: string; onClose: () => void };

export const RevealDialog = ({ settingKey, name, onClose }: Props): ReactNode => {
  const call = useCall();
  const unlocking = useUnlockStore((state) => state.waiting !== null);
  const [value, setValue] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const reveal = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const answer = await call('settings.reveal', { key: settingKey });
    setBusy(false);
    if (!answer.ok) {
      if (answer.error.type !== 'Cancelled') setProblem(describeError(answer.error));
      return;
    }
    const shown = answer.data.value;
    setValue(typeof shown === 'string' ? shown : JSON.stringify(shown));
  };
  if (unlocking) return null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={say.revealTitle(name)}
      description={say.revealText}
      footer={
        value === null ? (
          <>
            <Button onClick={onClose}>{messages.ui.cancel}</Button>
            <Button variant="primary" busy={busy} onClick={() => void reveal()}>
              {say.reveal}
            </Button>
          </>
        ) : (
          <Button onClick={onClose}>{say.hide}</Button>
        )
      }
    >
      {problem === null ? null : (
        <NoticeLine tone="bad" alert>
          {problem}
        </NoticeLine>
      )}
      {value === null ? null : <Shown value={value} onHide={onClose} />}
    </Dialog>
  );
};
