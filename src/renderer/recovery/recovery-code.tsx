/**
 * A recovery code on the one occasion that it is shown: big, to copy, to print, and to type back. The code lives in the
 * caller's memory and nowhere else.
 */
import { Printer } from 'lucide-react';
import { useEffect, useState, type ReactNode, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { useDoor } from '../client.ts';
import { formatAbsolute } from '../format.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { ConfirmRecoveryForm } from './confirm-recovery.tsx';
import css from './recovery-code.module.css';

const say = messages.recovery;

/** The browser asks before a tab goes that shows something which is shown once. The window has no reload and needs none. */
export const useAskBeforeLeaving = (ask: boolean): void => {
  const door = useDoor();
  const asks = ask && door.kind === 'browser';
  useEffect(() => {
    if (!asks) return;
    const onLeave = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [asks]);
};

/** The page that is printed: all of it, and nothing else of what is on the screen. */
const Kit = ({ code, home }: { code: string; home: string }): ReactNode => (
  <section className={css['kit']} aria-hidden>
    <h1>{say.printTitle}</h1>
    <p>{say.printHome(home)}</p>
    <p className={css['kitCode']}>{code}</p>
    <p>{say.printText}</p>
    <ol>
      {say.printSteps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
    <p>{say.printTools}</p>
    <p>{say.printKeep}</p>
    <p>{say.printMade(formatAbsolute(new Date().toISOString()))}</p>
  </section>
);

type Props = {
  code: string;
  text: string;
  /** Said once it was typed back. */
  confirmedText?: string;
  inputRef?: RefObject<HTMLInputElement | null>;
  onConfirmed: () => void;
};

export const RecoveryCode = ({
  code,
  text,
  confirmedText = say.confirmed,
  inputRef,
  onConfirmed,
}: Props): ReactNode => {
  const { status } = useStatus();
  const [confirmed, setConfirmed] = useState(false);
  useAskBeforeLeaving(!confirmed);
  return (
    <div>
      {createPortal(<Kit code={code} home={status.home} />, document.body)}
      <p className="muted">{text}</p>
      <p className={css['code']} role="region" aria-label={say.codeTitle}>
        {code}
      </p>
      <div className={css['actions']}>
        <CopyButton text={code} label={say.copyCode} />
        <Button icon={Printer} onClick={() => window.print()}>
          {say.print}
        </Button>
      </div>
      <div className={css['typeBack']}>
        {confirmed ? (
          <NoticeLine tone="ok">
            <span role="status">{confirmedText}</span>
          </NoticeLine>
        ) : (
          <ConfirmRecoveryForm
            {...(inputRef === undefined ? {} : { inputRef })}
            onConfirmed={() => {
              setConfirmed(true);
              onConfirmed();
            }}
          />
        )}
      </div>
    </div>
  );
};
