import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Input, Output } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { steppingClock } from '../testing/clock.ts';
import type { Credential } from '../context.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let key: Credential;

beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  key = { recoveryCode: run.recoveryCode ?? '' };
});

afterEach(async () => {
  await app.close();
  home.remove();
});

const themeNow = async (): Promise<unknown> => (await app.get('settings.get', { key: 'general.theme' })).value;
const setTheme = (value: string, reason?: string) =>
  app.get('settings.apply', {
    changes: [{ key: 'general.theme', op: 'set', value }],
    ...(reason === undefined ? {} : { reason }),
  });

describe('changing settings', () => {
  test('one change set: value, history with reason, audit entry, chain', async () => {
    const applied = await setTheme('light', 'daylight');
    expect(applied).toMatchObject({
      dryRun: false,
      changes: [{ key: 'general.theme', action: 'update', old: 'dark', new: 'light', secret: false }],
    });
    expect(await themeNow()).toBe('light');
    const history = await app.get('settings.history', { key: 'general.theme' });
    expect(
      history.versions.map(({ old, new: now, actor, source, reason }) => ({ old, now, actor, source, reason })),
    ).toEqual([
      { old: 'dark', now: 'light', actor: 'tester', source: 'cli', reason: 'daylight' },
      { old: null, now: 'dark', actor: 'tester', source: 'migration', reason: null },
    ]);
    const audit = await app.get('audit.list', { key: 'general.theme' });
    expect(audit.changes[0]).toMatchObject({
      action: 'update',
      type: 'setting',
      key: 'general.theme',
      old: 'dark',
      new: 'light',
      changeSet: applied.changeSet,
    });
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true, firstBad: null });
  });

  test('a value that is the same already writes nothing', async () => {
    const before = (await app.get('home.status', {})).counts.changes;
    expect(await setTheme('dark')).toMatchObject({ changeSet: null, changes: [{ action: 'unchanged' }] });
    expect((await app.get('home.status', {})).counts.changes).toBe(before);
  });

  test('a dry run changes nothing and says what would', async () => {
    const head = (await app.get('audit.verify', {})).head;
    const dry = await app.get('settings.apply', {
      changes: [{ key: 'general.theme', op: 'set', value: 'light' }],
      dryRun: true,
    });
    expect(dry).toEqual({
      changeSet: null,
      dryRun: true,
      changes: [{ key: 'general.theme', action: 'update', old: 'dark', new: 'light', secret: false }],
      restart: [],
    });
    expect((await app.get('audit.verify', {})).head).toBe(head);
  });

  test('bad values are all named and nothing is written', async () => {
    const result = await app.call('settings.apply', {
      changes: [
        { key: 'general.theme', op: 'set', value: 'purple' },
        { key: 'general.show_notifications', op: 'set', value: 'yes' },
        { key: 's3.region', op: 'set', value: 'eu-west-1' },
      ],
    });
    expect(result).toMatchObject({
      ok: false,
      error: { type: 'SettingInvalid', invalid: [{ key: 'general.theme' }, { key: 'general.show_notifications' }] },
    });
    expect((await app.get('settings.get', { key: 's3.region' })).value).toBe('eu-central-1');
  });

  test('an unknown key is refused with the nearest names, and made with create', async () => {
    const change = { key: 'general.thme', op: 'set' as const, value: 'x' };
    expect(await app.call('settings.apply', { changes: [change] })).toMatchObject({
      ok: false,
      error: {
        type: 'SettingUnknown',
        key: 'general.thme',
        nearest: expect.arrayContaining(['general.theme']) as string[],
      },
    });
    expect(await app.get('settings.apply', { changes: [change], create: true })).toMatchObject({
      changes: [{ action: 'create' }],
    });
    expect((await app.get('settings.get', { key: 'general.thme' })).source).toBe('set');
  });

  test('a stale editor is refused', async () => {
    const read = (await app.get('settings.list', { prefix: 'general.theme' })).settings[0]?.version ?? null;
    await setTheme('light');
    expect(
      await app.call('settings.apply', {
        changes: [{ key: 'general.theme', op: 'set', value: 'dark' }],
        expect: { 'general.theme': read },
      }),
    ).toEqual({ ok: false, error: { type: 'Stale', keys: ['general.theme'] } });
    expect(await themeNow()).toBe('light');
  });

  test('undo and redo walk through the changes and end where they began', async () => {
    await setTheme('light');
    await app.get('settings.apply', { changes: [{ key: 's3.region', op: 'unset' }] });
    const state = async () => [await themeNow(), (await app.get('settings.get', { key: 's3.region' })).value];
    const after = await state();
    await app.get('settings.undo', {});
    expect((await app.get('settings.get', { key: 's3.region' })).value).toBe('eu-central-1');
    await app.get('settings.undo', {});
    expect(await state()).toEqual(['dark', 'eu-central-1']);
    expect(await app.call('settings.undo', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
    await app.get('settings.redo', {});
    expect(await themeNow()).toBe('light');
    await app.get('settings.redo', {});
    expect(await state()).toEqual(after);
    expect(await app.call('settings.redo', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
    await app.get('settings.undo', {});
    await setTheme('dark');
    expect(await app.call('settings.redo', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
  });

  test('undo survives a restart', async () => {
    await setTheme('light');
    await app.close();
    app = await openTestApp(home, 'cli', steppingClock('2026-03-02T09:00:00.000Z'));
    await app.get('settings.undo', {});
    expect(await themeNow()).toBe('dark');
  });
});

describe('one key, one value', () => {
  const create = (made: string) =>
    app.call('settings.apply', { changes: [{ key: made, op: 'set', value: 1 }], create: true });

  test('a value cannot stand where a group is, nor below another value', async () => {
    expect(await create('s3')).toMatchObject({ ok: false, error: { type: 'SettingInvalid', key: 's3' } });
    expect(await create('general.theme.shade')).toMatchObject({ ok: false, error: { type: 'SettingInvalid' } });
    expect(await create('s3.new')).toMatchObject({ ok: true });
    const both = {
      changes: [
        { key: 'x', op: 'set' as const, value: 1 },
        { key: 'x.y', op: 'set' as const, value: 2 },
      ],
      create: true,
    };
    expect(await app.call('settings.apply', both)).toMatchObject({ ok: false, error: { type: 'SettingInvalid' } });
  });
});

describe('secrets', () => {
  const token = 'env.GITHUB_TOKEN';
  const change = (value: string) => ({ changes: [{ key: token, op: 'set' as const, value }] });

  test('are never shown, except by a reveal that is audited', async () => {
    expect(await app.get('settings.get', { key: token })).toMatchObject({ value: null, secret: true, set: true });
    const revealed = await app.get('settings.reveal', { key: token, reason: 'checking' }, key);
    expect(revealed).toEqual({ key: token, value: 'ghp_fake0000000000000000000000000000' });
    expect((await app.get('audit.list', { key: token })).changes[0]).toMatchObject({
      action: 'reveal',
      old: null,
      new: null,
      reason: 'checking',
    });
  });

  test('changing one needs the keys, shows no value, and undo brings the old one back', async () => {
    await app.close();
    app = await openTestApp(home, 'cli', steppingClock('2026-03-02T09:00:00.000Z'));
    expect(await app.call('settings.apply', change('new-token'))).toMatchObject({
      ok: false,
      error: { type: 'SecretsLocked' },
    });
    expect(await app.call('settings.apply', change('new-token'), { passphrase: 'wrong' })).toMatchObject({
      ok: false,
      error: { type: 'WrongKey' },
    });
    const applied = await app.get('settings.apply', change('new-token'), key);
    expect(applied.changes).toEqual([
      { key: token, action: 'update', old: null, new: null, secret: true, set: true, same: false },
    ]);
    expect(await app.get('settings.apply', change('new-token'), key)).toMatchObject({
      changeSet: null,
      changes: [{ same: true }],
    });
    await app.get('settings.undo', {}, key);
    expect((await app.get('settings.reveal', { key: token }, key)).value).toBe('ghp_fake0000000000000000000000000000');
    expect(await app.get('audit.verify', {}, key)).toMatchObject({ ok: true, sealsChecked: true, unsealed: 0 });
  });

  test('an empty place for a secret takes its first value encrypted', async () => {
    const other = tempHome(null);
    writeFileSync(
      join(other.homeDir, 'app.json'),
      '{"token":null,"secret":{},"note":null,"password":{"deep":"pw-one"}}',
    );
    const fresh = await openTestApp(other, 'cli', steppingClock('2026-04-01T09:00:00.000Z'));
    await fresh.get('migration.run', { protect: { recoveryCode: true } });
    expect(await fresh.get('settings.get', { key: 'app.token' })).toMatchObject({
      secret: true,
      set: false,
      value: null,
    });
    expect(await fresh.get('settings.reveal', { key: 'app.secret' })).toEqual({ key: 'app.secret', value: {} });
    expect(await fresh.get('settings.get', { key: 'app.password.deep' })).toMatchObject({ secret: true, set: true });
    const set = (at: string, value: string) =>
      fresh.get('settings.apply', { changes: [{ key: at, op: 'set', value }] });
    expect((await set('app.token', 'tok-one')).changes).toMatchObject([
      { action: 'update', old: null, new: null, secret: true, set: true },
    ]);
    expect((await set('app.note', 'plain words')).changes).toMatchObject([{ new: 'plain words', secret: false }]);
    expect((await fresh.get('settings.reveal', { key: 'app.token' })).value).toBe('tok-one');
    await fresh.close();
    other.remove();
  });

  test('a reason that holds the secret itself is refused', async () => {
    expect(await app.call('settings.apply', { ...change('new-token'), reason: 'now new-token' }, key)).toMatchObject({
      ok: false,
      error: { type: 'InputInvalid', field: 'reason' },
    });
  });
});

describe('somebody else’s change', () => {
  const as = async <N extends 'settings.apply' | 'settings.undo' | 'versions.revert'>(
    user: string,
    name: N,
    input: Input<N>,
  ): Promise<Result<Output<N>>> => {
    const actor = { user, role: 'admin' as const, door: 'cli' as const, session: user };
    // The contract's own output for this name; dispatch has checked it.
    return (await app.dispatch({ name, input, actor, credential: key })) as Result<Output<N>>;
  };
  const region = (value: string) => ({ changes: [{ key: 's3.region', op: 'set' as const, value }] });

  test('that is taken back is said to be theirs', async () => {
    await setTheme('light');
    const { undo } = await app.get('settings.undoable', {});
    expect(undo).toMatchObject({ label: 'general.theme', actor: 'tester' });
    const at = undo?.at ?? '';
    expect(await as('bob', 'settings.undo', { dryRun: true })).toMatchObject({
      data: { by: { actor: 'tester', at } },
    });
    expect(await as('bob', 'settings.undo', {})).toMatchObject({ ok: true, data: { by: { actor: 'tester', at } } });
    await app.get('settings.redo', {});
    expect(Object.keys(await app.get('settings.undo', {}))).not.toContain('by');
  });

  test('that came later is named with who, what and when, and only a revert goes past it', async () => {
    const { path } = await app.get('backup.create', {}, key);
    await app.get('settings.apply', region('eu-west-1'));
    const restored = await app.get('backup.restore', { backup: { path } }, key);
    const bobs = await as('bob', 'settings.apply', region('eu-west-2'));
    const later = {
      kind: 'setting',
      key: 's3.region',
      changeSet: bobs.ok ? bobs.data.changeSet : '',
      actor: 'bob',
    };
    const of = restored.changeSet ?? '';
    const refused = await app.call('backup.undo-restore', {}, key);
    expect(refused).toMatchObject({
      ok: false,
      error: { type: 'Stale', keys: ['s3.region'], of, later: [later] },
    });
    if (refused.ok) throw new Error('it was taken back');
    expect(describeError(refused.error)).toMatch(
      /^Not taken back: s3\.region was changed after it by bob \(2026-03-01 09:\d\d UTC\)\. Nothing was changed;/u,
    );
    expect((await app.get('settings.get', { key: 's3.region' })).value).toBe('eu-west-2');
    // Told so, its person may go past it all the same.
    expect(await as('tester', 'versions.revert', { changeSet: of, over: true })).toMatchObject({
      ok: true,
      data: { later: [later] },
    });
  });
});
