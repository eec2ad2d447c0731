/**
 * The second reader (tools/read_store.py, made from docs/store.md alone) prints the settings that the app lists: on homes
 * with random values and histories, over checkpoints, after a crash with an unfinished save.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../contract/json.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from './testing/test-app.ts';

const python = spawnSync('python3', ['-c', 'import sqlite3, sys; sys.exit(sqlite3.sqlite_version_info < (3, 37))']);
const skipReason = python.status === 0 ? null : 'no python3 with SQLite 3.37 or newer: tools/read_store.py was not run';
if (skipReason !== null) console.warn(`SKIPPED: ${skipReason}`);

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home, 'window');
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const readWithPython = (): { settings: unknown[]; complaint: string; status: number | null } => {
  const path = resolve(import.meta.dirname, '../../tools/read_store.py');
  const run = spawnSync('python3', [path, join(home.homeDir, '.holdfast')], { encoding: 'utf8' });
  const settings = run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
  return { settings, complaint: run.stderr.trim(), status: run.status };
};

/** What the app says is stored, in the reader's form; by code points, as SQLite sorts. */
const listed = async (): Promise<unknown[]> => {
  const { settings } = await app.get('settings.list', {});
  return settings
    .filter(({ source }) => source !== 'default')
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    .map(({ key, value, secret }) => (secret ? { key, value: null, secret: true } : { key, value }));
};

const jsonValue = fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }).map((value) => value as JsonValue);
const isExact = (value: JsonValue): boolean => {
  const text = JSON.stringify(value);
  return !text.includes('-0') && !/\\ud[89a-f]/iu.test(text) && !text.includes('e') && text.length < 2000;
};

describe.skipIf(skipReason !== null)('the reader in Python', () => {
  it('prints what the app lists', async () => {
    expect(readWithPython()).toEqual({ settings: await listed(), complaint: '', status: 0 });
    const values = fc.sample(jsonValue.filter(isExact), { numRuns: 120, seed: 7 });
    let set = 0;
    for (const [i, value] of values.entries()) {
      const key = `random.k${String(i % 50)}`;
      // A key keeps its type: then the app refuses, and both go on with what is there.
      const applied = await app.call('settings.apply', { create: true, changes: [{ op: 'set', key, value }] });
      if (applied.ok) set += 1;
      if (i % 9 === 0) await app.call('settings.undo', {});
      if (i % 40 === 0) expect(readWithPython().settings).toEqual(await listed());
    }
    expect(set).toBeGreaterThan(50);
    expect(readWithPython()).toEqual({ settings: await listed(), complaint: '', status: 0 });
  });

  it('leaves an unfinished save out, and says so', async () => {
    await app.get('settings.apply', { create: true, changes: [{ op: 'set', key: 'random.last', value: [1, 'ü'] }] });
    const settings = await listed();
    const dir = join(home.homeDir, '.holdfast');
    const newest = readdirSync(dir)
      .filter((name) => name.startsWith('journal-'))
      .toSorted()
      .at(-1);
    appendFileSync(join(dir, newest ?? ''), Buffer.alloc(99, 7));
    expect(readWithPython()).toEqual({
      settings,
      complaint: '99 bytes at the end are an unfinished save',
      status: 0,
    });
  });
});
