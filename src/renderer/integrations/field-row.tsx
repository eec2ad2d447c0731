/** One field of an integration's form: its control by kind; a secret is typed, replaced or removed, never shown. */
import { X } from 'lucide-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { messages } from '../messages.en.ts';
import { fieldFor } from '../settings/fields/index.tsx';
import type { Edit } from '../settings/staging.ts';
import { problemOf } from '../settings/validate.ts';
import { Badge } from '../ui/badge.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Problem, TextInput } from '../ui/field.tsx';
import { defaultHint, shownField, type FormField } from './draft.ts';
import css from './field-row.module.css';

const say = messages.integrations;

type Props = { field: FormField; edit: Edit | undefined; problem: string | null; onEdit: (edit: Edit) => void };
type ControlProps = Props & { id: string; describedBy: string | undefined; onLeave: () => void };

const textOf = (edit: Edit | undefined): string =>
  edit?.op === 'set' && typeof edit.value === 'string' ? edit.value : edit?.op === 'draft' ? edit.text : '';

/** Taking back: what is saved stays. The empty text of a secret that is set would remove it. */
const Secret = ({
  id,
  field,
  edit,
  problem,
  describedBy,
  onEdit,
  onLeave,
  onKeep,
}: ControlProps & { onKeep: () => void }): ReactNode => {
  const [replacing, setReplacing] = useState(false);
  const opened = useRef(false);
  // The button that had focus is gone: typing goes on in the field that took its place.
  const takeFocus = (input: HTMLInputElement | null): void => {
    if (input === null || !opened.current) return;
    opened.current = false;
    input.focus();
  };
  if (!field.set || replacing || edit?.op === 'set')
    return (
      <span className={css['secret']}>
        <TextInput
          id={id}
          type="password"
          autoComplete="new-password"
          ref={takeFocus}
          placeholder={field.set ? say.newValue : ''}
          invalid={problem !== null}
          aria-labelledby={`${id}-label`}
          aria-describedby={describedBy}
          value={textOf(edit)}
          onChange={(value) => (value === '' && field.set ? onKeep() : onEdit({ op: 'set', value }))}
          onBlur={onLeave}
        />
        {field.set ? (
          <IconButton
            label={say.keepSecret(field.title)}
            icon={X}
            onClick={() => {
              setReplacing(false);
              onKeep();
            }}
          />
        ) : null}
      </span>
    );
  const gone = edit?.op === 'unset';
  return (
    <span className={css['secret']} role="group" aria-labelledby={`${id}-label`}>
      <Badge tone={gone ? 'warn' : 'neutral'}>{gone ? say.willBeRemoved : say.secretSet}</Badge>
      <Button
        id={id}
        aria-label={say.replaceOf(field.title)}
        onClick={() => {
          opened.current = true;
          setReplacing(true);
        }}
      >
        {say.replace}
      </Button>
      <Button
        aria-label={gone ? say.keepSecret(field.title) : say.removeOf(field.title)}
        onClick={() => (gone ? onKeep() : onEdit({ op: 'unset' }))}
      >
        {gone ? say.keep : say.removeSecret}
      </Button>
    </span>
  );
};

const Plain = ({ id, field, edit, problem, describedBy, onEdit, onLeave }: ControlProps): ReactNode => {
  const value = shownField(field, edit);
  const Input = fieldFor(field.kind, value);
  return (
    <Input
      id={id}
      labelledBy={`${id}-label`}
      describedBy={describedBy}
      invalid={problem !== null}
      setting={{ key: field.key, title: field.title, kind: field.kind, schema: field.schema, secret: false }}
      value={value}
      edit={edit}
      onEdit={(next) =>
        // An emptied number is none.
        onEdit(next.op === 'draft' && next.text === '' && field.kind !== 'json' ? { op: 'unset' } : next)
      }
      onLeave={onLeave}
    />
  );
};

export const FieldRow = (props: Props & { onKeep: () => void }): ReactNode => {
  const { field, edit, onEdit } = props;
  const id = useId();
  const [left, setLeft] = useState(false);
  const typed =
    edit?.op === 'draft' ? edit.problem : edit?.op === 'set' && !field.secret ? problemOf(edit.value, field) : null;
  const problem = (left ? typed : null) ?? props.problem;
  const hint = [field.description, defaultHint(field, edit)].filter((part) => part !== '').join(' ');
  const parts = [hint === '' ? '' : `${id}-hint`, problem === null ? '' : `${id}-problem`].filter(
    (part) => part !== '',
  );
  const control: ControlProps = {
    ...props,
    id,
    problem,
    describedBy: parts.length === 0 ? undefined : parts.join(' '),
    onLeave: () => setLeft(true),
  };
  const isSet = edit === undefined ? field.set : edit.op !== 'unset';
  return (
    <div className={css['row']}>
      <div className={css['label']}>
        <label id={`${id}-label`} htmlFor={id}>
          {field.title}
        </label>
        {field.secret || !isSet ? null : (
          <IconButton small label={say.clear(field.title)} icon={X} onClick={() => onEdit({ op: 'unset' })} />
        )}
      </div>
      <div className={css['control']}>
        {field.secret ? <Secret {...control} onKeep={props.onKeep} /> : <Plain {...control} />}
      </div>
      {hint === '' ? null : (
        <p id={`${id}-hint`} className="small muted">
          {hint}
        </p>
      )}
      {problem === null ? null : <Problem id={`${id}-problem`}>{problem}</Problem>}
    </div>
  );
};
