/** Any JSON value as text. What is not JSON yet stays as a draft with its problem. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import { TextArea } from '../../ui/field.tsx';
import { parseJson } from '../validate.ts';
import type { FieldProps } from './field-props.ts';

const pretty = (value: JsonValue): string => JSON.stringify(value, null, 2);

export const JsonField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  value,
  edit,
  onEdit,
  onLeave,
}: FieldProps): ReactNode => {
  const [text, setText] = useState(() => (edit?.op === 'draft' ? edit.text : pretty(value)));
  const shown = useRef(value);
  useEffect(() => {
    // A value from elsewhere (undo, reset, another door) replaces the text; the owner's own typing never does.
    if (edit?.op === 'draft' || jsonEqual(shown.current, value)) return;
    shown.current = value;
    setText(pretty(value));
  }, [value, edit]);
  return (
    <TextArea
      id={id}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      invalid={invalid}
      mono
      rows={Math.min(10, Math.max(2, text.split('\n').length))}
      value={text}
      onChange={(next) => {
        setText(next);
        const parsed = parseJson(next);
        if (parsed.ok) shown.current = parsed.value;
        onEdit(parsed.ok ? { op: 'set', value: parsed.value } : { op: 'draft', text: next, problem: parsed.problem });
      }}
      onBlur={onLeave}
    />
  );
};
