/** One record: a form from its collection's schema beside the raw JSON; save, duplicate, delete. Nothing is saved by typing. */
import { CopyPlus, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../../contract/json.ts';
import type { CollectionView, RecordView } from '../../contract/records.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { SchemaForm, type FormProblem } from '../ui/schema-form/schema-form.tsx';
import { NoticeLine } from '../ui/states.tsx';
import { parseJson } from '../settings/validate.ts';
import css from './record-dialog.module.css';
import { Expiry, Facts, RawJson, type Draft } from './record-parts.tsx';
import type { SaveOutcome, SaveRecord } from './use-records.ts';

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
  const [outcome, setOutcome] = useState<SaveOutcome | null>(null);
  const [busy, setBusy] = useState(false);
  const broken = draft.text !== null && !parseJson(draft.text).ok;
  const dirty = broken || draft.expires !== null || draft.id !== first.id || !jsonEqual(draft.data, first.data);
  const change = (part: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    if (outcome?.kind === 'invalid') setOutcome(null);
  };
  const ready = !broken && Object.keys(unfinished).length === 0;
  const submit = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    const { id, data, expires } = draft;
    const expiresAt = expires === null ? {} : { expiresAt: expires === '' ? null : endOfDay(expires) };
    const done = await save({
      collection: collection.id,
      ...(id === '' ? {} : { id }),
      data,
      ...expiresAt,
      ...(record === null ? (id === '' ? {} : { expect: null }) : { expect: record.version }),
    });
    setBusy(false);
    if (done.kind === 'saved') onClose();
    else setOutcome(done);
  };
  const onDraft = (key: string, problem: string | null): void =>
    setUnfinished((before) => {
      const others = Object.fromEntries(Object.entries(before).filter(([name]) => name !== key));
      return problem === null ? others : { ...others, [key]: problem };
    });
  return { draft, change, dirty, ready, busy, submit, outcome, onDraft };
};

export const RecordDialog = (props: Props): ReactNode => {
  const { collection, opened, onClose, onDuplicate, onDelete, onReload } = props;
  const { record } = opened;
  const { draft, change, dirty, ready, busy, submit, outcome, onDraft } = useDraft(props);
  const [leaving, setLeaving] = useState(false);
  const close = (): void => (dirty ? setLeaving(true) : onClose());
  const problems = outcome?.kind === 'invalid' ? outcome.problems : dirty ? [] : (record?.problems ?? []);
  const form: JsonObject | null = isJsonObject(draft.data) ? draft.data : null;
  const footer = (
    <>
      <Button onClick={close}>{messages.ui.close}</Button>
      {record === null ? null : (
        <>
          <Button icon={CopyPlus} onClick={() => onDuplicate(draft.data)}>
            {say.duplicate}
          </Button>
          <Button icon={Trash2} variant="danger" onClick={() => onDelete(record.id)}>
            {say.remove}
          </Button>
        </>
      )}
      <Button variant="primary" busy={busy || !dirty || !ready} onClick={() => void submit()}>
        {record === null ? say.add : say.save}
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
        title={record === null ? say.newTitle(collection.title) : record.id}
        description={record === null ? collection.description : <Facts record={record} />}
        footer={footer}
      >
        <div className={css['body']}>
          {outcome?.kind === 'stale' ? (
            <NoticeLine tone="warn" alert>
              {say.stale}{' '}
              <Button variant="link" onClick={onReload}>
                {say.showNew}
              </Button>
            </NoticeLine>
          ) : null}
          {outcome?.kind === 'failed' ? (
            <NoticeLine tone="bad" alert>
              {outcome.text}
            </NoticeLine>
          ) : null}
          {loose(problems, draft.data).map(({ field, problem }) => (
            <NoticeLine key={`${field} ${problem}`} tone="bad" alert>
              {field === 'data' ? say.documentProblem(problem) : `${field} ${problem}`}
            </NoticeLine>
          ))}
          {outcome === null && problems.length > 0 ? <NoticeLine tone="warn">{say.keptAsItCame}</NoticeLine> : null}
          <div className={css['columns']}>
            <div className={css['side']}>
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
            </div>
            <div className={css['raw']}>
              <RawJson
                draft={draft}
                onData={(data) => change({ data, text: null })}
                onText={(text) => change({ text })}
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
