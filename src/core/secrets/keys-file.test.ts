import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realFs } from '../store/fs.ts';
import type { StoreFile, StoreFs } from '../store/types.ts';
import { addSlot, createKeys } from './keyring.ts';
import { createKeysFile, readKeysFile, saveKeysFile, setKeysAside } from './keys-file.ts';
import { serialiseKeys, type KeysFile } from './keys-format.ts';

const now = '2026-11-20T09:00:00.000Z';
let before: KeysFile;
let after: KeysFile;
let dir = '';
const main = (): string => join(dir, 'keys.json');
const copy = (): string => join(dir, 'keys.json.bak');

beforeAll(async () => {
  const made = await createKeys({ recoveryCode: true, now, storeId: 'store-1' });
  before = made.file;
  after = (await addSlot(made.file, made.keyring, { recoveryCode: true }, now)).file;
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-keys-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

test('a home without keys, and keys that were written', () => {
  expect(readKeysFile(realFs, dir)).toEqual({ ok: true, data: null });
  expect(createKeysFile(realFs, dir, before)).toEqual({ ok: true, data: undefined });
  expect(readKeysFile(realFs, dir)).toEqual({ ok: true, data: { file: before, notices: [] } });
  expect(readdirSync(dir).toSorted()).toEqual(['keys.json', 'keys.json.bak']);
  for (const path of [main(), copy()]) expect(lstatSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(copy())).toEqual(readFileSync(main()));
});

describe('when one of the two is not good', () => {
  beforeEach(() => {
    expect(createKeysFile(realFs, dir, before).ok).toBe(true);
  });
  const read = () => readKeysFile(realFs, dir);
  const fallback = (problem: string) => ({
    ok: true,
    data: { file: before, notices: [`keys.json ${problem}; its copy keys.json.bak is good and is used`] },
  });

  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, -20), 'is damaged (it is not JSON)'],
    ['empty', () => Buffer.alloc(0), 'is damaged (it is not JSON)'],
    [
      'one letter',
      (bytes: Buffer) => Buffer.from(bytes.toString('utf8').replace('store-1', 'store-2')),
      'is damaged (its checksum does not fit)',
    ],
    ['other JSON', () => Buffer.from('{"version":1}'), 'is damaged (it does not have the form of a keys file)'],
    ['huge', () => Buffer.alloc(2 ** 21, 32), 'is damaged (it is larger than a keys file can be)'],
  ])('a damaged keys.json (%s): the copy is used, kept, and repairs it at the next save', (_, damage, problem) => {
    const good = readFileSync(copy());
    const bad = damage(readFileSync(main()));
    writeFileSync(main(), bad);
    expect(read()).toEqual(fallback(problem));
    expect(createKeysFile(realFs, dir, after)).toMatchObject({ ok: false, error: { type: 'CheckUnmet' } });
    expect([readFileSync(copy()).equals(good), readFileSync(main()).equals(bad)]).toEqual([true, true]);
    expect(saveKeysFile(realFs, dir, before).ok).toBe(true);
    expect(read()).toEqual({ ok: true, data: { file: before, notices: [] } });
    const [kept = ''] = readdirSync(join(dir, 'quarantine'));
    expect(readFileSync(join(dir, 'quarantine', kept)).equals(bad)).toBe(true);
  });

  test('a lost keys.json, a link in its place', () => {
    rmSync(main());
    expect(read()).toEqual(fallback('is missing'));
    expect(createKeysFile(realFs, dir, after)).toMatchObject({ ok: false, error: { type: 'CheckUnmet' } });
    symlinkSync(copy(), main());
    expect(read()).toEqual(fallback('is damaged (it is a symbolic link)'));
  });

  test('a lost or damaged copy is a notice, and the next save repairs it', () => {
    for (const problem of ['is missing', 'is damaged (it is not JSON)']) {
      if (problem === 'is missing') rmSync(copy());
      else writeFileSync(copy(), 'x');
      expect(read()).toEqual({
        ok: true,
        data: { file: before, notices: [`keys.json.bak ${problem}; keys.json is good and is used`] },
      });
      expect(saveKeysFile(realFs, dir, before).ok).toBe(true);
      expect(read()).toEqual({ ok: true, data: { file: before, notices: [] } });
    }
  });

  test('both damaged: an error, and nothing takes their place', () => {
    writeFileSync(main(), 'x');
    writeFileSync(copy(), 'y');
    expect(read()).toEqual({
      ok: false,
      error: { type: 'FileInvalid', file: '.holdfast/keys.json', problem: 'it is not JSON' },
    });
    expect(createKeysFile(realFs, dir, after).ok).toBe(false);
    expect([readFileSync(main(), 'utf8'), readFileSync(copy(), 'utf8')]).toEqual(['x', 'y']);
  });

  test('keys of a newer Holdfast are neither fallen back from nor replaced', () => {
    const newer = readFileSync(main(), 'utf8').replace('"version": 1', '"version": 2');
    writeFileSync(main(), newer);
    const problem = 'it was written by a newer Holdfast (keys version 2; this one knows 1)';
    const failure = { ok: false, error: { type: 'FileInvalid', file: '.holdfast/keys.json', problem } };
    expect(read()).toEqual(failure);
    expect(saveKeysFile(realFs, dir, before)).toEqual(failure);
    expect(readFileSync(main(), 'utf8')).toBe(newer);
  });

  test('a disk that refuses is an answer, and the old keys stay', () => {
    const full: StoreFs = {
      ...realFs,
      open: (path, how) => {
        const file = realFs.open(path, how);
        if (how !== 'create') return file;
        return {
          ...file,
          write: () => {
            throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          },
        };
      },
    };
    expect(saveKeysFile(full, dir, after)).toEqual({
      ok: false,
      error: { type: 'DiskFull', what: 'keys.json', neededBytes: serialiseKeys(after).length },
    });
    expect(read()).toEqual({ ok: true, data: { file: before, notices: [] } });
  });

  test('keys set aside are kept in quarantine, and new ones may be made', () => {
    const bytes = readFileSync(main());
    expect(setKeysAside(realFs, dir).ok).toBe(true);
    expect(read()).toEqual({ ok: true, data: null });
    const kept = readdirSync(join(dir, 'quarantine')).toSorted();
    expect(kept.map((name) => name.replace(/-[0-9a-f]{12}$/u, ''))).toEqual(['keys.json', 'keys.json.bak']);
    for (const name of kept) expect(readFileSync(join(dir, 'quarantine', name))).toEqual(bytes);
    expect(createKeysFile(realFs, dir, after).ok).toBe(true);
  });
});

