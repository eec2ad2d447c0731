/** Spelling apart from values: exact for what it was taken from, readable for everything else, and silent about values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonEqual, type JsonValue } from '../../../contract/json.ts';
import { readEnv } from '../readers/env-reader.ts';
import { leafOf, openJson } from '../readers/json-reader.ts';
import { readEnvValue, envSpans, formOfEnv, spellEnv } from './env-spelling.ts';
import { formOf, spell, usualForm } from './spelling.ts';

const blank = fc.constantFrom('', '', ' ', '\n', '\r\n\t', '\n    ');
const char = fc.oneof(
  fc.constantFrom('a', 'Z', '/', '<', "'", '"', '\\', '\n', '\t', '\u0001', '\u007f', 'é', '\u2028', '😀', '5'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const shorts: Record<string, string> = { '"': '\\"', '\\': '\\\\', '/': '\\/', '\n': '\\n', '\t': '\\t' };
const hex = (text: string, capitals: boolean): string =>
  Array.from({ length: text.length }, (_, i) => {
    const digits = text.charCodeAt(i).toString(16).padStart(4, '0');
    return `\\u${capitals ? digits.toUpperCase() : digits}`;
  }).join('');
/** One character in any of the ways in which JSON may have it. */
const writtenChar = fc.tuple(char, fc.constantFrom('plain', 'short', 'small', 'capitals')).map(([one, way]) => {
  if (way === 'small' || way === 'capitals') return hex(one, way === 'capitals');
  const escaped = shorts[one] ?? hex(one, false);
  return way === 'short' && one in shorts ? escaped : /["\\\u0000-\u001f]/u.test(one) ? escaped : one;
});
const writtenString = fc.array(writtenChar, { maxLength: 8 }).map((parts) => `"${parts.join('')}"`);
const writtenNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.constantFrom('0', '1', '12', '900', '1000'),
    fc.constantFrom('', '.0', '.5', '.50', '.007', '.000'),
    fc.constantFrom('', '', 'e3', 'E+03', 'e-7', 'e0', 'e-0', 'E12', 'e99999999999999999999999'),
  )
  .map((parts) => parts.join(''));
const writtenJson: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    writtenString,
    writtenNumber,
    fc.constantFrom('true', 'false', 'null'),
    fc
      .tuple(blank, fc.array(fc.tuple(blank, tie('any'), blank), { maxLength: 4 }))
      .map(([gap, items]) => `[${gap}${items.map((item) => item.join('')).join(',')}]`),
    fc
      .tuple(blank, fc.array(fc.tuple(blank, writtenString, blank, blank, tie('any'), blank), { maxLength: 4 }))
      .map(
        ([gap, members]) =>
          `{${gap}${members.map(([a, key, b, c, item, d]) => `${a}${key}${b}:${c}${item}${d}`).join(',')}}`,
      ),
  ),
})).any;
const anyValue = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

/** The value of a JSON text when our reader keeps it as one value. */
const accepted = (raw: string): { value: JsonValue } | null => {
  const opened = openJson(Buffer.from(raw));
  if (!opened.ok) return null;
  const leaf = leafOf(opened.document, opened.document.root, []);
  return leaf.problem === null ? { value: leaf.value } : null;
};

const runs = process.env['HOLDFAST_LONG'] === undefined ? 2_000 : 100_000;

describe('JSON', () => {
  it('writes back every accepted text exactly', () => {
    let kept = 0;
    fc.assert(
      fc.property(writtenJson, anyValue, (raw, other) => {
        const read = accepted(raw);
        if (read === null) return;
        kept += 1;
        const form = formOf('json', raw, read.value);
        expect(form).not.toBeNull();
        if (form === null) return;
        const stored = JSON.parse(JSON.stringify(form)) as typeof form;
        expect(spell(stored, read.value)).toBe(raw);
        expect(JSON.parse(spell(stored, other) ?? 'none')).toEqual(other);
      }),
      { numRuns: runs },
    );
    expect(kept).toBeGreaterThan(runs / 2);
  });

  it.each([
    ['"caf\\u00e9 \\/"', 'na\u00efve/1', '"na\\u00efve\\/1"'],
    ['"\\u00E9"', '\u00ea\u00eb', '"\\u00EA\\u00EB"'],
    ['1.50', 3, '3.00'],
    ['1.50', 3.25, '3.25'],
    ['1E+03', 25, '2.5E+01'],
    ['[\n    1,\n    2\n  ]', [1, 2, 3], '[\n    1,\n    2,\n    3\n  ]'],
    ['[\n  "a"\n]', ['a', 'b'], '[\n  "a",\n  "b"\n]'],
    ['["a", "b"]', ['a'], '["a"]'],
    ['{ "a" : 1, "b" : 2 }', { a: 1, b: 3 }, '{ "a" : 1, "b" : 3 }'],
    ['{"b": 1, "2": 3}', { b: 1, 2: 4 }, '{"b": 1, "2": 4}'],
    ['[ ]', [], '[ ]'],
    ['true', 'text', '"text"'],
  ])('%s is written for %j in the same manner', (raw, value: JsonValue, text) => {
    const read = accepted(raw);
    const form = formOf('json', raw, read?.value ?? null);
    expect(form === null ? null : spell(form, value)).toBe(text);
  });

  it('keeps a list of a thousand equal items small', () => {
    const raw = JSON.stringify(
      Array.from({ length: 1000 }, (_, i) => ({ id: i, name: `n${String(i)}` })),
      null,
      2,
    );
    const form = formOf('json', raw, JSON.parse(raw) as JsonValue);
    expect(JSON.stringify(form).length).toBeLessThan(400);
  });

  it('says when members stand in another order than the value has them', () => {
    expect(formOf('json', '{"a":1,"b":2}', { b: 2, a: 1 })).toBeNull();
  });
});

