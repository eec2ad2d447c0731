/** docs/store.md is exact: its Python program, as it stands there, reads what Holdfast wrote. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CompiledQuery } from 'kysely';
import { ok } from '../../contract/result.ts';
import { openStore } from './open.ts';
import { latestSchema } from './schema/index.ts';
import { expectOk, makeTestHome, putRow, type TestHome } from './testing/home.ts';

// STRICT tables need SQLite 3.37.
const python = spawnSync('python3', ['-c', 'import sqlite3, sys; sys.exit(sqlite3.sqlite_version_info < (3, 37))']);
const skipReason =
  python.status === 0 ? null : 'no python3 with SQLite 3.37 or newer: the reader in docs/store.md was not run';
if (skipReason !== null) console.warn(`SKIPPED: ${skipReason}`);

let home: TestHome;
beforeEach(() => {
  home = makeTestHome();
});
afterEach(() => {
  home.remove();
});

const readWithPython = (table: string): { rows: string[]; complaint: string } => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/store.md'), 'utf8');
  const program = /```python\n([\s\S]*?)```/u.exec(page)?.[1] ?? '';
  const path = join(home.dir, 'reader.py');
  writeFileSync(path, program);
  const run = spawnSync('python3', [path, home.dir, table], { encoding: 'utf8' });
  rmSync(path);
  return { rows: run.stdout.split('\n').filter(Boolean), complaint: run.stderr.trim() };
};

describe.skipIf(skipReason !== null)('the reader of docs/store.md', () => {
  it('reads image and journals, whatever the newest image is', async () => {
    const store = expectOk(await openStore(home.options()));
    expectOk(await store.transact(putRow('a', '1')));
    expectOk(await store.checkpoint());
    const insert =
      'insert into version (id, subject, audit, value, secret, cipher, print, source) values (?, ?, ?, ?, ?, ?, ?, ?)';
    expectOk(
      await store.transact((tx) => {
        tx.run(CompiledQuery.raw('insert into term values (?, ?)', [-7, 'minus ü\u0000']));
        tx.run(CompiledQuery.raw('insert into subject values (?, ?, ?)', [2 ** 40, 'setting', 'big']));
        tx.run(CompiledQuery.raw(insert, [1, 2 ** 40, 1, null, 1, new Uint8Array([0, 1, 255]), new Uint8Array(0), -7]));
        return ok(null);
      }),
    );
    await Promise.all([store.transact(putRow('b', '2')), store.transact(putRow('a', '3'))]);
    await store.close();
    const meta = [
      `('a', '3')`,
      `('b', '2')`,
      `('created_at', '2026-02-03T14:02:05.000Z')`,
      `('schema_version', '${String(latestSchema)}')`,
      `('store_id', 'store-1')`,
    ];
    expect(readWithPython('meta')).toEqual({ rows: meta, complaint: '' });
    expect(readWithPython('term').rows).toEqual([`(-7, 'minus ü\\x00')`]);
    expect(readWithPython('subject').rows).toEqual([`(1099511627776, 'setting', 'big')`]);
    expect(readWithPython('version').rows).toEqual([`(1, 1099511627776, 1, None, 1, b'\\x00\\x01\\xff', b'', -7)`]);
    appendFileSync(join(home.dir, 'image-2.db'), 'x');
    appendFileSync(join(home.dir, 'journal-2.log'), 'torn');
    expect(readWithPython('meta')).toEqual({ rows: meta, complaint: '4 bytes at the end are an unfinished save' });
  });
});
