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
import { readBackup, type BackupContent } from './format.ts';

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

const contentOf = async (path: string): Promise<BackupContent> => {
  const opening = { identities: [backupIdentityOf(code) ?? ''], passphrase: null };
  const content = await readBackup(path, readFileSync(join(home.homeDir, path)), opening);
  if (!content.ok) throw new Error(JSON.stringify(content.error));
  return content.data;
};

/** Which of the states it holds; -1 when it is none of them, or is not proven by its own audit head and counts. */
const stateIn = async (content: BackupContent, states: readonly string[]): Promise<number> => {
  if ((await proveContent(content)) !== null) return -1;
  const image = await openImageReader(content.store);
  if (!image.ok) return -1;
  try {
    const live = liveSubjects(image.data).filter(({ kind }) => kind === 'setting');
    return states.indexOf(shown(new Map(live.map(({ key, value }) => [key, JSON.parse(value ?? '') as JsonValue]))));
  } finally {
    image.data.close();
  }
};

type Saver = {
  /** What each save left, in order; a number in it makes each of them another one. */
  states: string[];
  save: () => Promise<void>;
};
const createSaver = (): Saver => {
  const random = createRandom(48);
  const values = new Map<string, JsonValue>();
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
  return { states, save };
};

it(`each of ${String(wanted)} backups under continuous saves is exactly one saved state (O48)`, async () => {
  const { states, save } = createSaver();
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
    const found = await stateIn(await contentOf(path), states);
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

it('the test notices a backup that was read across two saves', async () => {
  const { states, save } = createSaver();
  const backedUp = async () => contentOf((await app.get('backup.create', {})).path);
  for (let i = 0; i < 10; i += 1) await save();
  const before = await backedUp();
  await save();
  const after = await backedUp();
  expect([await stateIn(before, states), await stateIn(after, states)]).toEqual([10, 11]);
  // The facts of one moment over the image of another, as without a second look.
  expect(await stateIn({ ...before, store: after.store }, states)).toBe(-1);
  expect(await stateIn({ ...after, store: before.store }, states)).toBe(-1);
  // The first pages of one moment and the rest of the next, as a plain copy of a file that is written to.
  const page = Buffer.from(after.store).readUInt16BE(16);
  const torn: Uint8Array[] = [];
  for (let at = page; at < after.store.length; at += page) {
    const mixed = Buffer.concat([before.store.subarray(0, at), after.store.subarray(at)]);
    if (!mixed.equals(before.store) && !mixed.equals(after.store)) torn.push(mixed);
  }
  expect(torn.length).toBeGreaterThan(3);
  for (const store of torn) {
    expect(await stateIn({ ...before, store }, states)).toBe(-1);
    expect(await stateIn({ ...after, store }, states)).toBe(-1);
  }
});
