/** The outcomes of opening, with real files: what is answered, and that a failed open touches nothing. */
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { ok } from '../../contract/result.ts';
import { crc32 } from './checksum.ts';
import { openEngine } from './engine.ts';
import { realFs } from './fs.ts';
import { readImage, writeImage } from './image.ts';
import { openStore } from './open.ts';
import { appVersion } from '../version.ts';
import { latestSchema } from './schema/index.ts';
import { db } from './sql.ts';
import { expectOk, makeTestHome, putRow, readRows, type TestHome } from './testing/home.ts';
import type { Store, StoreFs } from './types.ts';

let home: TestHome;
beforeEach(() => {
  home = makeTestHome();
});
afterEach(() => {
  home.remove();
});

const file = (name: string): string => join(home.dir, name);
const open = async (changes: Parameters<TestHome['options']>[0] = {}): Promise<Store> =>
  expectOk(await openStore(home.options(changes)));
const openError = async (changes: Parameters<TestHome['options']>[0] = {}): Promise<HoldfastError | 'opened'> => {
  const before = home.snapshot();
  const opened = await openStore(home.options(changes));
  if (opened.ok) await opened.data.close();
  expect(home.snapshot()).toEqual(before);
  return opened.ok ? 'opened' : opened.error;
};
/** A store with rows a, b, c in three saves. */
const makeStore = async (): Promise<void> => {
  const store = await open();
  for (const key of ['a', 'b', 'c']) expectOk(await store.transact(putRow(key, key.repeat(40))));
  await store.close();
};
const flipBit = (name: string, byte: number): void => {
  const bytes = readFileSync(file(name));
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  writeFileSync(file(name), bytes);
};
const abc = { a: 'a'.repeat(40), b: 'b'.repeat(40), c: 'c'.repeat(40) };
const missing = { type: 'NotFound', what: 'store', name: '.holdfast' };

describe('a new store', () => {
  it('has its image, its journal and its own rows, all private', async () => {
    const store = await open();
    expect(readdirSync(home.dir).toSorted()).toEqual(['image-1.db', 'journal-1.log']);
    expect(readdirSync(home.dir).map((name) => statSync(file(name)).mode & 0o777)).toEqual([0o600, 0o600]);
    const rows = await store.read((reader) => reader.all(db.selectFrom('meta').selectAll().orderBy('key').compile()));
    expect(rows).toEqual([
      { key: 'created_at', value: '2026-02-03T14:02:05.000Z' },
      { key: 'needs_app', value: appVersion },
      { key: 'schema_version', value: String(latestSchema) },
      { key: 'store_id', value: 'store-1' },
    ]);
    expect(store.info()).toEqual({
      storeId: 'store-1',
      generation: 1,
      sequence: 0,
      imageBytes: statSync(file('image-1.db')).size,
      journalBytes: 64,
      schemaVersion: latestSchema,
      imagePath: file('image-1.db'),
    });
    expect(store.notices()).toEqual([]);
    await store.close();
  });

  it('is made only by an owner that asks for it, and only where there is none', async () => {
    expect(await openError({ create: false })).toEqual(missing);
    expect(await openError({ mode: 'reader' })).toEqual(missing);
    expect(await openError({ dir: file('not-there') })).toEqual({ ...missing });
    await makeStore();
    const again = await open();
    expect(again.info().storeId).toBe('store-1');
    expect(await readRows(again)).toEqual(abc);
    await again.close();
  });

  it('is made beside files that are not the store’s', async () => {
    writeFileSync(file('keys.json'), '{}');
    await (await open()).close();
    expect(readFileSync(file('keys.json'), 'utf8')).toBe('{}');
  });

  it('is finished where an earlier creation was cut off', async () => {
    await (await open()).close();
    renameSync(file('image-1.db'), file('image-1.db.tmp'));
    expect(await openError({ create: false })).toEqual(missing);
    const store = await open();
    expect(store.info().storeId).toBe('store-2');
    await store.close();
    expect(await openError()).toBe('opened');
  });

  it('is never made where an image is gone', async () => {
    await makeStore();
    rmSync(file('image-1.db'));
    expect(await openError()).toEqual({
      type: 'StoreDamaged',
      problem: 'there are journals but no image',
      candidates: [],
    });
  });
});

