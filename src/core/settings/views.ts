/** Settings as the doors show them: the catalog's entries and the stored ones as one list. */
import { isJsonObject, jsonEqual, jsonTypeOf, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { keyToSegments } from '../../contract/setting-key.ts';
import type { SettingView } from '../../contract/settings.ts';
import { entryFor, titleOf } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import { isEmptySecretPlace } from '../definitions/secret-names.ts';
import type { CatalogEntry, Definition } from '../definitions/types.ts';
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
  const stored = from.stored.get(key);
  const entry = from.definition === null ? null : entryFor(from.definition, key);
  const secret = isSecretSetting(from.definition, key, stored);
  const hasDefault = entry?.default !== undefined;
  const fallback: JsonValue = secret ? null : (entry?.default ?? null);
  const value: JsonValue = secret ? null : stored === undefined ? fallback : parseValue(stored.value);
  const differs =
    hasDefault && !secret ? !jsonEqual(value, fallback) : stored !== undefined && stored.source !== 'file';
  const place = stored?.source === 'file' ? from.places.get(key) : undefined;
  const declaredType = typeof entry?.type === 'string' ? entry.type : undefined;
  return {
    key,
    value,
    type: secret ? (declaredType ?? 'string') : (declaredType ?? jsonTypeOf(value)),
    source: stored?.source ?? 'default',
    secret,
    default: fallback,
    modified: differs,
    restart: entry?.['x-restart'] === true,
    ...(place === undefined ? {} : { file: place.file, ...(place.line === null ? {} : { line: place.line }) }),
    ...(secret ? { set: stored?.secret === true } : {}),
    version: stored?.version ?? null,
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
  };
};

/** Catalog order first, then what else is stored, by key. */
export const allKeys = (from: SettingSources): string[] => {
  const declared = Object.keys(from.definition?.catalog ?? {});
  const known = new Set(declared);
  return [...declared, ...[...from.stored.keys()].filter((key) => !known.has(key))];
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
