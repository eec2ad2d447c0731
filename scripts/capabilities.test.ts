/** docs/capabilities.md names tests that exist, and forgets no capability. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const rows = readFileSync(resolve(root, 'docs/capabilities.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [DROHA]\d/u.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/gu, '').trim()));

test('all 333 capabilities are there, each with a state', () => {
  expect(rows).toHaveLength(333);
  const states = new Set(rows.map((row) => row[2]));
  expect(
    [...states].filter((state) => !['works', 'answered by', 'not for a desktop app', 'later'].includes(state ?? '')),
  ).toEqual([]);
  expect(
    rows.filter((row) => row[2] !== 'works' && row[2] !== 'later' && (row[3] ?? '') === '').map((row) => row[0]),
  ).toEqual([]);
});

test('what works names a test that exists and that speaks of it', () => {
  const problems = rows
    .filter((row) => row[2] === 'works')
    .flatMap(([id, , , named]) => {
      const files = [...(named ?? '').matchAll(/`((?:src|e2e)\/[^`]+)`/gu)].map((match) => match[1] ?? '');
      if (files.length === 0) return [`${id ?? ''} names no test`];
      return files.filter((file) => !existsSync(resolve(root, file))).map((file) => `${id ?? ''}: ${file} is missing`);
    });
  expect(problems).toEqual([]);
  // A row that ends with its own id in brackets: a test of the file just before has the id in its title.
  const silent = rows.flatMap(([id = '', , state, named = '']) => {
    const file = state === 'works' ? new RegExp(`\`([^\`]+)\` \\(${id}\\)$`, 'u').exec(named)?.[1] : undefined;
    if (file === undefined) return [];
    return new RegExp(`\\b${id}\\b`, 'u').test(readFileSync(resolve(root, file), 'utf8')) ? [] : [id];
  });
  expect(silent).toEqual([]);
});
