/** One record: a form from its collection's schema beside the raw JSON; save, duplicate, delete. Nothing is saved by typing. */
import { CopyPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../../contract/json.ts';
import type { CollectionView, RecordView } from '../../contract/records.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { FormDialog, useSave } from '../ui/form-dialog.tsx';
import { SchemaForm, type FormProblem } from '../ui/schema-form/schema-form.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { parseJson } from '../settings/validate.ts';
import { Expiry, Facts, RawJson, type Draft } from './record-parts.tsx';
import type { SaveRecord } from './use-records.ts';

const say = messages.records;
/** Null: the record is new; `data` is what it begins with. */
export type Opened = { record: RecordView | null; data: JsonValue };

/** The end of a day, so that it is still there on it. */
const endOfDay = (day: string): string | null => {
  const at = new Date(`${day}T23:59:59.999`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

/** Problems that no field of the form can show. */
const loose = (problems: readonly FormProblem[], data: JsonValue): FormProblem[] =>
  problems.filter(
    ({ field }) => field === 'data' || !isJsonObject(data) || ['id', 'collection', 'expiresAt'].includes(field),
  );

type Props = {
  collection: CollectionView;
  opened: Opened;
  save: SaveRecord;
  onClose: () => void;
  onDuplicate: (data: JsonValue) => void;
  onDelete: (id: string) => void;
  onReload: () => void;
};

const useDraft = ({ opened, collection, save, onClose }: Props) => {
  const { record } = opened;
  const first: Draft = { id: record?.id ?? '', data: opened.data, text: null, expires: null };
  const [draft, setDraft] = useState<Draft>(first);
  const [unfinished, setUnfinished] = useState<{ readonly [key: string]: string }>({});
  const broken = draft.text !== null && !parseJson(draft.text).ok;
  const dirty = broken || draft.expires !== null || draft.id !== first.id || !jsonEqual(draft.data, first.data);
  const saving = useSave(() => {
    const { id, data, expires } = draft;
    const expiresAt = expires === null ? {} : { expiresAt: expires === '' ? null : endOfDay(expires) };
    return save({
      collection: collection.id,
      ...(id === '' ? {} : { id }),
      data,
      ...expiresAt,
      ...(record === null ? (id === '' ? {} : { expect: null }) : { expect: record.version }),
    });
  }, onClose);
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    saving.touched();
  };
  const onDraft = (key: string, problem: string | null): void =>
    setUnfinished((before) => {
      const others = Object.fromEntries(Object.entries(before).filter(([name]) => name !== key));
      return problem === null ? others : { ...others, [key]: problem };
    });
  const ready = dirty && !broken && Object.keys(unfinished).length === 0;
  return { draft, change, dirty, ready, saving, onDraft };
};

export const RecordDialog = (props: Props): ReactNode => {
  const { collection, opened, onClose, onDuplicate, onDelete, onReload } = props;
  const { record } = opened;
  const { draft, change, dirty, ready, saving, onDraft } = useDraft(props);
  const asStored = !dirty && saving.outcome === null ? (record?.problems ?? []) : [];
  const problems = saving.outcome?.kind === 'invalid' ? saving.problems : asStored;
  const form: JsonObject | null = isJsonObject(draft.data) ? draft.data : null;
  return (
    <FormDialog
      title={record === null ? say.newTitle(collection.title) : record.id}
      description={record === null ? collection.description : <Facts record={record} />}
      saveLabel={record === null ? say.add : say.save}
      saving={saving}
      dirty={dirty}
      ready={ready}
      command="records.put"
      keeps={say.discardText}
      actions={
        record === null ? null : (
          <Button icon={CopyPlus} command="records.put" onClick={() => onDuplicate(draft.data)}>
            {say.duplicate}
          </Button>
        )
      }
      removing={
        record === null ? null : { label: say.remove, command: 'records.delete', act: () => onDelete(record.id) }
      }
      above={
        <>
          {loose(problems, draft.data).map(({ field, problem }) => (
            <NoticeLine key={`${field} ${problem}`} tone="bad" alert>
              {field === 'data' ? say.documentProblem(problem) : `${field} ${problem}`}
            </NoticeLine>
          ))}
          {asStored.length > 0 ? <NoticeLine tone="warn">{say.keptAsItCame}</NoticeLine> : null}
        </>
      }
      side={
        <RawJson draft={draft} onData={(data) => change({ data, text: null })} onText={(text) => change({ text })} />
      }
      onClose={onClose}
      onReload={onReload}
    >
      {record === null ? (
        <Field label={say.recordId} hint={say.idHint}>
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
      {form === null ? (
        <p className="muted">{say.noForm}</p>
      ) : (
        <SchemaForm
          schema={collection.schema}
          value={form}
          problems={problems}
          onDraft={onDraft}
          onChange={(data) => change({ data, text: null })}
        />
      )}
      <Expiry
        collection={collection}
        record={record}
        expires={draft.expires}
        onChange={(expires) => change({ expires })}
      />
    </FormDialog>
  );
};
