/** The parts of a record's dialog: its facts, its raw JSON, the day on which it expires. */
import type { ReactNode } from 'react';
import type { JsonValue } from '../../contract/json.ts';
import type { CollectionView, RecordView } from '../../contract/records.ts';
import { messages } from '../messages.en.ts';
import { parseJson } from '../settings/validate.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextArea, TextInput } from '../ui/field.tsx';
import { When } from '../ui/time.tsx';
import css from './record-dialog.module.css';
import { expiryWords } from './record-table.tsx';

const say = messages.records;
const pretty = (value: JsonValue): string => JSON.stringify(value, null, 2);

/** `text`: what stands in the JSON field while it is typed; `expires`: a day, empty for none, null untouched. */
export type Draft = { id: string; data: JsonValue; text: string | null; expires: string | null };

/** A date as the field shows it: in the person's own days. */
const dayOf = (iso: string | null): string => {
  if (iso === null) return '';
  const at = new Date(iso);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

export const RawJson = ({
  draft,
  onData,
  onText,
}: {
  draft: Draft;
  onData: (data: JsonValue) => void;
  onText: (text: string) => void;
}): ReactNode => {
  const text = draft.text ?? pretty(draft.data);
  const parsed = draft.text === null ? null : parseJson(draft.text);
  return (
    <Field label={say.json} problem={parsed?.ok === false ? parsed.problem : null}>
      {({ id, describedBy }) => (
        <TextArea
          id={id}
          aria-describedby={describedBy}
          className={css['json']}
          mono
          invalid={parsed?.ok === false}
          rows={18}
          value={text}
          onChange={(next) => {
            const value = parseJson(next);
            if (value.ok) onData(value.value);
            onText(next);
          }}
          onBlur={() => (parsed?.ok === true ? onData(draft.data) : undefined)}
        />
      )}
    </Field>
  );
};

export const Facts = ({ record }: { record: RecordView }): ReactNode => (
  <p className="small muted">
    {say.created} <When at={record.createdAt} /> · {say.changedWord} <When at={record.updatedAt} />
    {record.expiresAt === null ? null : ` · ${expiryWords(record)}`}
  </p>
);

export const Expiry = ({
  collection,
  record,
  expires,
  onChange,
}: {
  collection: CollectionView;
  record: RecordView | null;
  expires: string | null;
  onChange: (day: string) => void;
}): ReactNode => {
  const days = collection.expiresAfterDays;
  const renews = expires === null && days !== null && record?.expiresAt !== null;
  return (
    <Field label={say.expires} hint={renews ? say.renews(days) : say.expiryHint}>
      {({ id, describedBy }) => (
        <span className={css['expiry']}>
          <TextInput
            id={id}
            type="date"
            className={css['date']}
            aria-describedby={describedBy}
            value={expires ?? (renews ? '' : dayOf(record?.expiresAt ?? null))}
            onChange={onChange}
          />
          <Button variant="quiet" onClick={() => onChange('')}>
            {say.keepForGood}
          </Button>
          {expires === '' ? <span className="small muted">{say.never}</span> : null}
        </span>
      )}
    </Field>
  );
};
