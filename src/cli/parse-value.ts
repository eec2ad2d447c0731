/**
 * What a word on the command line means: the value of a setting, a moment in time, a whole number. Pure. A text that
 * does not fit the setting's kind stays a text, so that the core refuses it with the same sentence as everywhere.
 */
import { fail, ok, type Result } from '../contract/result.ts';
import { durationValue } from '../contract/duration.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../contract/json.ts';
import type { SettingKind } from '../contract/settings.ts';
import { leafOf, openJson } from '../core/migration/readers/json-reader.ts';

export type ValueShape = { kind: SettingKind; schema: JsonObject };

const jsonOr = (text: string, otherwise: JsonValue): JsonValue => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return otherwise;
  }
};

const truths: { [word: string]: boolean } = { true: true, yes: true, on: true, false: false, no: false, off: false };

const numberOr = (text: string, whole: boolean): JsonValue => {
  if (!(whole ? /^[+-]?\d+$/u : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u).test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) && (!whole || Number.isSafeInteger(value)) && !Object.is(value, -0) ? value : text;
};

const typesOf = (schema: JsonObject): readonly JsonValue[] =>
  Array.isArray(schema['type']) ? schema['type'] : schema['type'] === undefined ? [] : [schema['type']];

const listOf = (text: string, schema: JsonObject): JsonValue => {
  if (text.trim().startsWith('[')) return jsonOr(text, text);
  if (text.trim() === '') return [];
  const items = isJsonObject(schema['items']) ? typesOf(schema['items']) : [];
  return text.split(',').map((part) => {
    const one = part.trim();
    if (items.includes('integer')) return numberOr(one, true);
    if (items.includes('number')) return numberOr(one, false);
    return items.includes('boolean') ? (truths[one.toLowerCase()] ?? one) : one;
  });
};

/** VALUE of `config set KEY VALUE`; `shape` is null for a setting that nobody knows yet: then it is a text. */
export const parseValue = (text: string, shape: ValueShape | null): JsonValue => {
  if (shape === null) return text;
  const { kind, schema } = shape;
  if (text === 'null' && typesOf(schema).includes('null')) return null;
  switch (kind) {
    case 'boolean':
      return truths[text.toLowerCase()] ?? text;
    case 'integer':
    case 'port':
      return numberOr(text, true);
    case 'number':
      return numberOr(text, false);
    case 'list':
      return listOf(text, schema);
    case 'json':
      return jsonOr(text, text);
    case 'enum': {
      const choices = Array.isArray(schema['enum']) ? schema['enum'] : [];
      return choices.includes(text) ? text : (choices.find((choice) => JSON.stringify(choice) === text) ?? text);
    }
    case 'duration':
      return durationValue(text, schema) ?? text;
    default:
      return text;
  }
};

/** VALUE with `--json-value`: read as strictly as a legacy file, so that nothing is dropped or rounded silently. */
export const parseJsonValue = (text: string): Result<JsonValue> => {
  const invalid = (problem: string): Result<never> => fail({ type: 'InputInvalid', field: 'VALUE', problem });
  const opened = openJson(Buffer.from(text, 'utf8'));
  if (!opened.ok) return invalid(`it is not JSON (--json-value was given): ${opened.error.message}`);
  const { problem, value } = leafOf(opened.document, opened.document.root, []);
  return problem === null ? ok(value) : invalid(problem);
};

const spans: { [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A moment: an ISO time, a date (local), `today`, `yesterday`, or how long ago (`30m`, `12h`, `7d`, `2w`).
 * `end` takes a whole day at its end. Answers ISO 8601 UTC.
 */
export const parseMoment = (text: string, now: string, field: string, end = false): Result<string> => {
  const bad = (): Result<string> =>
    fail({
      type: 'InputInvalid',
      field,
      problem: 'give a time such as 2026-11-20T09:14:00Z, a date, today, yesterday, or an age such as 30m, 12h, 7d, 2w',
    });
  const span = /^(\d{1,6})([smhdw])$/u.exec(text);
  const at = new Date(now);
  if (span !== null) return ok(new Date(at.getTime() - Number(span[1]) * (spans[span[2] ?? ''] ?? 0)).toISOString());
  if (text === 'now') return ok(at.toISOString());
  const day = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  const back = text === 'today' ? 0 : text === 'yesterday' ? 1 : null;
  if (day !== null || back !== null) {
    const start =
      back === null
        ? new Date(Number(day?.[1]), Number(day?.[2]) - 1, Number(day?.[3]))
        : new Date(at.getFullYear(), at.getMonth(), at.getDate() - back);
    if (day !== null && (start.getMonth() !== Number(day[2]) - 1 || start.getDate() !== Number(day[3]))) return bad();
    if (!end) return ok(start.toISOString());
    const next = new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1);
    return ok(new Date(next.getTime() - 1).toISOString());
  }
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/u.test(text)) return bad();
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? bad() : ok(moment.toISOString());
};

/** A whole number between `least` and `most`. */
export const parseWhole = (text: string, field: string, least: number, most: number): Result<number> => {
  const value = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? ok(value)
    : fail({ type: 'InputInvalid', field, problem: `give a whole number from ${String(least)} to ${String(most)}` });
};
