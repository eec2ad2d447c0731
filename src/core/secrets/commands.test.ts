import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { readKeys } from './ensure-keys.ts';
import { createKeys } from './keyring.ts';
import { saveKeysFile } from './keys-file.ts';
import { realFs } from '../store/fs.ts';

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome('deeptempo');
  app = await openTestApp(home);
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const migrate = async () => (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
const holdfastDir = () => join(home.homeDir, '.holdfast');
const keysFile = () => {
  const keys = readKeys(holdfastDir());
  if (!keys.ok || keys.data === null) throw new Error('no keys');
  return keys.data.file;
};
const keyEvents = async () =>
  (await app.get('audit.list', { type: 'keys' })).changes.map((one) => [one.action, one.detail]).toReversed();

test('a home without keys: status says so, nothing can be unlocked, nothing is created', async () => {
  expect(await app.get('secret.status', {})).toEqual({
    keys: 'none',
    slots: [],
    keyring: 'none',
    rotatedAt: null,
    dataKeys: 0,
    secrets: 0,
    recipient: null,
    recoveryConfirmed: false,
  });
  for (const name of ['secret.lock', 'secret.unlock', 'secret.confirm-recovery'] as const) {
    const inputs = {
      'secret.lock': {},
      'secret.unlock': { credential: { passphrase: 'x' } },
      'secret.confirm-recovery': { recoveryCode: 'x' },
    };
    expect(await app.call(name, inputs[name] as never)).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  }
  expect(existsSync(holdfastDir())).toBe(false);
});

test('lock, a wrong try, unlock: each an entry in the log, and secrets follow', async () => {
  const code = await migrate();
  const [identity] = keysFile().identities;
  const status = {
    slots: [{ kind: 'recovery', createdAt: identity?.createdAt }],
    recipient: identity?.recipient,
    recoveryConfirmed: false,
  };
  expect(await app.get('secret.status', {})).toMatchObject({ ...status, keys: 'unlocked' });
  expect((await app.get('secret.status', {})).secrets).toBeGreaterThan(3);
  const secret = (await app.get('settings.list', {})).settings.find((one) => one.secret && one.set === true)?.key ?? '';
  const value = (await app.get('settings.reveal', { key: secret })).value;

  expect(await app.get('secret.lock', {})).toEqual({ keys: 'locked' });
  expect(await app.get('secret.status', {})).toMatchObject({ ...status, keys: 'locked' });
  expect(await app.call('settings.reveal', { key: secret })).toMatchObject({
    ok: false,
    error: { type: 'SecretsLocked' },
  });
  expect(await app.call('secret.unlock', { credential: { passphrase: 'not this' } })).toMatchObject({
    ok: false,
    error: { type: 'WrongKey', what: 'the keys of this home', needs: 'the recovery code of 2026-03-01' },
  });
  expect(await app.call('settings.reveal', { key: secret })).toMatchObject({
    ok: false,
    error: { type: 'SecretsLocked' },
  });
  expect(await app.get('secret.unlock', { credential: { recoveryCode: code } })).toEqual({ keys: 'unlocked' });
  expect((await app.get('settings.reveal', { key: secret })).value).toEqual(value);
  expect(await keyEvents()).toEqual([
    ['lock', {}],
    ['unlock-failed', { slot: 'passphrase' }],
    ['unlock', { slot: 'recovery' }],
  ]);
  expect(await app.get('audit.verify', {})).toMatchObject({ ok: true, unsealed: 0, sealsChecked: true });
});

test('confirming the recovery code', async () => {
  const code = await migrate();
  const mistyped = code.startsWith('0') ? `1${code.slice(1)}` : `0${code.slice(1)}`;
  expect(await app.call('secret.confirm-recovery', { recoveryCode: mistyped })).toMatchObject({
    ok: false,
    error: { type: 'WrongKey' },
  });
  expect(keysFile().recoveryConfirmedAt).toBeNull();
  expect(await app.get('secret.confirm-recovery', { recoveryCode: code.toLowerCase() })).toEqual({ confirmed: true });
  expect((await app.get('secret.status', {})).recoveryConfirmed).toBe(true);
  expect(await keyEvents()).toEqual([['confirm-recovery', {}]]);
  expect(
    readFileSync(join(holdfastDir(), 'keys.json')).equals(readFileSync(join(holdfastDir(), 'keys.json.bak'))),
  ).toBe(true);
});

test('a damaged keys.json: the copy serves, and an unlock repairs it', async () => {
  const code = await migrate();
  await app.get('secret.lock', {});
  writeFileSync(join(holdfastDir(), 'keys.json'), 'damaged');
  expect(await app.get('secret.status', {})).toMatchObject({ keys: 'locked' });
  await app.get('secret.unlock', { credential: { recoveryCode: code } });
  const keys = readKeys(holdfastDir());
  expect(keys.ok && keys.data?.notices).toEqual([]);
  expect(readdirSync(join(holdfastDir(), 'quarantine')).some((name) => name.startsWith('keys.json-'))).toBe(true);
  // A confirmation changes the copy as well.
  rmSync(join(holdfastDir(), 'keys.json'));
  expect(await app.get('secret.confirm-recovery', { recoveryCode: code })).toEqual({ confirmed: true });
  expect(keysFile().recoveryConfirmedAt).not.toBeNull();
});

describe('which keys a first secret gets (ensureKeys)', () => {
  test('none and no way to protect them: the choices are named, nothing is created', async () => {
    expect(await app.call('migration.run', {})).toEqual({
      ok: false,
      error: {
        type: 'SecretsLocked',
        what: 'This home has no keys yet, and what is to be encrypted needs some',
        choices: ['--passphrase-file FILE', '--recovery-code-out FILE'],
      },
    });
    expect(existsSync(holdfastDir())).toBe(false);
  });

  test('the keys belong to the store from the start', async () => {
    const code = await migrate();
    expect(code).toMatch(/^([0-9A-Z]{4}-){8}.$/u);
    expect(keysFile()).toMatchObject({
      recoveryConfirmedAt: null,
      slots: [{ kind: 'recovery' }],
      storeId: expect.stringMatching(/./u) as string,
    });
  });

  test('existing keys are never replaced: a second run wants them', async () => {
    await migrate();
    const before = readFileSync(join(holdfastDir(), 'keys.json'));
    await app.get('secret.lock', {});
    for (const protect of [{ recoveryCode: true }, {}]) {
      expect(await app.call('migration.run', { protect })).toMatchObject({
        ok: false,
        error: { type: 'SecretsLocked' },
      });
    }
    expect(await app.call('migration.run', { protect: { passphrase: 'another' } })).toMatchObject({
      ok: false,
      error: { type: 'WrongKey' },
    });
    expect(readFileSync(join(holdfastDir(), 'keys.json')).equals(before)).toBe(true);
  });

  test('keys that a killed run left before anybody saw their code are set aside', async () => {
    mkdirSync(holdfastDir(), { mode: 0o700 });
    const lost = await createKeys({ recoveryCode: true, now: '2026-02-01T00:00:00.000Z' });
    expect(saveKeysFile(realFs, holdfastDir(), lost.file).ok).toBe(true);
    const code = await migrate();
    expect(keysFile().identities[0]?.recipient).not.toBe(lost.file.identities[0]?.recipient);
    expect((await app.get('secret.confirm-recovery', { recoveryCode: code })).confirmed).toBe(true);
    const kept = readdirSync(join(holdfastDir(), 'quarantine'));
    expect(kept.map((name) => name.replace(/-[0-9a-f]{12}$/u, '')).toSorted()).toEqual(['keys.json', 'keys.json.bak']);
  });

  test('but not when they were confirmed, have a passphrase, or a backup needs them', async () => {
    mkdirSync(join(holdfastDir(), 'backups'), { recursive: true, mode: 0o700 });
    const lost = (await createKeys({ recoveryCode: true, now: '2026-02-01T00:00:00.000Z' })).file;
    const withPassphrase = (await createKeys({ passphrase: 'p', now: '2026-02-01T00:00:00.000Z', scryptN: 2 ** 14 }))
      .file;
    const cases = [
      { file: { ...lost, recoveryConfirmedAt: '2026-02-02T00:00:00.000Z' }, backup: null },
      { file: withPassphrase, backup: null },
      { file: lost, backup: 'holdfast_20260201_000000.age' },
    ];
    for (const { file, backup } of cases) {
      if (backup !== null) writeFileSync(join(holdfastDir(), 'backups', backup), 'x');
      expect(saveKeysFile(realFs, holdfastDir(), file).ok).toBe(true);
      expect(await app.call('migration.run', { protect: { recoveryCode: true } })).toMatchObject({
        ok: false,
        error: { type: 'SecretsLocked' },
      });
      expect(keysFile()).toEqual(file);
    }
  });
});
