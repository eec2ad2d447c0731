/** `schema.*` on a real home: moving down and up, marking, verifying; and stores as an older Holdfast left them. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { createRandom } from '../store/testing/random.ts';
import { writeOlderStore } from '../store/testing/older-store.ts';
import { latestSchema, schemaSteps } from '../store/schema/index.ts';
import { tableNotes } from '../store/schema/notes.ts';
import { writeRandomLog } from './testing/random-log.ts';
import { moveVersionBack } from './testing/version-back.ts';

let home: TempHome;
let app: TestApp;
const storeDir = (): string => join(home.homeDir, '.holdfast');

/** Every file that holds the store, with its bytes. */
const storeFiles = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(storeDir())
      .filter((name) => /^(?:image|journal)-/u.test(name))
      .toSorted()
      .map((name) => [name, readFileSync(join(storeDir(), name)).toString('base64')]),
  );

/** Names of the steps that a way down to `version` takes back, in that order. */
const downTo = (version: number): string[] =>
  schemaSteps
    .slice(version)
    .map(({ name }) => name)
    .toReversed();
const countedAgain = new Set(schemaSteps.flatMap(({ rebuilt = [] }) => rebuilt));

const reopen = async (): Promise<void> => {
  await app.close();
  app = await openTestApp(home);
};

afterEach(async () => {
  await app.close();
  home.remove();
});

