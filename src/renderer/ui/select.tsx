/** One of a few values, picked from a list. */
import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import css from './popup.module.css';

export type Option<T extends string> = { value: T; label: string };

type Props<T extends string> = {
  value: T | null;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
  id?: string;
  label?: string;
  labelledBy?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  placeholder?: string;
  className?: string | undefined;
  small?: boolean;
};

export const Select = <T extends string>(props: Props<T>): ReactNode => (
  <Base.Root<T>
    value={props.value}
    items={props.options}
    onValueChange={(value) => (value === null ? undefined : props.onChange(value))}
  >
    <Base.Trigger
      id={props.id}
      className={cx(css['trigger'], props.small === true && css['small'], props.className)}
      aria-label={props.label}
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid === true ? true : undefined}
    >
      <Base.Value className={css['value']}>
        {(value: T | null) =>
          props.options.find((option) => option.value === value)?.label ??
          props.placeholder ??
          (value === null ? '' : value)
        }
      </Base.Value>
      <Base.Icon className={css['chevron']} aria-hidden>
        <ChevronDown width={16} height={16} />
      </Base.Icon>
    </Base.Trigger>
    <Base.Portal>
      <Base.Positioner className={css['positioner']} sideOffset={4} alignItemWithTrigger={false} align="end">
        <Base.Popup className={css['popup']}>
          <Base.List>
            {props.options.map((option) => (
              <Base.Item key={option.value} value={option.value} className={css['item']}>
                <span className={css['mark']}>
                  <Base.ItemIndicator>
                    <Check aria-hidden />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText>{option.label}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.List>
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
);
