import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../contract/json.ts';
import { describeError } from '../../contract/errors.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, type TempHome, type TestApp } from '../testing/test-app.ts';
import { openGoalsHome } from './testing/goals-home.ts';

const collection = 'business_goals';
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

const put = (id: string, data: JsonValue, more: { expiresAt?: string | null; reason?: string } = {}) =>
  app.get('records.put', { collection, id, data, ...more });
const ids = async (input: Omit<Parameters<typeof app.get<'records.list'>>[1], 'collection'> = {}): Promise<string[]> =>
  (await app.get('records.list', { collection, ...input })).records.map(({ id }) => id);
const reopen = async (startAt: string): Promise<void> => {
  await app.close();
  app = await openTestApp(home, 'cli', steppingClock(startAt));
};

describe('records', () => {
  it('are kept with their times, and still there after a restart (O2, O39)', async () => {
    const data = {
      title: 'Q1 Sales Target',
      description: 'Reach 50k',
      area: 'SALES',
      status: 'in_progress',
      priority: 4,
      weekly_actions: ['Follow up with leads'],
      success_metrics: { revenue: '$50000' },
    };
    const made = await put('sales_1', data, { reason: 'plan' });
    expect(made).toMatchObject({ dryRun: false, id: 'sales_1', changes: [{ action: 'create', old: null }] });
    await put('sales_1', { ...data, priority: 5 });
    await reopen('2026-03-02T09:00:00.000Z');
    const found = await app.get('records.get', { collection, id: 'sales_1' });
    expect(found).toEqual({
      id: 'sales_1',
      data: { ...data, priority: 5 },
      createdAt: made.record.createdAt,
      updatedAt: expect.stringMatching(/^2026-03-01T09:/u) as string,
      expiresAt: null,
      expired: false,
      version: made.record.version + 1,
      problems: [],
    });
    expect(found.updatedAt > found.createdAt).toBe(true);
    const audit = await app.get('audit.list', { key: 'business_goals.sales_1' });
    expect(audit.changes.map(({ type, action, reason }) => ({ type, action, reason }))).toEqual([
      { type: 'record', action: 'update', reason: null },
      { type: 'record', action: 'create', reason: 'plan' },
    ]);
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true, firstBad: null });
    expect((await app.get('home.status', {})).counts.records).toBe(1);
  });

  it('that do not fit are refused with every place, and nothing is written (O11)', async () => {
    const before = (await app.get('home.status', {})).counts.changes;
    const refused = await app.call('records.put', {
      collection,
      id: 'x',
      data: { title: '', priority: 9, weekly_actions: ['a', 1] },
    });
    expect(refused).toEqual({
      ok: false,
      error: {
        type: 'InputInvalid',
        field: 'title',
        problem: 'must not be empty',
        invalid: [
          { field: 'title', problem: 'must not be empty' },
          { field: 'priority', problem: 'must be at most 5' },
          { field: 'weekly_actions[1]', problem: 'must be a text' },
        ],
      },
    });
    if (!refused.ok)
      expect(describeError(refused.error)).toBe(
        '3 places are not valid: title must not be empty; priority must be at most 5; weekly_actions[1] must be a text. Nothing was changed.',
      );
    expect(await app.call('records.put', { collection, id: 'x', data: { status: 'done' } })).toMatchObject({
      ok: false,
      error: { type: 'InputInvalid', field: 'data', problem: 'must have title' },
    });
    const deep: JsonValue[] = [];
    let inner = deep;
    for (let i = 0; i < 200; i++) {
      const next: JsonValue[] = [];
      inner.push(next);
      inner = next;
    }
    for (const data of [{ title: '\ud800' }, { title: 'a', n: 2 ** 60 }, { title: 'a', deep }]) {
      expect(await app.call('records.put', { collection, id: 'x', data })).toMatchObject({
        ok: false,
        error: { type: 'InputInvalid' },
      });
    }
    expect((await app.get('home.status', {})).counts.changes).toBe(before);
  });

  it('take no secret: it belongs in a field of an integration', async () => {
    expect(
      await app.call('records.put', { collection, id: 'x', data: { title: 'a', login: { password: 'hunter2' } } }),
    ).toEqual({
      ok: false,
      error: {
        type: 'InputInvalid',
        field: 'login.password',
        problem: 'is secret, and records are kept in clear: keep it as a field of an integration instead',
      },
    });
    expect((await put('x', { title: 'a', login: { password: '' } })).changeSet).not.toBeNull();
  });

  it('of an unknown collection want to be created on purpose', async () => {
    const input = { collection: 'busines goals', id: 'a.b', data: { any: 1 } };
    expect(await app.call('records.put', input)).toEqual({
      ok: false,
      error: { type: 'NotFound', what: 'collection', name: 'busines goals' },
    });
    await app.get('records.put', { ...input, create: true });
    expect((await app.get('records.list', { collection: 'busines goals' })).records).toMatchObject([{ id: 'a.b' }]);
    expect(
      (await app.get('records.collections', {})).collections.map(({ id, count, declared }) => [id, count, declared]),
    ).toEqual([
      ['business_goals', 0, true],
      ['thread_contexts', 0, true],
      ['busines goals', 1, false],
    ]);
    for (const name of ['records.list', 'records.expire'] as const)
      expect(await app.call(name, { collection: 'nothing' })).toMatchObject({ error: { type: 'NotFound' } });
    expect(await app.call('records.get', { collection, id: 'no' })).toMatchObject({
      error: { type: 'NotFound', what: 'record of business_goals', name: 'no' },
    });
  });

  it('are checked and set: who read an older one is refused', async () => {
    const first = await put('g', { title: 'a' });
    const stale = { ok: false, error: { type: 'Stale', keys: ['business_goals.g'] } };
    expect(await app.call('records.put', { collection, id: 'g', data: { title: 'b' }, expect: null })).toEqual(stale);
    const version = first.record.version;
    const second = await app.get('records.put', { collection, id: 'g', data: { title: 'b' }, expect: version });
    expect(await app.call('records.put', { collection, id: 'g', data: { title: 'c' }, expect: version })).toEqual(
      stale,
    );
    expect(await app.call('records.delete', { collection, ids: ['g'], expect: { g: version } })).toEqual(stale);
    await app.get('records.delete', { collection, ids: ['g'], expect: { g: second.record.version } });
    expect(await ids()).toEqual([]);
  });

  it('change by merge patch, and the same again writes nothing', async () => {
    await put('g', { title: 'a', notes: 'x', success_metrics: { days: 9, cost: 1 } });
    const patch = { notes: null, success_metrics: { days: 8 } };
    const patched = await app.get('records.put', { collection, id: 'g', data: patch, patch: true });
    expect(patched.record.data).toEqual({ title: 'a', success_metrics: { days: 8, cost: 1 } });
    expect(await app.get('records.put', { collection, id: 'g', data: patch, patch: true })).toMatchObject({
      changeSet: null,
      changes: [{ action: 'unchanged' }],
    });
    expect(await app.call('records.put', { collection, id: 'none', data: {}, patch: true })).toMatchObject({
      error: { type: 'NotFound' },
    });
  });

  it('get an id when they bring none, and a dry run makes nothing', async () => {
    const dry = await app.get('records.put', { collection, id: 'd', data: { title: 'a' }, dryRun: true });
    expect(dry).toMatchObject({ changeSet: null, dryRun: true, id: 'd', changes: [{ action: 'create' }] });
    expect(await ids()).toEqual([]);
    const made = await app.get('records.put', { collection, data: { title: 'a' } });
    expect(await ids()).toEqual([made.id]);
    expect(await app.get('records.delete', { collection, ids: [made.id], dryRun: true })).toMatchObject({
      changeSet: null,
      changes: [{ action: 'delete', new: null }],
    });
    expect(await ids()).toEqual([made.id]);
  });

  it('are deleted all or none, and undo and redo walk through it all', async () => {
    await put('a', { title: 'A' });
    await put('b', { title: 'B' });
    await put('b', { title: 'B2' });
    expect(await app.call('records.delete', { collection, ids: ['a', 'no'] })).toMatchObject({
      error: { type: 'NotFound', name: 'no' },
    });
    await app.get('records.delete', { collection, ids: ['a', 'b'] });
    expect(await ids()).toEqual([]);
    await app.get('settings.undo', {});
    const titles = async () =>
      (await app.get('records.list', { collection })).records.map(({ data }) => (data as { title: string }).title);
    expect(await titles()).toEqual(['A', 'B2']);
    await app.get('settings.undo', {});
    expect(await titles()).toEqual(['A', 'B']);
    await app.get('settings.redo', {});
    expect(await titles()).toEqual(['A', 'B2']);
    expect((await app.get('settings.undoable', {})).undo?.label).toBe('business_goals.b');
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
    // Settings at a time know nothing of records.
    const at = await app.get('settings.at', { time: '2100-01-01T00:00:00Z' });
    expect(at.settings.map(({ key }) => key)).toEqual(['theme']);
  });

  it('come back with a backup, and go again when the restore is undone', async () => {
    await put('a', { title: 'A' });
    const backup = await app.get('backup.create', {});
    await put('a', { title: 'changed' });
    await put('later', { title: 'L' });
    const restored = await app.get(
      'backup.restore',
      { backup: { path: backup.path }, only: ['business_goals'] },
      { recoveryCode },
    );
    expect(restored.totals).toMatchObject({ update: 1, delete: 1 });
    expect((await app.get('records.list', { collection })).records).toMatchObject([{ id: 'a', data: { title: 'A' } }]);
    await app.get('backup.undo-restore', {});
    expect(await ids()).toEqual(['a', 'later']);
  });
});