describe('with a migrated home', () => {
  beforeEach(async () => {
    home = tempHome('generic');
    app = await openTestApp(home);
    await app.get('migration.run', { protect: { passphrase } });
    await app.get('settings.apply', { changes: [{ key: 'settings.extra', op: 'set', value: 1 }], create: true });
  });

  it('tells the steps and when they were run', async () => {
    const list = await app.get('schema.list', {});
    expect(list.steps.map(({ version, name, present }) => [version, name, present])).toEqual(
      schemaSteps.map(({ version, name }) => [version, name, true]),
    );
    expect(await app.get('schema.current', {})).toEqual({
      current: latestSchema,
      latest: latestSchema,
      upToDate: true,
      steps: list.steps.map(({ version, name, appliedAt }) => ({ version, name, appliedAt })),
    });
  });

  it('shows what a way down would do, changing nothing', async () => {
    const before = storeFiles();
    const plan = await app.get('schema.downgrade', { to: 1, dryRun: true });
    expect(plan).toMatchObject({ from: latestSchema, to: 1, dryRun: true, backup: null });
    // Of what the steps above 1 hold, only layouts cannot be made again from the other tables.
    expect(plan.warning).toMatch(/^This deletes what the older tables cannot hold: \d+ rows of layout\. /u);
    expect(plan.steps.map(({ direction, name }) => [direction, name])).toEqual(downTo(1).map((name) => ['down', name]));
    expect(plan.steps.at(-1)).toMatchObject({ name: 'counts', deletes: [] });
    expect(plan.steps.at(-1)?.drops).toEqual(expect.arrayContaining(['table tally', 'index audit_action']));
    const none = await app.get('schema.downgrade', { to: 0, dryRun: true });
    const rows = Object.fromEntries(none.steps.flatMap(({ deletes }) => deletes).map((one) => [one.table, one.rows]));
    const verified = await app.get('schema.verify', {});
    expect(rows).toEqual(
      Object.fromEntries(
        verified.tables
          .filter(({ name, rows: count }) => count > 0 && name !== 'meta' && !countedAgain.has(name))
          .map(({ name, rows: count }) => [name, count]),
      ),
    );
    expect(none.warning).toMatch(
      /^This deletes everything in the store: .*\d+ rows of audit.*the backup made first does\.$/u,
    );
    expect(storeFiles()).toEqual(before);
  });

  it('goes down after a proven backup, waits for its upgrade, and comes back with everything', async () => {
    const unlocked = { passphrase };
    const before = await app.get('settings.list', {});
    const counts = (await app.get('home.status', {})).counts;
    const moved = await app.get('schema.downgrade', { to: 1, reason: 'for a test' }, unlocked);
    expect(moved).toMatchObject({ from: latestSchema, to: 1, dryRun: false, backup: { sealed: true } });
    expect(moved.backup?.provenAt).not.toBeNull();
    const status = await app.get('home.status', {});
    expect([status.state, status.notices.map(({ id }) => id)]).toEqual(['UPGRADE_NEEDED', ['upgrade']]);
    expect(await app.call('settings.list', {})).toMatchObject({
      ok: false,
      error: { type: 'UpgradeNeeded', found: 1, needed: latestSchema },
    });
    expect(await app.call('schema.downgrade', { to: 0 })).toMatchObject({
      ok: false,
      error: { type: 'UpgradeNeeded' },
    });
    await reopen();
    expect(await app.get('schema.current', {})).toMatchObject({ current: 1, upToDate: false });
    const up = { from: 1, to: latestSchema };
    expect(await app.get('schema.upgrade', { dryRun: true })).toMatchObject({ ...up, dryRun: true });
    expect(await app.get('schema.upgrade', {})).toMatchObject({ ...up, dryRun: false, warning: null });
    expect(await app.get('settings.list', {})).toEqual(before);
    const after = await app.get('home.status', {});
    expect({ ...after.counts, backups: 0 }).toEqual({ ...counts, backups: 0 });
    const log = await app.get('audit.list', { type: 'schema' });
    expect(log.changes.map(({ action, detail, reason }) => [action, detail, reason])).toEqual([
      ['upgrade', up, null],
      ['downgrade', { from: latestSchema, to: 1 }, 'for a test'],
    ]);
    expect(await app.get('audit.verify', {}, unlocked)).toMatchObject({ ok: true, firstBad: null });
    expect(await app.get('schema.verify', {})).toMatchObject({ ok: true, differences: [] });
    // Doing it again does nothing.
    expect(await app.get('schema.upgrade', {})).toMatchObject({ from: latestSchema, steps: [], generation: null });
  });

  it('goes down to no tables at all, and up to a store that works', async () => {
    const moved = await app.get('schema.downgrade', { to: 0 }, { passphrase });
    expect(moved.steps.map(({ name, direction }) => `${name} ${direction}`)).toEqual(
      downTo(0).map((name) => `${name} down`),
    );
    await reopen();
    const empty = await app.get('schema.verify', {});
    expect([empty.ok, empty.current, empty.tables.map(({ name }) => name)]).toEqual([true, 0, ['meta']]);
    expect(await app.get('schema.upgrade', {})).toMatchObject({ from: 0, to: latestSchema, dryRun: false });
    expect((await app.get('home.status', {})).counts).toMatchObject({ settings: 0, changes: 0 });
    await app.get('settings.apply', { changes: [{ key: 'settings.fresh', op: 'set', value: true }], create: true });
    expect((await app.get('home.status', {})).counts).toMatchObject({ settings: 1, changes: 1 });
    expect(await app.get('schema.verify', {})).toMatchObject({ ok: true });
    const { path } = moved.backup ?? { path: '' };
    await app.get('backup.restore', { backup: { path } }, { passphrase });
    expect(await app.get('settings.get', { key: 'settings.extra' })).toMatchObject({ value: 1 });
  });

  it('changes nothing when no backup can be made', async () => {
    rmSync(join(storeDir(), 'keys.json'));
    rmSync(join(storeDir(), 'keys.json.bak'), { force: true });
    await reopen();
    const before = storeFiles();
    expect(await app.call('schema.downgrade', { to: 1 })).toMatchObject({
      ok: false,
      error: { type: 'SecretsLocked' },
    });
    expect(storeFiles()).toEqual(before);
    expect((await app.get('schema.current', {})).current).toBe(latestSchema);
  });

  it('marks a version only where the tables are those of it', async () => {
    const before = storeFiles();
    const refused = await app.call('schema.stamp', { to: 1 });
    expect(refused).toMatchObject({ ok: false, error: { type: 'CheckUnmet' } });
    expect(refused.ok ? [] : (refused.error as { unmet: string[] }).unmet).toEqual(
      expect.arrayContaining([
        'index audit_action is not expected',
        'table tally is not expected',
        'trigger or view audit_added is not expected',
      ]),
    );
    const here = { from: latestSchema, to: latestSchema };
    expect(await app.get('schema.stamp', { to: latestSchema })).toMatchObject(here);
    expect(await app.call('schema.stamp', { to: latestSchema + 1 })).toMatchObject({
      ok: false,
      error: { type: 'InputInvalid' },
    });
    expect(Object.keys(storeFiles())).toEqual(Object.keys(before));
  });

  it('says what every table is for, and finds the write that it tried gone', async () => {
    const verified = await app.get('schema.verify', {});
    expect(verified).toMatchObject({ ok: true, brokenReferences: 0, integrity: [], probeProblem: null });
    expect(verified.tables.map(({ name, about }) => [name, about === '' ? 'nothing' : 'told'])).toEqual(
      Object.keys(tableNotes)
        .toSorted()
        .map((name) => [name, 'told']),
    );
    expect(verified.tables.find(({ name }) => name === 'hour')?.columns.map(({ name }) => name)).toEqual([
      'hour',
      'first_set',
      'last_set',
      'change_sets',
    ]);
    expect(verified.tables.find(({ name }) => name === 'audit')?.indexes).toContainEqual({
      name: 'audit_action',
      columns: ['action'],
      unique: false,
    });
    expect(await app.get('schema.verify', {})).toEqual(verified);
  });
});

