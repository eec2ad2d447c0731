/**
 * For tests: homes that nobody thought of. Random JSON trees and `.env` files with hostile keys and texts, together with
 * what must come out of them, worked out apart from the reader (from the trees, before they became text).
 */
import fc from 'fast-check';

/** A JSON tree before it is written: numbers as they are to be written, members as a list so that keys may repeat. */
export type Tree =
  | { kind: 'scalar'; text: string; value: string | number | boolean | null }
  | { kind: 'array'; items: Tree[] }
  | { kind: 'object'; members: [string, Tree][] };

/** What one place of a file must become: kept with this value, or quarantined. */
export type ExpectedLeaf = { segments: string[]; kept: boolean; value: unknown };

export type RandomFile = { file: string; text: string; leaves: ExpectedLeaf[] };

const hostileKeys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'a.b',
  'a b',
  '',
  '"',
  '\\',
  '[0]',
  '0',
  'nul\0',
  '\u2028',
  'ключ',
  '😀',
  '\ud800',
  'line\nbreak',
  '../up',
  'password',
  'api_key',
];

const hostileTexts = [
  '',
  '\0',
  '\ud800',
  '\udfff\ud800',
  '${HOME}',
  "'; DROP TABLE live; --",
  '=cmd|x',
  '😀',
  'ﬀ',
  'a\r\nb',
  '\u0085',
  '__proto__',
  'ghp_0000000000000000000000000000',
];

const numbers = [
  '0',
  '-0',
  '1',
  '-1',
  '1.0',
  '1.50',
  '1e3',
  '0.1',
  '1e400',
  '1e-400',
  '9007199254740991',
  '9007199254740993',
  '123456789012345678901',
  '0.30000000000000004',
  '3.0000000000000000001',
  '5e-324',
];
/** Those that a store cannot give back. */
const inexact = new Set([
  '-0',
  '1e400',
  '1e-400',
  '9007199254740993',
  '123456789012345678901',
  '3.0000000000000000001',
]);

const key = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/u) },
  { weight: 1, arbitrary: fc.constantFrom(...hostileKeys) },
);

const scalar: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom(...numbers).map((text): Tree => ({ kind: 'scalar', text, value: Number(text) })),
  fc.boolean().map((value): Tree => ({ kind: 'scalar', text: String(value), value })),
  fc.constant<Tree>({ kind: 'scalar', text: 'null', value: null }),
  fc
    .oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom(...hostileTexts))
    .map((value): Tree => ({ kind: 'scalar', text: JSON.stringify(value), value })),
);

const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }).map((items): Tree => ({ kind: 'array', items })),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((members): Tree => ({ kind: 'object', members })),
  ),
})).tree;

/** JSON text with blanks where they may stand; `seed` decides which. */
const write = (node: Tree, gap: string): string => {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'array') return `[${node.items.map((item) => gap + write(item, gap)).join(',')}${gap}]`;
  return `{${node.members.map(([name, item]) => `${gap}${JSON.stringify(name)}${gap}:${gap}${write(item, gap)}`).join(',')}${gap}}`;
};

const badKey = (name: string): boolean =>
  ['__proto__', 'constructor', 'prototype'].includes(name) || name.includes('\0') || !isWhole(name);

const isWhole = (text: string): boolean => !/\p{Surrogate}/u.test(text);

const repeats = (members: readonly [string, Tree][], i: number): boolean =>
  members.slice(i + 1).some(([name]) => name === members[i]?.[0]);

const keeps = (node: Tree): boolean => {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? isWhole(node.value) : !inexact.has(node.text);
  if (node.kind === 'array') return node.items.every(keeps);
  return node.members.every(([name, item], i) => !badKey(name) && !repeats(node.members, i) && keeps(item));
};

const plain = (node: Tree): unknown => {
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'array'
    ? node.items.map(plain)
    : Object.fromEntries(node.members.map(([name, item]) => [name, plain(item)]));
};

/** One place per scalar, array, null and {}; of a repeated key only the last is read. */
const leaves = (node: Tree, segments: string[]): ExpectedLeaf[] => {
  if (node.kind !== 'object' || (node.members.length === 0 && segments.length > 0)) {
    const kept = keeps(node);
    return [{ segments, kept, value: kept ? plain(node) : undefined }];
  }
  return node.members.flatMap(([name, item], i) => {
    const path = [...segments, name];
    return badKey(name) || repeats(node.members, i)
      ? [{ segments: path, kept: false, value: undefined }]
      : leaves(item, path);
  });
};

