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
  const guide = readFileSync(resolve(root, 'src/core/deeptempo.test.ts'), 'utf8');
  const silent = rows
    .filter((row) => row[2] === 'works' && (row[3] ?? '').endsWith(`(${row[0] ?? ''})`))
    .map((row) => row[0] ?? '')
    .filter((id) => !new RegExp(`\\b${id}\\b`, 'u').test(guide));
  expect(silent).toEqual([]);
});
