/** Settings as the doors show them: the catalog's entries and the stored ones as one list. */
import { isJsonObject, jsonEqual, jsonTypeOf, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { keyToSegments } from '../../contract/setting-key.ts';
import type { SettingView } from '../../contract/settings.ts';
import { entryFor, titleOf } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import { isEmptySecretPlace } from '../definitions/secret-names.ts';
import type { CatalogEntry, Definition } from '../definitions/types.ts';
import { inactiveReason } from './depends.ts';
import { lockReason } from './locks.ts';
import { parseValue } from '../changes/view.ts';
import type { FilePlace, StoredSetting } from './queries.ts';

const withoutOwnKeywords = (entry: CatalogEntry): JsonObject =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => !name.startsWith('x-')));

/** A fresh map: nothing in `value` can reach the prototype of the result. */
const nullObject = (): JsonObject => Object.create(null) as JsonObject;

const categoryOf = (key: string, entry: CatalogEntry | null): string => {
  const declared = entry?.['x-category'];
  if (declared !== undefined) return declared;
  const first = keyToSegments(key)?.[0];
  return typeof first === 'string' ? first : '';
};

export type SettingSources = {
  definition: Definition | null;
  stored: Map<string, StoredSetting>;
  places: Map<string, FilePlace>;
  /** The own values of who looks, by setting key. */
  overrides?: Map<string, StoredSetting>;
  /** What the owner locked: key -> reason. Without it the view is of the home's own value, as if nothing were locked. */
  locks?: ReadonlyMap<string, string>;
};

export const isSecretSetting = (
  definition: Definition | null,
  key: string,
  stored: StoredSetting | undefined,
): boolean => {
  if (stored?.secret === true) return true;
  const declared = definition === null ? undefined : entryFor(definition, key)?.['x-secret'];
  if (stored === undefined) return declared === true;
  // What its owner chose to keep plain stays plain; a place that is still empty was not chosen.
  return declared !== false && isEmptySecretPlace(declared === true ? 'secret' : key, parseValue(stored.value));
};

export const settingView = (key: string, from: SettingSources): SettingView => {
  const base = from.stored.get(key);
  const entry = from.definition === null ? null : entryFor(from.definition, key);
  const locked = from.locks === undefined ? null : lockReason(from, key);
  // What is locked is the same for everybody.
  const own = locked === null ? from.overrides?.get(key) : undefined;
  const stored = own ?? base;
  const secret = isSecretSetting(from.definition, key, base) || own?.secret === true;
  const hasDefault = entry?.default !== undefined;
  const fallback: JsonValue = secret ? null : (entry?.default ?? null);
  const valueOf = (row: StoredSetting | undefined): JsonValue =>
    secret ? null : row === undefined ? fallback : parseValue(row.value);
  const value = valueOf(stored);
  const differs =
    hasDefault && !secret ? !jsonEqual(value, fallback) : stored !== undefined && stored.source !== 'file';
  const source = base?.source ?? 'default';
  const place = own === undefined && source === 'file' ? from.places.get(key) : undefined;
  const declaredType = typeof entry?.type === 'string' ? entry.type : undefined;
  const inactive = inactiveReason(from, entry);
  return {
    key,
    value,
    type: secret ? (declaredType ?? 'string') : (declaredType ?? jsonTypeOf(value)),
    source: locked !== null ? 'locked' : own !== undefined ? 'override' : source,
    secret,
    default: fallback,
    modified: differs,
    restart: entry?.['x-restart'] === true,
    ...(place === undefined ? {} : { file: place.file, ...(place.line === null ? {} : { line: place.line }) }),
    ...(secret ? { set: stored?.secret === true } : {}),
    version: base?.version ?? null,
    hasDefault: hasDefault && !secret,
    kind: secret ? 'secret' : settingKindOf(entry ?? {}, value),
    title: entry?.title ?? titleOf(key),
    description: entry?.description ?? '',
    category: categoryOf(key, entry),
    critical: entry?.['x-critical'] === true,
    known: entry !== null,
    schema: entry === null ? {} : withoutOwnKeywords(entry),
    changedAt: stored?.at ?? null,
    changedBy: stored?.actor ?? null,
    ...(entry?.['x-synonyms'] === undefined ? {} : { synonyms: entry['x-synonyms'] }),
    ...(locked === null ? {} : { locked }),
    ...(inactive === null ? {} : { inactive }),
    ...(own === undefined ? {} : { system: { value: valueOf(base), source } }),
  };
};

/** Catalog order first, then what else has a value, by key. */
export const allKeys = (from: SettingSources): string[] => {
  const declared = Object.keys(from.definition?.catalog ?? {});
  return [...new Set([...declared, ...from.stored.keys(), ...(from.overrides?.keys() ?? [])])];
};

/** `{a: {b: 1}}` for keys under a prefix; segments that are array places do not occur in setting keys. */
export const nestedValue = (prefix: string, views: readonly { key: string; value: JsonValue }[]): JsonObject => {
  const skip = prefix === '' ? 0 : (keyToSegments(prefix)?.length ?? 0);
  const root = nullObject();
  for (const view of views) {
    const segments = (keyToSegments(view.key) ?? [view.key]).slice(skip).map(String);
    let at = root;
    for (const segment of segments.slice(0, -1)) {
      const next = at[segment];
      if (isJsonObject(next)) at = next;
      else {
        const made = nullObject();
        at[segment] = made;
        at = made;
      }
    }
    const last = segments.at(-1);
    if (last !== undefined) at[last] = view.value;
  }
  return root;
};
