/** A number typed by hand. Never groups digits and never rounds, so that ports and ids stay as they are. */
import { NumberField as Base } from '@base-ui/react/number-field';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import css from './field.module.css';

type Props = {
  value: number | null;
  onChange: (value: number | null) => void;
  onBlur?: () => void;
  id?: string;
  labelledBy?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  className?: string | undefined;
  placeholder?: string | undefined;
};

const format: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 20 };

export const NumberField = (props: Props): ReactNode => (
  <Base.Root
    id={props.id}
    value={props.value}
    onValueChange={props.onChange}
    format={format}
    locale="en-US"
    step="any"
    allowOutOfRange
  >
    <Base.Input
      className={cx(css['input'], props.className)}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid === true ? true : undefined}
      placeholder={props.placeholder}
      onBlur={props.onBlur}
    />
  </Base.Root>
);
