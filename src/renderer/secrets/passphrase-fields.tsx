/** A new passphrase, typed twice, with a hint how good it is. It lives in the dialog that asks for it. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { NewPassphraseField } from '../unlock/new-passphrase-field.tsx';
import { strengthOf } from '../wizard/passphrase.ts';

const say = messages.secrets;
const words = messages.wizard.protect;
const leastLength = 8;

export type Passphrase = { first: string; second: string };
export const noPassphrase: Passphrase = { first: '', second: '' };

/** The problem in words, or null when it can be used. */
export const passphraseProblem = ({ first, second }: Passphrase): string | null =>
  first.length < leastLength ? say.tooShort(leastLength) : first === second ? null : words.differ;

type Props = { value: Passphrase; onChange: (value: Passphrase) => void; problem: string | null };

export const PassphraseFields = ({ value, onChange, problem }: Props): ReactNode => {
  const strength = strengthOf(value.first);
  return (
    <>
      <NewPassphraseField
        label={words.passphrase}
        hint={strength === 'none' ? undefined : words.strengths[strength]}
        value={value.first}
        onChange={(first) => onChange({ ...value, first })}
      />
      <NewPassphraseField
        label={words.repeat}
        problem={problem}
        value={value.second}
        onChange={(second) => onChange({ ...value, second })}
      />
    </>
  );
};
