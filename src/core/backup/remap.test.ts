import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultBackupPolicy } from '../../contract/backups.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { steppingClock } from '../testing/clock.ts';

let home: TempHome;
let fresh: TempHome;
let app: TestApp;
let other: TestApp;
let code = '';

beforeEach(async () => {
  [home, fresh] = [tempHome('deeptempo'), tempHome(null)];
  app = await openTestApp(home);
  code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
  other = await openTestApp(fresh, 'cli', steppingClock('2026-04-01T09:00:00.000Z'));
});
afterEach(async () => {
  await app.close();
  await other.close();
  home.remove();
  fresh.remove();
});

const backupOf = async () => {
  const { path } = await app.get('backup.create', {});
  const file = other.files.register('session-cli', { path: join(home.homeDir, path), name: 'b.age', use: 'read' });
  return { backup: { file }, credential: { recoveryCode: code } };
};
const valueOf = async (key: string) => (await other.get('settings.get', { key })).value;

it('names what belongs to the other machine, and takes other values for it (H67)', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  try {
    // A listening server has an address of this form.
    const { port } = server.address() as AddressInfo;
    await app.get('settings.apply', {
      changes: [
        { key: 'moving.port', op: 'set', value: port },
        { key: 'moving.data_dir', op: 'set', value: '/no/such/folder/of/this/machine' },
        { key: 'moving.name', op: 'set', value: 'kept' },
      ],
      create: true,
    });
    const input = await backupOf();
    const preview = await other.get('backup.restore', { ...input, dryRun: true });
    const moving = preview.machine.filter((one) => one.key.startsWith('moving.'));
    expect(moving.map(({ key, what }) => [key, what])).toEqual([
      ['moving.data_dir', 'path'],
      ['moving.port', 'port'],
    ]);
    const remap = { 'moving.port': '1', 'moving.data_dir': fresh.homeDir };
    expect(await other.call('backup.restore', { ...input, remap: { 'moving.port': 'one' } })).toMatchObject({
      error: { type: 'SettingInvalid', key: 'moving.port' },
    });
    expect(await other.call('backup.restore', { ...input, remap: { 'moving.nothing': '1' } })).toMatchObject({
      error: { type: 'InputInvalid', field: 'remap' },
    });
    expect((await other.get('home.status', {})).state).toBe('NO_DATABASE');
    await other.get('backup.restore', { ...input, remap });
    expect([await valueOf('moving.port'), await valueOf('moving.data_dir'), await valueOf('moving.name')]).toEqual([
      1,
      fresh.homeDir,
      'kept',
    ]);
  } finally {
    server.close();
  }
});

it('brings every kind of subject back: settings, secrets, integrations, policy (H67)', async () => {
  const policy = { ...defaultBackupPolicy, every: 'weekly' as const };
  await app.get('backup.set-policy', { policy });
  await app.get('settings.apply', {
    changes: [{ key: 'moving.token', op: 'set', value: 'sk-moving' }],
    create: true,
  });
  await other.get('backup.restore', await backupOf());
  expect((await other.get('backup.policy', {})).policy).toEqual(policy);
  expect((await other.get('settings.reveal', { key: 'moving.token' })).value).toBe('sk-moving');
  const kinds = async (of: TestApp) => (await of.get('home.status', {})).counts;
  const [before, after] = [await kinds(app), await kinds(other)];
  expect({ ...after, changes: 0, backups: 0 }).toEqual({ ...before, changes: 0, backups: 0 });
  expect(after.integrations).toBeGreaterThan(0);
});
