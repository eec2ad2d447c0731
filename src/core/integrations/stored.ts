/** What the store holds of integrations: a subject `integration` for the connection, one subject `field` per field. */
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import type { Subject } from '../changes/write.ts';
import { titleOf } from '../definitions/catalog.ts';
import type { CatalogEntry, Definition, IntegrationType } from '../definitions/types.ts';
import { storedSettings, type StoredSetting } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';

export type Facts = { type: string; name: string; enabled: boolean };
/** Fields by their path inside the integration. */
export type StoredIntegration = { id: string; row: StoredSetting; facts: Facts; fields: Map<string, StoredSetting> };

/** Its own name, or its path where it lies inside an object: `credentials.password`. */
const pathInside = (key: string): string => {
  const path = keyToSegments(key)?.slice(1) ?? [];
  return path.length === 1 ? String(path[0]) : path.length === 0 ? key : segmentsToKey(path);
};

/** A name with blanks or dots that stands for itself is one segment, as files have it. */
const segmentsOf = (field: string, known: ReadonlyMap<string, StoredSetting>): (string | number)[] => {
  const stored = known.get(field);
  if (stored !== undefined) return keyToSegments(stored.key)?.slice(1) ?? [field];
  return keyToSegments(field) ?? [field];
};

export const integrationSubject = (id: string): Subject => ({ kind: 'integration', key: id });
export const fieldSubject = (id: string, field: string, known: ReadonlyMap<string, StoredSetting>): Subject => ({
  kind: 'field',
  key: segmentsToKey([id, ...segmentsOf(field, known)]),
});

export const typeOf = (definition: Definition | null, type: string): IntegrationType | null => {
  const types = definition?.integrationTypes ?? {};
  return Object.hasOwn(types, type) ? (types[type] ?? null) : null;
};

export const fieldSchema = (type: IntegrationType | null, field: string): CatalogEntry | null =>
  type !== null && Object.hasOwn(type.fields, field) ? (type.fields[field] ?? null) : null;

const textOf = (value: JsonValue | undefined, fallback: string): string =>
  typeof value === 'string' ? value : fallback;

const factsOf = (definition: Definition | null, id: string, row: StoredSetting): Facts => {
  const value = parseValue(row.value);
  const said = isJsonObject(value) ? value : {};
  const type = textOf(said['type'], id);
  const name = textOf(said['name'], typeOf(definition, type)?.title ?? titleOf(segmentsToKey([id])));
  return { type, name, enabled: said['enabled'] === true };
};

export const storedIntegrations = (reader: Reader, definition: Definition | null): Map<string, StoredIntegration> => {
  const found = new Map<string, StoredIntegration>();
  for (const [id, row] of storedSettings(reader, 'integration'))
    found.set(id, { id, row, facts: factsOf(definition, id, row), fields: new Map() });
  for (const [key, row] of storedSettings(reader, 'field'))
    found.get(String(keyToSegments(key)?.[0]))?.fields.set(pathInside(key), row);
  return found;
};
