/** Which documents a list shows: by members and their JSON types, by text. Pure. */
import type { RecordFilter } from '../../contract/records.ts';
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';
import { keyToSegments } from '../../contract/setting-key.ts';

/** A name that is no key (`success rate`) is one member. */
const pathOf = (field: string): (string | number)[] => keyToSegments(field) ?? [field];

/** What lies at a path; inside a list, in any of its items unless one is named. */
const valuesAt = (value: JsonValue, path: readonly (string | number)[]): JsonValue[] => {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  if (Array.isArray(value)) {
    if (typeof step === 'string') return value.flatMap((item) => valuesAt(item, path));
    const item = value[step];
    return item === undefined ? [] : valuesAt(item, rest);
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, step)) return [];
  const member = value[step];
  return member === undefined ? [] : valuesAt(member, rest);
};

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;

/** A text is read by the type of what it is compared with. */
const readsAs = (text: string, value: JsonValue): boolean => {
  if (typeof value === 'string') return value === text;
  if (typeof value === 'number') return numeric.test(text) && Number(text) === value;
  return (typeof value === 'boolean' || value === null) && String(value) === text;
};

const equals = (value: JsonValue, wanted: JsonValue): boolean => {
  if (typeof wanted === 'string' ? readsAs(wanted, value) : jsonEqual(value, wanted)) return true;
  return Array.isArray(value) && value.some((item) => equals(item, wanted));
};

export const fitsWhere = (data: JsonValue, where: readonly RecordFilter[]): boolean =>
  where.every(({ field, value }) => valuesAt(data, pathOf(field)).some((found) => equals(found, value)));

/** `text` in lower case. */
export const holdsText = (id: string, data: JsonValue, text: string): boolean =>
  id.toLowerCase().includes(text) || JSON.stringify(data).toLowerCase().includes(text);
