/** Searching a log of several ranges: the same answer with no index, with a part of it, with a whole one, with a damaged one. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Input } from '../../contract/commands.ts';
import { ok } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import { realFs } from '../store/fs.ts';
import { openStore } from '../store/open.ts';
import { schemaSteps } from '../store/schema/index.ts';
import { writeOlderStore } from '../store/testing/older-store.ts';
import { createRandom } from '../store/testing/random.ts';
import type { Store, StoreFs } from '../store/types.ts';
import { openTestApp } from '../testing/test-app.ts';
import { searchEntries } from './find.ts';
import { rangeEntries } from './hits.ts';
import { createLogIndex, type LogIndex } from './log-index.ts';
import { scan, searchTexts, writeLongLog, type LogEntry } from './testing/long-log.ts';

const total = 2 * rangeEntries + 1500;
let root: string;
let template: string;
let entries: LogEntry[] = [];
beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-search-')));
  template = join(root, 'template');
  mkdirSync(template, { mode: 0o700 });
  await writeOlderStore(template, schemaSteps.length, (tx) => {
    entries = writeLongLog(tx, total, createRandom(5), []);
  });
  dir = join(root, 'indexed');
  cpSync(template, dir, { recursive: true });
  const index = indexOf();
  index.keep(await open('owner'));
  await index.catchUp();
  await closeAll();
}, 60_000);
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let home: string;
let dir: string;
let log: string[];
const opened: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  home = mkdtempSync(join(root, 'home-'));
  dir = join(home, '.holdfast');
  cpSync(template, dir, { recursive: true });
  log = [];
});
const closeAll = async (): Promise<void> => {
  for (const one of opened.splice(0).toReversed()) await one.close();
};
afterEach(closeAll);

const open = async (mode: 'owner' | 'reader'): Promise<Store> => {
  const clock = { now: () => '2026-06-01T00:00:00.000Z', newId: () => 'id' };
  const store = await openStore({ dir, mode, create: false, fs: realFs, flush: 'sync', ...clock });
  if (!store.ok) throw new Error(store.error.type);
  opened.push(store.data);
  return store.data;
};
const indexOf = (fs: StoreFs = realFs, holdBytes?: number): LogIndex => {
  const hold = holdBytes === undefined ? {} : { holdBytes };
  const index = createLogIndex({
    fs,
    dir,
    mayWrite: () => true,
    log: (line) => log.push(line),
    lookEveryMs: 1e9,
    ...hold,
  });
  opened.push(index);
  return index;
};
const searchFiles = (): string[] => readdirSync(dir).filter((name) => name.startsWith('search-'));
const signal = new AbortController().signal;

const search = async (index: LogIndex, store: Store, filter: Input<'audit.list'>, limit: number) => {
  const found = await searchEntries({ index, store, filter, limit, signal });
  if (!found.ok) throw new Error(found.error.type);
  return found.data;
};

const fits = (filter: Input<'audit.list'>, entry: LogEntry): boolean =>
  (filter.after === undefined || entry.id < filter.after) &&
  (filter.seals === true || entry.type !== 'seal') &&
  (filter.type === undefined || entry.type === filter.type) &&
  (filter.actor === undefined || entry.actor === filter.actor) &&
  (filter.action === undefined || entry.action === filter.action) &&
  (filter.source === undefined || entry.source === filter.source) &&
  (filter.since === undefined || entry.at >= filter.since) &&
  (filter.until === undefined || entry.at <= filter.until) &&
  (filter.key === undefined || isUnder(entry.key, filter.key));

/** Random searches, each against walking over the model. */
const compare = async (
  index: LogIndex,
  store: Store,
  model: readonly LogEntry[],
  { seed, texts = searchTexts }: { seed: number; texts?: string[] },
): Promise<void> => {
  const random = createRandom(seed);
  const time = (): string => random.pick(model).at;
  const choices: { [name: string]: () => string | number | boolean } = {
    type: () => random.pick(['setting', 'seal', 'none']),
    key: () => random.pick(['general', 'general.k7', 'general.k8.a', 'none']),
    actor: () => random.pick(['alice', 'Bob', 'rare', 'nobody']),
    action: () => random.pick(['create', 'look', 'none']),
    source: () => random.pick(['cli', 'window', 'none']),
    since: time,
    until: time,
    after: () => random.below(model.length + 50),
    seals: () => true,
  };
  for (const text of texts) {
    for (const names of [[], Object.keys(choices).filter(() => random.chance(0.25))]) {
      const filter = Object.fromEntries([
        ['text', text],
        ...names.map((name) => [name, choices[name]?.()]),
      ]) as Input<'audit.list'>;
      const limit = random.pick([1, 30, 101, total]);
      const expected = scan(model, text, (entry) => fits(filter, entry)).slice(0, limit);
      const found = await search(index, store, filter, limit);
      expect([filter, limit, found.ids]).toEqual([filter, limit, expected]);
    }
  }
};

