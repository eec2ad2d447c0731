/** What somebody typed into the form of an integration and has not saved: which changes that makes, and how they read. Pure. */
import type { FieldChange, Integration, IntegrationField, IntegrationType } from '../../contract/integrations.ts';
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { ChangeView } from '../../contract/settings.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import type { Edit } from '../settings/staging.ts';

const say = messages.integrations;

export type FormField = Omit<IntegrationField, 'version' | 'file' | 'line'> & { version: number | null };
export type FieldEdits = { readonly [field: string]: Edit };

export type Draft = { id: string; name: string; enabled: boolean; edits: FieldEdits };

export const emptyFields = (type: IntegrationType): FormField[] =>
  type.fields.map((field) => ({ ...field, value: null, set: false, version: null }));

const words = (value: JsonValue, limit: number): string =>
  typeof value === 'string' && value.length <= limit ? value : formatValue(value, limit);

/** An edit that brings back what is saved is none. */
export const withEdit = (edits: FieldEdits, field: FormField, edit: Edit): FieldEdits => {
  const others = Object.fromEntries(Object.entries(edits).filter(([name]) => name !== field.key));
  if (edit.op === 'unset' || (edit.op === 'set' && edit.value === ''))
    return field.set ? { ...others, [field.key]: { op: 'unset' } } : others;
  const same = edit.op === 'set' && field.set && !field.secret && jsonEqual(edit.value, field.value);
  return same ? others : { ...others, [field.key]: edit };
};

/** What the field shows. A switch or a choice without a value stands where the application then has it. */
export const shownField = (field: FormField, edit: Edit | undefined): JsonValue => {
  if (edit?.op === 'set') return edit.value;
  if (edit?.op !== 'unset' && field.set) return field.value;
  return field.kind === 'boolean' || field.kind === 'enum' ? (field.schema['default'] ?? null) : null;
};

/** Said beside a field that holds nothing: what the application takes then. */
export const defaultHint = (field: FormField, edit: Edit | undefined): string => {
  const empty = edit === undefined ? !field.set : edit.op === 'unset';
  const value = field.schema['default'];
  return empty && value !== undefined && !field.secret ? say.defaultIs(words(value, 60)) : '';
};

export const fieldChanges = (edits: FieldEdits): FieldChange[] =>
  Object.entries(edits).flatMap(([field, edit]): FieldChange[] => {
    if (edit.op === 'draft') return [];
    return [edit.op === 'set' ? { field, op: 'set', value: edit.value } : { field, op: 'unset' }];
  });

export const firstDraftProblem = (edits: FieldEdits): string | null =>
  Object.values(edits).find((edit) => edit.op === 'draft')?.problem ?? null;

export const isDirty = (saved: Integration | null, draft: Draft): boolean =>
  saved === null
    ? draft.id !== '' || Object.keys(draft.edits).length > 0
    : draft.name !== saved.name || draft.enabled !== saved.enabled || Object.keys(draft.edits).length > 0;

export const expectOf = (saved: Integration, edits: FieldEdits): { [field: string]: number | null } => ({
  '': saved.version,
  ...Object.fromEntries(
    Object.keys(edits).map((name) => [name, saved.fields.find((one) => one.key === name)?.version ?? null]),
  ),
});

const side = (value: JsonValue): string => (value === null ? messages.ui.nothing : words(value, 40));

/** `url: a → b`; a secret only says that it changed. */
const changeWords = (change: ChangeView): string => {
  if (change.key === '') return '';
  if (change.action === 'delete') return say.fieldRemoved(change.key);
  return change.secret
    ? say.secretChanged(change.key)
    : say.fieldChanged(change.key, side(change.old), side(change.new));
};

export const diffText = (changes: readonly ChangeView[]): string => {
  const parts = changes
    .filter((change) => change.action !== 'unchanged')
    .map(changeWords)
    .filter((text) => text !== '');
  const more = parts.length > 3 ? [say.andMore(parts.length - 3)] : [];
  return [...parts.slice(0, 3), ...more].join('; ');
};

/** `splunk`, `splunk-2`, `splunk-3` … */
export const freeId = (wanted: string, taken: readonly string[]): string => {
  let id = wanted;
  for (let n = 2; taken.includes(id); n += 1) id = `${wanted}-${String(n)}`;
  return id;
};
