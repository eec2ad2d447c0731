/** A span of time, typed as people write it: `90`, `90 s`, `1 min 30 s`, `PT1M30S`. What it comes to stands beside it. */
import { useState, type ReactNode } from 'react';
import { durationSeconds, durationValue, durationWords } from '../../../contract/duration.ts';
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import { messages } from '../../messages.en.ts';
import { TextInput } from '../../ui/field.tsx';
import type { FieldProps, KindOfField } from './field-props.ts';
import css from './fields.module.css';

const wordsOf = (value: JsonValue): string => {
  const seconds = durationSeconds(value);
  return seconds === null ? '' : durationWords(seconds);
};

const DurationField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  setting,
  value,
  empty,
  edit,
  onEdit,
  onLeave,
}: FieldProps): ReactNode => {
  const [typed, setTyped] = useState<{ text: string; value: JsonValue } | null>(null);
  // The owner's own words stay until the value comes from elsewhere.
  const text =
    edit?.op === 'draft' ? edit.text : typed !== null && jsonEqual(typed.value, value) ? typed.text : wordsOf(value);
  const onChange = (next: string): void => {
    const found = durationValue(next, setting.schema);
    setTyped(found === null ? null : { text: next, value: found });
    onEdit(
      found === null
        ? { op: 'draft', text: next, problem: messages.settings.invalid.duration }
        : { op: 'set', value: found },
    );
  };
  const words = wordsOf(value);
  return (
    <span className={css['duration']}>
      {edit?.op === 'draft' || words === text ? null : <span className="small muted">{`= ${words}`}</span>}
      <TextInput
        id={id}
        className={css['number']}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        invalid={invalid}
        placeholder={empty}
        value={text}
        onChange={onChange}
        onBlur={() => {
          if (edit?.op !== 'draft') setTyped(null);
          onLeave();
        }}
      />
    </span>
  );
};

export const fields: readonly KindOfField[] = [
  { kinds: ['duration'], shows: (value) => durationSeconds(value) !== null, Field: DurationField },
];
