import { Buffer } from 'node:buffer';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fail, ok } from '../../contract/result.ts';
import { prepareBackupsDir, readWholeFile, writeJudged } from './disk.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});
const bytes = Buffer.from('what is to be kept');
const accept = (copy: Uint8Array) => Promise.resolve(ok(Buffer.from(copy).toString()));

test('the judge sees the bytes on disk before the file has its name', async () => {
  const path = join(dir, 'a.age');
  const result = await writeJudged(path, bytes, { replace: false }, (copy) => {
    expect(readdirSync(dir).filter((name) => name === 'a.age')).toEqual([]);
    return accept(copy);
  });
  expect(result).toEqual({ ok: true, data: 'what is to be kept' });
  expect(readdirSync(dir)).toEqual(['a.age']);
  expect([readFileSync(path, 'utf8'), lstatSync(path).mode & 0o777]).toEqual(['what is to be kept', 0o600]);
});

test('refused by the judge, or in the way of another file: nothing is left behind, nothing is replaced', async () => {
  const path = join(dir, 'a.age');
  const refusal = fail({ type: 'BackupDamaged', path: 'a.age', problem: 'no' });
  expect(await writeJudged(path, bytes, { replace: true }, () => Promise.resolve(refusal))).toEqual(refusal);
  expect(readdirSync(dir)).toEqual([]);
  writeFileSync(path, 'older');
  expect(await writeJudged(path, bytes, { replace: false }, accept)).toMatchObject({
    ok: false,
    error: { type: 'DiskError', code: 'EEXIST' },
  });
  expect([readdirSync(dir), readFileSync(path, 'utf8')]).toEqual([['a.age'], 'older']);
  expect((await writeJudged(path, bytes, { replace: true }, accept)).ok).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('what is to be kept');
});

test('a folder that is not there is an answer', async () => {
  const path = join(dir, 'gone', 'a.age');
  expect(await writeJudged(path, bytes, { replace: true }, accept)).toEqual({
    ok: false,
    error: { type: 'DiskError', what: 'the backup a.age', code: 'ENOENT', path },
  });
});

test('the folder of the backups: made, cleared of half files, never followed elsewhere', async () => {
  const path = join(dir, 'backups');
  expect((await prepareBackupsDir(path)).ok).toBe(true);
  expect(lstatSync(path).mode & 0o777).toBe(0o700);
  writeFileSync(join(path, '.holdfast_x.age.1.part'), 'half');
  mkdirSync(join(path, '.pre_migration_x.part'));
  writeFileSync(join(path, 'kept.age'), 'whole');
  expect((await prepareBackupsDir(path)).ok).toBe(true);
  expect(readdirSync(path)).toEqual(['kept.age']);
  symlinkSync(path, join(dir, 'link'));
  writeFileSync(join(dir, 'file'), '');
  for (const name of ['link', 'file']) {
    expect(await prepareBackupsDir(join(dir, name))).toEqual({
      ok: false,
      error: { type: 'DiskError', what: 'a backup', code: 'ENOTDIR', path: join(dir, name) },
    });
  }
});

test('reading: links and folders are refused, and a file that is too large is not read', async () => {
  writeFileSync(join(dir, 'a'), bytes);
  symlinkSync(join(dir, 'a'), join(dir, 'link'));
  writeFileSync(join(dir, 'large'), '');
  truncateSync(join(dir, 'large'), 2 ** 31);
  expect(await readWholeFile(join(dir, 'a'), 'a', false)).toEqual({ ok: true, data: new Uint8Array(bytes) });
  expect(await readWholeFile(join(dir, 'link'), 'link', true)).toEqual({ ok: true, data: new Uint8Array(bytes) });
  expect(await readWholeFile(join(dir, 'link'), 'link', false)).toEqual({
    ok: false,
    error: { type: 'Unreadable', path: 'link', code: 'ELOOP' },
  });
  expect(await readWholeFile(dir, 'dir', false)).toEqual({
    ok: false,
    error: { type: 'BackupDamaged', path: 'dir', problem: 'it is not a file' },
  });
  expect(await readWholeFile(join(dir, 'large'), 'large', false)).toMatchObject({
    ok: false,
    error: { problem: 'it is larger than a backup can be' },
  });
  expect(await readWholeFile(join(dir, 'no'), 'no', false)).toEqual({
    ok: false,
    error: { type: 'NotFound', what: 'backup', name: 'no' },
  });
});
