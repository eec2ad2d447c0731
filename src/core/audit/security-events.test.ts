/** What touches keys, secrets or the store itself is an entry of the log, with who and through which door. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const newest = async (action: string) => (await app.get('audit.list', { action, limit: 1 })).changes[0];
const by = { actor: 'tester', source: 'cli' };

test('unlock, lock, a refused unlock and a wrong key with another command (D4)', async () => {
  await app.get('secret.lock', {});
  expect(await newest('lock')).toMatchObject({ ...by, type: 'keys' });
  await app.get('secret.unlock', { credential: { passphrase } });
  expect(await newest('unlock')).toMatchObject({ ...by, type: 'keys' });
  await app.get('secret.lock', {});
  expect(await app.call('secret.unlock', { credential: { passphrase: 'wrong wrong wrong' } })).toMatchObject({
    ok: false,
  });
  const refused = await newest('unlock-failed');
  expect(refused).toMatchObject({ ...by, type: 'keys' });
  const asked = await app.call('settings.reveal', { key: 'env.GITHUB_TOKEN' }, { passphrase: 'wrong wrong wrong' });
  expect(asked).toMatchObject({ ok: false, error: { type: 'WrongKey' } });
  const again = await newest('unlock-failed');
  expect(again).toMatchObject({ ...by, detail: { slot: 'passphrase', for: 'settings.reveal' } });
  expect(again?.id).toBeGreaterThan(refused?.id ?? 0);
});

test('reveal, export, slots, backup and restore (R7)', async () => {
  await app.get('settings.reveal', { key: 'env.GITHUB_TOKEN' });
  expect(await newest('reveal')).toMatchObject({ ...by, key: 'env.GITHUB_TOKEN', old: null, new: null });
  const file = app.files.register(testActor().session, { path: join(home.root, 'log'), name: 'log', use: 'write' });
  await app.get('audit.export', { file });
  expect(await newest('export')).toMatchObject({ ...by, type: 'audit' });
  await app.get('secret.make-recovery', {});
  expect(await newest('make-recovery')).toMatchObject({ ...by, type: 'keys' });
  const backup = await app.get('backup.create', {});
  await app.get('settings.apply', { changes: [{ op: 'set', key: 'own.note', value: 1 }], create: true });
  await app.get('backup.restore', { backup: { path: backup.path } });
  expect(await newest('restore')).toMatchObject({ actor: 'tester', type: 'backup' });
  expect((await app.get('audit.verify', {})).ok).toBe(true);
});
