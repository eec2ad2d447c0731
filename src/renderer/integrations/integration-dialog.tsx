/** One integration: its name, its switch, a field for everything its type knows, and the test of what stands in the form. */
import { CopyPlus, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Integration, IntegrationType } from '../../contract/integrations.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
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
import { useConnectionTest, type SaveOutcome, type useIntegrations } from './use-integrations.ts';

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
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    if (outcome?.kind === 'invalid') setOutcome(null);
  };
  const ready = draft.id.trim() !== '' && draft.name.trim() !== '' && firstDraftProblem(draft.edits) === null;
  const submit = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    const { id, name, enabled, edits } = draft;
    const done = await actions.save(
      {
        id,
        name,
        enabled,
        fields: fieldChanges(edits),
        ...(saved === null ? { create: true, type, expect: { '': null } } : { expect: expectOf(saved, edits) }),
      },
      say.saved(name),
    );
    setBusy(false);
    if (done.kind === 'saved') onClose();
    else setOutcome(done);
  };
  return { saved, type, fields, draft, change, outcome, busy, ready, submit, dirty: isDirty(saved, draft) };
};

const Outcome = ({
  outcome,
  known,
  onReload,
}: {
  outcome: SaveOutcome | null;
  known: ReadonlySet<string>;
  onReload: () => void;
}): ReactNode => {
  if (outcome?.kind === 'stale')
    return (
      <NoticeLine tone="warn" alert>
        {say.stale}{' '}
        <Button variant="link" onClick={onReload}>
          {say.showNew}
        </Button>
      </NoticeLine>
    );
  if (outcome?.kind === 'failed')
    return (
      <NoticeLine tone="bad" alert>
        {outcome.text}
      </NoticeLine>
    );
  if (outcome?.kind !== 'invalid') return null;
  return outcome.problems
    .filter(({ field }) => !known.has(field))
    .map(({ field, problem }) => (
      <NoticeLine key={field} tone="bad" alert>
        {field} {problem}
      </NoticeLine>
    ));
};

export const IntegrationDialog = (props: Props): ReactNode => {
  const { opened, typeTitle, onClose, onDuplicate, onRemove, onReload } = props;
  const { saved, type, fields, draft, change, outcome, busy, ready, submit, dirty } = useForm(props);
  const test = useConnectionTest(saved?.id ?? `new ${type}`);
  const [leaving, setLeaving] = useState(false);
  const typed = Object.keys(draft.edits).length > 0;
  const close = (): void => (dirty && (saved !== null || typed) ? setLeaving(true) : onClose());
  const problems = outcome?.kind === 'invalid' ? outcome.problems : [];
  const startTest = (): void => {
    const changes = fieldChanges(draft.edits);
    const input = saved === null ? { id: draft.id, type, fields: changes } : { id: saved.id };
    void test.start(changes.length === 0 ? input : { ...input, fields: changes });
  };
  const footer = (
    <>
      <Button onClick={close}>{messages.ui.close}</Button>
      {saved === null ? null : (
        <>
          <Button icon={CopyPlus} onClick={() => onDuplicate(saved.id)}>
            {say.duplicate}
          </Button>
          <Button icon={Trash2} variant="danger" onClick={() => onRemove(saved)}>
            {say.remove}
          </Button>
        </>
      )}
      <Button variant="primary" busy={busy || !ready || (saved !== null && !dirty)} onClick={() => void submit()}>
        {saved === null ? say.add : say.save}
      </Button>
    </>
  );
  return (
    <>
      <Dialog
        open
        shape="wide"
        staysOpen={dirty}
        onClose={close}
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
        footer={footer}
      >
        <div className={css['body']}>
          <Outcome
            outcome={outcome}
            known={new Set(['name', 'id', ...fields.map((one) => one.key)])}
            onReload={onReload}
          />
          <div className={css['columns']}>
            <div className={css['side']}>
              <div className={css['pair']}>
                <Field label={say.name} problem={problems.find((one) => one.field === 'name')?.problem ?? null}>
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
                <Field
                  label={say.id}
                  hint={say.idHint}
                  problem={problems.find((one) => one.field === 'id')?.problem ?? null}
                >
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
                  problem={problems.find((one) => one.field === field.key)?.problem ?? null}
                  onEdit={(edit) => change({ edits: withEdit(draft.edits, field, edit) })}
                  onKeep={() =>
                    change({
                      edits: Object.fromEntries(Object.entries(draft.edits).filter(([name]) => name !== field.key)),
                    })
                  }
                />
              ))}
            </div>
            <div className={css['test']}>
              <TestPanel
                test={test}
                last={saved?.lastTest ?? null}
                unsaved={saved === null || typed}
                disabled={!ready}
                onStart={startTest}
              />
            </div>
          </div>
        </div>
      </Dialog>
      <Dialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title={say.discardTitle}
        footer={
          <>
            <Button onClick={() => setLeaving(false)}>{say.goOn}</Button>
            <Button variant="danger" onClick={onClose}>
              {say.discard}
            </Button>
          </>
        }
      >
        <p>{say.discardText}</p>
      </Dialog>
    </>
  );
};
