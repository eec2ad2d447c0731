/**
 * A form for one JSON document, from its JSON Schema: a field for each member, groups one level deep, JSON for the rest. It
 * holds no document: it shows `value` and reports changes. What is typed but is no value yet is reported as a draft.
 */
import { X } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { isUnder } from '../../../contract/setting-key.ts';
import type { SettingKind } from '../../../contract/settings.ts';
import { messages } from '../../messages.en.ts';
import { fieldFor } from '../../settings/fields/index.tsx';
import { problemOf } from '../../settings/validate.ts';
import type { Edit } from '../../settings/staging.ts';
import { IconButton } from '../button.tsx';
import { Problem, TextInput } from '../field.tsx';
import css from './schema-form.module.css';
import { formFields, withMember, type FormField } from './shape.ts';

const say = messages.schemaForm;

export type FormProblem = { field: string; problem: string };

type Props = {
  schema: JsonObject;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  /** Key of a field whose text is no value yet, and why; null once it is one. */
  onDraft: (key: string, problem: string | null) => void;
  /** What the core found wrong, by key: shown at the field, or at the one it lies in. */
  problems: readonly FormProblem[];
};

type RowProps = Omit<Props, 'schema'> & { field: FormField };

const controlKind = (field: FormField): SettingKind =>
  field.kind === 'date' || field.kind === 'group' ? 'string' : field.kind;

const coreProblem = (field: FormField, problems: readonly FormProblem[]): string | null => {
  const found = problems.find((one) => isUnder(one.field, field.key));
  if (found === undefined) return null;
  return found.field === field.key
    ? found.problem
    : say.inside(found.field.slice(field.key.length).replace(/^\./u, ''), found.problem);
};

type ControlProps = {
  id: string;
  field: FormField;
  draft: Edit | undefined;
  invalid: boolean;
  describedBy: string | undefined;
  onEdit: (edit: Edit) => void;
  onLeave: () => void;
};

const Control = ({ id, field, draft, invalid, describedBy, onEdit, onLeave }: ControlProps): ReactNode => {
  if (field.kind === 'date') {
    return (
      <TextInput
        id={id}
        type="date"
        className={css['date']}
        aria-labelledby={`${id}-label`}
        aria-describedby={describedBy}
        invalid={invalid}
        value={typeof field.value === 'string' ? field.value : ''}
        onChange={(text) => onEdit({ op: 'set', value: text })}
        onBlur={onLeave}
      />
    );
  }
  const kind = controlKind(field);
  const Input = fieldFor(kind, field.value ?? null);
  return (
    <Input
      id={id}
      labelledBy={`${id}-label`}
      describedBy={describedBy}
      invalid={invalid}
      setting={{ key: field.key, title: field.title, kind, schema: field.schema, secret: false }}
      value={field.value ?? null}
      edit={draft}
      onEdit={onEdit}
      onLeave={onLeave}
    />
  );
};

const Row = ({ field, value, onChange, onDraft, problems }: RowProps): ReactNode => {
  const id = useId();
  const [draft, setDraft] = useState<Extract<Edit, { op: 'draft' }> | null>(null);
  const [left, setLeft] = useState(false);
  const settle = (member: JsonValue | undefined): void => {
    setDraft(null);
    onDraft(field.key, null);
    onChange(withMember(value, field.path, member));
  };
  const onEdit = (edit: Edit): void => {
    if (edit.op === 'set') return settle(edit.value);
    // An emptied number that nobody asks for is none.
    if (edit.op === 'unset' || (edit.text === '' && !field.required && field.kind !== 'json')) return settle(undefined);
    setDraft(edit);
    return onDraft(field.key, edit.problem);
  };
  const kind = controlKind(field);
  const checked =
    field.value === undefined || field.kind === 'date' ? null : problemOf(field.value, { kind, schema: field.schema });
  const problem = (left ? (draft?.problem ?? checked) : null) ?? coreProblem(field, problems);
  const described = [field.description === '' ? null : `${id}-hint`, problem === null ? null : `${id}-problem`]
    .filter((one) => one !== null)
    .join(' ');
  return (
    <div className={css['row']}>
      <div className={css['label']}>
        <label id={`${id}-label`} htmlFor={id}>
          {field.title}
        </label>
        {field.required ? <span className="small muted">{say.required}</span> : null}
        {field.required || field.value === undefined ? null : (
          <IconButton small label={say.remove(field.title)} icon={X} onClick={() => settle(undefined)} />
        )}
      </div>
      <div className={css['control']}>
        <Control
          id={id}
          field={field}
          draft={draft ?? undefined}
          invalid={problem !== null}
          describedBy={described === '' ? undefined : described}
          onEdit={onEdit}
          onLeave={() => setLeft(true)}
        />
      </div>
      {field.description === '' ? null : (
        <p id={`${id}-hint`} className="small muted">
          {field.description}
        </p>
      )}
      {problem === null ? null : <Problem id={`${id}-problem`}>{problem}</Problem>}
    </div>
  );
};

export const SchemaForm = ({ schema, ...rest }: Props): ReactNode => {
  const fields = formFields(schema, rest.value);
  if (fields.length === 0) return <p className="muted">{say.empty}</p>;
  return (
    <div className={css['form']}>
      {fields.map((field) =>
        field.kind === 'group' ? (
          <fieldset key={field.key} className={css['group']}>
            <legend>{field.title}</legend>
            {field.fields.map((inner) => (
              <Row key={inner.key} field={inner} {...rest} />
            ))}
          </fieldset>
        ) : (
          <Row key={`${field.key} ${field.kind === 'json' ? 'json' : ''}`} field={field} {...rest} />
        ),
      )}
    </div>
  );
};
