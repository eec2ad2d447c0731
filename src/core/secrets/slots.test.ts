/** Slots: adding, opening by and taking away; what a bad keyring of the system does is in keyring-moods.test.ts. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { createFakeKeyring, type FakeKeyring } from './testing/fake-keyring.ts';

const secretKey = 'env.GITHUB_TOKEN';
const secretValue = 'ghp_fake0000000000000000000000000000';

let home: TempHome;
let app: TestApp;
let code: string;
let keyring: FakeKeyring;
let month = 4;

const reopen = async (door: 'cli' | 'window' = 'cli'): Promise<void> => {
  await app.close();
  app = await openTestApp(home, door, steppingClock(`2026-0${String(month++)}-01T09:00:00.000Z`), {
    systemKeyring: keyring.system,
  });
};

beforeEach(async () => {
  month = 4;
  home = tempHome();
  keyring = createFakeKeyring();
  app = await openTestApp(home, 'cli', steppingClock(), { systemKeyring: keyring.system });
  code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const slots = async () => (await app.get('secret.status', {})).slots;
const keysBytes = () => readFileSync(join(home.homeDir, '.holdfast', 'keys.json'));
const actions = async () => (await app.get('audit.list', { type: 'keys' })).changes.map((one) => one.action);

describe('slots', () => {
  it('adds a passphrase and a second code; each opens; one can be taken away', async () => {
    const added = await app.get('secret.add-slot', { slot: { passphrase } });
    expect(added.slot.kind).toBe('passphrase');
    const again = await app.get('secret.add-slot', { slot: { recoveryCode: true } });
    await reopen();
    for (const credential of [{ passphrase }, { recoveryCode: code }, { recoveryCode: again.recoveryCode ?? '' }])
      expect((await app.get('settings.reveal', { key: secretKey }, credential)).value).toBe(secretValue);
    await app.get('secret.remove-slot', { id: added.slot.id }, { recoveryCode: code });
    expect(await app.call('settings.reveal', { key: secretKey }, { passphrase })).toMatchObject({
      ok: false,
      error: { type: 'WrongKey' },
    });
    expect((await slots()).map((slot) => slot.kind)).toEqual(['recovery', 'recovery']);
    expect(await actions()).toEqual(['unlock-failed', 'remove-slot', 'add-slot', 'add-slot']);
  });

  it('never takes the last slot that works on any machine, nor one while locked', async () => {
    await app.get('secret.add-slot', { slot: { keyring: true } });
    const [portable] = await slots();
    const before = keysBytes();
    expect(await app.call('secret.remove-slot', { id: portable?.id ?? '' })).toMatchObject({
      ok: false,
      error: { type: 'CheckUnmet' },
    });
    expect(await app.call('secret.remove-slot', { id: '00000000' })).toMatchObject({
      ok: false,
      error: { type: 'NotFound' },
    });
    await app.get('secret.lock', {});
    for (const name of ['secret.add-slot', 'secret.remove-slot'] as const) {
      const inputs = {
        'secret.add-slot': { slot: { passphrase } },
        'secret.remove-slot': { id: portable?.id ?? '' },
      };
      expect(await app.call(name, inputs[name] as never)).toMatchObject({
        ok: false,
        error: { type: 'SecretsLocked' },
      });
    }
    expect(keysBytes().equals(before)).toBe(true);
  });
});

describe('the slot of the system’s keyring', () => {
  it('opens the home by itself, in the terminal when keys are needed, in a door that stays at once', async () => {
    await app.get('secret.add-slot', { slot: { keyring: true } });
    const account = [...keyring.fake.entries.keys()];
    expect(account).toHaveLength(1);
    expect(Buffer.from([...keyring.fake.entries.values()][0] ?? '', 'base64')).toHaveLength(32);
    await reopen();
    expect((await app.get('settings.reveal', { key: secretKey })).value).toBe(secretValue);
    await reopen('window');
    expect((await app.get('settings.reveal', { key: secretKey })).value).toBe(secretValue);
    await app.get('secret.lock', {});
    // What the person locked stays locked until the person unlocks.
    expect(await app.call('settings.reveal', { key: secretKey })).toMatchObject({ ok: false });
    await app.get('secret.unlock', { credential: { keyring: true } });
    expect((await app.get('settings.reveal', { key: secretKey })).value).toBe(secretValue);
    expect((await app.get('audit.list', { type: 'keys', action: 'unlock' })).changes.map((one) => one.detail)).toEqual([
      { slot: 'keyring' },
      { slot: 'keyring' },
    ]);
  });

  it('takes the entry that is there, which a copy of the home may use, and no second slot', async () => {
    await app.get('secret.add-slot', { slot: { keyring: true } });
    const kept = [...keyring.fake.entries.values()];
    expect(await app.call('secret.add-slot', { slot: { keyring: true } })).toMatchObject({
      ok: false,
      error: { type: 'CheckUnmet' },
    });
    const slot = (await slots()).find((one) => one.kind === 'keyring');
    await app.get('secret.remove-slot', { id: slot?.id ?? '' });
    await app.get('secret.add-slot', { slot: { keyring: true } });
    expect([...keyring.fake.entries.values()]).toEqual(kept);
  });

  it('is not added where the keyring does not keep what it was given', async () => {
    const before = keysBytes();
    for (const mood of [
      { state: 'unavailable' },
      { state: 'slow' },
      { state: 'missing' },
      { state: 'found', value: 'something else' },
    ] as const) {
      keyring.fake.mood = mood;
      expect(await app.call('secret.add-slot', { slot: { keyring: true } })).toMatchObject({
        ok: false,
        error: { type: 'CheckUnmet' },
      });
    }
    expect(keysBytes().equals(before)).toBe(true);
  });

  it('is asked once by a process that cannot be answered', async () => {
    await app.get('secret.add-slot', { slot: { keyring: true } });
    await reopen('window');
    keyring.fake.mood = { state: 'slow' };
    await reopen('window');
    const asked = keyring.fake.asked;
    for (let i = 0; i < 3; i += 1) await app.call('settings.reveal', { key: secretKey });
    expect(keyring.fake.asked - asked).toBeLessThanOrEqual(1);
  });
});
