/**
 * Which fields a form shows for a JSON Schema and a value: declared members in their order, then what else the value holds.
 * What no field can show is edited as JSON, so that nothing is bent on the way. Pure.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../contract/json.ts';
import { segmentsToKey } from '../../../contract/setting-key.ts';
import type { SettingKind } from '../../../contract/settings.ts';

export type FormKind =
  | Extract<
      SettingKind,
      'boolean' | 'integer' | 'number' | 'string' | 'text' | 'enum' | 'list' | 'json' | 'url' | 'email'
    >
  | 'date'
  | 'group';

export type FormField = {
  /** Member names from the root. */
  path: readonly string[];
  /** The path as a key, as problems name it. */
  key: string;
  title: string;
  description: string;
  kind: FormKind;
  schema: JsonObject;
  /** Undefined: the value has no such member. */
  value: JsonValue | undefined;
  required: boolean;
  /** Of a group. */
  fields: readonly FormField[];
};

const longTextLength = 80;

/** `weekly_actions` -> `Weekly actions`. */
const titleOf = (name: string): string => {
  const words = name
    .replace(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .replaceAll(/[\s_-]+/gu, ' ')
    .trim();
  return words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1);
};

const typeOf = (schema: JsonObject): string | null => {
  const type = schema['type'];
  const types = Array.isArray(type) ? type.filter((one) => one !== 'null') : [type];
  return types.length === 1 && typeof types[0] === 'string' ? types[0] : null;
};

const isLong = (schema: JsonObject, value: JsonValue | undefined): boolean =>
  schema['x-kind'] === 'text' ||
  (typeof schema['maxLength'] === 'number' && schema['maxLength'] > 200) ||
  (typeof value === 'string' && (value.includes('\n') || value.length > longTextLength));

const textKind = (schema: JsonObject, value: JsonValue | undefined): FormKind => {
  const { format } = schema;
  if (format === 'date')
    return typeof value === 'string' && value !== '' && !/^\d{4}-\d\d-\d\d$/u.test(value) ? 'string' : 'date';
  if (format === 'url' || format === 'uri') return 'url';
  if (format === 'email') return 'email';
  return isLong(schema, value) ? 'text' : 'string';
};

const isTextList = (value: JsonValue | undefined): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const itemsAreTexts = (schema: JsonObject, value: JsonValue | undefined): boolean => {
  const items = schema['items'];
  return isJsonObject(items) ? typeOf(items) === 'string' : isTextList(value) && (value as JsonValue[]).length > 0;
};

const declaredKind = (schema: JsonObject, value: JsonValue | undefined, depth: number): FormKind => {
  if (Array.isArray(schema['enum'])) return 'enum';
  switch (typeOf(schema)) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'string':
      return textKind(schema, value);
    case 'array':
      return itemsAreTexts(schema, value) ? 'list' : 'json';
    case 'object':
      return depth === 0 && isJsonObject(schema['properties']) ? 'group' : 'json';
    default:
      return 'json';
  }
};

const ofValue = (value: JsonValue): JsonObject => {
  if (typeof value === 'number') return { type: 'number' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'string') return { type: 'string' };
  return Array.isArray(value) ? { type: 'array' } : {};
};

const shows: { [kind in FormKind]: (value: JsonValue) => boolean } = {
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'number',
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  url: (value) => typeof value === 'string',
  email: (value) => typeof value === 'string',
  date: (value) => typeof value === 'string',
  enum: () => true,
  list: isTextList,
  json: () => true,
  group: isJsonObject,
};

const kindOf = (schema: JsonObject, value: JsonValue | undefined, depth: number): FormKind => {
  const kind = declaredKind(schema, value, depth);
  return value === undefined ||
    (value === null && kind !== 'boolean' && kind !== 'group') ||
    (value !== null && shows[kind](value))
    ? kind
    : 'json';
};

const wordOf = (schema: JsonObject, name: 'title' | 'description'): string => {
  const word = schema[name];
  return typeof word === 'string' ? word : '';
};

const fieldOf = (
  parent: JsonObject,
  name: string,
  at: { path: readonly string[]; value: JsonValue | undefined },
): FormField => {
  const properties = isJsonObject(parent['properties']) ? parent['properties'] : {};
  const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
  const schema = isJsonObject(declared) ? declared : ofValue(at.value ?? null);
  const path = [...at.path, name];
  const kind = kindOf(schema, at.value, at.path.length);
  const title = wordOf(schema, 'title');
  const required = Array.isArray(parent['required']) && parent['required'].includes(name);
  return {
    path,
    key: segmentsToKey(path),
    title: title === '' ? titleOf(name) : title,
    description: wordOf(schema, 'description'),
    kind,
    schema,
    value: at.value,
    required,
    fields: kind === 'group' ? formFields(schema, isJsonObject(at.value) ? at.value : {}, path) : [],
  };
};

export const formFields = (schema: JsonObject, value: JsonObject, path: readonly string[] = []): FormField[] => {
  const declared = isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  const others = Object.keys(value).filter((name) => !declared.includes(name));
  return [...declared, ...others].map((name) =>
    fieldOf(schema, name, { path, value: Object.hasOwn(value, name) ? value[name] : undefined }),
  );
};

/** The value with one member set, or taken out when `member` is undefined; groups on the way are made. */
export const withMember = (value: JsonObject, path: readonly string[], member: JsonValue | undefined): JsonObject => {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const entries = new Map(Object.entries(value));
  const inner = entries.get(name);
  const next = rest.length === 0 ? member : withMember(isJsonObject(inner) ? inner : {}, rest, member);
  if (next === undefined) entries.delete(name);
  else entries.set(name, next);
  return Object.fromEntries(entries);
};
