/** Whole and other numbers, and ports. An emptied field is a draft: nothing is guessed for it. */
import type { ReactNode } from 'react';
import { messages } from '../../messages.en.ts';
import { NumberField } from '../../ui/number-field.tsx';
import { isNumber, type FieldProps, type KindOfField } from './field-props.ts';
import css from './fields.module.css';

const NumberSettingField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  value,
  empty,
  edit,
  onEdit,
  onLeave,
}: FieldProps): ReactNode => (
  <NumberField
    id={id}
    labelledBy={labelledBy}
    describedBy={describedBy}
    invalid={invalid}
    className={css['number']}
    placeholder={empty}
    value={edit?.op === 'draft' || typeof value !== 'number' ? null : value}
    onChange={(next) =>
      onEdit(
        next === null
          ? { op: 'draft', text: '', problem: messages.settings.invalid.number }
          : { op: 'set', value: next },
      )
    }
    onBlur={onLeave}
  />
);

export const fields: readonly KindOfField[] = [
  { kinds: ['integer', 'number', 'port'], shows: isNumber, Field: NumberSettingField },
];
