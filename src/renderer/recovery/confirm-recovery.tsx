/** The recovery code typed back: wherever it was just shown, and behind Overview's standing notice. */
import { useState, type ReactNode, type RefObject } from 'react';
import { describeError } from '../../contract/errors.ts';
import { useDoor } from '../client.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import css from './confirm-recovery.module.css';

const say = messages.recovery;

/** Asks the core whether the code fits; `onConfirmed` once it does. */
export const ConfirmRecoveryForm = ({
  onConfirmed,
  inputRef,
}: {
  onConfirmed: () => void;
  inputRef?: RefObject<HTMLInputElement | null>;
}): ReactNode => {
  const door = useDoor();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    if (code.trim() === '') return setProblem(messages.unlock.needed);
    setBusy(true);
    const answer = await door.call('secret.confirm-recovery', { recoveryCode: code.trim() });
    setBusy(false);
    if (answer.ok) onConfirmed();
    else setProblem(answer.error.type === 'WrongKey' ? say.wrongCode : describeError(answer.error));
  };
  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <Field label={say.typeBack} hint={say.typeBackHint} problem={problem}>
        {({ id, describedBy }) => (
          <span className={css['line']}>
            <TextInput
              id={id}
              ref={inputRef}
              aria-describedby={describedBy}
              mono
              invalid={problem !== null}
              value={code}
              onChange={(next) => {
                setCode(next);
                setProblem(null);
              }}
            />
            <Button variant="primary" busy={busy} onClick={() => void confirm()}>
              {say.confirm}
            </Button>
          </span>
        )}
      </Field>
    </form>
  );
};
