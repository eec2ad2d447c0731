/** On or off. */
import type { ReactNode } from 'react';
import { Switch } from '../../ui/switch.tsx';
import type { FieldProps, KindOfField } from './field-props.ts';

const BooleanField = ({ id, labelledBy, describedBy, value, onEdit }: FieldProps): ReactNode => (
  <Switch
    id={id}
    labelledBy={labelledBy}
    describedBy={describedBy}
    checked={value === true}
    onChange={(checked) => onEdit({ op: 'set', value: checked })}
  />
);

export const fields: readonly KindOfField[] = [
  { kinds: ['boolean'], shows: (value) => typeof value === 'boolean', Field: BooleanField },
];
