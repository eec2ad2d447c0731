/** One integration: its name, its switch, a field for everything its type knows, and the test of what stands in the form. */
import { CopyPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Integration, IntegrationType } from '../../contract/integrations.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { FormDialog, useSave } from '../ui/form-dialog.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { Switch } from '../ui/switch.tsx';
import {
  emptyFields,
  expectOf,
  fieldChanges,
  firstDraftProblem,
  isDirty,
  withEdit,
  type Draft,
  type FormField,
} from './draft.ts';
import { FieldRow } from './field-row.tsx';
import css from './integration-dialog.module.css';
import { TestPanel } from './test-panel.tsx';
import { useConnectionTest, type useIntegrations } from './use-integrations.ts';

const say = messages.integrations;

/** One that is there, or a type that a new one is made of. */
export type Opened = { integration: Integration } | { type: IntegrationType; id: string };

type Props = {
  opened: Opened;
  typeTitle: string;
  actions: ReturnType<typeof useIntegrations>;
  onClose: () => void;
  onDuplicate: (id: string) => void;
  onRemove: (one: Integration) => void;
  onReload: () => void;
};

const useForm = ({ opened, actions, onClose }: Props) => {
  const saved = 'integration' in opened ? opened.integration : null;
  const type = 'integration' in opened ? opened.integration.type : opened.type.id;
  const fields: readonly FormField[] = 'integration' in opened ? opened.integration.fields : emptyFields(opened.type);
  const first: Draft =
    'integration' in opened
      ? { id: opened.integration.id, name: opened.integration.name, enabled: opened.integration.enabled, edits: {} }
      : { id: opened.id, name: opened.type.title, enabled: true, edits: {} };
  const [draft, setDraft] = useState(first);
  const saving = useSave(() => {
    const { id, name, enabled, edits } = draft;
    return actions.save(
      {
        id,
        name,
        enabled,
        fields: fieldChanges(edits),
        ...(saved === null ? { create: true, type, expect: { '': null } } : { expect: expectOf(saved, edits) }),
      },
      say.saved(name),
    );
  }, onClose);
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    saving.touched();
  };
  const ready = draft.id.trim() !== '' && draft.name.trim() !== '' && firstDraftProblem(draft.edits) === null;
  return { saved, type, fields, draft, change, ready, saving, dirty: isDirty(saved, draft) };
};

export const IntegrationDialog = (props: Props): ReactNode => {
  const { opened, typeTitle, onClose, onDuplicate, onRemove, onReload } = props;
  const { saved, type, fields, draft, change, ready, saving, dirty } = useForm(props);
  const test = useConnectionTest(saved?.id ?? `new ${type}`);
  const typed = Object.keys(draft.edits).length > 0;
  const known = new Set(['name', 'id', ...fields.map((one) => one.key)]);
  const problemOf = (field: string): string | null =>
    saving.problems.find((one) => one.field === field)?.problem ?? null;
  const startTest = (): void => {
    const changes = fieldChanges(draft.edits);
    const input = saved === null ? { id: draft.id, type, fields: changes } : { id: saved.id };
    void test.start(changes.length === 0 ? input : { ...input, fields: changes });
  };
  return (
    <FormDialog
      title={saved === null ? say.newTitle(typeTitle) : saved.name}
      description={
        'integration' in opened ? (
          <span className="mono">
            {typeTitle === opened.integration.id ? type : `${opened.integration.id} · ${typeTitle}`}
          </span>
        ) : (
          opened.type.description
        )
      }
      saveLabel={saved === null ? say.add : say.save}
      saving={saving}
      dirty={dirty && (saved !== null || typed)}
      ready={ready && (saved === null || dirty)}
      command="integration.apply"
      keeps={say.discardText}
      actions={
        saved === null ? null : (
          <Button icon={CopyPlus} command="integration.duplicate" onClick={() => onDuplicate(saved.id)}>
            {say.duplicate}
          </Button>
        )
      }
      removing={
        saved === null ? null : { label: say.remove, command: 'integration.remove', act: () => onRemove(saved) }
      }
      above={saving.problems
        .filter(({ field }) => !known.has(field))
        .map(({ field, problem }) => (
          <NoticeLine key={field} tone="bad" alert>
            {field} {problem}
          </NoticeLine>
        ))}
      formFirst
      side={
        <TestPanel
          test={test}
          last={saved?.lastTest ?? null}
          unsaved={saved === null || typed}
          disabled={!ready}
          onStart={startTest}
        />
      }
      onClose={onClose}
      onReload={onReload}
    >
      <div className={css['pair']}>
        <Field label={say.name} problem={problemOf('name')}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              aria-describedby={describedBy}
              value={draft.name}
              onChange={(name) => change({ name })}
            />
          )}
        </Field>
        <div className={css['onoff']}>
          <Switch
            label={say.switchOf(draft.name)}
            checked={draft.enabled}
            onChange={(enabled) => change({ enabled })}
          />
        </div>
      </div>
      {saved === null ? (
        <Field label={say.id} hint={say.idHint} problem={problemOf('id')}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              mono
              aria-describedby={describedBy}
              value={draft.id}
              onChange={(next) => change({ id: next })}
            />
          )}
        </Field>
      ) : null}
      {fields.length === 0 ? <p className="muted">{say.noFields}</p> : null}
      {fields.map((field) => (
        <FieldRow
          key={field.key}
          field={field}
          edit={draft.edits[field.key]}
          problem={problemOf(field.key)}
          onEdit={(edit) => change({ edits: withEdit(draft.edits, field, edit) })}
          onKeep={() =>
            change({ edits: Object.fromEntries(Object.entries(draft.edits).filter(([name]) => name !== field.key)) })
          }
        />
      ))}
    </FormDialog>
  );
};