it('finds what a plain scan finds: without an index, with one, behind it, with a hole in it (P10)', async () => {
  const store = await open('owner');
  const none = indexOf();
  await compare(none, store, entries, { seed: 1, texts: ['token dark', '京都', 'no such word'] });
  expect(none.indexedUpTo(store)).toBe(0);

  const index = indexOf();
  index.keep(store);
  await index.catchUp();
  expect([index.indexedUpTo(store), searchFiles(), log]).toEqual([total, ['search-0.db', 'search-1.db'], []]);
  await compare(index, store, entries, { seed: 2 });

  let more: LogEntry[] = [];
  await store.transact((tx) => {
    more = [...entries, ...writeLongLog(tx, rangeEntries, createRandom(6), entries)];
    return ok(null);
  });
  await compare(index, store, more, { seed: 3, texts: ['token dark', 'ราคา', 'no such word'] });
  expect(index.indexedUpTo(store)).toBe(total);
  await index.catchUp();
  expect(index.indexedUpTo(store)).toBe(total + rangeEntries);
  expect(searchFiles()).toEqual(['search-0.db', 'search-1.db', 'search-2.db']);
  if (process.platform !== 'win32') expect(statSync(join(dir, 'search-2.db')).mode & 0o777).toBe(0o600);
  await compare(index, store, more, { seed: 4, texts: ['theme', '京', 'alice upd', 'v12 general'] });

  rmSync(join(dir, 'search-0.db'));
  const holed = indexOf();
  await compare(holed, store, more, { seed: 5, texts: ['THEM', 'ガス', 'window v1', 'c'] });
  expect(holed.indexedUpTo(store)).toBe(0);
}, 120_000);

/** The files that an owner left. */
const built = (): void => {
  for (const name of readdirSync(join(root, 'indexed')).filter((one) => one.startsWith('search-')))
    cpSync(join(root, 'indexed', name), join(dir, name));
};

it('does not believe a file that is damaged, cut, or of another range, and makes it again', async () => {
  built();
  const path = join(dir, 'search-1.db');
  const good = readFileSync(path);
  const flipped = Buffer.from(good);
  flipped[20_000] = (flipped[20_000] ?? 0) ^ 4;
  const reader = await open('reader');
  for (const wrong of [flipped, good.subarray(0, 5000), Buffer.alloc(0), readFileSync(join(dir, 'search-0.db'))]) {
    writeFileSync(path, wrong);
    const found = await search(indexOf(), reader, { text: 'token' }, 2500);
    expect(found).toEqual({
      ids: scan(entries, 'token', (entry) => entry.type !== 'seal').slice(0, 2500),
      indexedUpTo: rangeEntries,
    });
  }
  const store = await open('owner');
  const index = indexOf();
  index.keep(store);
  expect((await search(index, store, { text: 'token' }, 2500)).indexedUpTo).toBe(rangeEntries);
  await index.catchUp();
  expect(readFileSync(path).equals(good)).toBe(true);
  expect((await search(index, store, { text: 'token' }, 2500)).indexedUpTo).toBe(total);
}, 60_000);

