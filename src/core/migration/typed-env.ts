/**
 * A `.env` file knows only texts; the catalog knows what they mean. A text becomes the declared type when that loses
 * nothing: the value written back gives the same text. Otherwise it stays a text, and the schema check says why. Pure.
 */
import type { JsonValue } from '../../contract/json.ts';
import type { CatalogEntry } from '../definitions/types.ts';
import { numberProblem } from './readers/exactness.ts';
import { innerForm, readInner, spellInner } from './spelling/env-inner.ts';

type EnvType = Parameters<typeof readInner>[0];

const holdsTexts = (entry: CatalogEntry): boolean => {
  const items = entry['items'];
  if (typeof items !== 'object' || items === null || Array.isArray(items)) return true;
  return items['type'] === undefined || items['type'] === 'string';
};

/** Null when the catalog declares a text, several types, or something that a `.env` line cannot say. */
const declaredType = (entry: CatalogEntry): EnvType | null => {
  const [type, ...others] = (Array.isArray(entry.type) ? entry.type : [entry.type]).filter((one) => one !== 'null');
  if (others.length > 0) return null;
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  return type === 'array' && holdsTexts(entry) ? 'list' : null;
};

/** Why a text stays one although the catalog declares a boolean: the application reads other words. Null when it does not. */
export const unreadWord = (entry: CatalogEntry | null, text: string): string | null => {
  const words = entry?.['x-env-words'];
  if (words === undefined || words.includes(text)) return null;
  return `the application reads only "${words[0]}" as true and "${words[1]}" as false`;
};

export const typedEnvValue = (entry: CatalogEntry | null, text: string): JsonValue => {
  const type = entry === null ? null : declaredType(entry);
  const value = type === null || unreadWord(entry, text) !== null ? undefined : readInner(type, text);
  if (value === undefined || (typeof value === 'number' && numberProblem(text) !== null)) return text;
  const form = innerForm(text, value);
  return form !== null && spellInner(form, value) === text ? value : text;
};
