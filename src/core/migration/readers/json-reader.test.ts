/** The strict JSON reader against JSONTestSuite and secure-json-parse's hostile texts, and its own promises. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import { readJson } from './json-reader.ts';
import { rebuilt } from './testing/rebuilt.ts';
import type { Leaf } from './types.ts';

const corpora = join(import.meta.dirname, '../../../../../shared/corpora');
const suite = join(corpora, 'JSONTestSuite');
const hostile = join(corpora, 'prototype-pollution');
const present = existsSync(suite) && existsSync(hostile);
if (!present) console.warn('skipped: the corpora are not beside this checkout (../shared/corpora)');

const read = (text: string | Uint8Array) => readJson(typeof text === 'string' ? Buffer.from(text) : text);
const leavesOf = (text: string): Leaf[] => {
  const result = read(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.leaves;
};
describe.skipIf(!present)('JSONTestSuite', () => {
  const dir = join(suite, 'test_parsing');
  const files = present ? readdirSync(dir).filter((name) => name.endsWith('.json')) : [];
  const load = (prefix: string) =>
    files.filter((name) => name.startsWith(prefix)).map((name) => ({ name, bytes: readFileSync(join(dir, name)) }));

  it('accepts the 95 valid texts, each leaf exact or quarantined with a reason', () => {
    const cases = load('y_');
    expect(cases.length).toBe(95);
    for (const { name, bytes } of cases) {
      const result = read(bytes);
      expect([name, result.ok]).toEqual([name, true]);
      if (!result.ok) continue;
      const back = rebuilt(result.leaves);
      if (back !== undefined)
        expect([name, jsonEqual(back, JSON.parse(bytes.toString('utf8')) as JsonValue)]).toEqual([name, true]);
    }
  });

  it('refuses the 188 invalid texts, each with a place inside the file', () => {
    const cases = load('n_');
    expect(cases.length).toBe(188);
    for (const { name, bytes } of cases) {
      const result = read(bytes);
      expect([name, result.ok]).toEqual([name, false]);
      if (result.ok) continue;
      const lines = bytes.toString('utf8').split(/\r\n|\r|\n/u);
      expect([name, result.error.line >= 1 && result.error.line <= lines.length && result.error.column >= 1]).toEqual([
        name,
        true,
      ]);
      expect(result.error.message.length).toBeGreaterThan(5);
    }
  });

  it('reads the 35 free texts exactly, quarantines or refuses them', () => {
    const cases = load('i_');
    expect(cases.length).toBe(35);
    const outcomes = { exact: 0, quarantined: 0, refused: 0 };
    for (const { name, bytes } of cases) {
      const result = read(bytes);
      if (!result.ok) outcomes.refused += 1;
      else if (rebuilt(result.leaves) === undefined) outcomes.quarantined += 1;
      else {
        outcomes.exact += 1;
        const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
        expect([name, jsonEqual(rebuilt(result.leaves), JSON.parse(text) as JsonValue)]).toEqual([name, true]);
      }
    }
    // The only exact one is the empty object after a byte order mark; all others would lose something.
    expect(outcomes).toEqual({ exact: 1, quarantined: 20, refused: 14 });
  });

  it('keeps what the transform files say, or quarantines it', () => {
    const names = readdirSync(join(suite, 'test_transform'));
    const quarantined = names.filter((name) => {
      const result = read(readFileSync(join(suite, 'test_transform', name)));
      return !result.ok || result.leaves.some((leaf) => leaf.problem !== null);
    });
    expect(names.filter((name) => !quarantined.includes(name)).toSorted()).toEqual([
      'number_1.0.json',
      'number_1000000000000000.json',
      'number_1e6.json',
      'object_key_nfc_nfd.json',
      'object_key_nfd_nfc.json',
      'string_with_escaped_NULL.json',
    ]);
  });
});

describe.skipIf(!present)('prototype pollution', () => {
  it('quarantines every key that reaches a prototype and pollutes nothing', () => {
    const { inputs } = JSON.parse(
      readFileSync(join(hostile, readdirSync(hostile).find((name) => name.endsWith('.json')) ?? ''), 'utf8'),
    ) as { inputs: string[] };
    expect(inputs.length).toBe(30);
    for (const input of inputs) {
      const result = read(input);
      expect([input, result.ok]).toEqual([input, true]);
      if (!result.ok) continue;
      for (const leaf of result.leaves) {
        const trap = leaf.segments.some((segment) =>
          ['__proto__', 'constructor', 'prototype'].includes(String(segment)),
        );
        expect([input, leaf.segments, trap, leaf.problem !== null]).toEqual([input, leaf.segments, trap, trap]);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }
  });
});

describe('leaves', () => {
  it('gives one leaf per scalar, array, null and {} with value, text and place', () => {
    expect(leavesOf('{\n  "a": {"b": 1.50, "c.d": [1, {"x": 2}]},\n  "n": null, "e": {}\n}')).toEqual([
      { segments: ['a', 'b'], raw: '1.50', line: 2, column: 9, problem: null, value: 1.5 },
      { segments: ['a', 'c.d'], raw: '[1, {"x": 2}]', line: 2, column: 20, problem: null, value: [1, { x: 2 }] },
      { segments: ['n'], raw: 'null', line: 3, column: 3, problem: null, value: null },
      { segments: ['e'], raw: '{}', line: 3, column: 14, problem: null, value: {} },
    ]);
    expect(leavesOf('{}')).toEqual([]);
    expect(leavesOf(' [1]')).toEqual([{ segments: [], raw: '[1]', line: 1, column: 2, problem: null, value: [1] }]);
  });

  it('keeps the last of a repeated key and quarantines the others whole', () => {
    expect(
      leavesOf('{"a": {"x": 1},\n "a": {"y": 2}}').map(({ segments, raw, line, problem }) => ({
        segments,
        raw,
        line,
        problem,
      })),
    ).toEqual([
      { segments: ['a'], raw: '{"x": 1}', line: 1, problem: 'the key stands again in line 2, and that one counts' },
      { segments: ['a', 'y'], raw: '2', line: 2, problem: null },
    ]);
  });

  it.each([
    ['9007199254740993', false],
    ['9007199254740991', true],
    ['-9007199254740991', true],
    ['1e400', false],
    ['1e-400', false],
    ['-0', false],
    ['-0.0e5', false],
    ['0', true],
    ['0.0', true],
    ['1.0', true],
    ['1e3', true],
    ['12345678901234567890', false],
    ['0.1', true],
    ['0.10000000000000000555', false],
    ['0.30000000000000004', true],
    ['5e-324', true],
    ['1e20', false],
  ])('number %s is kept: %s', (lexeme, kept) => {
    expect([lexeme, leavesOf(`[${lexeme}]`)[0]?.problem === null]).toEqual([lexeme, kept]);
  });

  it('quarantines keys with NUL and texts or keys with half characters', () => {
    expect(
      leavesOf('{"a\\u0000b": 1, "\\ud800": 2, "t": "\\udfaa", "ok": "\\ud83d\\ude00"}').map((leaf) => leaf.problem),
    ).toEqual([
      'the key holds a NUL character',
      'the key holds half of a character (a lone surrogate)',
      'the text holds half of a character (a lone surrogate)',
      null,
    ]);
  });

  it('refuses depth 65 and 200,001 values, and takes 64 and 200,000', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect([read(nested(64)).ok, read(nested(65))]).toEqual([
      true,
      { ok: false, error: { message: 'values are nested more than 64 deep', line: 1, column: 65 } },
    ]);
    const many = (count: number) =>
      `[${Array<string>(count - 1)
        .fill('1')
        .join(',')}]`;
    expect([read(many(200_000)).ok, read(many(200_001)).ok]).toEqual([true, false]);
    // A hostile depth must neither overflow the stack nor take long.
    expect(read('['.repeat(1_000_000)).ok).toBe(false);
  });

  it('notes a byte order mark and places what is not UTF-8', () => {
    expect(read('\uFEFF{"a":1}')).toMatchObject({ ok: true, notes: ['begins with a byte order mark'] });
    expect(read(Buffer.from('{\n "é": "\xff"}', 'latin1'))).toEqual({
      ok: false,
      error: { message: 'this is not UTF-8', line: 2, column: 3 },
    });
    expect(read('')).toEqual({ ok: false, error: { message: 'the file is empty', line: 1, column: 1 } });
  });
});