it('does not believe the file of a log that went another way', async () => {
  built();
  // The same numbers with other entries, as after a damaged store was made again of an older image.
  const before = dir;
  dir = join(home, 'other');
  mkdirSync(dir, { mode: 0o700 });
  await writeOlderStore(dir, schemaSteps.length, (tx) => {
    writeLongLog(tx, rangeEntries + 20, createRandom(9), []);
    tx.run(CompiledQuery.raw('UPDATE audit SET hash = zeroblob(32) WHERE id = ?', [rangeEntries]));
  });
  cpSync(join(before, 'search-0.db'), join(dir, 'search-0.db'));
  const store = await open('reader');
  const index = indexOf();
  expect((await search(index, store, { text: 'no such word' }, 10)).indexedUpTo).toBe(0);
}, 60_000);

it('takes away what a crash left and what belongs to no entry; a reader takes away and writes nothing', async () => {
  built();
  rmSync(join(dir, 'search-1.db'));
  for (const name of ['search-1.db.tmp', 'search-7.db']) writeFileSync(join(dir, name), 'left');
  const before = readdirSync(dir);
  const reader = await open('reader');
  const index = indexOf();
  expect((await search(index, reader, { text: 'theme' }, total)).ids).toEqual(
    scan(entries, 'theme', (entry) => entry.type !== 'seal'),
  );
  await index.catchUp();
  expect(readdirSync(dir)).toEqual(before);
  const owned = indexOf();
  owned.keep(await open('owner'));
  await owned.catchUp();
  expect(searchFiles()).toEqual(['search-0.db', 'search-1.db']);
}, 60_000);

it('goes on without files where they cannot be written, and says so once', async () => {
  const full: StoreFs = {
    ...realFs,
    open: (path, how) => {
      if (how === 'create') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return realFs.open(path, how);
    },
  };
  const store = await open('owner');
  const index = indexOf(full);
  index.keep(store);
  await index.catchUp();
  await index.catchUp();
  expect([searchFiles(), log.length, log[0]]).toEqual([[], 1, expect.stringContaining('ENOSPC')]);
  expect((await search(index, store, { text: 'theme' }, total)).ids).toEqual(
    scan(entries, 'theme', (entry) => entry.type !== 'seal'),
  );
}, 60_000);

it('writes nothing while this process may not, and ends when the store is closed under it', async () => {
  const store = await open('owner');
  const barred = createLogIndex({ fs: realFs, dir, mayWrite: () => false, log: (line) => log.push(line) });
  barred.keep(store);
  await barred.catchUp();
  await barred.close();
  expect(searchFiles()).toEqual([]);
  const index = indexOf();
  index.keep(store);
  const running = index.catchUp();
  await store.close();
  await running;
  expect([log, searchFiles().filter((name) => name.endsWith('.tmp'))]).toEqual([[], []]);
}, 60_000);

it('closes in the midst of its work', async () => {
  const store = await open('owner');
  const index = indexOf();
  index.keep(store);
  const running = index.catchUp();
  await index.close();
  await running;
  expect(searchFiles()).toEqual([]);
}, 60_000);

it('holds no more files open than it may', async () => {
  built();
  const store = await open('reader');
  const index = indexOf(realFs, 1);
  const expected = scan(entries, 'theme', (entry) => entry.type !== 'seal');
  const found = await Promise.all([1, 2, 3].map(() => search(index, store, { text: 'theme' }, total)));
  expect(found.map(({ ids }) => ids)).toEqual([expected, expected, expected]);
}, 60_000);

it('a terminal command uses the files that a window made; recovery does not take them for stores', async () => {
  built();
  const app = await openTestApp({ homeDir: home, configDir: join(home, 'config') }, 'cli');
  opened.push(app);
  const page = await app.get('audit.list', { text: 'theme dark', limit: 5 });
  const expected = scan(entries, 'theme dark', (entry) => entry.type !== 'seal');
  expect(page.changes.map(({ id }) => id)).toEqual(expected.slice(0, 5));
  expect(page.indexedUpTo).toBe(2 * rangeEntries);
  const found = await app.get('recovery.list', {});
  expect(JSON.stringify(found)).not.toContain('search-');
}, 60_000);
