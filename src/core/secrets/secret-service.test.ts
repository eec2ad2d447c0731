/** The slot of the system's keyring with a real Secret Service behind it: gnome-keyring under a session bus of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { encryptedIn } from './testing/ciphertexts.ts';
import { noSecretService, startSecretService, type SecretService } from './testing/secret-service.ts';

const skipReason = noSecretService();
if (skipReason !== null) console.warn(`SKIPPED: no real Secret Service: ${skipReason}`);

const secretKey = 'env.GITHUB_TOKEN';
const secretValue = 'ghp_fake0000000000000000000000000000';
const limit = 120_000;

describe.skipIf(skipReason !== null)('a real Secret Service', { timeout: limit }, () => {
  let service: SecretService;
  let home: TempHome;
  let app: TestApp;
  let code: string;
  let account: string;
  let month = 4;
  let day = 1;

  const reopen = async (door: 'cli' | 'window' = 'cli'): Promise<void> => {
    await app.close();
    const clock = steppingClock(`2026-0${String(month++)}-01T09:00:00.000Z`);
    app = await openTestApp(home, door, clock, { systemKeyring: service.keyring });
  };
  const keysFile = () => readFileSync(join(home.homeDir, '.holdfast', 'keys.json'), 'utf8');
  const reveal = () => app.call('settings.reveal', { key: secretKey });
  const found = { ok: true, data: { key: secretKey, value: secretValue } };

  beforeAll(async () => {
    service = await startSecretService();
  }, limit);
  afterAll(() => service.end(), limit);
  beforeEach(async () => {
    month = 4;
    home = tempHome();
    // Another day is another store, and another entry in the keyring.
    const clock = steppingClock(`2026-03-0${String(day++)}T09:00:00.000Z`);
    app = await openTestApp(home, 'cli', clock, { systemKeyring: service.keyring });
    code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
    ({ storeId: account } = JSON.parse(keysFile()) as { storeId: string });
    await app.get('secret.add-slot', { slot: { keyring: true } });
  });
  afterEach(async () => {
    await app.close();
    home.remove();
  });

  it('opens the home alone, through rotation, until its slot is taken away', async () => {
    await reopen();
    expect(await reveal()).toEqual(found);
    expect((await app.get('secret.status', {})).keyring).toBe('opened');
    expect(await app.get('secret.rotate', {})).toMatchObject({ unreadable: 0 });
    await reopen('window');
    expect(await reveal()).toEqual(found);
    const slot = (await app.get('secret.status', {})).slots.find((one) => one.kind === 'keyring');
    await app.get('secret.remove-slot', { id: slot?.id ?? '' });
    await reopen();
    expect(await reveal()).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    // What is in the keyring stays for copies of the home, and is used again.
    const kept = await service.keyring.get(account);
    await app.get('secret.add-slot', { slot: { keyring: true } }, { recoveryCode: code });
    expect(await service.keyring.get(account)).toEqual(kept);
    await reopen();
    expect(await reveal()).toEqual(found);
  });

  it('keeps entries apart: what one home asked to be kept no other home is given', async () => {
    expect(await service.keyring.get(`${account}-of-another`)).toEqual({ state: 'missing' });
    expect(await service.keyring.get(account)).toMatchObject({ state: 'found' });
  });

  const outside: [name: string, act: () => void | Promise<unknown>, told: string][] = [
    ['an entry that was changed', () => service.keyring.set(account, Buffer.alloc(32, 7).toString('base64')), 'wrong'],
    ['an entry that is something else', () => service.keyring.set(account, 'something else'), 'wrong'],
    ['an entry that was removed', () => service.forget(account), 'missing'],
    // The last one: nobody can answer its question.
    ['a keyring that was locked', () => service.lock(), 'unavailable'],
  ];
  it.each(outside)('%s leaves secrets locked, all else usable, nothing made or written over', async (_, act, told) => {
    await app.close();
    const before = { files: await encryptedIn(home.homeDir), keys: keysFile() };
    await act();
    const entry = await service.keyring.get(account);
    await reopen('window');
    const locked = { ok: false, error: { type: 'SecretsLocked' } };
    expect(await reveal()).toMatchObject(locked);
    expect((await app.get('secret.status', {})).keyring).toBe(told);
    const change = { changes: [{ key: secretKey, op: 'set' as const, value: 'another-value' }] };
    expect(await app.call('settings.apply', change)).toMatchObject(locked);
    expect(await app.call('secret.rotate', {})).toMatchObject(locked);
    expect(await app.call('secret.add-slot', { slot: { keyring: true } })).toMatchObject(locked);
    expect((await app.call('secret.unlock', { credential: { keyring: true } })).ok).toBe(false);
    const theme = { changes: [{ key: 'general.theme', op: 'set' as const, value: 'light' }] };
    expect(await app.get('settings.apply', theme)).toMatchObject({ changes: [{ action: 'update' }] });
    await app.close();
    expect({ files: await encryptedIn(home.homeDir), keys: keysFile() }).toEqual(before);
    expect(await service.keyring.get(account)).toEqual(entry);
    await reopen();
    expect(await app.get('settings.reveal', { key: secretKey }, { recoveryCode: code })).toEqual(found.data);
  });
});
