/** Backups made while the store is written to all the time: each holds exactly one state that was saved, whole. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonValue } from '../../contract/json.ts';
import { backupIdentityOf } from '../secrets/keyring.ts';
import { openImageReader } from '../store/image-reader.ts';
import { createRandom } from '../store/testing/random.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { liveSubjects, proveContent } from './contents.ts';
import { readBackup } from './format.ts';

const long = process.env['HOLDFAST_LONG'] !== undefined;
const wanted = long ? 500 : 50;

let home: TempHome;
let app: TestApp;
let code = '';
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  code = (await app.get('migration.backup', { protect: { recoveryCode: true } })).recoveryCode ?? '';
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const shown = (values: ReadonlyMap<string, JsonValue>): string =>
  JSON.stringify([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** All settings in the backup, once it is proven: its audit head and its counts are those of its store. */
const settingsIn = async (path: string): Promise<string> => {
  const opening = { identities: [backupIdentityOf(code) ?? ''], passphrase: null };
  const content = await readBackup(path, readFileSync(join(home.homeDir, path)), opening);
  if (!content.ok) throw new Error(JSON.stringify(content.error));
  expect(await proveContent(content.data)).toBeNull();
  const image = await openImageReader(content.data.store);
  if (!image.ok) throw new Error(JSON.stringify(image.error));
  try {
    const live = liveSubjects(image.data).filter(({ kind }) => kind === 'setting');
    return shown(new Map(live.map(({ key, value }) => [key, JSON.parse(value ?? '') as JsonValue])));
  } finally {
    image.data.close();
  }
};

it(`each of ${String(wanted)} backups under continuous saves is exactly one saved state (O48)`, async () => {
  const random = createRandom(48);
  const values = new Map<string, JsonValue>();
  /** What each save left, in order; a number in it makes each of them another one. */
  const states = [shown(values)];
  const save = async (): Promise<void> => {
    const removed = [...values.keys()].filter((key) => key !== 'race.round' && random.chance(0.2)).slice(0, 3);
    const set = Array.from({ length: 1 + random.below(5) }, () => `race.k${String(random.below(20))}`);
    const changes = [
      ...removed.filter((key) => !set.includes(key)).map((key) => ({ key, op: 'unset' as const })),
      ...[...new Set([...set, 'race.round'])].map((key) => ({ key, op: 'set' as const, value: states.length })),
    ];
    for (const change of changes) {
      if (change.op === 'unset') values.delete(change.key);
      else values.set(change.key, change.value);
    }
    // Known before it is answered: a backup may hold what was saved and is not answered yet.
    states.push(shown(values));
    await app.get('settings.apply', { changes, create: true });
  };
  const making = new AbortController();
  const saving = (async () => {
    while (!making.signal.aborted) await save();
  })();
  const made: { path: string; from: number; to: number }[] = [];
  try {
    while (made.length < wanted) {
      const from = states.length - 1;
      const { path } = await app.get('backup.create', {});
      made.push({ path, from, to: states.length - 1 });
    }
  } finally {
    making.abort();
    await saving;
  }
  const seen: number[] = [];
  for (const { path, from, to } of made) {
    const found = states.indexOf(await settingsIn(path));
    // One that was saved between asking for the backup and its answer; `from` itself may not have been answered yet.
    expect(found, path).toBeGreaterThanOrEqual(Math.max(from - 1, 0));
    expect(found, path).toBeLessThanOrEqual(to);
    seen.push(found);
  }
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  // Saves really went on in between.
  expect(new Set(seen).size).toBeGreaterThan(wanted / 2);
  console.info(`${String(wanted)} backups, ${String(states.length - 1)} saves, ${String(new Set(seen).size)} states`);
}, 3_600_000);
