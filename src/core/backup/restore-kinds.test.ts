/** Every kind of thing comes back equal, and a part of a backup is that part and nothing else of the same name. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultBackupPolicy } from '../../contract/backups.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let code = '';
let backup = { path: '' };

const record = (id: string, data: Record<string, string>) =>
  app.get('records.put', { collection: 'theme', id, data, create: true });
const override = (value: string) =>
  app.get('user.override', { user: 'alice', changes: [{ key: 'theme.color', op: 'set', value }] });
const policy = (at: string) => app.get('backup.set-policy', { policy: { ...defaultBackupPolicy, every: 'daily', at } });

/** All that a person sees of it. */
const seen = async () => ({
  settings: (await app.get('settings.list', {})).settings.map(({ key, value, source }) => [key, value, source]),
  secret: (await app.get('settings.reveal', { key: 'theme.token' })).value,
  integrations: (await app.get('integration.list', {})).integrations.map(({ id, type, name, enabled, config }) => ({
    id,
    type,
    name,
    enabled,
    config,
  })),
  records: (await app.get('records.list', { collection: 'theme' })).records.map(({ id, data }) => [id, data]),
  users: (await app.get('user.list', {})).users.map(({ name, role, disabled, email, overrides }) => ({
    name,
    role,
    disabled,
    email,
    overrides,
  })),
  overrides: (await app.get('user.show', { name: 'alice' })).overrides.map(({ key, value }) => [key, value]),
  policy: (await app.get('backup.policy', {})).policy,
});

beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
  await app.get('settings.apply', {
    changes: [
      { key: 'theme.color', op: 'set', value: 'red' },
      { key: 'theme.token', op: 'set', value: 'canary-1' },
    ],
    create: true,
  });
  await record('a', { title: 'A' });
  await app.get('user.add', { name: 'tester', role: 'admin' });
  await app.get('user.add', { name: 'alice', role: 'editor', email: 'alice@example.org' });
  await app.get('user.add', { name: 'theme', role: 'viewer' });
  await override('green');
  await app.get('settings.lock', { key: 'general.theme', reason: 'as agreed' });
  await policy('06:30');
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const changeAll = async (): Promise<void> => {
  backup = { path: (await app.get('backup.create', {})).path };
  await app.get('settings.apply', {
    changes: [
      { key: 'theme.color', op: 'set', value: 'blue' },
      { key: 'theme.token', op: 'set', value: 'canary-2' },
    ],
  });
  await record('a', { title: 'changed' });
  await record('b', { title: 'later' });
  await override('white');
  await app.get('user.update', { name: 'alice', email: 'other@example.org', role: 'viewer' });
  await app.get('user.remove', { name: 'theme' });
  await app.get('settings.unlock', { key: 'general.theme' });
  await policy('07:45');
};

describe('a restore', () => {
  it('brings back settings, secrets, integrations, records, users, overrides, locks and the schedule (O7)', async () => {
    const before = await seen();
    await changeAll();
    const { integrations } = await app.get('integration.list', {});
    await app.get('integration.remove', { id: integrations[0]?.id ?? '' });
    const changed = await seen();
    const preview = await app.get('backup.restore', { backup, dryRun: true });
    expect(preview.parts.map(({ part }) => part).toSorted()).toEqual([
      'integration',
      'lock',
      'policy',
      'record',
      'setting',
      'user',
    ]);
    expect(preview.parts.reduce((sum, one) => sum + one.changes, 0)).toBe(preview.changes.length);
    await app.get('backup.restore', { backup });
    expect(await seen()).toEqual(before);
    await app.get('backup.undo-restore', {});
    expect(await seen()).toEqual(changed);
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
  });

  it('leaves it to this home which files are written in clear', async () => {
    const on = async () => (await app.get('mirror.list', {})).mirrors.map(({ file, on: is }) => [file, is]);
    const [first] = (await app.get('mirror.list', {})).mirrors;
    expect(first).toBeDefined();
    const made = await app.get('backup.create', {});
    await app.get('mirror.set', { file: first?.file ?? '', on: first?.on !== true, yes: true });
    const chosen = await on();
    await app.get('settings.apply', { changes: [{ key: 'theme.color', op: 'set', value: 'blue' }] });
    await app.get('backup.restore', { backup: { path: made.path } });
    expect(await on()).toEqual(chosen);
  });

  it('brings everything into an empty home as well', async () => {
    const before = await seen();
    await changeAll();
    const fresh = tempHome(null);
    const other = await openTestApp(fresh);
    const old = app;
    try {
      const path = `${home.homeDir}/${backup.path}`;
      const file = other.files.register('session-cli', { path, name: 'moved.age', use: 'read' });
      await other.get('backup.restore', { backup: { file }, credential: { recoveryCode: code } });
      app = other;
      expect(await seen()).toEqual(before);
    } finally {
      app = old;
      await other.close();
      fresh.remove();
    }
  });
});

