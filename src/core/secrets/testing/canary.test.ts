import { Buffer } from 'node:buffer';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findCanaries, findCanariesIn } from './canary.ts';

const canary = 'sk-Kä"n/arie+42?';
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-canary-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const bytes = Buffer.from(canary, 'utf8');
const around = (text: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from('\0\x01before'), Buffer.from(text), Buffer.from('after')]);
const base64At = (shift: number): string =>
  Buffer.concat([Buffer.alloc(shift, 0x5a), bytes, Buffer.from('tail')]).toString('base64');

const planted: [string, Buffer][] = [
  ['utf8', around(bytes)],
  ['utf16le', around(Buffer.from(canary, 'utf16le'))],
  ['base64', around(base64At(0))],
  ['base64', around(base64At(1))],
  ['base64', around(base64At(2))],
  ['base64url', around(base64At(0).replaceAll('+', '-').replaceAll('/', '_'))],
  ['base64url', around(base64At(1).replaceAll('+', '-').replaceAll('/', '_'))],
  ['base64url', around(base64At(2).replaceAll('+', '-').replaceAll('/', '_'))],
  ['hex', around(bytes.toString('hex'))],
  ['hex', around(bytes.toString('hex').toUpperCase())],
  ['json', around(JSON.stringify(canary))],
  ['json', around(JSON.stringify(canary).replace('ä', '\\u00e4'))],
  ['url', around(encodeURIComponent(canary))],
];

test.each(planted)('finds a canary as %s (%#)', (encoding, content) => {
  mkdirSync(join(dir, 'deep', 'er'), { recursive: true });
  writeFileSync(join(dir, 'deep', 'er', 'file.bin'), content);
  const hits = findCanaries(dir, ['another-canary', canary]);
  // A base64 text without + or / at an alignment is the same in base64url.
  expect(hits).toEqual([
    {
      file: join('deep', 'er', 'file.bin'),
      canary,
      encoding: encoding === 'base64url' && hits[0]?.encoding === 'base64' ? 'base64' : encoding,
    },
  ]);
});

test('a folder without canaries has no hits', () => {
  writeFileSync(join(dir, 'a.json'), JSON.stringify({ key: 'sk-Kän' }));
  expect(findCanaries(dir, [canary])).toEqual([]);
});

test('names of files and targets of links count', () => {
  writeFileSync(join(dir, 'plain-canary-1.txt'), '');
  symlinkSync('/nowhere/plain-canary-1', join(dir, 'link'));
  expect(findCanaries(dir, ['plain-canary-1'])).toEqual(
    expect.arrayContaining([
      { file: 'plain-canary-1.txt', canary: 'plain-canary-1', encoding: 'utf8' },
      { file: 'link', canary: 'plain-canary-1', encoding: 'utf8' },
    ]),
  );
});

test('a canary that is too short to mean anything is refused', () => {
  expect(() => findCanariesIn('x', Buffer.from('abc'), ['abc'])).toThrow('too short');
});
