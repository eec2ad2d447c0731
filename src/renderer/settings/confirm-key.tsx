/** Before something critical changes, its key is typed: nobody does that by accident. */
import type { ReactNode, RefObject } from 'react';
import { messages } from '../messages.en.ts';
import { Field, TextInput } from '../ui/field.tsx';

const say = messages.settings.review;

export const isConfirmed = (settingKey: string, typed: string): boolean => typed.trim() === settingKey;

type Props = {
  settingKey: string;
  value: string;
  /** Applying was asked for: from now on the problem shows. */
  asked: boolean;
  onChange: (value: string) => void;
  ref: RefObject<HTMLInputElement | null>;
};

export const ConfirmKey = ({ settingKey, value, asked, onChange, ref }: Props): ReactNode => {
  const wrong = asked && !isConfirmed(settingKey, value);
  return (
    <Field label={say.confirm(settingKey)} problem={wrong ? say.confirmProblem : null}>
      {({ id, describedBy }) => (
        <TextInput
          id={id}
          ref={ref}
          aria-describedby={describedBy}
          required
          invalid={wrong}
          mono
          value={value}
          onChange={onChange}
        />
      )}
    </Field>
  );
};
