/** Short cuts for the store's tests: a real folder, a fixed clock, rows of `meta` as the data. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '../../../contract/result.ts';
import { realFs } from '../fs.ts';
import { db } from '../sql.ts';
import type { OpenStoreOptions, Store, Tx } from '../types.ts';

export type TestHome = {
  dir: string;
  options: (changes?: Partial<OpenStoreOptions>) => OpenStoreOptions;
  /** Every file under `.holdfast` with its bytes (hex), mode and folder, to show that nothing was touched. */
  snapshot: () => Record<string, string>;
  remove: () => void;
};

export const makeTestHome = (): TestHome => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  const dir = join(home, '.holdfast');
  mkdirSync(dir, { mode: 0o700 });
  let id = 0;
  return {
    dir,
    options: (changes = {}) => ({
      dir,
      mode: 'owner',
      create: true,
      fs: realFs,
      now: () => '2026-02-03T14:02:05.000Z',
      newId: () => `store-${String(++id)}`,
      flush: 'sync',
      ...changes,
    }),
    snapshot: () =>
      Object.fromEntries(
        readdirSync(dir, { recursive: true, encoding: 'utf8' })
          .toSorted()
          .map((name) => {
            const path = join(dir, name);
            const stat = statSync(path);
            return [
              name,
              stat.isDirectory() ? 'folder' : `${stat.mode.toString(8)} ${readFileSync(path).toString('hex')}`,
            ];
          }),
      ),
    remove: () => {
      rmSync(home, { recursive: true, force: true });
    },
  };
};

export const expectOk = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`expected ok, got ${JSON.stringify(result.error)}`);
  return result.data;
};

export const putRow =
  (key: string, value: string) =>
  (tx: Tx): Result<string> => {
    tx.run(
      db
        .insertInto('meta')
        .values({ key, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .compile(),
    );
    return ok(value);
  };

/** The rows that `putRow` wrote, without the store's own. */
export const readRows = async (store: Store): Promise<Record<string, string>> => {
  const own = /^(?:store_id|created_at|schema_version|needs_app|step_\d+_at)$/u;
  const query = db.selectFrom('meta').selectAll().orderBy('key').compile();
  const rows = await store.read((reader) => reader.all(query));
  return Object.fromEntries(rows.filter(({ key }) => !own.test(key)).map(({ key, value }) => [key, value]));
};