describe('a store that cannot be opened', () => {
  it('names what is damaged and what can be opened instead', async () => {
    await makeStore();
    mkdirSync(file('backups/pre_migration_20260101_120000'), { recursive: true });
    writeFileSync(file('backups/2026-01-02.age'), 'x');
    writeFileSync(file('backups/notes.txt'), 'x');
    const at = new Date('2026-01-02T10:00:00.000Z');
    for (const name of ['image-1.db', 'backups/pre_migration_20260101_120000', 'backups/2026-01-02.age'])
      utimesSync(file(name), at, at);
    flipBit('journal-1.log', 70);
    const bytes = statSync(file('image-1.db')).size - 32;
    expect(await openError()).toEqual({
      type: 'StoreDamaged',
      problem: expect.stringMatching(/^journal-1\.log: an intact save lies at byte \d+, after a bad one at 64$/),
      candidates: [
        {
          kind: 'image',
          path: '.holdfast/image-1.db',
          at: at.toISOString(),
          detail: `a whole image up to save 0, ${String(bytes)} bytes`,
          sizeBytes: bytes,
        },
        {
          kind: 'legacy',
          path: '.holdfast/backups/pre_migration_20260101_120000',
          at: at.toISOString(),
          detail: 'the legacy files of before a migration',
        },
        {
          kind: 'backup',
          path: '.holdfast/backups/2026-01-02.age',
          at: at.toISOString(),
          detail: 'a backup of the store',
          sizeBytes: 1,
        },
      ],
    });
  });

  it.each([
    [
      'garbage for an image',
      () => {
        writeFileSync(file('image-1.db'), 'garbage');
      },
      /^image-1\.db: it is cut off$/,
    ],
    [
      'an empty image',
      () => {
        truncateSync(file('image-1.db'), 0);
      },
      /^image-1\.db: it is cut off$/,
    ],
    [
      'a changed image',
      () => {
        flipBit('image-1.db', 5000);
      },
      /^image-1\.db: its checksum is wrong$/,
    ],
    [
      'a changed header',
      () => {
        flipBit('journal-1.log', 20);
      },
      /^journal-1\.log: its header is damaged$/,
    ],
    [
      'no journal',
      () => {
        rmSync(file('journal-1.log'));
      },
      /^journal-1\.log is missing$/,
    ],
    [
      'a later journal without the one between',
      () => {
        copyFileSync(file('journal-1.log'), file('journal-3.log'));
      },
      /^journal-2\.log is missing$/,
    ],
    [
      'a copy under the next number',
      () => {
        copyFileSync(file('journal-1.log'), file('journal-2.log'));
      },
      /^journal-2\.log: it says that it is journal 1$/,
    ],
  ])('says so for %s', async (_what, harm, problem) => {
    await makeStore();
    harm();
    expect(await openError()).toMatchObject({ type: 'StoreDamaged', problem: expect.stringMatching(problem) });
  });

  it('refuses a journal of another store', async () => {
    await makeStore();
    const other = makeTestHome();
    const otherStore = expectOk(await openStore(other.options({ newId: () => 'another' })));
    await otherStore.close();
    copyFileSync(join(other.dir, 'journal-1.log'), file('journal-1.log'));
    other.remove();
    expect(await openError()).toMatchObject({
      type: 'StoreDamaged',
      problem: 'journal-1.log belongs to another store',
    });
  });

  const rewriteVersion = async (version: number): Promise<void> => {
    const image = readImage(realFs.readFile(file('image-1.db')), crc32);
    if (!image.ok) throw new Error(image.problem);
    const engine = await openEngine(image.database, { grow: false });
    engine.exec(`PRAGMA user_version = ${String(version)}`);
    const database = engine.exportBytes();
    engine.close();
    await writeImage(
      realFs,
      { path: file('image-1.db'), temporaryPath: file('t'), dir: home.dir, database, sequence: 0 },
      crc32,
      'sync',
    );
  };

  it('tells a newer schema and an older one apart from damage', async () => {
    await makeStore();
    await rewriteVersion(latestSchema + 1);
    expect(await openError()).toMatchObject({
      type: 'StoreFromNewerApp',
      found: latestSchema + 1,
      supported: latestSchema,
    });
    await rewriteVersion(latestSchema - 1);
    expect(await openError()).toMatchObject({ type: 'UpgradeNeeded', found: latestSchema - 1, needed: latestSchema });
  });

  it('tells a newer journal format apart from damage', async () => {
    await makeStore();
    const bytes = readFileSync(file('journal-1.log'));
    bytes.writeUInt32LE(2, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
    writeFileSync(file('journal-1.log'), bytes);
    const error = await openError();
    expect(error).toMatchObject({ type: 'StoreFromNewerApp', of: 'journal format', found: 2, supported: 1 });
    expect(error === 'opened' ? error : describeError(error)).toContain(
      'newer Holdfast (journal format 2; this one knows up to 1)',
    );
  });

  it('tells an unreadable file apart from damage', async () => {
    await makeStore();
    // Root reads everything: a folder in the file's place is unreadable for everyone.
    rmSync(file('image-1.db'));
    mkdirSync(file('image-1.db'));
    expect(await openError()).toEqual({ type: 'Unreadable', path: '.holdfast/image-1.db', code: 'EISDIR' });
  });

  it.skipIf(process.getuid?.() === 0)('tells a missing right apart from damage (not as root)', async () => {
    await makeStore();
    chmodSync(file('image-1.db'), 0);
    const opened = await openStore(home.options());
    expect(opened).toEqual({ ok: false, error: { type: 'Unreadable', path: '.holdfast/image-1.db', code: 'EACCES' } });
  });

  it.each(['EROFS', 'EACCES'])('is read-only for an owner that may not write (%s)', async (code) => {
    await makeStore();
    const fs: StoreFs = {
      ...realFs,
      open: (path, how) => {
        if (how === 'append') throw Object.assign(new Error(code), { code });
        return realFs.open(path, how);
      },
    };
    expect(await openError({ fs })).toEqual({
      type: 'ReadOnly',
      reason: `.holdfast/journal-1.log cannot be written (${code})`,
    });
  });
});

describe('an unfinished save at the end', () => {
  const tear = async (): Promise<number> => {
    await makeStore();
    appendFileSync(file('journal-1.log'), Buffer.alloc(240, 7));
    const at = new Date(2026, 1, 3, 14, 2);
    utimesSync(file('journal-1.log'), at, at);
    return statSync(file('journal-1.log')).size;
  };

  it('is noticed, kept in quarantine, and cut by the next save only', async () => {
    const size = await tear();
    const store = await open();
    expect(store.notices()).toEqual([
      {
        id: 'torn-tail',
        severity: 'warning',
        message: 'an unfinished save of 14:02 (240 bytes) was set aside',
        at: '2026-02-03T14:02:05.000Z',
      },
    ]);
    expect(await readRows(store)).toEqual(abc);
    expect(statSync(file('journal-1.log')).size).toBe(size);
    expectOk(await store.transact(putRow('d', 'd')));
    expect(readdirSync(file('quarantine'))).toEqual([`journal-1.log.${String(size - 240)}.20260203T140205000Z.tail`]);
    expect(readFileSync(file(`quarantine/journal-1.log.${String(size - 240)}.20260203T140205000Z.tail`))).toEqual(
      Buffer.alloc(240, 7),
    );
    await store.close();
    const again = await open();
    expect(again.notices()).toEqual([]);
    expect(await readRows(again)).toEqual({ ...abc, d: 'd' });
    await again.close();
  });

  it('is left alone by a query and by a reader', async () => {
    await tear();
    expect(await openError()).toBe('opened');
    expect(await openError({ mode: 'reader', create: false })).toBe('opened');
  });

  it('is cut before a checkpoint', async () => {
    await tear();
    const store = await open();
    expectOk(await store.checkpoint());
    await store.close();
    expect(readdirSync(home.dir).toSorted()).toEqual([
      'image-1.db',
      'image-2.db',
      'journal-1.log',
      'journal-2.log',
      'last-save',
      'quarantine',
    ]);
    expect(await openError()).toBe('opened');
  });

  it('is damage in a journal that another one follows', async () => {
    await makeStore();
    const store = await open();
    expectOk(await store.checkpoint());
    await store.close();
    appendFileSync(file('journal-1.log'), 'x');
    rmSync(file('image-2.db'));
    expect(await openError()).toMatchObject({
      type: 'StoreDamaged',
      problem: 'journal-1.log: 1 bytes at its end are not a save, and another journal follows',
    });
  });
});

describe('a damaged newest image', () => {
  it('is passed over with a notice, and set aside by the next checkpoint', async () => {
    await makeStore();
    const first = await open();
    expectOk(await first.checkpoint());
    expectOk(await first.transact(putRow('d', 'd')));
    await first.close();
    flipBit('image-2.db', 4000);
    const store = await open();
    expect(await readRows(store)).toEqual({ ...abc, d: 'd' });
    expect(store.notices()).toEqual([
      {
        id: 'bad-image-2',
        severity: 'warning',
        message:
          'image-2.db is damaged, or was changed by another program (its checksum is wrong); everything was read from image-1.db and its journals',
        at: '2026-02-03T14:02:05.000Z',
      },
    ]);
    expectOk(await store.checkpoint());
    await store.close();
    expect(readdirSync(home.dir).toSorted()).toEqual([
      'image-1.db',
      'image-3.db',
      'journal-1.log',
      'journal-2.log',
      'journal-3.log',
      'last-save',
      'quarantine',
    ]);
    expect(readdirSync(file('quarantine'))).toEqual(['image-2.db']);
    const again = await open();
    expect(await readRows(again)).toEqual({ ...abc, d: 'd' });
    expectOk(await again.transact(putRow('e', 'e')));
    expectOk(await again.checkpoint());
    await again.close();
    expect(readdirSync(home.dir).toSorted()).toEqual([
      'image-3.db',
      'image-4.db',
      'journal-3.log',
      'journal-4.log',
      'last-save',
      'quarantine',
    ]);
  });
});

describe('a reader', () => {
  it('reads, writes nothing, and says why it does not save', async () => {
    await makeStore();
    const before = home.snapshot();
    const store = await open({ mode: 'reader', create: false });
    expect(await readRows(store)).toEqual(abc);
    const refused = { ok: false, error: { type: 'ReadOnly', reason: 'it was opened for reading' } };
    expect(await store.transact(() => ok(1))).toEqual(refused);
    expect(await store.checkpoint()).toEqual(refused);
    await store.close();
    expect(home.snapshot()).toEqual(before);
  });
});