const jsonFile = (stem: string): fc.Arbitrary<RandomFile> =>
  fc.tuple(tree, fc.constantFrom('', ' ', '\n', '\r\n\t'), fc.boolean()).map(([root, gap, bom]) => ({
    file: `${stem}.json`,
    text: `${bom ? '\uFEFF' : ''}${write(root, gap)}${gap}`,
    leaves: leaves(root, []),
  }));

type EnvLine = { text: string; key: string | null; value: string };

const envValue: fc.Arbitrary<{ text: string; value: string }> = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9_./:@-]{0,12}$/u).map((value) => ({ text: value, value })),
  fc.stringMatching(/^[a-z #=$]{0,12}$/u).map((value) => ({ text: `"${value}"`, value })),
  fc.stringMatching(/^(?:[a-z #=]|\\[a-z]){0,8}$/u).map((value) => ({ text: `'${value}' # note`, value })),
);

const envLine: fc.Arbitrary<EnvLine> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,4}$/u), envValue)
      .map(([name, { text, value }]) => ({ text: `${name}=${text}`, key: name, value })),
  },
  { weight: 1, arbitrary: fc.constantFrom('# a comment', '').map((text) => ({ text, key: null, value: '' })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('just some words', '?X=1', 'no-equals')
      .map((text) => ({ text, key: 'ignored', value: '' })),
  },
);

const envFile: fc.Arbitrary<RandomFile> = fc.array(envLine, { maxLength: 8 }).map((lines) => ({
  file: '.env',
  text: lines.map((line) => line.text).join('\n'),
  leaves: lines.flatMap((line, i): ExpectedLeaf[] => {
    if (line.key === null) return [];
    if (line.key === 'ignored') return [{ segments: ['line', String(i + 1)], kept: false, value: undefined }];
    const again = lines.slice(i + 1).some((other) => other.key === line.key);
    return [{ segments: [line.key], kept: !again, value: again ? undefined : line.value }];
  }),
}));

/** What each document of a map becomes: one record, whole, or nothing. */
const documents = (root: Tree): ExpectedLeaf[] => {
  if (root.kind !== 'object') return [{ segments: [], kept: false, value: undefined }];
  return root.members.map(([name, item], i) => {
    const id = name !== '' && !badKey(name) && !repeats(root.members, i);
    const kept = id && item.kind === 'object' && keeps(item);
    return { segments: [name], kept, value: kept ? plain(item) : undefined };
  });
};

/** Fields of a file that is one integration: every leaf, and nothing of a file that is no object. */
const fields = (root: Tree): ExpectedLeaf[] =>
  root.kind === 'object' ? leaves(root, []) : [{ segments: [], kept: false, value: undefined }];

const ownValues = (root: Tree): ExpectedLeaf[] => leaves(root, []);

const written = (file: string, expected: (root: Tree) => ExpectedLeaf[]): fc.Arbitrary<RandomFile> =>
  fc
    .tuple(tree, fc.constantFrom('', ' ', '\n', '\r\n\t'))
    .map(([root, gap]) => ({ file, text: `${write(root, gap)}${gap}`, leaves: expected(root) }));

/** For the kinds of targets beside settings; the definition that goes with it is `kindsDefinition`. */
export const randomKinds: fc.Arbitrary<RandomFile[]> = fc
  .tuple(
    written('docs.json', documents),
    written('prefs/ann.json', ownValues),
    written('conn/x.json', fields),
    written('free.json', ownValues),
  )
  .map((files) => files);

export const kindsDefinition = {
  id: 'own',
  title: 'Own',
  version: 1,
  sources: [
    { file: 'docs.json', format: 'json', to: { kind: 'records', collection: 'docs', layout: 'map' } },
    { file: 'prefs/*.json', format: 'json', to: { kind: 'overrides', user: '{stem}', prefix: 'ui' } },
    { file: 'conn/*.json', format: 'json', to: { kind: 'integrations', layout: 'file' } },
    { file: 'free.json', format: 'json', to: { kind: 'users', layout: 'map' } },
  ],
  collections: { docs: { title: 'Docs', schema: { type: 'object' }, expiresAfterDays: 5 } },
};

/** Two to four files. The names are such that no two files share a setting. */
export const randomHome: fc.Arbitrary<RandomFile[]> = fc
  .tuple(jsonFile('settings'), jsonFile('my.app'), fc.option(jsonFile('__proto__')), fc.option(envFile))
  .map((files) => files.filter((file) => file !== null));

/** What the file's name puts in front of every key; a name that is a trap keeps nothing. */
export const stemSegment = (file: string): string => (file === '.env' ? 'env' : file.slice(0, -'.json'.length));
