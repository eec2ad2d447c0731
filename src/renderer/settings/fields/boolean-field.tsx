/** On or off. */
import type { ReactNode } from 'react';
import { Switch } from '../../ui/switch.tsx';
import type { FieldProps } from './field-props.ts';

export const BooleanField = ({ id, labelledBy, describedBy, value, onEdit }: FieldProps): ReactNode => (
  <Switch
    id={id}
    labelledBy={labelledBy}
    describedBy={describedBy}
    checked={value === true}
    onChange={(checked) => onEdit({ op: 'set', value: checked })}
  />
);
