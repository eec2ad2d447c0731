/** Which field edits a value: from the catalog's schema, or from the value itself where there is no schema. */
import { settingKinds, type SettingKind } from '../../contract/settings.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { CatalogEntry } from './types.ts';

const longTextLength = 200;

const isKind = (name: string): name is SettingKind => (settingKinds as readonly string[]).includes(name);

const stringKind = (entry: CatalogEntry, value: JsonValue | undefined): SettingKind => {
  if (entry.format === 'url' || entry.format === 'uri') return 'url';
  if (entry.format === 'email') return 'email';
  if (entry.format === 'duration') return 'duration';
  const long = typeof value === 'string' && (value.includes('\n') || value.length > longTextLength);
  return long ? 'text' : 'string';
};

/** A list of plain texts can be edited line by line; any other array only as JSON. */
const arrayKind = (entry: CatalogEntry, value: JsonValue | undefined): SettingKind => {
  const items = entry['items'];
  const declared = typeof items === 'object' && items !== null && !Array.isArray(items) ? items['type'] : undefined;
  if (declared !== undefined) return declared === 'string' ? 'list' : 'json';
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? 'list' : 'json';
};

const kindOfType = (type: string, entry: CatalogEntry, value: JsonValue | undefined): SettingKind => {
  switch (type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return entry.format === 'port' || (entry['maximum'] === 65535 && entry['minimum'] !== undefined)
        ? 'port'
        : 'integer';
    case 'number':
      return 'number';
    case 'string':
      return stringKind(entry, value);
    case 'array':
      return arrayKind(entry, value);
    default:
      return 'json';
  }
};

const kindOfValue = (entry: CatalogEntry, value: JsonValue | undefined): SettingKind => {
  if (Array.isArray(value)) return arrayKind(entry, value);
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? stringKind(entry, value) : 'json';
};

/** `entry` is `{}` for a setting that the catalog does not know. A value that the declared kind cannot show is `json`. */
export const settingKindOf = (entry: CatalogEntry, value: JsonValue | undefined): SettingKind => {
  if (entry['x-secret'] === true) return 'secret';
  if (entry['x-kind'] !== undefined && isKind(entry['x-kind'])) return entry['x-kind'];
  if (entry.enum !== undefined) return 'enum';
  if (typeof entry.type === 'string') return kindOfType(entry.type, entry, value);
  if (Array.isArray(entry.type)) {
    const [type, ...others] = entry.type.filter((one) => typeof one === 'string' && one !== 'null');
    return typeof type === 'string' && others.length === 0 ? kindOfType(type, entry, value) : 'json';
  }
  return kindOfValue(entry, value);
};
