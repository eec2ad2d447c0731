/** docs/store.md is exact: the Python reader made from it alone (tools/read_store.py) reads what Holdfast wrote. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CompiledQuery } from 'kysely';
import { ok } from '../../contract/result.ts';
import { openStore } from './open.ts';
import { appVersion } from '../version.ts';
import { latestSchema } from './schema/index.ts';
import { expectOk, makeTestHome, putRow, type TestHome } from './testing/home.ts';

// STRICT tables need SQLite 3.37.
const python = spawnSync('python3', ['-c', 'import sqlite3, sys; sys.exit(sqlite3.sqlite_version_info < (3, 37))']);
const skipReason = python.status === 0 ? null : 'no python3 with SQLite 3.37 or newer: tools/read_store.py was not run';
if (skipReason !== null) console.warn(`SKIPPED: ${skipReason}`);

let home: TestHome;
beforeEach(() => {
  home = makeTestHome();
});
afterEach(() => {
  home.remove();
});

const readWithPython = (table: string): { rows: string[]; complaint: string } => {
  const path = resolve(import.meta.dirname, '../../../tools/read_store.py');
  const run = spawnSync('python3', [path, home.dir, table], { encoding: 'utf8' });
  return { rows: run.stdout.split('\n').filter(Boolean), complaint: run.stderr.trim() };
};

describe.skipIf(skipReason !== null)('the reader in Python', () => {
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
      `('needs_app', '${appVersion}')`,
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

  it('refuses a journal that was cut at the end of a save, as Holdfast does', async () => {
    const store = expectOk(await openStore(home.options()));
    expectOk(await store.transact(putRow('a', '1')));
    const { journalBytes } = store.info();
    expectOk(await store.transact(putRow('b', '2')));
    await store.close();
    truncateSync(join(home.dir, 'journal-1.log'), journalBytes);
    const complaint = 'ends with save 1, but save 2 was confirmed';
    expect(readWithPython('meta')).toEqual({ rows: [], complaint: `read_store: ${complaint}` });
    expect(await openStore(home.options())).toMatchObject({
      ok: false,
      error: { type: 'StoreDamaged', problem: expect.stringContaining(complaint) as string },
    });
  });

  it('is no longer than a page or two, and needs nothing but Python', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../../tools/read_store.py'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
    const imported = [...text.matchAll(/^(?:import (.+)|from (\S+) import .+)$/gmu)].flatMap(
      ([, names, module]) => names?.split(', ') ?? [module],
    );
    expect(imported).toEqual(['hashlib', 'json', 'os', 're', 'sqlite3', 'struct', 'sys', 'tempfile', 'zlib']);
  });
});
