/** Back to the defaults: what is reset, what stays, and that it can be undone. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
const value = async (key: string) => (await app.get('settings.get', { key })).value;

describe('settings.reset', () => {
  it('takes one setting back to its default, shows it before, and is undone', async () => {
    await app.get('settings.apply', { changes: [{ key: 'general.show_notifications', op: 'set', value: false }] });
    const preview = await app.get('settings.reset', { prefix: 'general.show_notifications', dryRun: true });
    expect(preview.changes).toEqual([
      { key: 'general.show_notifications', action: 'delete', old: false, new: null, secret: false, fallback: true },
    ]);
    expect(await value('general.show_notifications')).toBe(false);
    await app.get('settings.reset', { prefix: 'general.show_notifications' });
    expect(await value('general.show_notifications')).toBe(true);
    await app.get('settings.undo', {});
    expect(await value('general.show_notifications')).toBe(false);
  });

  it('leaves every value without a default where it is', async () => {
    const before = (await app.get('settings.list', {})).settings;
    await app.get('settings.reset', { reason: 'from the start' });
    const after = new Map((await app.get('settings.list', {})).settings.map((one) => [one.key, one]));
    for (const { key, hasDefault, value: old, set, default: fallback } of before) {
      const now = after.get(key);
      if (hasDefault) expect([key, now?.value, now?.source]).toEqual([key, fallback, 'default']);
      else expect([key, now?.value, now?.set]).toEqual([key, old, set]);
    }
    expect(before.some((one) => one.set === true && !one.hasDefault)).toBe(true);
  });

  it('says so where there is no default, and for a name it does not know', async () => {
    const secret = await app.call('settings.reset', { prefix: 'env.GITHUB_TOKEN' });
    expect(secret).toMatchObject({ ok: false, error: { type: 'SettingInvalid' } });
    const unknown = await app.call('settings.reset', { prefix: 'generall' });
    expect(unknown).toMatchObject({ ok: false, error: { type: 'SettingUnknown' } });
  });
});

describe('setup.reset', () => {
  it('opens the questions again until the wizard is done, and removes no value (H35)', async () => {
    const before = (await app.get('settings.list', {})).settings;
    expect((await app.get('home.status', {})).state).toBe('CONFIGURED');
    expect(await app.get('setup.reset', { dryRun: true })).toMatchObject({ state: 'CONFIGURED', dryRun: true });
    expect((await app.get('home.status', {})).state).toBe('CONFIGURED');
    expect(await app.get('setup.reset', { reason: 'a new team' })).toMatchObject({ state: 'UNCONFIGURED' });
    expect((await app.get('home.status', {})).state).toBe('UNCONFIGURED');
    expect((await app.get('settings.list', {})).settings).toEqual(before);
    const entries = (await app.get('audit.list', { action: 'setup-reset' })).changes;
    expect(entries.map(({ reason }) => reason)).toEqual(['a new team']);
    expect((await app.get('setup.apply', {})).state).toBe('CONFIGURED');
  });
});
