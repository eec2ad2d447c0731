/** Only the changed values move; every other byte of a file stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../contract/json.ts';
import { parseJsonTree, type JsonNode } from '../migration/readers/json-tree.ts';
import { envSpans } from '../migration/spelling/env-spelling.ts';
import { writeEnvWishes, type EnvWish } from './env-edits.ts';
import { assign, keep, wishedValue, without, writeWish, type Wish } from './json-edits.ts';

const treeOf = (text: string): JsonNode => {
  const root = parseJsonTree(text);
  if ('message' in root) throw new Error(root.message);
  return root;
};

const edit = (text: string, ...steps: ((wish: Wish) => Wish)[]): string => {
  const root = treeOf(text);
  return writeWish(
    text,
    root,
    steps.reduce<Wish>((wish, step) => step(wish), keep(root)),
  );
};
const set =
  (path: (string | number)[], value: JsonValue) =>
  (wish: Wish): Wish =>
    assign(wish, path, value);
const remove =
  (...path: string[]) =>
  (wish: Wish): Wish =>
    without(wish, path, true);

describe('a JSON text', () => {
  const text = '{\n  "a" : 1.50,\n\t"b": {"x": "h\\u00e9", "y": [1, 2,3]},\n  "c": true\n}\n';

  it('keeps every byte around one changed value, and its manner', () => {
    expect(edit(text, set(['c'], false))).toBe(text.replace('true', 'false'));
    expect(edit(text, set(['a'], 2.5))).toBe(text.replace('1.50', '2.50'));
    expect(edit(text, set(['b', 'y'], [1, 5, 3]))).toBe(text.replace('1, 2,3', '1, 5,3'));
    expect(edit(text, set(['b', 'x'], 'hé'), set(['c'], true))).toBe(text);
  });

  it('adds members and items as the others are written', () => {
    expect(edit(text, set(['d'], 'new'))).toBe(text.replace('true\n', 'true,\n  "d": "new"\n'));
    expect(edit(text, set(['b', 'z'], null))).toBe(text.replace('2,3]}', '2,3], "z": null}'));
    expect(edit(text, set(['b', 'y'], [1, 2, 3, 4]))).toBe(text.replace('2,3', '2,3,4'));
    expect(edit('{"a":1}', set(['b'], 2))).toBe('{"a":1,"b":2}');
    expect(edit('{}\n', set(['b', 'c'], 2))).toBe('{\n  "b": {\n    "c": 2\n  }\n}\n');
    expect(edit('{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t}\r\n}', set(['c', 'd'], [1]))).toBe(
      '{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t},\r\n\t"c": {\r\n\t\t"d": [1]\r\n\t}\r\n}',
    );
  });

  it('takes members out with their comma and line', () => {
    expect(edit(text, remove('c'))).toBe(text.replace(',\n  "c": true', ''));
    expect(edit(text, remove('a'))).toBe(text.replace('"a" : 1.50,\n\t', ''));
    expect(edit(text, remove('b', 'x'), remove('b', 'y'))).toBe(
      '{\n  "a" : 1.50,\n\t"c": true\n}\n'.replace('\t"c"', '\t"c"'),
    );
    expect(edit('{"a": 1}', remove('a'))).toBe('{}');
    expect(edit('{"a": 1, "a": 2, "b": 3}', remove('a'))).toBe('{"b": 3}');
  });

  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
  const objects = fc.dictionary(fc.string({ maxLength: 4 }), json, { maxKeys: 5 });
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  it('gives exactly the wished value, whatever is wished', () => {
    fc.assert(
      fc.property(objects, objects, fc.constantFrom(undefined, 1, 2, '\t'), (before, after, indent) => {
        fc.pre(!('__proto__' in before) && !('__proto__' in after));
        const source = JSON.stringify(before, null, indent);
        const root = treeOf(source);
        const wish = assign(keep(root), [], after);
        const result = writeWish(source, root, wish);
        expect(plain(JSON.parse(result))).toEqual(plain(after));
        expect(plain(wishedValue(wish))).toEqual(plain(after));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a .env text', () => {
  const text = '# top\r\nexport A = "one" # kept\r\n\r\nB=two\r\nA2=\'x y\'\r\n# end';
  const write = (source: string, ...wishes: EnvWish[]): string => {
    const written = writeEnvWishes(source, wishes);
    if (!written.ok) throw new Error(written.problem);
    return written.text;
  };

  it('keeps comments, quotes, blanks and line ends', () => {
    expect(write(text, { key: 'A', value: 'other', now: 'one' })).toBe(text.replace('"one"', '"other"'));
    expect(write(text, { key: 'B', value: 'a#b', now: 'two' })).toBe(text.replace('two', '"a#b"'));
    expect(write(text, { key: 'A2', value: 'z', now: 'x y' })).toBe(text.replace('x y', 'z'));
  });

  it('takes a line out with all its repetitions, and adds one at the end', () => {
    expect(write(text, { key: 'B', value: undefined, now: 'two' })).toBe(text.replace('B=two\r\n', ''));
    expect(write('B=1\nC=2\nB=3\n', { key: 'B', value: undefined, now: '3' })).toBe('C=2\n');
    expect(write(text, { key: 'N', value: 'v', now: undefined })).toBe(`${text}\r\nN=v`);
    expect(write('A=1\n', { key: 'N', value: 'v w', now: undefined })).toBe('A=1\nN=v w\n');
    expect(write('', { key: 'N', value: 7, now: undefined })).toBe('N=7\n');
  });

  it('says when a file cannot hold a value', () => {
    expect(writeEnvWishes('A=1\n', [{ key: 'A', value: `'"\`#`, now: '1' }])).toMatchObject({ ok: false });
    expect(writeEnvWishes('A=1\n', [{ key: 'A', value: null, now: '1' }])).toMatchObject({ ok: false });
  });

  it('reads back what was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (value, added) => {
        const written = writeEnvWishes(text, [
          { key: 'B', value, now: 'two' },
          { key: 'N', value: added, now: undefined },
        ]);
        fc.pre(written.ok);
        const read = new Map(envSpans(written.text).map((span) => [span.key, span.value]));
        expect(Object.fromEntries(read)).toEqual({ A: 'one', B: value, A2: 'x y', N: added });
      }),
      { numRuns: 300 },
    );
  });
});
