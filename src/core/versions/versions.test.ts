/** Comparing versions and going back to them, on real homes: D77 and O65 in docs/capabilities.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandName, Input, Output } from '../../contract/commands.ts';
import type { Result } from '../../contract/result.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;

beforeEach(async () => {
  home = tempHome('deeptempo');
  app = await openTestApp(home);
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const reopen = async (): Promise<void> => {
  await app.close();
  app = await openTestApp(home, 'cli', steppingClock('2026-03-05T09:00:00.000Z'));
};
const set = async (key: string, value: string | boolean): Promise<string> =>
  (await app.get('settings.apply', { changes: [{ key, op: 'set', value }], create: true })).changeSet ?? '';
const valueOf = async (key: string) => (await app.get('settings.get', { key })).value;
const as = async <N extends CommandName>(user: string, name: N, input: Input<N>): Promise<Result<Output<N>>> =>
  (await app.dispatch({ name, input, actor: { ...testActor(), user }, credential: null })) as Result<Output<N>>;
const everything = async (ref: string): Promise<string> =>
  JSON.stringify((await app.get('versions.at', { ref, limit: 10_000 })).entries.map((one) => ({ ...one, now: '' })));

describe('comparing', () => {
  it('shows what differs between any two of now, a time, a change set, a backup and the files (D77)', async () => {
    const first = await set('general.theme', 'light');
    await app.get('records.put', { collection: 'notes', id: 'one', data: { title: 'One' }, create: true });
    const backup = await app.get('backup.create', {});
    const last = await set('general.theme', 'dark');
    const at = (await app.get('versions.at', { ref: `cs:${first}` })).moment?.at ?? '';
    const theme = { kind: 'setting', key: 'general.theme', action: 'update', secret: false } as const;
    const record = { kind: 'record', key: 'notes.one', action: 'create' };
    const compare = async (a: string, b: string) => (await app.get('versions.diff', { a, b })).changes;
    expect(await compare(`cs:${first}`, 'now')).toMatchObject([record, { ...theme, old: 'light', new: 'dark' }]);
    expect(await compare(at, `cs:${last}`)).toMatchObject([record, { ...theme, old: 'light', new: 'dark' }]);
    expect(await compare(`backup:${backup.path}`, 'now')).toMatchObject([{ ...theme, old: 'light', new: 'dark' }]);
    expect(await compare('now', 'now')).toEqual([]);
    const file = join(home.homeDir, 'general_config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"dark"', '"system"'));
    const files = await app.get('versions.diff', { a: 'files', b: 'now', prefix: 'general' });
    expect(files.changes).toMatchObject([{ ...theme, old: 'system', new: 'dark' }]);
  });

  it('says what one side cannot tell of (D77)', async () => {
    await app.get('mirror.set', { file: 'general_config.json', on: true });
    const found = await app.get('versions.diff', { a: 'files', b: 'now' });
    expect(found.notCompared).toContainEqual({ kind: 'mirror', count: 1 });
    expect((await app.get('versions.diff', { a: 'now', b: 'now' })).notCompared).toEqual([]);
  });

  it('finds any change set by its reason, its person, a key or its time, page by page (D77)', async () => {
    for (let n = 0; n < 130; n += 1)
      await app.get('settings.apply', {
        changes: [{ key: 's3.region', op: 'set', value: `region-${String(n)}` }],
        reason: n === 3 ? 'a 100% needle_in hay' : `step ${String(n)}`,
      });
    const list = (input: Input<'versions.list'>) => app.get('versions.list', input);
    const found = await list({ text: '0% needle_' });
    expect(found.versions.map((one) => one.reason)).toEqual(['a 100% needle_in hay']);
    expect((await list({ text: '%' })).versions).toHaveLength(1);
    expect((await list({ text: 's3.reg', limit: 1000 })).versions).toHaveLength(131);
    const all: number[] = [];
    for (let after: number | null = Number.MAX_SAFE_INTEGER; after !== null;) {
      const page: Output<'versions.list'> = await list({ text: 'STEP', limit: 50, after });
      all.push(...page.versions.map((one) => one.number));
      after = page.next;
    }
    expect([all.length, new Set(all).size]).toEqual([129, 129]);
    const then = found.versions[0]?.at ?? '';
    expect((await list({ until: then })).versions[0]).toMatchObject({ reason: 'a 100% needle_in hay' });
    expect((await list({ until: '2020-01-01T00:00:00.000Z' })).versions).toEqual([]);
  });

  it('tells of a secret only whether it is the same', async () => {
    const token = 'env.GITHUB_TOKEN';
    const before = (await app.get('versions.list', {})).versions[0]?.changeSet ?? '';
    await app.get('settings.apply', { changes: [{ key: token, op: 'set', value: 'ghp_other' }] }, { passphrase });
    const found = await app.get('versions.diff', { a: `cs:${before}`, b: 'now' });
    expect(found.changes).toEqual([
      { kind: 'setting', key: token, action: 'update', old: null, new: null, secret: true, set: true, same: false },
    ]);
    expect(JSON.stringify(await app.get('versions.at', { ref: 'now' }))).not.toContain('ghp_');
  });

  it('names what it cannot read', async () => {
    const ask = (a: string) => app.call('versions.diff', { a, b: 'now' });
    expect(await ask('bundle:x.json')).toMatchObject({ ok: false, error: { type: 'NotFound' } });
    expect(await ask('last week')).toMatchObject({ ok: false, error: { type: 'InputInvalid' } });
    expect(await ask('cs:none')).toMatchObject({ ok: false, error: { type: 'NotFound' } });
    expect(await ask('backup:../../etc/passwd')).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  });
});

describe('going back', () => {
  it('to a moment, byte for byte, as a new version, and undo takes that back (D77, O3, O65)', async () => {
    const start = (await app.get('versions.list', {})).versions[0]?.changeSet ?? '';
    const then = await everything(`cs:${start}`);
    await set('general.theme', 'light');
    await set('own.added', 'x');
    await app.get('settings.apply', { changes: [{ key: 's3.region', op: 'unset' }] });
    await app.get('records.put', { collection: 'notes', id: 'one', data: { title: 'One' }, create: true });
    const latest = await everything('now');
    const preview = await app.get('versions.revert', { to: `cs:${start}`, dryRun: true });
    expect(preview).toMatchObject({ changeSet: null, dryRun: true, left: [], later: [] });
    expect(preview.changes.map(({ key, action }) => `${action} ${key}`).toSorted()).toEqual([
      'create s3.region',
      'delete notes.one',
      'delete own.added',
      'update general.theme',
    ]);
    expect(await everything('now')).toBe(latest);
    const done = await app.get('versions.revert', { to: `cs:${start}`, reason: 'as it was' });
    expect(await everything('now')).toBe(then);
    expect((await app.get('versions.list', { limit: 1 })).versions).toMatchObject([
      { changeSet: done.changeSet, kind: 'revert', reason: 'as it was', changes: 4 },
    ]);
    await reopen();
    await app.get('settings.undo', {});
    expect(await everything('now')).toBe(latest);
    await app.get('settings.redo', {});
    expect(await everything('now')).toBe(then);
    expect(await app.get('audit.verify', {}, { passphrase })).toMatchObject({ ok: true });
  });

  it('of one change set leaves later ones alone, and says whose change lies in the way (O65)', async () => {
    const mine = await set('general.theme', 'light');
    await set('own.added', 'stays');
    await app.get('versions.revert', { changeSet: mine });
    expect([await valueOf('general.theme'), await valueOf('own.added')]).toEqual(['dark', 'stays']);

    const again = await set('s3.region', 'eu-west-1');
    await as('alice', 'settings.apply', { changes: [{ key: 's3.region', op: 'set', value: 'eu-west-2' }] });
    const refused = await app.call('versions.revert', { changeSet: again });
    expect(refused).toMatchObject({ ok: false, error: { type: 'Conflict', items: [{ key: 's3.region' }] } });
    expect(JSON.stringify(refused)).toContain('alice');
    expect(await valueOf('s3.region')).toBe('eu-west-2');
    const preview = await app.get('versions.revert', { changeSet: again, dryRun: true });
    expect(preview.later).toMatchObject([{ key: 's3.region', actor: 'alice' }]);
    await app.get('versions.revert', { changeSet: again, over: true });
    expect(await valueOf('s3.region')).toBe('eu-central-1');
  });

  it('to a moment does not pass over somebody else without saying so', async () => {
    const start = await set('general.theme', 'light');
    await as('alice', 'settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'dark' }] });
    expect(await app.call('versions.revert', { to: `cs:${start}` })).toMatchObject({ error: { type: 'Conflict' } });
    expect(await app.call('versions.revert', { to: `cs:${start}`, keys: ['s3'] })).toMatchObject({ ok: true });
    expect(await app.get('versions.revert', { to: `cs:${start}`, over: true })).toMatchObject({
      changes: [{ key: 'general.theme', new: 'light' }],
      later: [{ actor: 'alice' }],
    });
  });

  it('says what cannot be brought back, and brings the rest', async () => {
    const before = await set('own.thing', 'one');
    await set('general.theme', 'light');
    await app.get('settings.apply', { changes: [{ key: 'own.thing', op: 'unset' }] });
    await set('own.thing.deeper', 'two');
    const done = await app.get('versions.revert', { to: `cs:${before}`, keys: ['own.thing', 'general'] });
    expect(done.changes.map(({ key }) => key).toSorted()).toEqual(['general.theme', 'own.thing', 'own.thing.deeper']);
    await set('general.theme', 'light');
    const group = (await app.get('versions.revert', { changeSet: done.changeSet ?? '', dryRun: true })).left;
    expect(group).toEqual([]);
    // Only the value itself is asked for, while the group that took its place stays.
    await app.get('versions.revert', { changeSet: done.changeSet ?? '', over: true });
    const picked = await app.get('versions.pick', { from: `cs:${before}`, keys: ['own.thing'], dryRun: true });
    expect(picked.changes.map(({ action, key }) => `${action} ${key}`).toSorted()).toEqual([
      'create own.thing',
      'delete own.thing.deeper',
    ]);
    const undeleted = await app.get('versions.undelete', { key: 'own.thing' });
    expect(undeleted).toMatchObject({ changeSet: null, left: [{ key: 'own.thing' }] });
  });

  it('brings a secret back with the keys only', async () => {
    const token = 'env.GITHUB_TOKEN';
    const old = (await app.get('settings.reveal', { key: token }, { passphrase })).value;
    const changed = await app.get(
      'settings.apply',
      { changes: [{ key: token, op: 'set', value: 'ghp_other' }] },
      { passphrase },
    );
    await reopen();
    const uid = changed.changeSet ?? '';
    expect(await app.call('versions.revert', { changeSet: uid })).toMatchObject({ error: { type: 'SecretsLocked' } });
    await app.get('versions.revert', { changeSet: uid }, { passphrase });
    expect((await app.get('settings.reveal', { key: token }, { passphrase })).value).toBe(old);
  });
});

describe('picking, naming, undeleting', () => {
  it('picks some values of a backup and of the files (D77)', async () => {
    const backup = await app.get('backup.create', {});
    await set('general.theme', 'light');
    await set('general.demo_mode', true);
    await app.get('versions.pick', { from: `backup:${backup.path}`, keys: ['general.theme'] });
    expect([await valueOf('general.theme'), await valueOf('general.demo_mode')]).toEqual(['dark', true]);
    await app.get('versions.pick', { from: 'files', keys: ['general.demo_mode'] });
    expect(await valueOf('general.demo_mode')).toBe(false);
    expect(await app.call('versions.pick', { from: 'files', keys: ['nothing.here'] })).toMatchObject({
      error: { type: 'NotFound' },
    });
  });

  it('names versions, keeps the names across restarts and goes back to one (D77)', async () => {
    const good = await set('general.theme', 'light');
    await app.get('versions.name', { name: 'before the audit', note: 'all green', pinned: true });
    await set('general.theme', 'dark');
    await reopen();
    const { named } = await app.get('versions.list', {});
    expect(named).toMatchObject([
      { name: 'before the audit', note: 'all green', pinned: true, version: { changeSet: good } },
    ]);
    await app.get('versions.revert', { to: `cs:${named[0]?.version.changeSet ?? ''}` });
    expect(await valueOf('general.theme')).toBe('light');
    expect((await app.get('versions.list', {})).named).toHaveLength(1);
    await app.get('versions.unname', { name: 'before the audit' });
    expect((await app.get('versions.list', {})).named).toEqual([]);
  });

  it('brings a removed setting back as it was last (D77)', async () => {
    await set('own.added', 'one');
    await set('own.added', 'two');
    const gone = await app.get('settings.apply', { changes: [{ key: 'own.added', op: 'unset' }] });
    const secret = { key: 'env.GITHUB_TOKEN', op: 'unset' as const };
    await app.get('settings.apply', { changes: [secret] }, { passphrase });
    const { removed, total } = await app.get('versions.removed', {});
    expect(total).toBe(2);
    expect(removed).toMatchObject([
      { key: secret.key, value: null, secret: true, actor: 'tester' },
      { key: 'own.added', value: 'two', secret: false, changeSet: gone.changeSet },
    ]);
    expect((await app.get('versions.removed', { text: 'OWN', limit: 1 })).removed).toHaveLength(1);
    await app.get('versions.undelete', { key: secret.key }, { passphrase });
    await app.get('versions.undelete', { key: 'own.added' });
    expect((await app.get('versions.removed', {})).total).toBe(0);
    expect(await valueOf('own.added')).toBe('two');
    expect(await app.call('versions.undelete', { key: 'own.added' })).toMatchObject({ error: { type: 'NotFound' } });
  });
});
