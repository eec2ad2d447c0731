import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

const long = process.env['HOLDFAST_LONG'] !== undefined;
const wanted = long ? 500 : 50;
const keys = ['race.first', 'race.second', 'race.third'];

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  await app.get('migration.backup', { protect: { recoveryCode: true } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

it(`each of ${String(wanted)} backups under continuous saves is exactly one saved state (O48)`, async () => {
  const save = async (round: number): Promise<void> => {
    const changes = keys.map((key) => ({ key, op: 'set' as const, value: round }));
    await app.get('settings.apply', { changes, create: true });
  };
  let saved = 0;
  const making = new AbortController();
  const saving = (async () => {
    while (!making.signal.aborted) await save(++saved);
  })();
  const paths: string[] = [];
  const savedBefore: number[] = [];
  while (paths.length < wanted) {
    savedBefore.push(saved);
    paths.push((await app.get('backup.create', {})).path);
  }
  making.abort();
  await saving;
  await save(-1);
  const seen: number[] = [];
  for (const [i, path] of paths.entries()) {
    // Its audit head and counts are compared with its store by the look itself.
    const { changes } = await app.get('backup.restore', { backup: { path }, only: ['race'], dryRun: true });
    const values = changes.map((one) => one.new);
    expect(changes.map((one) => one.key)).toEqual(keys);
    expect(new Set(values).size, path).toBe(1);
    const [round] = values;
    expect(Number(round), path).toBeGreaterThanOrEqual(Math.max(savedBefore[i] ?? 0, 1) - 1);
    seen.push(Number(round));
  }
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  // Saves really went on in between.
  expect(new Set(seen).size).toBeGreaterThan(wanted / 2);
});