describe('with a store of schema 1', () => {
  it.each(['cli', 'window'] as const)('waits for its upgrade and gets it (%s)', async (door) => {
    home = tempHome(null);
    mkdirSync(storeDir(), { mode: 0o700 });
    const random = createRandom(3);
    let settings = 0;
    await writeOlderStore(storeDir(), 1, (tx) => {
      const model = writeRandomLog(tx, 80, (below) => random.below(below));
      settings = Object.keys(model.states.at(-1)?.settings ?? {}).length;
    });
    app = await openTestApp(home, door);
    expect(await app.get('home.status', {})).toMatchObject({ state: 'UPGRADE_NEEDED' });
    expect(await app.call('settings.apply', { changes: [{ key: 'a', op: 'unset' }] })).toMatchObject({
      ok: false,
      error: { type: 'UpgradeNeeded', found: 1, needed: latestSchema },
    });
    expect(await app.get('schema.verify', {})).toMatchObject({ ok: true, current: 1 });
    expect(await app.get('schema.upgrade', {})).toMatchObject({ from: 1, to: latestSchema });
    expect((await app.get('home.status', {})).counts.settings).toBe(settings);
    expect(await app.get('audit.verify', {})).toMatchObject({ firstBad: null });
    await app.get('settings.apply', { changes: [{ key: 'fresh', op: 'set', value: 1 }], create: true });
    expect((await app.get('home.status', {})).counts.settings).toBe(settings + 1);
  });

  it('is marked instead, where its tables are there already', async () => {
    home = tempHome(null);
    mkdirSync(storeDir(), { mode: 0o700 });
    await writeOlderStore(storeDir(), latestSchema, () => undefined);
    app = await openTestApp(home);
    // As if the version alone had been set back, by a tool or by hand.
    await app.close();
    moveVersionBack(storeDir(), 1);
    app = await openTestApp(home);
    expect(await app.get('home.status', {})).toMatchObject({ state: 'UPGRADE_NEEDED' });
    expect(await app.call('schema.upgrade', {})).toMatchObject({ ok: false, error: { type: 'CheckUnmet' } });
    const marked = { from: 1, to: latestSchema };
    const dry = await app.get('schema.stamp', { to: latestSchema, dryRun: true });
    expect(dry).toMatchObject({ ...marked, generation: null });
    expect(await app.get('home.status', {})).toMatchObject({ state: 'UPGRADE_NEEDED' });
    expect(await app.get('schema.stamp', { to: latestSchema })).toMatchObject(marked);
    expect(await app.get('schema.verify', {})).toMatchObject({ ok: true, current: latestSchema });
    const log = await app.get('audit.list', { type: 'schema' });
    expect(log.changes.map(({ action, detail }) => [action, detail])).toEqual([['stamp', marked]]);
  });
});
