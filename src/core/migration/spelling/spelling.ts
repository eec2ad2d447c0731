/**
 * How a value is written in a legacy file, apart from the value: `formOf` takes the spelling out of a text, `spell` writes
 * any value in it. For the value a form was taken from the text comes back exactly; reading what `spell` writes always
 * gives the value.
 */
import type { JsonValue } from '../../../contract/json.ts';
import type { Form } from './form.ts';
import { formOfEnv, spellEnv } from './env-spelling.ts';
import { formOfJson, spellJson } from './json-spelling.ts';

/**
 * `raw` is one JSON value, or what stands after `KEY=` in a `.env` line. Null when the value could not be written back
 * exactly (a `.env` text that its typed value does not tell, members in an order that the value does not have).
 */
export const formOf = (format: 'json' | 'env', raw: string, value: JsonValue): Form | null => {
  if (format === 'env') return formOfEnv(raw, value);
  const form = formOfJson(raw);
  return form !== null && spellJson(form, value) === raw ? form : null;
};

/** The form of values that were not in the file before. */
export const usualForm = (format: 'json' | 'env'): Form =>
  format === 'env' ? { t: 'env', quote: '' } : { t: 'plain' };

/** Null when a `.env` file cannot hold this value: `null`, or a text that no quoting gives back. JSON holds every value. */
export const spell = (form: Form, value: JsonValue): string | null =>
  form.t === 'env' ? spellEnv(form, value) : spellJson(form, value);
