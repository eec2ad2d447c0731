import { expect, test } from 'vitest';
import { parseJson, problemOf } from './validate.ts';

test('numbers are held to their limits, ports to theirs without saying so', () => {
  const minutes = { kind: 'integer' as const, schema: { minimum: 1, maximum: 1440 } };
  expect([0, 1, 1440, 1441].map((value) => problemOf(value, minutes))).toEqual([
    'must be between 1 and 1440',
    null,
    null,
    'must be between 1 and 1440',
  ]);
  expect(problemOf(70000, { kind: 'port', schema: {} })).toBe('must be between 1 and 65535');
  expect(problemOf(1.5, { kind: 'integer', schema: {} })).toBe('must be a whole number');
  expect(problemOf(0.5, { kind: 'number', schema: { minimum: 1 } })).toBe('must be at least 1');
  expect(problemOf(3, { kind: 'number', schema: { maximum: 2 } })).toBe('must be at most 2');
});

test('texts are held to length and choice', () => {
  expect(problemOf('', { kind: 'string', schema: { minLength: 1 } })).toBe('must not be empty');
  expect(problemOf('abc', { kind: 'string', schema: { maxLength: 2 } })).toBe('must be at most 2 characters long');
  expect(problemOf('blue', { kind: 'enum', schema: { enum: ['dark', 'light'] } })).toBe('is not one of the choices');
  expect(problemOf('dark', { kind: 'enum', schema: { enum: ['dark', 'light'] } })).toBeNull();
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
