/** In the review: these changes only for some minutes. Secrets are left out: they could not go back while keys are locked. */
import type { ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { Checkbox, Field, TextInput } from '../ui/field.tsx';
import css from './review-dialog.module.css';

const say = messages.trial;
const mostMinutes = 7 * 24 * 60;
const usual = '10';

/** Null when it is no number of minutes that a trial can last. */
export const minutesOf = (text: string): number | null => {
  const minutes = /^\d+$/u.test(text.trim()) ? Number(text) : 0;
  return minutes > 0 && minutes <= mostMinutes ? minutes : null;
};

type Props = {
  /** As typed; null: not on trial. */
  minutes: string | null;
  secrets: boolean;
  problem: boolean;
  onChange: (minutes: string | null) => void;
};

export const TrialChoice = ({ minutes, secrets, problem, onChange }: Props): ReactNode => (
  <div className={css['trial']}>
    <Checkbox
      checked={minutes !== null}
      disabled={secrets}
      label={say.choose}
      hint={secrets ? say.secrets : say.chooseHint}
      onChange={(on) => onChange(on ? usual : null)}
    />
    {minutes === null ? null : (
      <Field label={say.minutes} problem={problem ? say.minutesProblem : null}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            className={css['minutes']}
            inputMode="numeric"
            aria-describedby={describedBy}
            invalid={problem}
            value={minutes}
            onChange={onChange}
          />
        )}
      </Field>
    )}
  </div>
);
