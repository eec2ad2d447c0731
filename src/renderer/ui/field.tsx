/** Fields a person types into, with label, hint and problem tied together for screen readers. */
import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox';
import { Check, CircleAlert, Minus, Search } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { cx } from './cx.ts';
import css from './field.module.css';

type InputProps = Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  value: string;
  onChange: (value: string) => void;
  invalid?: boolean;
  mono?: boolean;
};

export const TextInput = ({ onChange, invalid = false, mono = false, className, ...rest }: InputProps): ReactNode => (
  <input
    type="text"
    autoComplete="off"
    spellCheck={false}
    {...rest}
    aria-invalid={invalid ? true : undefined}
    className={cx(css['input'], mono && css['mono'], className)}
    onChange={(event) => onChange(event.target.value)}
  />
);

type AreaProps = Omit<ComponentProps<'textarea'>, 'onChange' | 'value'> & {
  value: string;
  onChange: (value: string) => void;
  invalid?: boolean;
  mono?: boolean;
};

export const TextArea = ({ onChange, invalid = false, mono = false, className, ...rest }: AreaProps): ReactNode => (
  <textarea
    spellCheck={false}
    {...rest}
    aria-invalid={invalid ? true : undefined}
    className={cx(css['input'], mono && css['mono'], className)}
    onChange={(event) => onChange(event.target.value)}
  />
);

export const SearchInput = ({ label, className, ...rest }: InputProps & { label: string }): ReactNode => (
  <span className={cx(css['search'], className)}>
    <Search aria-hidden />
    <TextInput {...rest} type="search" aria-label={label} data-find="" />
  </span>
);

export const Problem = ({ id, children }: { id?: string; children: ReactNode }): ReactNode => (
  <p id={id} className={css['problem']}>
    <CircleAlert aria-hidden />
    <span>{children}</span>
  </p>
);

type FieldProps = {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
  children: (ids: { id: string; describedBy: string | undefined }) => ReactNode;
};

/** Label above, hint and problem below; the child gets the ids that tie them. */
export const Field = ({ label, hint, problem = null, children }: FieldProps): ReactNode => {
  const id = useId();
  const parts = [hint === undefined ? null : `${id}-hint`, problem === null ? null : `${id}-problem`].filter(
    (one) => one !== null,
  );
  return (
    <div className={css['field']}>
      <label htmlFor={id} className={css['label']}>
        {label}
      </label>
      {children({ id, describedBy: parts.length === 0 ? undefined : parts.join(' ') })}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className={css['hint']}>
          {hint}
        </p>
      )}
      {problem === null ? null : <Problem id={`${id}-problem`}>{problem}</Problem>}
    </div>
  );
};

type CheckboxProps = {
  checked: boolean;
  /** Some of what it stands for is chosen, some is not. */
  mixed?: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  hint?: ReactNode;
  disabled?: boolean;
};

export const Checkbox = ({
  checked,
  mixed = false,
  onChange,
  label,
  hint,
  disabled = false,
}: CheckboxProps): ReactNode => {
  const id = useId();
  return (
    <div className={css['check']}>
      <BaseCheckbox.Root
        id={`${id}-box`}
        className={css['box']}
        checked={checked}
        indeterminate={mixed}
        disabled={disabled}
        onCheckedChange={onChange}
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      >
        <BaseCheckbox.Indicator>{mixed ? <Minus aria-hidden /> : <Check aria-hidden />}</BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      <div>
        <label id={id} htmlFor={`${id}-box`} className={css['label']}>
          {label}
        </label>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} className={css['hint']}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
};