const envText = fc.oneof(
  { weight: 2, arbitrary: fc.stringMatching(/^[ -~]{0,16}$/u) },
  fc.string({
    unit: fc.constantFrom('a', ' ', '"', "'", '`', '\\', 'n', 'r', '#', '$', '=', '\n', '\r\n', ',', 'é'),
    maxLength: 12,
  }),
  fc
    .tuple(fc.constantFrom('"', "'", '`'), fc.stringMatching(/^(?:[a-z #=$,]|\\[nr\\]|\n|\r\n){0,10}$/u))
    .map(([q, text]) => `${q}${text}${q}`),
);

describe('.env', () => {
  it('writes back every accepted line exactly, and any text that a file can hold', () => {
    let kept = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('', 'export '), fc.constantFrom('=', ' = ', ': '), envText), {
          maxLength: 4,
        }),
        fc.string({ unit: 'grapheme', maxLength: 10 }),
        (lines, other) => {
          const text = lines.map(([start, mark, value], i) => `${start}K${String(i)}${mark}${value}`).join('\n');
          if (!readEnv(Buffer.from(text)).ok) return;
          let again = '';
          let done = 0;
          for (const span of envSpans(text)) {
            const form = formOf('env', text.slice(span.start, span.end), span.value);
            expect([text, span, form]).not.toEqual([text, span, null]);
            if (form === null) return;
            again += text.slice(done, span.start) + (spell(form, span.value) ?? '');
            done = span.end;
            kept += 1;
            const written = spell(form, other);
            if (written !== null) expect(readEnvValue(written)).toBe(other);
            else expect(/[\r\n'"`\\#\0]|^\s|\s$/u.test(other)).toBe(true);
          }
          expect(again + text.slice(done)).toBe(text);
        },
      ),
      { numRuns: runs },
    );
    expect(kept).toBeGreaterThan(runs / 2);
  });

  it.each([
    ['True', true, false, 'False'],
    ['yes', true, false, 'no'],
    ['OFF', false, true, 'ON'],
    ['1', true, false, '0'],
    ['"true"', true, false, '"false"'],
    ['8884', 8884, 9000, '9000'],
    ['0.70', 0.7, 0.5, '0.50'],
    ["'a, b,c'", ['a', 'b', 'c'], ['x', 'y'], "'x, y'"],
    ['a,b', ['a', 'b'], ['a', 'b', 'c'], 'a,b,c'],
    ['["a", "b"]', ['a', 'b'], ['c', 'd'], '["c", "d"]'],
    ['plain', 'plain', 'has # sign', '"has # sign"'],
    ['plain', 'plain', '', ''],
    ['"a\\nb"', 'a\nb', 'c\nd', '"c\\nd"'],
    ["'two\nlines'", 'two\nlines', 'x\ny', "'x\ny'"],
    ['"x"', 'x', 'say "hi" #1', `'say "hi" #1'`],
  ] as [string, JsonValue, JsonValue, string][])('%s for %j becomes, for %j, %s', (written, value, other, text) => {
    const form = formOf('env', written, value);
    expect(form === null ? null : spell(form, value)).toBe(written);
    expect(form === null ? null : spell(form, other)).toBe(text);
  });

  it('says what cannot be written back', () => {
    expect(formOf('env', '007', 7)).toBeNull();
    expect(formOf('env', 'maybe', true)).toBeNull();
    expect(formOf('env', 'a,,b', ['a', 'b'])).toBeNull();
    expect(spell(usualForm('env'), null)).toBeNull();
    expect(spell(usualForm('env'), ['a,b'])).toBeNull();
    expect(spellEnv(null, 'a\r\nb')).toBe('"a\\r\\nb"');
  });

  it('holds nothing of the value', () => {
    const secret = 'sk-live-4242424242424242';
    for (const [format, raw, value] of [
      ['env', `"${secret}"`, secret],
      ['env', `${secret}, ${secret}`, [secret, secret]],
      ['json', `"\\u0073${secret.slice(1)}\\/"`, `${secret}/`],
      ['json', `{ "${secret}" : ["${secret}"] }`, { [secret]: [secret] }],
    ] as ['env' | 'json', string, JsonValue][]) {
      const form = formOf(format, raw, value);
      expect(form === null ? null : spell(form, value)).toBe(raw);
      expect(JSON.stringify(form)).not.toMatch(/live|4242/u);
    }
    expect(JSON.stringify(formOfEnv('yes', true))).toBe(JSON.stringify(formOfEnv('no', false)));
    expect(jsonEqual(formOf('json', '12.50', 12.5), formOf('json', '99.10', 99.1))).toBe(true);
  });
});
