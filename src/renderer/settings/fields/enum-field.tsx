/** One of the values that the schema lists, whatever their type. A stored value outside the list stays visible. */
import type { ReactNode } from 'react';
import type { JsonValue } from '../../../contract/json.ts';
import { Select } from '../../ui/select.tsx';
import { textOf, type FieldProps, type KindOfField } from './field-props.ts';
import css from './fields.module.css';

const EnumField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  setting,
  value,
  placeholder,
  empty,
  onEdit,
}: FieldProps): ReactNode => {
  const listed: JsonValue[] = Array.isArray(setting.schema['enum']) ? setting.schema['enum'] : [];
  const options = listed.map((one) => ({ value: JSON.stringify(one), label: textOf(one) }));
  const current = value === null && !listed.includes(null) ? null : JSON.stringify(value);
  return (
    <Select
      id={id}
      labelledBy={`${labelledBy} ${id}`}
      describedBy={describedBy}
      invalid={invalid}
      className={css['enum']}
      value={current}
      placeholder={current === null ? (placeholder ?? empty ?? '') : textOf(value)}
      options={options}
      onChange={(chosen) => onEdit({ op: 'set', value: JSON.parse(chosen) as JsonValue })}
    />
  );
};

export const fields: readonly KindOfField[] = [{ kinds: ['enum'], shows: () => true, Field: EnumField }];