describe('lists', () => {
  const fill = async (): Promise<void> => {
    const of = (i: number) => ({
      title: `Goal ${String(i)}`,
      status: i % 2 === 0 ? 'done' : 'in_progress',
      priority: (i % 5) + 1,
      area: i % 3 === 0 ? 'SALES' : 'PROCESS',
      tags: [`t${String(i % 4)}`],
      owner: { name: 'Ann', active: i % 2 === 0, rank: null },
    });
    for (let i = 0; i < 12; i++) await put(`g${String(i).padStart(2, '0')}`, of(i));
    await put('odd id [x]', { title: 'Odd one', status: 'done' });
  };

  it('come in pages by key that join without a gap', async () => {
    await fill();
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page: { records: { id: string }[]; next: string | null } = await app.get('records.list', {
        collection,
        limit: 5,
        ...(next === null ? {} : { after: next }),
      });
      seen.push(...page.records.map(({ id }) => id));
      ({ next } = page);
    } while (next !== null);
    expect(seen).toEqual([...Array.from({ length: 12 }, (_, i) => `g${String(i).padStart(2, '0')}`), 'odd id [x]']);
  });

  it('show the newest change first when asked', async () => {
    await fill();
    await app.get('records.put', { collection, id: 'g03', data: { priority: 1 }, patch: true });
    const first = await app.get('records.list', { collection, sort: 'newest', limit: 2 });
    expect(first.records.map(({ id }) => id)).toEqual(['g03', 'odd id [x]']);
    const second = await app.get('records.list', { collection, sort: 'newest', limit: 2, after: first.next ?? '' });
    expect(second.records.map(({ id }) => id)).toEqual(['g11', 'g10']);
    expect(await app.call('records.list', { collection, sort: 'newest', after: 'g03' })).toMatchObject({
      error: { type: 'InputInvalid', field: 'after' },
    });
  });

  it('filter by members, paths, JSON types and text (O40)', async () => {
    await fill();
    const where = (...pairs: [string, JsonValue][]) =>
      ids({ where: pairs.map(([field, value]) => ({ field, value })) });
    expect(await where(['status', 'done'], ['area', 'SALES'])).toEqual(['g00', 'g06']);
    expect(await where(['priority', '3'])).toEqual(['g02', 'g07']);
    expect(await where(['priority', 3])).toEqual(['g02', 'g07']);
    expect(await where(['status', 3])).toEqual([]);
    expect(await where(['owner.active', 'true'], ['priority', '1'])).toEqual(['g00', 'g10']);
    expect(await where(['owner.rank', 'null'], ['tags', 't3'])).toEqual(['g03', 'g07', 'g11']);
    expect(await where(['tags[0]', 't1'], ['status', 'in_progress'])).toEqual(['g01', 'g05', 'g09']);
    expect(await where(['nothing', 'x'])).toEqual([]);
    expect(await ids({ text: 'ODD' })).toEqual(['odd id [x]']);
    expect(await ids({ text: '"status"', limit: 1 })).toEqual(['g00']);
    expect(await ids({ text: 'expiresAt' })).toEqual([]);
    const page = await app.get('records.list', { collection, where: [{ field: 'status', value: 'done' }], limit: 3 });
    expect([page.records.map(({ id }) => id), page.next]).toEqual([['g00', 'g02', 'g04'], 'g04']);
    expect(await ids({ where: [{ field: 'status', value: 'done' }], after: 'g04' })).toEqual([
      'g06',
      'g08',
      'g10',
      'odd id [x]',
    ]);
  });

  it('keep a document that does not fit any more, and say where', async () => {
    await put('g', { title: 'a', priority: 5 });
    const path = join(home.configDir, 'definitions', 'goal-keeper.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"maximum":5', '"maximum":3'));
    expect((await app.get('records.list', { collection })).records).toMatchObject([
      { data: { priority: 5 }, problems: [{ field: 'priority', problem: 'must be at most 3' }] },
    ]);
  });
});

