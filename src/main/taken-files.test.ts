import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileRegistry, type FileRegistry } from '../core/files.ts';
import { createTakenFiles, type TakenFiles } from './taken-files.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

let files: FileRegistry;
let taken: TakenFiles;
beforeEach(() => {
  files = createFileRegistry();
  taken = createTakenFiles(files, 'window', 20);
});
afterEach(() => {
  taken.close();
});

const take = (name: unknown, file: unknown, part: unknown) => taken.take({ name, file, part });
const handleOf = (answer: ReturnType<typeof take>): string => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.data.file;
};
const pathOf = (file: string): string => {
  const found = files.resolve('window', file);
  if (!found.ok) throw new Error('no such file');
  return found.data.path;
};

test('pieces become one file of the owner, under a handle of this window alone', () => {
  const file = handleOf(take('a.age', null, base64('first ')));
  expect(take('a.age', file, base64('second'))).toEqual({ ok: true, data: { file, name: 'a.age' } });
  const path = pathOf(file);
  expect(readFileSync(path, 'utf8')).toBe('first second');
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(files.resolve('another', file)).toMatchObject({ error: { type: 'NotFound' } });
});

test('the next one replaces it, and nothing stays after the window', () => {
  const first = handleOf(take('a.age', null, base64('one')));
  const path = pathOf(first);
  const second = pathOf(handleOf(take('b.age', null, base64('two'))));
  expect([existsSync(path), existsSync(second)]).toEqual([false, true]);
  expect(take('a.age', first, base64('more'))).toMatchObject({ error: { type: 'NotFound' } });
  taken.close();
  expect(existsSync(dirname(second))).toBe(false);
});

test('what is no piece, no plain name, a stranger handle or too long is refused', () => {
  for (const name of ['', '../a', 'a/b', 'a\\b', 'a\n', 7, 'x'.repeat(256)])
    expect(take(name, null, ''), JSON.stringify(name)).toMatchObject({
      error: { type: 'InputInvalid', field: 'name' },
    });
  for (const part of [undefined, 7, 'not base64!', 'a'.repeat(5 * 1024 * 1024)])
    expect(take('a', null, part)).toMatchObject({ error: { type: 'InputInvalid', field: 'part' } });
  expect(take('a', `file_${'A'.repeat(32)}`, '')).toMatchObject({ error: { type: 'NotFound' } });
  const own = handleOf(take('a', null, base64('0123456789')));
  const path = pathOf(own);
  expect(take('a', own, base64('0123456789'))).toMatchObject({ ok: true });
  expect(take('a', own, base64('x'))).toMatchObject({ error: { type: 'InputInvalid' } });
  expect(existsSync(path)).toBe(false);
});
