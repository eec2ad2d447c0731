/**
 * A first look at a value while the owner types, so that the message stands at the field at once. The core's own check
 * decides at apply; this one must never refuse what the core would take.
 */
import { createScanner, parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { isExactNumber, jsonEqual, jsonTypeOf, type JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';

type Checked = Pick<SettingView, 'kind' | 'schema'>;

const numberOf = (value: JsonValue | undefined): number | null => (typeof value === 'number' ? value : null);

const checkNumber = (value: number, { kind, schema }: Checked): string | null => {
  const say = messages.settings.invalid;
  if (kind !== 'number' && kind !== 'json' && !Number.isInteger(value)) return say.integer;
  const minimum = numberOf(schema['minimum']) ?? (kind === 'port' ? 1 : null);
  const maximum = numberOf(schema['maximum']) ?? (kind === 'port' ? 65535 : null);
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

const wordsOf = (value: JsonValue): string =>
  value === '' ? '""' : typeof value === 'string' ? value : JSON.stringify(value);

const checkType = (value: JsonValue, { schema }: Checked): string | null => {
  const { type } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string');
  const own = jsonTypeOf(value);
  if (types.length === 0 || types.includes(own) || (own === 'integer' && types.includes('number'))) return null;
  const { type: say, types: names } = messages.settings.invalid;
  return say(types.map((one) => names[one] ?? one));
};

/** The problem in words, those of the core and of the terminal; null when there is none. */
export const problemOf = (value: JsonValue, setting: Checked): string | null => {
  const choices = setting.schema['enum'];
  if (Array.isArray(choices) && !choices.some((choice) => jsonEqual(choice, value)))
    return messages.settings.invalid.choice(choices.map(wordsOf));
  const wrong = checkType(value, setting);
  if (wrong !== null) return wrong;
  if (typeof value === 'number') return checkNumber(value, setting);
  if (typeof value === 'string') return checkText(value, setting);
  return null;
};

/** What is stored and would not be taken today, as far as it can be told here. The definition's own values are not looked at. */
export const storedProblem = (setting: SettingView): string | null =>
  setting.secret || setting.source === 'default' ? null : problemOf(setting.value, setting);

export const positionOf = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

export type JsonError = {
  offset: number;
  length: number;
  problem: string;
  /** JSON all the same: only a number in it is beyond what is kept. */
  isJson: boolean;
};

/** The first number in a JSON text that would be stored as another. By tokens, so that no depth is too deep. */
const inexactIn = (text: string): JsonError | null => {
  const scanner = createScanner(text, true);
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const offset = scanner.getTokenOffset();
    if (!/[-\d]/u.test(text.charAt(offset)) || isExactNumber(Number(scanner.getTokenValue()))) continue;
    const { line, column } = positionOf(text, offset);
    const problem = messages.settings.invalid.notExact(line, column);
    return { offset, length: scanner.getTokenLength(), problem, isJson: true };
  }
  return null;
};

/** The first place where a text stops being JSON, or holds what cannot be kept; null when all is well. */
export const jsonErrorIn = (text: string): JsonError | null => {
  try {
    JSON.parse(text);
  } catch {
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
    const { invalid } = messages.settings;
    const [first] = errors;
    const { offset, length } = first ?? { offset: text.length, length: 0 };
    const { line, column } = positionOf(text, offset);
    const code = first === undefined ? '' : printParseErrorCode(first.error);
    const problem = invalid.json(line, column, invalid.jsonProblems[code] ?? invalid.jsonOther);
    return { offset, length, problem, isJson: false };
  }
  return inexactIn(text);
};

/** Text -> JSON, or where it stops being JSON. */
export const parseJson = (
  text: string,
): { ok: true; value: JsonValue } | { ok: false; problem: string; isJson: boolean } => {
  const error = jsonErrorIn(text);
  if (error !== null) return { ok: false, problem: error.problem, isJson: error.isJson };
  return { ok: true, value: JSON.parse(text) as JsonValue };
};
