/** Any JSON value as text, or as a form where a schema describes it. What is not JSON yet stays as a draft with its problem. */
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../../../contract/json.ts';
import { messages } from '../../messages.en.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { parseJson } from '../validate.ts';
import type { FieldProps, KindOfField } from './field-props.ts';
import css from './fields.module.css';

const say = messages.settings.fields;
const pretty = (value: JsonValue): string => JSON.stringify(value, null, 2);
/** Null shows as what the empty field says, where it says something. */
const textFor = (value: JsonValue, empty: string | undefined): string =>
  value === null && empty !== undefined ? '' : pretty(value);

// A form is made of fields again, this one among them.
const SchemaForm = lazy(() =>
  import('../../ui/schema-form/schema-form.tsx').then((module) => ({ default: module.SchemaForm })),
);

/** A form helps where the schema names members, or says what the members of a map are. */
const hasForm = (schema: JsonObject): boolean =>
  isJsonObject(schema['properties']) || isJsonObject(schema['additionalProperties']);

const FormDialog = ({
  setting,
  value,
  onEdit,
  onClose,
}: Pick<FieldProps, 'setting' | 'onEdit'> & { value: JsonObject; onClose: () => void }): ReactNode => {
  const [data, setData] = useState(value);
  const [drafts, setDrafts] = useState<{ readonly [key: string]: string | null }>({});
  const unfinished = Object.values(drafts).some((problem) => problem !== null);
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={say.form(setting.title)}
      description={<span className="mono">{setting.key}</span>}
      footer={
        <>
          <Button onClick={onClose}>{messages.ui.cancel}</Button>
          <Button
            variant="primary"
            disabled={unfinished}
            onClick={() => {
              onEdit({ op: 'set', value: data });
              onClose();
            }}
          >
            {say.keep}
          </Button>
        </>
      }
    >
      <Suspense>
        <SchemaForm
          schema={setting.schema}
          value={data}
          onChange={setData}
          onDraft={(key, problem) => setDrafts((before) => ({ ...before, [key]: problem }))}
          problems={[]}
        />
      </Suspense>
    </Dialog>
  );
};

const JsonField = (props: FieldProps): ReactNode => {
  const { id, labelledBy, describedBy, invalid, setting, value, empty, edit, onEdit, onLeave } = props;
  const [text, setText] = useState(() => (edit?.op === 'draft' ? edit.text : textFor(value, empty)));
  const [form, setForm] = useState(false);
  const shown = useRef(value);
  useEffect(() => {
    // A value from elsewhere (undo, reset, another door) replaces the text; the owner's own typing never does.
    if (edit?.op === 'draft' || jsonEqual(shown.current, value)) return;
    shown.current = value;
    setText(textFor(value, empty));
  }, [value, empty, edit]);
  const members = value === null ? {} : value;
  return (
    <span className={css['json']}>
      <TextArea
        id={id}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        invalid={invalid}
        mono
        rows={Math.min(10, Math.max(2, text.split('\n').length))}
        placeholder={empty}
        value={text}
        onChange={(next) => {
          setText(next);
          const parsed = parseJson(next);
          if (parsed.ok) shown.current = parsed.value;
          onEdit(parsed.ok ? { op: 'set', value: parsed.value } : { op: 'draft', text: next, problem: parsed.problem });
        }}
        onBlur={onLeave}
      />
      {hasForm(setting.schema) && isJsonObject(members) && edit?.op !== 'draft' ? (
        <Button small aria-label={say.form(setting.title)} onClick={() => setForm(true)}>
          {say.asForm}
        </Button>
      ) : null}
      {form && isJsonObject(members) ? (
        <FormDialog setting={setting} value={members} onEdit={onEdit} onClose={() => setForm(false)} />
      ) : null}
    </span>
  );
};

export const fields: readonly KindOfField[] = [{ kinds: ['json'], shows: () => true, Field: JsonField }];
