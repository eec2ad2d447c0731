/** A migration that is disturbed half-way: cancelled, or a file changes under it. The store then holds what it held before. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestApp, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome('deeptempo');
  app = await openTestApp(home);
});
afterEach(async () => {
  await app.close();
  home.remove();
});

/** Runs a migration as a job and does something when it reaches a step. */
const runWith = async (atStep: string, disturb: () => void) => {
  const steps: string[] = [];
  app.onEvent((event) => {
    if (event.type !== 'progress' || steps.at(-1) === event.job.step) return;
    steps.push(event.job.step);
    if (event.job.step === atStep) disturb();
  });
  const input = { protect: { recoveryCode: true } };
  const result = await app.dispatch({
    name: 'migration.run',
    input,
    actor: testActor(),
    credential: null,
    jobId: 'job-1',
  });
  expect(steps).toContain(atStep);
  return result;
};

const nothingImported = async (): Promise<void> => {
  const status = await app.get('home.status', {});
  expect([status.counts.settings, status.counts.secrets, status.counts.integrations, status.migratedAt]).toEqual([
    0,
    0,
    0,
    null,
  ]);
  expect((await app.get('audit.list', { action: 'migrate' })).changes).toEqual([]);
};

it('cancelled before anything is written, not even the folder is there', async () => {
  const result = await runWith('Reading the files', () => app.dropSession(testActor().session));
  expect(result).toEqual({ ok: false, error: { type: 'Cancelled', what: 'The migration' } });
  expect(existsSync(join(home.homeDir, '.holdfast'))).toBe(false);
});

it('cancelled after the backup, nothing is imported, and the next run goes through', async () => {
  const result = await runWith('Backing up the legacy files', () => app.dropSession(testActor().session));
  expect(result).toEqual({ ok: false, error: { type: 'Cancelled', what: 'The migration' } });
  await nothingImported();
  // Keys whose code nobody saw are gone with it, and so is what only they would open.
  expect((await app.get('home.status', {})).keys).toBe('none');
  expect((await app.get('backup.list', {})).backups).toEqual([]);
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  expect([run.verification?.ok, run.totals.conflict, typeof run.recoveryCode]).toEqual([true, 0, 'string']);
});

it('cancelled while the values are written, none of them is there, and the next run goes through', async () => {
  const result = await runWith(
    'Writing and verifying',
    () => void Promise.resolve().then(() => app.dropSession(testActor().session)),
  );
  expect(result).toEqual({ ok: false, error: { type: 'Cancelled', what: 'The migration' } });
  await nothingImported();
  await app.close();
  app = await openTestApp(home);
  await nothingImported();
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  expect([run.verification?.ok, run.totals.conflict]).toEqual([true, 0]);
});

it('a file that changes between the backup and the transaction is named, and nothing is imported', async () => {
  const result = await runWith('Backing up the legacy files', () =>
    writeFileSync(join(home.homeDir, 's3_config.json'), '{}'),
  );
  expect(result).toEqual({ ok: false, error: { type: 'PlanOutdated', changed: ['s3_config.json'] } });
  await nothingImported();
});

it('a run whose code was never shown does not lock its owner out', async () => {
  await runWith('Backing up the legacy files', () => app.dropSession(testActor().session));
  await app.close();
  app = await openTestApp(home);
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  expect([run.verification?.ok, typeof run.recoveryCode]).toEqual([true, 'string']);
});
