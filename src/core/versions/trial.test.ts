/** A change on trial goes back by itself: at its time, when the home is opened again, after a crash. */
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../clock.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let jump = 0;

const clockFrom = (startAt: string): Clock => {
  const clock = steppingClock(startAt);
  return { ...clock, now: () => new Date(Date.parse(clock.now()) + jump).toISOString() };
};

beforeEach(async () => {
  jump = 0;
  home = tempHome('deeptempo');
  app = await openTestApp(home, 'window', clockFrom('2026-03-01T09:00:00.000Z'));
  await app.get('migration.run', { protect: { passphrase } });
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const theme = async () => (await app.get('settings.get', { key: 'general.theme' })).value;
const start = async (minutes = 10) =>
  app.get('settings.trial', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }], minutes, reason: 'try' });

it('holds until its time and goes back then, in a change set of its own', async () => {
  const trial = await start();
  expect(await theme()).toBe('light');
  expect((await app.get('home.status', {})).trials).toMatchObject([{ changeSet: trial.changeSet, until: trial.until }]);
  expect((await app.get('trial.list', {})).trials).toMatchObject([
    { changeSet: trial.changeSet, until: trial.until, keys: ['general.theme'], actor: 'tester', reason: 'try' },
  ]);
  jump = 9 * 60_000;
  expect(await theme()).toBe('light');
  jump = 11 * 60_000;
  expect(await theme()).toBe('dark');
  expect((await app.get('trial.list', {})).trials).toEqual([]);
  const newest = (await app.get('versions.list', { limit: 1 })).versions[0];
  expect(newest).toMatchObject({ kind: 'undo', actor: 'holdfast', reason: 'the trial ended' });
});

it('survives a crash: the next open takes it back', async () => {
  await start();
  const left = join(home.root, 'left');
  cpSync(home.homeDir, left, { recursive: true, filter: (path) => !basename(path).startsWith('owner-') });
  await app.close();
  home = { ...home, homeDir: left };
  app = await openTestApp(home, 'window', clockFrom('2026-03-01T09:05:00.000Z'));
  expect(await theme()).toBe('dark');
  expect(await app.get('audit.verify', {})).toMatchObject({ ok: true });
});

it('in a terminal lasts over several runs, until its time', async () => {
  await start();
  await app.close();
  const left = { ...home };
  // What the terminal starts itself: nobody stays who would end it.
  app = await openTestApp(left, 'cli', clockFrom('2026-03-02T23:58:00.000Z'));
  await app.get('settings.apply', { changes: [{ key: 's3.region', op: 'set', value: 'eu-west-1' }] });
  expect(await theme()).toBe('dark');
  await start();
  await app.close();
  app = await openTestApp(left, 'cli', clockFrom('2026-03-03T00:01:00.000Z'));
  await app.get('settings.apply', { changes: [{ key: 's3.region', op: 'set', value: 'eu-west-2' }] });
  expect(await theme()).toBe('light');
  await app.get('trial.keep', {});
  jump = 60 * 60_000;
  expect(await theme()).toBe('light');
});

it('kept, it stays; undone, it is over', async () => {
  const trial = await start();
  expect(await app.get('trial.keep', {})).toEqual({ kept: [trial.changeSet] });
  jump = 60 * 60_000;
  expect(await theme()).toBe('light');
  await app.get('settings.undo', {});
  expect(await theme()).toBe('dark');
  await start(120);
  await app.get('settings.undo', {});
  expect((await app.get('trial.list', {})).trials).toEqual([]);
  expect(await app.call('trial.end', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
});

it('ended by hand it leaves alone what was changed since', async () => {
  const trial = await app.get('settings.trial', {
    changes: [
      { key: 'general.theme', op: 'set', value: 'light' },
      { key: 's3.region', op: 'set', value: 'eu-west-1' },
    ],
    minutes: 10,
  });
  await app.get('settings.apply', { changes: [{ key: 's3.region', op: 'set', value: 'eu-west-9' }] });
  expect(await app.get('trial.end', {})).toMatchObject({
    ended: [trial.changeSet],
    changes: [{ key: 'general.theme', new: 'dark' }],
    left: [{ key: 's3.region' }],
  });
  expect((await app.get('settings.get', { key: 's3.region' })).value).toBe('eu-west-9');
});

it('refuses secrets, which could not go back while the keys are locked', async () => {
  const changes = [{ key: 'env.GITHUB_TOKEN', op: 'set' as const, value: 'ghp_other' }];
  expect(await app.call('settings.trial', { changes, minutes: 1 })).toMatchObject({
    ok: false,
    error: { type: 'SettingInvalid', key: 'env.GITHUB_TOKEN' },
  });
});
