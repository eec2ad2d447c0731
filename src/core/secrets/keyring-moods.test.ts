/**
 * A keyring of the system that is missing, locked, changed, wrong or slow, from each moment on at which it can become so:
 * no ciphertext is written over and no key is made, in each cell of the table.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import type { KeyringAnswer } from './system-keyring.ts';
import { encryptedIn, type Encrypted } from './testing/ciphertexts.ts';
import { createFakeKeyring, type FakeKeyring } from './testing/fake-keyring.ts';

const secretKey = 'env.GITHUB_TOKEN';
const secretValue = 'ghp_fake0000000000000000000000000000';
const otherKey = Buffer.alloc(32, 7).toString('base64');

const moods: [name: string, mood: KeyringAnswer, told: string][] = [
  ['missing', { state: 'missing' }, 'missing'],
  ['locked', { state: 'unavailable' }, 'unavailable'],
  ['changed', { state: 'found', value: otherKey }, 'wrong'],
  ['wrong', { state: 'found', value: 'not a key of ours' }, 'wrong'],
  ['slow', { state: 'slow' }, 'slow'],
];

let home: TempHome;
let app: TestApp;
let code: string;
let keyring: FakeKeyring;
let month = 4;

const open = async (door: 'cli' | 'window'): Promise<void> => {
  const clock = steppingClock(`2026-0${String(month++)}-01T09:00:00.000Z`);
  app = await openTestApp(home, door, clock, { systemKeyring: keyring.system });
};
const keysBytes = () => readFileSync(join(home.homeDir, '.holdfast', 'keys.json')).toString('hex');

const attempts = {
  read: () => app.call('settings.reveal', { key: secretKey }),
  write: () => app.call('settings.apply', { changes: [{ key: secretKey, op: 'set', value: 'another-value-7731' }] }),
  rotate: () => app.call('secret.rotate', {}),
  'make a backup key': () => app.call('secret.make-recovery', {}),
  'add a way to open': () => app.call('secret.add-slot', { slot: { keyring: true } }),
  'migrate with new keys': () => app.call('migration.run', { protect: { recoveryCode: true } }),
  'unlock by it': () => app.call('secret.unlock', { credential: { keyring: true } }),
};
const moments = ['read', 'write', 'rotate'] as const;

let before: Encrypted;
let keysBefore: string;
let entriesBefore: [string, string][];

beforeEach(async () => {
  month = 4;
  home = tempHome();
  keyring = createFakeKeyring();
  await open('cli');
  code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
  await app.get('secret.add-slot', { slot: { keyring: true } });
  await app.close();
  before = await encryptedIn(home.homeDir);
  keysBefore = keysBytes();
  entriesBefore = [...keyring.fake.entries];
});
afterEach(async () => {
  await app.close();
  home.remove();
});

/** Everything else goes on; the files hold what they held; the portable way still opens all of it. */
const expectUnharmed = async (): Promise<void> => {
  const themes = [{ key: 'general.theme', op: 'set' as const, value: 'light' }];
  expect(await app.get('settings.apply', { changes: themes })).toMatchObject({ changes: [{ action: 'update' }] });
  expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('light');
  await app.close();
  expect(await encryptedIn(home.homeDir)).toEqual(before);
  expect(keysBytes()).toBe(keysBefore);
  expect([...keyring.fake.entries]).toEqual(entriesBefore);
  await open('cli');
  expect((await app.get('settings.reveal', { key: secretKey }, { recoveryCode: code })).value).toBe(secretValue);
  expect(await app.get('audit.verify', {}, { recoveryCode: code })).toMatchObject({ ok: true });
};

describe.each(moods)('a keyring that is %s', (_, mood, told) => {
  it('at the start leaves secrets locked for everything that needs them', async () => {
    keyring.fake.mood = mood;
    await open('window');
    for (const attempt of Object.values(attempts)) expect((await attempt()).ok).toBe(false);
    expect(await app.get('secret.status', {})).toMatchObject({ keys: 'locked', keyring: told });
    await expectUnharmed();
  });

  it.each(moments)('when the first thing asked of it is to %s refuses that, and only that', async (moment) => {
    await open('cli');
    keyring.fake.mood = mood;
    expect(await attempts[moment]()).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    await expectUnharmed();
  });

  it('after it opened the home is not asked again: reading, writing and rotating go on', async () => {
    await open('window');
    await attempts.read();
    keyring.fake.mood = mood;
    const { asked } = keyring.fake;
    for (const moment of moments) expect((await attempts[moment]()).ok).toBe(true);
    expect(keyring.fake.asked).toBe(asked);
    await app.close();
    // Rotating encrypts again what was there; nothing of it is lost, and nothing new opens it.
    const after = await encryptedIn(home.homeDir);
    expect([...after.ciphers.keys()]).toEqual(expect.arrayContaining([...before.ciphers.keys()]));
    expect(after.dataKeys).toEqual(expect.arrayContaining(before.dataKeys));
    expect([...keyring.fake.entries]).toEqual(entriesBefore);
    keyring.fake.mood = null;
    await open('cli');
    expect((await app.get('settings.reveal', { key: secretKey })).value).toBe('another-value-7731');
  });

  it('while a secret is locked by the person opens nothing, and its trouble is told', async () => {
    await open('window');
    await attempts.read();
    await app.get('secret.lock', {});
    keyring.fake.mood = mood;
    const refused = await attempts['unlock by it']();
    expect(refused).toMatchObject({ ok: false, error: { type: told === 'wrong' ? 'WrongKey' : 'SecretsLocked' } });
    expect((await app.get('secret.status', {})).keyring).toBe(told);
    await expectUnharmed();
  });
});