describe('records that expire', () => {
  const threads = 'thread_contexts';
  const live = async (): Promise<string[]> =>
    (await app.get('records.list', { collection: threads })).records.map(({ id }) => id);

  it('count from their last change, are not live past their time, and go only when told to (O10, O21, O52)', async () => {
    const save = (id: string) =>
      app.get('records.put', { collection: threads, id, data: { channel_id: 'C1', messages: [{ role: 'user' }] } });
    expect((await save('t1')).record.expiresAt).toMatch(/^2026-03-08T09:/u);
    await save('t2');
    await app.get('records.put', { collection: threads, id: 'kept', data: {}, expiresAt: null });
    await reopen('2026-03-05T09:00:00.000Z');
    expect((await save('t2')).record.expiresAt).toMatch(/^2026-03-12T09:/u);
    await app.get('records.put', { collection: threads, id: 'kept', data: { a: 1 } });

    await reopen('2026-03-10T09:00:00.000Z');
    expect(await live()).toEqual(['kept', 't2']);
    const gone = await app.get('records.list', { collection: threads, show: 'expired' });
    expect(gone.records).toMatchObject([{ id: 't1', expired: true }]);
    expect((await app.get('records.get', { collection: threads, id: 't1' })).expired).toBe(true);
    expect((await app.get('records.collections', {})).collections[1]).toMatchObject({ count: 2, expired: 1 });
    expect((await app.get('home.status', {})).counts.records).toBe(3);

    const dry = await app.get('records.expire', { dryRun: true });
    expect(dry.removed.map(({ id }) => id)).toEqual(['t1']);
    const done = await app.get('records.expire', {});
    expect(done).toMatchObject({ dryRun: false, removed: [{ collection: threads, id: 't1' }] });
    expect((await app.get('records.expire', {})).changeSet).toBeNull();
    expect((await app.get('home.status', {})).counts.records).toBe(2);
    const [entry] = (await app.get('audit.list', { key: 'thread_contexts.t1' })).changes;
    expect(entry).toMatchObject({ action: 'delete', reason: 'past their time', changeSet: done.changeSet });

    await app.get('settings.undo', {});
    const rescued = await app.get('records.put', {
      collection: threads,
      id: 't1',
      data: { note: 'again' },
      patch: true,
      expiresAt: null,
    });
    expect(rescued.record).toMatchObject({ expired: false, data: { channel_id: 'C1', note: 'again' } });
    expect(await live()).toEqual(['kept', 't1', 't2']);
  });

  it('take only times that can be kept', async () => {
    const at = (expiresAt: string) => app.call('records.put', { collection: threads, id: 'x', data: {}, expiresAt });
    for (const bad of ['soon', '+275000-01-01T00:00:00Z']) {
      expect(await at(bad)).toMatchObject({ ok: false, error: { type: 'InputInvalid', field: 'expiresAt' } });
    }
    expect(await at('2026-04-01T12:00:00+02:00')).toMatchObject({
      data: { record: { expiresAt: '2026-04-01T10:00:00.000Z' } },
    });
  });

  it('stay what they are when the clock jumps: only a time that has come makes them past', async () => {
    await app.get('records.put', { collection: threads, id: 't', data: {} });
    await reopen('2031-01-01T00:00:00.000Z');
    expect(await live()).toEqual([]);
    await reopen('2026-03-02T00:00:00.000Z');
    expect(await live()).toEqual(['t']);
  });
});
