import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { SettingKind } from '../../contract/settings.ts';
import { parseJson, problemOf } from './validate.ts';

test('numbers are held to their limits, ports to theirs without saying so', () => {
  const minutes = { kind: 'integer' as const, schema: { minimum: 1, maximum: 1440 } };
  expect([0, 1, 1440, 1441].map((value) => problemOf(value, minutes))).toEqual([
    'must be at least 1',
    null,
    null,
    'must be at most 1440',
  ]);
  expect(problemOf(70000, { kind: 'port', schema: {} })).toBe('must be at most 65535');
  expect(problemOf(1.5, { kind: 'integer', schema: {} })).toBe('must be a whole number');
  expect(problemOf(0.5, { kind: 'number', schema: { minimum: 1 } })).toBe('must be at least 1');
  expect(problemOf(3, { kind: 'number', schema: { maximum: 2 } })).toBe('must be at most 2');
});

test('texts are held to length and choice', () => {
  expect(problemOf('', { kind: 'string', schema: { minLength: 1 } })).toBe('must not be empty');
  expect(problemOf('abc', { kind: 'string', schema: { maxLength: 2 } })).toBe('must have at most 2 characters');
  expect(problemOf('blue', { kind: 'enum', schema: { enum: ['dark', 'light'] } })).toBe('must be one of dark, light');
  expect(problemOf('dark', { kind: 'enum', schema: { enum: ['dark', 'light'] } })).toBeNull();
});

test('the sentences are those that the core and the terminal say', () => {
  const cases: [SettingKind, JsonObject, JsonValue, string][] = [
    ['boolean', { type: 'boolean' }, 'yes', 'must be true or false'],
    ['string', { type: ['string', 'null'] }, 5, 'must be a text or null'],
    ['integer', { type: 'integer' }, 1.5, 'must be a whole number'],
    ['number', { type: 'number' }, 'x', 'must be a number'],
    ['list', { type: 'array' }, { a: 1 }, 'must be a list'],
    ['json', { type: 'object' }, [], 'must be an object'],
    ['enum', { type: 'string', enum: ['a', ''] }, 'b', 'must be one of a, ""'],
    ['string', { type: 'string', minLength: 1 }, '', 'must not be empty'],
    ['string', { type: 'string', minLength: 3 }, 'ab', 'must have at least 3 characters'],
    ['string', { type: 'string', maxLength: 1 }, 'ab', 'must have at most 1 character'],
  ];
  for (const [kind, schema, value, words] of cases) expect(problemOf(value, { kind, schema })).toBe(words);
  expect(problemOf(3, { kind: 'number', schema: { type: 'number' } })).toBeNull();
  expect(problemOf(null, { kind: 'string', schema: { type: ['string', 'null'] } })).toBeNull();
});

test('JSON is parsed or refused with a reason', () => {
  expect(parseJson('[1, {"a": null}]')).toEqual({ ok: true, value: [1, { a: null }] });
  const problems = ['{"a": }', '{\n  "a": 1\n  "b": 2\n}', '[1, 2', '{} // note', '', 'nul'].map((text) => {
    const parsed = parseJson(text);
    return parsed.ok ? null : parsed.problem;
  });
  expect(problems).toEqual([
    'is not valid JSON: a value is missing in line 1, column 7',
    'is not valid JSON: a comma is missing in line 3, column 3',
    'is not valid JSON: the closing bracket is missing in line 1, column 6',
    'is not valid JSON: a comment is not allowed in line 1, column 4',
    'is not valid JSON: a value is missing in line 1, column 1',
    'is not valid JSON: something does not belong there in line 1, column 1',
  ]);
});

test('a number that cannot be kept exactly is refused with its place, as the core does', () => {
  const problems = ['1e999', '{\n  "a": [1, -1e400]\n}', '9007199254740993', '1e20'].map((text) => {
    const parsed = parseJson(text);
    return parsed.ok ? null : [parsed.isJson, parsed.problem];
  });
  expect(problems).toEqual([
    [true, 'holds a number that cannot be kept exactly in line 1, column 1'],
    [true, 'holds a number that cannot be kept exactly in line 2, column 12'],
    [true, 'holds a number that cannot be kept exactly in line 1, column 1'],
    [true, 'holds a number that cannot be kept exactly in line 1, column 1'],
  ]);
  for (const text of ['9007199254740991', '1.5e-7', '"1e999"', '1.5']) expect(parseJson(text).ok).toBe(true);
  expect(parseJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`).ok).toBe(true);
  expect(parseJson('8o80')).toMatchObject({ ok: false, isJson: false });
});
