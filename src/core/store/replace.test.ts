/** A store made anew from what could be salvaged, with every file call failing in turn: as before or done, no byte gone. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Result } from '../../contract/result.ts';
import { crc32 } from './checksum.ts';
import { quarantineDir } from './files.ts';
import { realFs } from './fs.ts';
import { currentSchema, openLatest } from './ladder.ts';
import { openStore } from './open.ts';
import { prepareDatabase, replaceStore, type Replaced } from './replace.ts';
import { lastKnownSequence, salvage } from './salvage.ts';
import { db } from './sql.ts';
import { createFaultFs } from './testing/fault-fs.ts';
import { expectOk, makeTestHome, putRow, readRows, type TestHome } from './testing/home.ts';
import type { StoreFs } from './types.ts';

let home: TestHome;
let damaged: string;

const journal = (dir: string): string => join(dir, 'journal-1.log');
const place = (dir: string, fs: StoreFs = realFs) => ({ fs, dir, checksum: crc32 });

/** Three saves; the second one is spoilt, the third intact. */
beforeEach(async () => {
  home = makeTestHome();
  const store = expectOk(await openStore(home.options()));
  for (const [key, value] of [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ] as const)
    expectOk(await store.transact(putRow(key, value)));
  await store.close();
  const bytes = readFileSync(journal(home.dir));
  const second = 64 + 24 + bytes.readUInt32LE(64);
  bytes[second + 26] = (bytes[second + 26] ?? 0) ^ 1;
  writeFileSync(journal(home.dir), bytes);
  damaged = mkdtempSync(join(tmpdir(), 'holdfast-replace-'));
  cpSync(home.dir, damaged, { recursive: true });
});

afterEach(() => {
  home.remove();
  rmSync(damaged, { recursive: true, force: true });
});

const replace = async (dir: string, fs: StoreFs): Promise<Result<Replaced>> => {
  const found = await salvage(place(dir), 1);
  if (typeof found === 'string') throw new Error(found);
  const prepared = expectOk(
    await prepareDatabase(place(dir), found.database, (tx) => {
      tx.run(db.insertInto('meta').values({ key: 'note', value: 'recovered' }).compile());
    }),
  );
  const sequence = lastKnownSequence(place(dir)) + 1;
  return replaceStore(place(dir, fs), { ...prepared, sequence, quarantine: join(quarantineDir(dir), 'then') });
};

const open = (dir: string) =>
  openLatest({ ...place(dir), now: () => '2026-02-03T15:00:00.000Z', grow: false, schema: currentSchema });

const contentsBelow = (dir: string): Set<string> =>
  new Set(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        createHash('sha256')
          .update(readFileSync(join(entry.parentPath, entry.name)))
          .digest('hex'),
      ),
  );

test('what comes before the damage is salvaged, and what is lost is counted', async () => {
  const found = await salvage(place(damaged), 1);
  if (typeof found === 'string') throw new Error(found);
  expect([found.sequence, lastKnownSequence(place(damaged)), found.stoppedAt]).toEqual([
    1,
    3,
    expect.stringMatching(/^journal-1\.log is damaged at byte \d+$/u),
  ]);
});

test('the new store holds it, goes on, and keeps the old files through later images', async () => {
  const before = contentsBelow(damaged);
  expect(expectOk(await replace(damaged, realFs)).left).toEqual([]);
  expect(readdirSync(join(damaged, 'quarantine', 'then')).toSorted()).toEqual(['image-1.db', 'journal-1.log']);
  for (const value of ['4', '5', '6']) {
    const store = expectOk(await openStore({ ...home.options(), dir: damaged, create: false }));
    expectOk(await store.transact(putRow('d', value)));
    expectOk(await store.checkpoint());
    expect(await readRows(store)).toEqual({ a: '1', d: value, note: 'recovered', pinned_generations: '1-1' });
    await store.close();
  }
  const after = contentsBelow(damaged);
  // The mark of the last save alone is rewritten.
  const mark = createHash('sha256')
    .update(readFileSync(join(home.dir, 'last-save')))
    .digest('hex');
  expect([...before].filter((one) => !after.has(one) && one !== mark)).toEqual([]);
});

test('cut off at any call, the store is as before or done, and every byte is there', async () => {
  const whole = createFaultFs(realFs, null);
  const counting = mkdtempSync(join(tmpdir(), 'holdfast-replace-'));
  cpSync(damaged, counting, { recursive: true });
  expectOk(await replace(counting, whole.fs));
  rmSync(counting, { recursive: true });
  const before = contentsBelow(damaged);
  const outcomes = new Set<string>();
  for (let at = 1; at <= whole.calls(); at += 1) {
    for (const when of ['before', 'after', 'short'] as const) {
      const dir = mkdtempSync(join(tmpdir(), 'holdfast-replace-'));
      cpSync(damaged, dir, { recursive: true });
      const fault = createFaultFs(realFs, { at, code: 'EIO', when, forever: true });
      const replaced = await replace(dir, fault.fs);
      const opened = await open(dir);
      outcomes.add(`${replaced.ok ? 'done' : replaced.error.type} ${opened.ok ? 'opens' : opened.error.type}`);
      if (opened.ok) opened.data.engine.close();
      const after = contentsBelow(dir);
      expect({ at, when, gone: [...before].filter((one) => !after.has(one)) }).toEqual({ at, when, gone: [] });
      if (!opened.ok) expectOk(await replace(dir, realFs));
      expect(existsSync(join(dir, 'quarantine')) || opened.ok).toBe(true);
      rmSync(dir, { recursive: true });
    }
  }
  // An answer of trouble although the new store has its name already: the last flush of the folder failed.
  expect([...outcomes].toSorted()).toEqual(['DiskError StoreDamaged', 'DiskError opens', 'done opens']);
});

test('a full disk is told before anything is written', async () => {
  const before = contentsBelow(damaged);
  const full: StoreFs = { ...realFs, freeBytes: () => 1000 };
  expect(await replace(damaged, full)).toMatchObject({
    ok: false,
    error: { type: 'DiskFull', what: 'the recovered store' },
  });
  expect(contentsBelow(damaged)).toEqual(before);
});
