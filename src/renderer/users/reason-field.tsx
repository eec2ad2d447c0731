/** Why: stands in the audit log beside the change. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Field, TextInput } from '../ui/field.tsx';

const say = messages.users;

export const ReasonField = ({ value, onChange }: { value: string; onChange: (reason: string) => void }): ReactNode => (
  <Field label={say.reason} hint={say.reasonHint}>
    {({ id, describedBy }) => (
      <TextInput id={id} dir="auto" aria-describedby={describedBy} maxLength={2000} value={value} onChange={onChange} />
    )}
  </Field>
);
