/** One line of text: strings, addresses, mail addresses; and several lines. */
import type { ComponentProps, ReactNode } from 'react';
import { TextArea, TextInput } from '../../ui/field.tsx';
import { isText, textOf, type FieldProps, type KindOfField } from './field-props.ts';

const modes: { [kind: string]: ComponentProps<'input'>['inputMode'] } = { url: 'url', email: 'email' };

const TextField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  setting,
  value,
  empty,
  onEdit,
  onLeave,
}: FieldProps): ReactNode => (
  <TextInput
    id={id}
    aria-labelledby={labelledBy}
    aria-describedby={describedBy}
    invalid={invalid}
    inputMode={modes[setting.kind] ?? 'text'}
    mono={setting.kind === 'url'}
    placeholder={empty}
    value={textOf(value)}
    onChange={(text) => onEdit({ op: 'set', value: text })}
    onBlur={onLeave}
  />
);

const LongTextField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  value,
  empty,
  onEdit,
  onLeave,
}: FieldProps): ReactNode => (
  <TextArea
    id={id}
    aria-labelledby={labelledBy}
    aria-describedby={describedBy}
    invalid={invalid}
    rows={4}
    placeholder={empty}
    value={textOf(value)}
    onChange={(text) => onEdit({ op: 'set', value: text })}
    onBlur={onLeave}
  />
);

export const fields: readonly KindOfField[] = [
  { kinds: ['string', 'url', 'email'], shows: isText, Field: TextField },
  { kinds: ['text'], shows: isText, Field: LongTextField },
];
