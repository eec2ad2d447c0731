/** A passphrase or a recovery code, typed by the owner. Held only while the dialog is open. */
import type { ReactNode, RefObject } from 'react';
import type { Input } from '../../contract/commands.ts';
import { messages } from '../messages.en.ts';
import { Field, TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import css from './credential-fields.module.css';

export type CredentialDraft = { kind: 'passphrase' | 'recovery'; text: string };
/** What a person types; the system's keyring needs no typing. */
export type Credential = Exclude<Input<'secret.unlock'>['credential'], { keyring: true }>;

export const isFilled = (draft: CredentialDraft): boolean => draft.text.trim() !== '';

export const toCredential = (draft: CredentialDraft): Credential =>
  draft.kind === 'passphrase' ? { passphrase: draft.text } : { recoveryCode: draft.text.trim() };

type Props = {
  draft: CredentialDraft;
  onChange: (draft: CredentialDraft) => void;
  onEnter: () => void;
  /** Kinds of slots that there are; the choice shows only where there is one. */
  slots?: readonly string[];
  problem: string | null;
  hint?: string;
  inputRef?: RefObject<HTMLInputElement | null>;
};

const say = messages.unlock;

export const CredentialFields = ({
  draft,
  onChange,
  onEnter,
  slots = [],
  problem,
  hint,
  inputRef,
}: Props): ReactNode => {
  const choice = slots.length === 0 || (slots.includes('passphrase') && slots.includes('recovery'));
  const passphrase = draft.kind === 'passphrase';
  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        onEnter();
      }}
    >
      {choice ? (
        <Field label={say.with}>
          {({ id }) => (
            <Select
              id={id}
              value={draft.kind}
              options={[
                { value: 'passphrase', label: say.passphrase },
                { value: 'recovery', label: say.recovery },
              ]}
              onChange={(kind) => onChange({ kind, text: '' })}
            />
          )}
        </Field>
      ) : null}
      <Field
        label={passphrase ? say.passphrase : say.recovery}
        problem={problem}
        {...(hint === undefined ? {} : { hint })}
      >
        {({ id, describedBy }) => (
          <TextInput
            key={draft.kind}
            id={id}
            ref={inputRef}
            aria-describedby={describedBy}
            type={passphrase ? 'password' : 'text'}
            mono={!passphrase}
            invalid={problem !== null}
            value={draft.text}
            onChange={(text) => onChange({ ...draft, text })}
          />
        )}
      </Field>
      {/* Beside the choice above, Enter submits only a form that has a button of its own. */}
      <button type="submit" hidden aria-label={say.unlock} />
    </form>
  );
};
