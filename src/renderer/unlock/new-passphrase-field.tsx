/** One of the two fields in which a new passphrase is typed. */
import type { ReactNode } from 'react';
import { Field, TextInput } from '../ui/field.tsx';

type Props = {
  label: string;
  hint?: string | undefined;
  problem?: string | null;
  value: string;
  onChange: (value: string) => void;
};

export const NewPassphraseField = ({ label, hint, problem = null, value, onChange }: Props): ReactNode => (
  <Field label={label} hint={hint} problem={problem}>
    {({ id, describedBy }) => (
      <TextInput
        id={id}
        type="password"
        autoComplete="new-password"
        aria-describedby={describedBy}
        invalid={problem !== null}
        value={value}
        onChange={onChange}
      />
    )}
  </Field>
);
