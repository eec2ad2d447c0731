/**
 * A secret: set, replace, remove, reveal. The stored value is here only during a reveal, which the audit log notes and
 * which hides itself after 30 s.
 */
import { X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { messages } from '../../messages.en.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextInput } from '../../ui/field.tsx';
import { toastError } from '../../ui/toast.tsx';
import { useCall } from '../../unlock-request.ts';
import { textOf, type FieldProps, type KindOfField } from './field-props.ts';
import css from './fields.module.css';

const say = messages.settings.fields;
const revealSeconds = 30;

const Revealed = ({ value, onHide }: { value: string; onHide: () => void }): ReactNode => {
  const [left, setLeft] = useState(revealSeconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left <= 0) onHide();
  }, [left, onHide]);
  return (
    <div className={css['revealed']}>
      <code>{value}</code>
      <span className="small muted" title={say.revealNote}>
        {say.revealed(left)}
      </span>
    </div>
  );
};

const Typing = ({
  title,
  id,
  onStage,
  onCancel,
}: {
  title: string;
  id: string;
  onStage: (text: string) => void;
  onCancel: () => void;
}): ReactNode => {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const keep = (): void => (text === '' ? undefined : onStage(text));
  return (
    <form
      className={css['typing']}
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <TextInput
        id={id}
        ref={input}
        type="password"
        autoComplete="new-password"
        aria-label={say.newSecret(title)}
        value={text}
        onChange={setText}
      />
      <Button onClick={keep}>{say.keep}</Button>
      <IconButton label={messages.ui.cancel} icon={X} onClick={onCancel} />
    </form>
  );
};

const SecretField = ({ id, setting, edit, onEdit, labelledBy }: FieldProps): ReactNode => {
  const call = useCall();
  const [typing, setTyping] = useState(false);
  const [revealed, setRevealed] = useState<string | null>(null);
  const typed = useRef(false);
  const isSet = setting.set === true;
  const reveal = async (): Promise<void> => {
    const answer = await call('settings.reveal', { key: setting.key });
    if (answer.ok) setRevealed(textOf(answer.data.value));
    else toastError(answer.error);
  };
  const close = (): void => {
    typed.current = true;
    setTyping(false);
  };
  // The field that had focus is gone: focus goes on from the button that opened it.
  const takeFocus = (button: HTMLButtonElement | null): void => {
    if (button === null || !typed.current) return;
    typed.current = false;
    button.focus();
  };
  if (typing) {
    return (
      <Typing
        id={id}
        title={setting.title}
        onCancel={() => close()}
        onStage={(text) => {
          close();
          onEdit({ op: 'set', value: text });
        }}
      />
    );
  }
  const button = (word: string): string => `${word}: ${setting.title}`;
  const state = edit?.op === 'set' ? say.secretStaged : edit?.op === 'unset' ? say.secretRemoved : null;
  return (
    <div className={css['secret']} role="group" aria-labelledby={labelledBy}>
      {revealed === null ? null : <Revealed value={revealed} onHide={() => setRevealed(null)} />}
      <div className={css['buttons']}>
        {state === null ? null : <span className="small muted">{state}</span>}
        <Button
          id={id}
          ref={takeFocus}
          aria-label={button(isSet ? say.replace : say.setSecret)}
          onClick={() => setTyping(true)}
        >
          {isSet ? say.replace : say.setSecret}
        </Button>
        {isSet && state === null ? (
          <>
            <Button
              {...(revealed === null ? { command: 'settings.reveal' } : {})}
              aria-label={button(revealed === null ? say.reveal : say.hide)}
              onClick={() => (revealed === null ? void reveal() : setRevealed(null))}
            >
              {revealed === null ? say.reveal : say.hide}
            </Button>
            <Button aria-label={button(say.removeSecret)} onClick={() => onEdit({ op: 'unset' })}>
              {say.removeSecret}
            </Button>
          </>
        ) : null}
      </div>
    </div>
  );
};

export const fields: readonly KindOfField[] = [{ kinds: ['secret'], shows: () => true, Field: SecretField }];
