import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';
import { openGoalsHome } from '../records/testing/goals-home.ts';

let home: TempHome;
let app: TestApp;
let recoveryCode: string;

beforeEach(async () => {
  ({ home, app, recoveryCode } = await openGoalsHome());
});

afterEach(async () => {
  await app.close();
  home.remove();
});

const at = (time: string) => `2026-03-01T${time}.000Z`;
const times = [10, 20, 60].map((value, i) => ({
  name: 'response_time',
  value,
  unit: 'ms',
  at: at(`0${String(6 + i)}:00:00`),
}));

describe('metrics', () => {
  it('are added with unit, time and what belongs to them, listed newest first (O6, O15, O43, O44)', async () => {
    await app.get('metrics.add', { metrics: times });
    const one = { name: 'cpu load', value: 0.25, data: { host: 'a', cores: 4 } };
    expect(await app.get('metrics.add', { metrics: [one] })).toMatchObject({ added: 1, dryRun: false });
    const listed = await app.get('metrics.list', {});
    expect(listed).toEqual({
      metrics: [
        { id: 4, ...one, unit: null, at: expect.stringMatching(/^2026-03-01T09:/u) as string },
        { id: 3, ...times[2], data: null },
        { id: 2, ...times[1], data: null },
        { id: 1, ...times[0], data: null },
      ],
      next: null,
    });
    const lastHours = await app.get('metrics.list', { name: 'response_time', hours: 2.5 });
    expect(lastHours.metrics.map(({ value }) => value)).toEqual([60, 20]);
    const first = await app.get('metrics.list', { limit: 3 });
    const rest = await app.get('metrics.list', { limit: 3, after: first.next ?? '' });
    expect([...first.metrics, ...rest.metrics]).toEqual(listed.metrics);
    expect(await app.get('metrics.list', { name: 'nothing' })).toEqual({ metrics: [], next: null });
  });

  it('sum up to count, least, most, mean and last in a window (O51)', async () => {
    await app.get('metrics.add', { metrics: [...times, { name: 'old', value: 1, at: '2026-02-01T00:00:00Z' }] });
    expect((await app.get('metrics.stats', { hours: 24 })).stats).toEqual([
      {
        name: 'response_time',
        unit: 'ms',
        count: 3,
        min: 10,
        max: 60,
        mean: 30,
        last: 60,
        lastAt: at('08:00:00'),
      },
    ]);
    expect((await app.get('metrics.stats', {})).stats.map(({ name }) => name)).toEqual(['old', 'response_time']);
    expect((await app.get('metrics.stats', { name: 'old' })).stats).toMatchObject([{ count: 1, mean: 1 }]);
  });

  it('make a series of equal pieces for a chart', async () => {
    await app.get('metrics.add', { metrics: [...times, { name: 'response_time', value: 40, at: at('07:30:00') }] });
    const series = await app.get('metrics.series', { name: 'response_time', hours: 4, points: 4 });
    expect(series.points.map(({ count, min, max, mean }) => [count, min, max, mean])).toEqual([
      [1, 10, 10, 10],
      [1, 20, 20, 20],
      [2, 40, 60, 50],
    ]);
    expect(series.unit).toBe('ms');
    expect(series.points.every((one) => one.at > series.since && one.at <= series.until)).toBe(true);
    expect(await app.call('metrics.series', { name: 'no', hours: 1 })).toMatchObject({ error: { type: 'NotFound' } });
  });

  it('leave one entry of the log for each call, and the chain holds', async () => {
    const before = await app.get('audit.list', { type: 'metric' });
    expect(before.changes).toEqual([]);
    const metrics = Array.from({ length: 1000 }, (_, i) => ({ name: 'n', value: i, at: at('07:00:00') }));
    const { changeSet } = await app.get('metrics.add', { metrics, reason: 'nightly' });
    await app.get('metrics.add', {
      metrics: [times[0] ?? metrics[0], { name: 'other', value: 1 }].flatMap((m) => m ?? []),
    });
    const entries = (await app.get('audit.list', { type: 'metric' })).changes;
    expect(entries).toMatchObject([
      { action: 'add', key: '', detail: { count: 2, names: ['response_time', 'other'] } },
      {
        action: 'add',
        key: 'n',
        reason: 'nightly',
        changeSet,
        detail: { count: 1000, from: at('07:00:00'), to: at('07:00:00') },
      },
    ]);
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
    // Nobody undoes a measurement: the newest thing to undo is none.
    expect((await app.get('settings.undoable', {})).undo).toBeNull();
    expect((await app.call('metrics.add', { metrics: [...metrics, ...metrics] })).ok).toBe(false);
  });

  it('that cannot be kept exactly are refused, and none of the batch is added', async () => {
    const bad = [
      { name: 'n', value: 1e20 },
      { name: 'n', value: 1, at: 'yesterday' },
      { name: '\ud800', value: 1 },
      { name: 'n', value: 1, data: { x: 2 ** 60 } },
      { name: 'n', value: 1, data: 'x'.repeat(20_000) },
    ];
    for (const one of bad) {
      expect(await app.call('metrics.add', { metrics: [{ name: 'good', value: 1 }, one] })).toMatchObject({
        ok: false,
        error: { type: 'InputInvalid', field: expect.stringMatching(/^metrics\[1\]/u) as string },
      });
    }
    expect((await app.get('metrics.list', {})).metrics).toEqual([]);
    expect(await app.get('metrics.add', { metrics: times, dryRun: true })).toMatchObject({ added: 3, changeSet: null });
    expect((await app.get('metrics.list', {})).metrics).toEqual([]);
  });

  it('older than 30 days are pruned when told to, which the log notes (O53)', async () => {
    const old = [40, 31, 29].map((days) => ({
      name: 'load',
      value: days,
      at: new Date(Date.parse(at('09:00:00')) - days * 86_400_000).toISOString(),
    }));
    await app.get('metrics.add', { metrics: [...old, { name: 'other', value: 1, at: '2025-01-01T00:00:00Z' }] });
    expect(await app.get('metrics.prune', { dryRun: true })).toMatchObject({ removed: 3, dryRun: true });
    const done = await app.get('metrics.prune', { name: 'load' });
    expect(done).toMatchObject({ removed: 2, dryRun: false });
    expect((await app.get('metrics.list', {})).metrics.map(({ value }) => value)).toEqual([29, 1]);
    expect((await app.get('audit.list', { type: 'metric' })).changes[0]).toMatchObject({
      action: 'prune',
      key: 'load',
      detail: { count: 2, before: done.before },
    });
    expect(await app.get('metrics.prune', { name: 'load' })).toMatchObject({ removed: 0, changeSet: null });
    expect(await app.get('metrics.prune', { days: 1 })).toMatchObject({ removed: 2 });
  });

  it('are still there after a restart', async () => {
    await app.get('metrics.add', { metrics: times });
    await app.get('metrics.prune', { days: 1 });
    await app.close();
    app = await openTestApp(home, 'cli', steppingClock('2026-03-02T09:00:00.000Z'));
    expect((await app.get('metrics.list', {})).metrics.map(({ value }) => value)).toEqual([60, 20, 10]);
  });

  it('stay at a restore, and come back with one into a home that has none', async () => {
    await app.get('records.put', { collection: 'business_goals', id: 'g', data: { title: 'A' } });
    await app.get('metrics.add', { metrics: times });
    const { path } = await app.get('backup.create', {});
    await app.get('records.delete', { collection: 'business_goals', ids: ['g'] });
    await app.get('metrics.add', { metrics: [{ name: 'later', value: 1 }] });
    await app.get('backup.restore', { backup: { path } }, { recoveryCode });
    expect((await app.get('metrics.list', {})).metrics.map(({ value }) => value)).toEqual([1, 60, 20, 10]);
    await app.close();

    // The disk is lost; only the backup is left.
    const kept = join(home.root, 'kept.age');
    copyFileSync(join(home.homeDir, path), kept);
    rmSync(join(home.homeDir, '.holdfast'), { recursive: true });
    app = await openTestApp(home, 'cli', steppingClock('2026-03-03T09:00:00.000Z'));
    const file = app.files.register(testActor().session, { path: kept, name: 'kept.age', use: 'read' });
    const credential = { recoveryCode };
    await app.get('backup.restore', { backup: { file }, credential }, credential);
    expect((await app.get('metrics.list', {})).metrics).toMatchObject([
      { value: 60, unit: 'ms', at: at('08:00:00') },
      { value: 20 },
      { value: 10 },
    ]);
    expect((await app.get('records.get', { collection: 'business_goals', id: 'g' })).data).toEqual({ title: 'A' });
    expect(await app.get('audit.verify', {}, credential)).toMatchObject({ ok: true });
  });
});
