/** After entries were removed nothing of them is left in the search index, on disk or in memory, and searching goes on. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ok } from '../../contract/result.ts';
import { realFs } from '../store/fs.ts';
import { openStore } from '../store/open.ts';
import { schemaSteps } from '../store/schema/index.ts';
import { writeOlderStore } from '../store/testing/older-store.ts';
import { createRandom } from '../store/testing/random.ts';
import type { Store } from '../store/types.ts';
import { searchEntries } from './find.ts';
import { rangeEntries } from './hits.ts';
import { createLogIndex, type LogIndex } from './log-index.ts';
import { writeLongLog } from './testing/long-log.ts';

let dir: string;
let store: Store;
let index: LogIndex;
beforeAll(async () => {
  dir = join(realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-removed-'))), 'store');
  mkdirSync(dir, { mode: 0o700 });
  await writeOlderStore(
    dir,
    schemaSteps.length,
    (tx) => void writeLongLog(tx, 2 * rangeEntries + 500, createRandom(7), []),
  );
  const clock = { now: () => '2026-06-01T00:00:00.000Z', newId: () => 'id' };
  const opened = await openStore({ dir, mode: 'owner', create: false, fs: realFs, flush: 'sync', ...clock });
  if (!opened.ok) throw new Error(opened.error.type);
  store = opened.data;
  index = createLogIndex({ fs: realFs, dir, mayWrite: () => true, log: () => undefined });
  index.keep(store);
  await index.catchUp();
}, 60_000);
afterAll(async () => {
  await index.close();
  await store.close();
  rmSync(join(dir, '..'), { recursive: true });
});

const files = (): string[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith('search-'))
    .toSorted();
const found = async (text: string): Promise<number[]> => {
  const signal = new AbortController().signal;
  const search = await searchEntries({ index, store, filter: { text }, limit: 1000, signal });
  return search.ok ? search.data.ids : [];
};

it('makes the files of removed ranges again, without their words, also where the last of a range is gone', async () => {
  expect(files()).toEqual(['search-0.db', 'search-1.db']);
  const row = await store.read((reader) =>
    reader.first<{ id: number }>(
      CompiledQuery.raw(
        `SELECT audit.id FROM audit JOIN version ON version.id = audit.new_version
         WHERE audit.id > 100 AND version.value IS NOT NULL ORDER BY audit.id LIMIT 1`,
      ),
    ),
  );
  const id = row?.id ?? 0;
  const word = 'zyxwordthatgoes';
  await store.transact((tx) => {
    tx.run(
      CompiledQuery.raw('UPDATE version SET value = ? WHERE id = (SELECT new_version FROM audit WHERE id = ?)', [
        JSON.stringify(word),
        id,
      ]),
    );
    return ok(null);
  });
  await index.forget(store);
  expect(files()).toEqual([]);
  await index.catchUp();
  expect(await found(word)).toContain(id);
  expect(readFileSync(join(dir, 'search-0.db')).includes(word)).toBe(true);
  const gone = await store.transactInSteps(
    function* (tx) {
      yield;
      tx.run(CompiledQuery.raw('DELETE FROM audit WHERE id BETWEEN ? AND ?', [id, id + 3]));
      tx.run(CompiledQuery.raw('DELETE FROM audit WHERE id BETWEEN ? AND ?', [rangeEntries - 5, rangeEntries]));
      return ok(null);
    },
    { removesMany: true },
  );
  expect(gone.ok).toBe(true);
  await index.forget(store);
  await index.catchUp();
  expect(files()).toEqual(['search-0.db', 'search-1.db']);
  expect(readFileSync(join(dir, 'search-0.db')).includes(word)).toBe(false);
  expect(await found(word)).not.toContain(id);
  // Foreign keys are asked for again.
  const refused = store.transact((tx) => {
    tx.run(CompiledQuery.raw('DELETE FROM term WHERE id = (SELECT actor FROM change_set LIMIT 1)', []));
    return ok(null);
  });
  await expect(refused).rejects.toThrow(/FOREIGN KEY/u);
}, 60_000);