/** Ends the "process" at the n-th file call that changes something; a write then leaves only its first half. */
const killedAt = (n: number): { fs: StoreFs; calls: () => number } => {
  let calls = 0;
  const step = <T>(work: () => T, torn?: () => void): T => {
    calls += 1;
    if (calls === n) {
      torn?.();
      throw new Error('killed');
    }
    if (calls > n) throw new Error('killed before');
    return work();
  };
  const wrap = (file: StoreFile): StoreFile => ({
    ...file,
    write: (bytes, position) => {
      step(
        () => {
          file.write(bytes, position);
        },
        () => {
          file.write(bytes.subarray(0, bytes.length >> 1), position);
        },
      );
    },
    flushSync: () => {
      step(() => {
        file.flushSync();
      });
    },
  });
  const fs: StoreFs = {
    ...realFs,
    open: (path, how) => (how === 'create' ? step(() => wrap(realFs.open(path, how))) : realFs.open(path, how)),
    makeDir: (path) => {
      step(() => {
        realFs.makeDir(path);
      });
    },
    rename: (from, to) => {
      step(() => {
        realFs.rename(from, to);
      });
    },
    remove: (path) => {
      step(() => {
        realFs.remove(path);
      });
    },
    flushDir: (path) => {
      step(() => {
        realFs.flushDir(path);
      });
    },
  };
  return { fs, calls: () => calls };
};

describe('killed at any file call', () => {
  const everyPoint = (prepare: () => void, work: (fs: StoreFs) => unknown, check: (n: number) => void): number => {
    for (let n = 1; ; n += 1) {
      rmSync(dir, { recursive: true });
      mkdirSync(dir);
      prepare();
      const { fs } = killedAt(n);
      try {
        work(fs);
        return n - 1;
      } catch (error) {
        expect(error).toMatchObject({ message: 'killed' });
      }
      check(n);
    }
  };
  const filesSeen = () => {
    const result = readKeysFile(realFs, dir);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.data === null ? null : result.data.file;
  };

  test('creating: no keys or whole keys; a second try works', () => {
    const points = everyPoint(
      () => undefined,
      (fs) => createKeysFile(fs, dir, before),
      () => {
        const seen = filesSeen();
        expect([null, before]).toContainEqual(seen);
        const retry = seen === null ? createKeysFile(realFs, dir, before) : saveKeysFile(realFs, dir, before);
        expect(retry.ok).toBe(true);
        expect(filesSeen()).toEqual(before);
        expect(readdirSync(dir).toSorted()).toEqual(['keys.json', 'keys.json.bak']);
      },
    );
    expect(points).toBe(10);
  });

  test('changing: the old keys or the new ones, even when keys.json was damaged before', () => {
    for (const damaged of [false, true]) {
      const points = everyPoint(
        () => {
          expect(createKeysFile(realFs, dir, before).ok).toBe(true);
          if (damaged) writeFileSync(main(), 'damaged');
        },
        (fs) => saveKeysFile(fs, dir, after),
        () => {
          expect([before, after]).toContainEqual(filesSeen());
          expect(saveKeysFile(realFs, dir, after).ok).toBe(true);
          expect(readKeysFile(realFs, dir)).toEqual({ ok: true, data: { file: after, notices: [] } });
        },
      );
      expect(points).toBe(damaged ? 14 : 10);
    }
  });
});

test.skipIf(process.getuid?.() === 0)('a keys file without read permission falls back to its copy', () => {
  expect(createKeysFile(realFs, dir, before).ok).toBe(true);
  chmodSync(main(), 0);
  expect(readKeysFile(realFs, dir)).toMatchObject({ ok: true, data: { file: before } });
});
