/** Removing by hand and once a day: preview, counts, anchors, exports, what a cut change set can no longer do, and a crash. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Output } from '../../../contract/commands.ts';
import type { Clock } from '../../clock.ts';
import { realFs } from '../../store/fs.ts';
import { openStore } from '../../store/open.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../../testing/test-app.ts';
import { createRetentionKeeper } from './keeper.ts';

let home: TempHome;
let app: TestApp;
let now: number;
const clock: Clock = {
  now: () => new Date((now += 60_000)).toISOString(),
  newId: () => `id-${String(now)}-${String((id += 1))}`,
};
let id = 0;
const day = 86_400_000;

beforeEach(async () => {
  home = tempHome();
  now = Date.parse('2026-03-01T09:00:00.000Z');
  app = await openTestApp(home, 'window', clock);
  await app.get('migration.run', { protect: { passphrase } });
  for (let i = 0; i < 12; i += 1) {
    now += day;
    await set('s3.region', `eu-west-${String(i)}`, 'general.theme', i % 2 === 0 ? 'light' : 'dark');
  }
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const set = async (...pairs: string[]): Promise<string> => {
  const changes = Array.from({ length: pairs.length / 2 }, (_, i) => ({
    op: 'set' as const,
    key: pairs[2 * i] ?? '',
    value: pairs[2 * i + 1] ?? '',
  }));
  return (await app.get('settings.apply', { changes, create: true })).changeSet ?? '';
};
const limit = (keepVersions: number | null, keepDays: number | null) =>
  app.get('audit.set-retention', { limits: { keepVersions, keepDays } });
const facets = () => app.get('audit.facets', { days: 366 });

describe('removing what is beyond the limits (D77, O65, R5)', () => {
  test('shows first what would go, removes exactly that, and everything that counts still counts', async () => {
    await limit(null, 5);
    const preview = await app.get('audit.prune', { dryRun: true });
    expect(preview.removed.entries).toBeGreaterThan(10);
    expect(preview.kept.live).toBeGreaterThan(0);
    expect(preview.undoLost).toBeGreaterThan(5);
    const before = (await facets()).total;
    const done = await app.get('audit.prune', { reason: 'a year is enough' });
    expect(done.removed).toEqual(preview.removed);
    const { changes } = await app.get('audit.list', { limit: 1000, seals: true });
    expect(changes.find((one) => one.action === 'retention')).toMatchObject({
      type: 'log',
      reason: 'a year is enough',
      detail: { about: { entries: done.removed.entries, limits: { keepVersions: null, keepDays: 5 } } },
    });
    expect(await app.get('audit.verify', {})).toMatchObject({
      ok: true,
      entries: changes.length,
      removed: done.removed.entries,
    });
    const after = await facets();
    expect(after.total).toBe(changes.filter((one) => one.action !== 'seal').length);
    expect(after.total).toBeLessThan(before);
    expect(after.days.reduce((sum, one) => sum + one.changeSets, 0)).toBe(
      new Set(changes.map((one) => one.changeSet)).size,
    );
    expect(await app.get('audit.outside', {})).toMatchObject({ total: 0 });
    // Once more finds nothing, and writes nothing.
    expect(await app.get('audit.prune', {})).toMatchObject({ changeSet: null, removed: { entries: 0 } });
    // Pages by number go over the hole.
    const pages: number[] = [];
    for (let next: number | null = Number.MAX_SAFE_INTEGER; next !== null;) {
      const page: Output<'audit.list'> = await app.get('audit.list', { limit: 7, after: next, seals: true });
      pages.push(...page.changes.map((one) => one.id));
      ({ next } = page);
    }
    expect(pages).toEqual(changes.map((one) => one.id));
  });

  test('removes what was shown, though saving the limits and opening the keys are written in between', async () => {
    await app.get('secret.lock', {});
    now += 90 * day;
    const shown = await app.get('audit.prune', { dryRun: true, limits: { keepVersions: 2, keepDays: null } });
    await limit(2, null);
    await app.get('secret.unlock', { credential: { passphrase } });
    const done = await app.get('audit.prune', {});
    expect(shown.removed.entries).toBeGreaterThan(10);
    expect(done.removed).toEqual(shown.removed);
  });

  test('a change set that lost a part cannot be taken back as one, and a removed one is not found', async () => {
    const first = await set('own.a', 'kept', 'own.b', 'first');
    now += day;
    await set('own.b', 'second');
    now += 9 * day;
    await set('own.b', 'third');
    await limit(1, null);
    await app.get('audit.prune', {});
    expect(await app.call('versions.revert', { changeSet: first })).toMatchObject({
      ok: false,
      error: { type: 'InputInvalid', problem: expect.stringMatching(/a part of it was removed/u) as string },
    });
    expect((await app.get('settings.get', { key: 'own.a' })).value).toBe('kept');
  });

  test('a moment in between takes nothing away that it does not know', async () => {
    const moment = await set('own.old', '1');
    now += day;
    await set('own.old', '2');
    now += day;
    await set('own.new', 'x', 'own.old', '3');
    now += 3 * day;
    await set('own.last', 'y');
    await limit(1, null);
    await app.get('audit.prune', {});
    const at = await app.call('versions.at', { ref: `cs:${moment}`, prefix: 'own' });
    if (at.ok) expect(at.data).toMatchObject({ version: { incomplete: true } });
    const ref = new Date(now - 5.5 * day).toISOString();
    expect(await app.get('settings.at', { time: ref })).toMatchObject({ incomplete: true });
    const back = await app.get('versions.revert', { to: ref, dryRun: true });
    expect(back.changes.filter((one) => one.action === 'delete')).toEqual([]);
    expect(back.left.map((one) => one.key)).toContain('own.new');
    const diff = await app.get('versions.diff', { a: ref, b: 'now' });
    expect(diff.changes.filter((one) => one.key === 'own.new')).toEqual([]);
  });

  test('heads that are remembered elsewhere are no false alarm, and an export is whole', async () => {
    await app.close();
    now += 20 * day;
    app = await openTestApp(home, 'window', clock);
    await app.get('secret.unlock', { credential: { passphrase } });
    await set('s3.region', 'eu-west-1', 'general.theme', 'light', 'own.a', '1');
    now += 2 * day;
    await set('own.a', '2');
    await limit(null, 1);
    await app.get('audit.prune', {});
    const verified = await app.get('audit.verify', {});
    expect(verified).toMatchObject({ ok: true, firstBad: null });
    expect(verified.anchors + verified.anchorsRemoved).toBe(1);
    expect((await app.get('home.status', {})).notices.map((one) => one.id)).not.toContain('audit-cut');
    const path = join(home.root, 'log.jsonl');
    const file = app.files.register(testActor('window').session, { path, name: 'log.jsonl', use: 'write' });
    expect(await app.get('audit.export', { file })).toMatchObject({ complete: true });
  });

  test('goes on once a day under limits by which somebody removed once, never before', async () => {
    const calls: string[] = [];
    const keeper = createRetentionKeeper({
      owns: () => true,
      now: () => new Date(now).toISOString(),
      call: async (name, input) => {
        calls.push(name);
        return app.call(name, input);
      },
    });
    keeper.stop();
    await limit(2, null);
    await keeper.look();
    expect(calls).toEqual(['audit.retention']);
    await app.get('audit.prune', {});
    now += day;
    await keeper.look();
    await keeper.look();
    expect(calls.filter((name) => name === 'audit.prune')).toHaveLength(1);
    now += 400 * day;
    await keeper.look();
    expect(calls.filter((name) => name === 'audit.prune')).toHaveLength(1);
    await limit(1, null);
    now += 2 * day;
    await keeper.look();
    expect(calls.filter((name) => name === 'audit.prune')).toHaveLength(1);
  });

  test('what is on disk brings the same back, with no row that points at nothing', async () => {
    await limit(2, 4);
    const copy = join(home.root, 'copy');
    await app.get('audit.prune', {});
    const live = (await app.get('versions.at', { ref: 'now' })).entries;
    await app.close();
    cpSync(join(home.homeDir, '.holdfast'), copy, { recursive: true });
    const opened = await openStore({ dir: copy, mode: 'reader', create: false, fs: realFs, flush: 'sync', ...clock });
    if (!opened.ok) throw new Error(opened.error.type);
    const dangling = await opened.data.read((reader) =>
      reader.all(
        CompiledQuery.raw(
          `SELECT audit.id FROM audit LEFT JOIN version AS one ON one.id = audit.new_version
             LEFT JOIN version AS two ON two.id = audit.old_version LEFT JOIN change_set ON change_set.id = audit.change_set
           WHERE change_set.id IS NULL OR (audit.new_version IS NOT NULL AND one.id IS NULL)
             OR (audit.old_version IS NOT NULL AND two.id IS NULL)`,
        ),
      ),
    );
    expect(dangling).toEqual([]);
    await opened.data.close();
    app = await openTestApp(home, 'window', clock);
    expect((await app.get('versions.at', { ref: 'now' })).entries).toEqual(live);
  });
});