describe('a part of a backup', () => {
  const only = async (...parts: string[]) => {
    const { changes, totals } = await app.get('backup.restore', { backup, only: parts, dryRun: true });
    return { keys: changes.map(({ key }) => key).toSorted(), totals };
  };

  it('is a setting, a collection, or a user of that name, never two of them', async () => {
    await changeAll();
    expect((await only('theme')).keys).toEqual(['theme.color', 'theme.token']);
    expect((await only('record/theme')).keys).toEqual(['theme.a', 'theme.b']);
    expect((await only('record/theme.b')).totals).toMatchObject({ delete: 1, add: 0, update: 0 });
    expect((await only('user/theme')).keys).toEqual(['theme']);
    expect((await only('user/alice')).keys).toEqual(['alice', 'alice.theme.color']);
    expect((await only('setting/', 'policy/')).keys).toEqual(['backup', 'theme.color', 'theme.token']);
    expect((await only('lock/general.theme')).keys).toEqual(['general.theme']);
    // Nothing else has this name: the kind need not be said.
    expect((await only('alice')).keys).toEqual(['alice', 'alice.theme.color']);
  });

  it('that is not there, or that is several things, is said', async () => {
    await changeAll();
    await app.get('settings.apply', { changes: [{ key: 'theme.color', op: 'unset' }] });
    const ask = (part: string) => app.call('backup.restore', { backup, only: [part], dryRun: true });
    expect(await ask('record/nobody')).toMatchObject({ error: { type: 'NotFound', name: 'nobody' } });
    expect(await ask('nothing.here')).toMatchObject({ error: { type: 'NotFound', name: 'nothing.here' } });
    await app.get('records.put', { collection: 'alice', id: '1', data: { title: 'x' }, create: true });
    expect(await ask('alice')).toMatchObject({
      error: { type: 'InputInvalid', problem: expect.stringContaining('record/alice or user/alice') as string },
    });
  });
});

describe('single values of a backup', () => {
  const preview = async () => (await app.get('backup.restore', { backup, dryRun: true })).changes;

  it('never put a value where a group is now, unless both are picked', async () => {
    backup = { path: (await app.get('backup.create', {})).path };
    await app.get('settings.apply', {
      changes: [
        { key: 'theme.color', op: 'unset' },
        { key: 'theme.color.dark', op: 'set', value: 'black' },
      ],
      create: true,
    });
    const pick = ['setting/theme.color'];
    for (const dryRun of [true, false])
      expect(await app.call('backup.restore', { backup, pick, dryRun })).toMatchObject({
        ok: false,
        error: { type: 'SettingInvalid', key: 'theme.color' },
      });
    await app.get('backup.restore', { backup, pick: [...pick, 'setting/theme.color.dark'] });
    const { settings } = await app.get('settings.list', { prefix: 'theme.color' });
    expect(settings.map(({ key, value }) => [key, value])).toEqual([['theme.color', 'red']]);
  });

  it('come back as picked, a user with what belongs to it, and nothing else (O7)', async () => {
    const before = await seen();
    await changeAll();
    const changed = await seen();
    const changes = await preview();
    const units = changes.map(({ kind, key, unit }) => `${kind} ${key} ${unit}`);
    for (const one of [
      'setting theme.color setting/theme.color',
      'record theme.b record/theme.b',
      'user alice user/alice',
      'override alice.theme.color user/alice',
    ])
      expect(units).toContain(one);
    const pick = ['setting/theme.color', 'user/alice'];
    const looked = await app.get('backup.restore', { backup, pick, dryRun: true });
    expect(looked.totals).toMatchObject({ add: 0, update: 3, delete: 0 });
    // All parts are still counted: a page shows what else there would be.
    expect(looked.parts.reduce((sum, one) => sum + one.changes, 0)).toBe(changes.length);
    await app.get('backup.restore', { backup, pick });
    const now = await seen();
    expect(now.overrides).toEqual(before.overrides);
    expect(now.users.find(({ name }) => name === 'alice')).toEqual(before.users.find(({ name }) => name === 'alice'));
    expect(now.settings.find(([key]) => key === 'theme.color')?.[1]).toBe('red');
    expect([now.secret, now.records, now.policy]).toEqual([changed.secret, changed.records, changed.policy]);
    expect(now.users.some(({ name }) => name === 'theme')).toBe(false);
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
  });

  it('that are neither here nor in it are refused by name', async () => {
    await changeAll();
    for (const unit of ['setting/nothing.here', 'alice', 'field/x'])
      expect(await app.call('backup.restore', { backup, pick: [unit] })).toMatchObject({
        error: { type: 'NotFound', name: unit },
      });
  });

  it('say who changed them here after the backup was made', async () => {
    await changeAll();
    const here = { by: 'tester', door: 'cli' };
    for (const { key, since } of await preview()) expect(since, key).toMatchObject(here);
    // Into a home whose value is older than the backup: nothing newer is lost.
    const old = tempHome();
    const other = await openTestApp(old, 'cli', steppingClock('2020-01-01T09:00:00.000Z'));
    try {
      await other.get('migration.run', { protect: { recoveryCode: true } });
      const file = other.files.register('session-cli', {
        path: `${home.homeDir}/${backup.path}`,
        name: 'b.age',
        use: 'read',
      });
      const given = { backup: { file }, credential: { recoveryCode: code }, dryRun: true };
      const { changes } = await other.get('backup.restore', given);
      expect(changes.length).toBeGreaterThan(3);
      expect(changes.filter(({ since }) => since !== null)).toEqual([]);
    } finally {
      await other.close();
      old.remove();
    }
  });
});
