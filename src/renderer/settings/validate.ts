/**
 * A first look at a value while the owner types, so that the message stands at the field at once. The core's own check
 * decides at apply; this one must never refuse what the core would take.
 */
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';

type Checked = Pick<SettingView, 'kind' | 'schema'>;

const numberOf = (value: JsonValue | undefined): number | null => (typeof value === 'number' ? value : null);

const checkNumber = (value: number, { kind, schema }: Checked): string | null => {
  const say = messages.settings.invalid;
  if (kind !== 'number' && !Number.isInteger(value)) return say.integer;
  const minimum = numberOf(schema['minimum']) ?? (kind === 'port' ? 1 : null);
  const maximum = numberOf(schema['maximum']) ?? (kind === 'port' ? 65535 : null);
  if (minimum !== null && maximum !== null && (value < minimum || value > maximum)) return say.range(minimum, maximum);
  if (minimum !== null && value < minimum) return say.minimum(minimum);
  if (maximum !== null && value > maximum) return say.maximum(maximum);
  return null;
};

const checkText = (value: string, { schema }: Checked): string | null => {
  const say = messages.settings.invalid;
  const minLength = numberOf(schema['minLength']);
  const maxLength = numberOf(schema['maxLength']);
  const length = [...value].length;
  if (minLength !== null && length < minLength) return minLength === 1 ? say.empty : say.minLength(minLength);
  if (maxLength !== null && length > maxLength) return say.maxLength(maxLength);
  return null;
};

/** The problem in words, or null. */
export const problemOf = (value: JsonValue, setting: Checked): string | null => {
  const choices = setting.schema['enum'];
  if (
    Array.isArray(choices) &&
    !choices.some((choice) => choice === value) &&
    !isJsonObject(value) &&
    !Array.isArray(value)
  ) {
    return messages.settings.invalid.choice;
  }
  if (typeof value === 'number') return checkNumber(value, setting);
  if (typeof value === 'string') return checkText(value, setting);
  return null;
};

export const positionOf = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

export type JsonError = { offset: number; length: number; problem: string };

/** The first place where a text stops being JSON; null when it is JSON. */
export const jsonErrorIn = (text: string): JsonError | null => {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
    const { invalid } = messages.settings;
    const [first] = errors;
    const { offset, length } = first ?? { offset: text.length, length: 0 };
    const { line, column } = positionOf(text, offset);
    const code = first === undefined ? '' : printParseErrorCode(first.error);
    const problem = invalid.json(line, column, invalid.jsonProblems[code] ?? invalid.jsonOther);
    return { offset, length, problem };
  }
};

/** Text -> JSON, or where it stops being JSON. */
export const parseJson = (text: string): { ok: true; value: JsonValue } | { ok: false; problem: string } => {
  const error = jsonErrorIn(text);
  return error === null ? { ok: true, value: JSON.parse(text) as JsonValue } : { ok: false, problem: error.problem };
};
