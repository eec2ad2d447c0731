import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

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

const noticeIds = async () => (await app.get('home.status', {})).notices.map((notice) => notice.id);

test('a home with a passphrase only says that it has no recovery code, and can make one', async () => {
  expect(await noticeIds()).toContain('recovery-missing');
  const before = await app.get('backup.create', {});
  const { recoveryCode } = await app.get('secret.make-recovery', {});
  expect(await noticeIds()).toContain('recovery-unconfirmed');
  const after = await app.get('backup.create', {});
  expect(after.provenAt).not.toBeNull();
  expect(after.recipient).not.toBe(before.recipient);
  expect(await app.get('secret.confirm-recovery', { recoveryCode })).toEqual({ confirmed: true });
  expect(await noticeIds()).not.toContain('recovery-unconfirmed');

  await app.get('secret.lock', {});
  // The new code opens what was made for it; the passphrase still opens everything of this home.
  expect(await app.get('backup.verify', { backup: { path: after.path }, credential: { recoveryCode } })).toMatchObject({
    proven: true,
  });
  expect(await app.call('backup.verify', { backup: { path: before.path } })).toMatchObject({
    ok: false,
    error: { type: 'SecretsLocked' },
  });
  await app.get('secret.unlock', { credential: { passphrase } });
  expect(await app.get('backup.verify', { backup: { path: before.path } })).toMatchObject({ proven: true });
  expect((await app.get('audit.list', { key: '' })).changes.map((entry) => entry.action)).toEqual(
    expect.arrayContaining(['make-recovery', 'confirm-recovery', 'lock', 'unlock']),
  );
});
