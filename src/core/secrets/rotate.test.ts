/** A new data key: every secret stays readable, whatever file call the process dies at. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { realFs } from '../store/fs.ts';
import { createFaultFs } from '../store/testing/fault-fs.ts';
import type { StoreFs } from '../store/types.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

const homes: TempHome[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});

const newHome = (sample: string | null = 'deeptempo'): TempHome => {
  const home = tempHome(sample);
  homes.push(home);
  return home;
};

const open = (home: TempHome, day: number, keysFs: StoreFs = realFs) =>
  openTestApp(home, 'cli', steppingClock(`2026-05-${String(day).padStart(2, '0')}T09:00:00.000Z`), { keysFs });

const revealAll = async (app: TestApp, recoveryCode: string): Promise<Record<string, unknown>> => {
  const secrets = (await app.get('settings.list', {})).settings.filter((one) => one.secret && one.set === true);
  const values: Record<string, unknown> = {};
  await app.get('secret.unlock', { credential: { recoveryCode } });
  for (const { key } of secrets) values[key] = (await app.get('settings.reveal', { key })).value;
  await app.get('secret.lock', {});
  return values;
};

const migrated = async () => {
  const home = newHome();
  const app = await open(home, 1);
  const recoveryCode = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
  await app.get('settings.apply', {
    changes: [{ key: 'env.GITHUB_TOKEN', op: 'set', value: 'the-second-token-1234' }],
  });
  const before = await revealAll(app, recoveryCode);
  return { home, app, recoveryCode, before };
};

describe('secret.rotate', () => {
  it('encrypts every value and its history with the new key, and says so in the log', async () => {
    const { home, app, recoveryCode, before } = await migrated();
    await app.get('secret.unlock', { credential: { recoveryCode } });
    const done = await app.get('secret.rotate', { reason: 'every year' });
    expect(done).toMatchObject({ unreadable: 0, retired: 0, dataKeys: 2 });
    expect(done.values).toBeGreaterThan(Object.keys(before).length);
    expect((await app.get('secret.status', {})).dataKeys).toBe(2);
    // The chain holds fingerprints, not ciphertext.
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true, unsealed: 0, sealsOfLostKeys: 0 });
    expect((await app.get('audit.list', { type: 'keys' })).changes[0]).toMatchObject({
      action: 'rotate',
      reason: 'every year',
    });
    await app.close();
    const later = await open(home, 2);
    expect(await revealAll(later, recoveryCode)).toEqual(before);
    // An old version, encrypted again, comes back.
    await later.get('settings.undo', {}, { recoveryCode });
    expect((await later.get('settings.reveal', { key: 'env.GITHUB_TOKEN' }, { recoveryCode })).value).toBe(
      'ghp_fake0000000000000000000000000000',
    );
    expect(await later.get('secret.rotate', {}, { recoveryCode })).toMatchObject({ unreadable: 0 });
    await later.close();
  });

  it('lets a key go that nothing needs', async () => {
    const home = newHome(null);
    writeFileSync(join(home.homeDir, 'app.json'), '{"size":1}');
    const app = await open(home, 1);
    await app.get('migration.backup', { protect: { recoveryCode: true } });
    const id = () =>
      (JSON.parse(readFileSync(join(home.homeDir, '.holdfast', 'keys.json'), 'utf8')) as { dataKeys: { id: string }[] })
        .dataKeys;
    const [first] = id();
    expect(await app.get('secret.rotate', {})).toEqual({ values: 0, unreadable: 0, retired: 1, dataKeys: 1 });
    expect(id().map((one) => one.id)).not.toContain(first?.id);
    await app.close();
  });

  it('killed at any call on the key file, all secrets are readable and it can be done again', async () => {
    const { home, app, recoveryCode, before } = await migrated();
    await app.close();
    const counting = createFaultFs(realFs, null);
    const probe = newHome(null);
    cpSync(home.homeDir, probe.homeDir, { recursive: true });
    const counted = await open(probe, 2, counting.fs);
    await counted.get('secret.rotate', {}, { recoveryCode });
    await counted.close();
    const calls = counting.calls();
    expect(calls).toBeGreaterThan(10);
    for (let at = 1; at <= calls; at += 1) {
      const when = at % 2 === 0 ? 'before' : 'after';
      const copy = newHome(null);
      cpSync(home.homeDir, copy.homeDir, { recursive: true });
      // From here on no call succeeds: the process is as good as dead.
      const dying = await open(copy, 2, createFaultFs(realFs, { at, code: 'EIO', when, forever: true }).fs);
      await dying.call('secret.rotate', {}, { recoveryCode });
      await dying.close();
      const alive = await open(copy, 3);
      expect([at, when, await revealAll(alive, recoveryCode)]).toEqual([at, when, before]);
      if (at % 4 === 0) expect(await alive.get('secret.rotate', {}, { recoveryCode })).toMatchObject({ unreadable: 0 });
      await alive.close();
      copy.remove();
    }
  }, 120_000);

  it('asks for the keys first', async () => {
    const { app } = await migrated();
    expect(await app.call('secret.rotate', {})).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    await app.close();
  });
});
