/** Homes that must not be written, and owners that lose what they stand on: through the app, with real files. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openApp } from './app.ts';
import { thisMachine } from './owner/address.ts';
import { steppingClock } from './testing/clock.ts';
import { openTestApp, resourcesDir, tempHome, testActor, type TempHome, type TestApp } from './testing/test-app.ts';
import type { Volume } from './volume.ts';

let home: TempHome;
const closers: (() => Promise<void>)[] = [];

beforeEach(() => {
  home = tempHome();
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  home.remove();
});

const dir = (): string => join(home.homeDir, '.holdfast');
const open = async (door: 'window' | 'cli', startAt = '2026-03-02T09:00:00.000Z'): Promise<TestApp> => {
  const app = await openTestApp(home, door, steppingClock(startAt));
  closers.push(app.close);
  return app;
};
const migrated = async (): Promise<void> => {
  const app = await open('cli', '2026-03-01T09:00:00.000Z');
  await app.get('migration.run', { protect: { recoveryCode: true } });
  await app.close();
};
const setTheme = (value: string) => ({ changes: [{ key: 'general.theme', op: 'set' as const, value }] });
const names = (): string[] => (existsSync(dir()) ? readdirSync(dir()).toSorted() : []);
const newest = (kind: 'image' | 'journal'): string =>
  join(
    dir(),
    names()
      .filter((name) => name.startsWith(`${kind}-`))
      .at(-1) ?? '',
  );

describe('a place where two computers could write', () => {
  const nfs: Volume = { kind: 'network', name: 'NFS' };
  let days = 1;
  const on = async (volume: Volume, door: 'window' | 'cli', allowNetworkHome = false) => {
    days += 1;
    const app = await openApp({
      homeDir: home.homeDir,
      configDir: home.configDir,
      resourcesDir,
      door,
      env: process.env,
      clock: steppingClock(`2026-03-0${String(days)}T09:00:00.000Z`),
      inspectVolume: () => volume,
      allowNetworkHome,
    });
    if (!app.ok) throw new Error(app.error.type);
    closers.push(app.data.close);
    const call = (name: string, input: unknown) =>
      app.data.dispatch({ name, input, actor: testActor(door), credential: null });
    return { call, close: app.data.close };
  };

  test('is read, says why nothing can be changed, and gets not one file', async () => {
    await migrated();
    const before = names();
    for (const door of ['cli', 'window'] as const) {
      const { call } = await on(nfs, door);
      const reason = expect.stringContaining('it lies on a network file system (NFS)') as string;
      expect(await call('home.status', {})).toMatchObject({
        ok: true,
        data: {
          readOnly: reason,
          notices: expect.arrayContaining([expect.objectContaining({ id: 'read-only' })]) as [],
        },
      });
      expect(await call('settings.list', {})).toMatchObject({ ok: true });
      for (const [name, input] of [
        ['settings.apply', setTheme('light')],
        ['backup.create', {}],
        ['secret.make-recovery', {}],
      ] as const)
        expect(await call(name, input)).toEqual({ ok: false, error: { type: 'ReadOnly', reason } });
      expect(names()).toEqual(before);
    }
  });

  test('a new home is not made there', async () => {
    const { call } = await on(nfs, 'cli');
    expect(await call('migration.run', { protect: { recoveryCode: true } })).toMatchObject({
      error: { type: 'ReadOnly' },
    });
    expect(existsSync(dir())).toBe(false);
  });

  test('is written once a person allowed it, and from then on', async () => {
    await migrated();
    const first = await on(nfs, 'cli', true);
    expect(await first.call('settings.apply', setTheme('light'))).toMatchObject({ ok: true });
    await first.close();
    const later = await on(nfs, 'cli');
    expect(await later.call('settings.apply', setTheme('dark'))).toMatchObject({ ok: true });
    await later.close();
    const medium = await on({ kind: 'read-only', code: 'EROFS' }, 'cli', true);
    expect(await medium.call('settings.apply', setTheme('light'))).toMatchObject({
      error: { type: 'ReadOnly', reason: 'it lies on a medium that is mounted read-only (EROFS)' },
    });
  });
});

describe('an owner whose files another process changed', () => {
  test('writes no more after a foreign append, and goes on once opened again', async () => {
    await migrated();
    const app = await open('window');
    await app.get('settings.apply', setTheme('light'));
    appendFileSync(newest('journal'), 'not a save');
    const problem = { type: 'ReadOnly', reason: 'journal-1.log was changed by another process' };
    expect(await app.call('settings.apply', setTheme('dark'))).toEqual({ ok: false, error: problem });
    const status = await app.get('home.status', {});
    expect(status.readOnly).toBe(problem.reason);
    expect(status.notices[0]).toMatchObject({ id: 'read-only', severity: 'warning' });
    expect(await app.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'light' });
    // A second process asks the same owner, and gets the same answer.
    const other = await open('cli');
    expect(await other.call('settings.apply', setTheme('dark'))).toEqual({ ok: false, error: problem });
    expect(await other.get('recovery.reopen', {})).toEqual({ readOnly: null });
    await app.get('settings.apply', setTheme('dark'));
    expect(await other.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'dark' });
    expect((await app.get('home.status', {})).quarantine.files).toBe(1);
  });

  test('notices a replaced journal and a replaced image', async () => {
    await migrated();
    const app = await open('window');
    await app.get('home.status', {});
    for (const kind of ['journal', 'image'] as const) {
      const path = newest(kind);
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
      const answer = await app.call('settings.apply', setTheme(kind === 'journal' ? 'light' : 'dark'));
      expect(answer).toMatchObject({ ok: false, error: { type: 'ReadOnly' } });
      expect((await app.get('home.status', {})).readOnly).toMatch(/replaced by another process$/u);
      expect(await app.get('recovery.reopen', {})).toEqual({ readOnly: null });
      await app.get('settings.apply', setTheme(kind === 'journal' ? 'light' : 'dark'));
    }
  });

  test('is told so when what is there now does not open', async () => {
    await migrated();
    const app = await open('window');
    await app.get('home.status', {});
    writeFileSync(newest('image'), 'something else');
    expect(await app.call('settings.apply', setTheme('light'))).toMatchObject({ error: { type: 'ReadOnly' } });
    expect(await app.call('recovery.reopen', {})).toMatchObject({ error: { type: 'StoreDamaged' } });
    expect(await app.call('home.status', {})).toMatchObject({ error: { type: 'StoreDamaged' } });
    expect(names().filter((name) => name.startsWith('owner-'))).toEqual([]);
  });
});

describe('an owner that lost its folder', () => {
  test('answers clearly and makes nothing where it was', async () => {
    await migrated();
    const app = await open('window');
    await app.get('settings.apply', setTheme('light'));
    renameSync(dir(), `${dir()}-moved`);
    const reason = 'the folder .holdfast was removed or moved away while it was open';
    for (const [name, input] of [
      ['settings.apply', setTheme('dark')],
      ['backup.create', {}],
      ['secret.make-recovery', {}],
    ] as const)
      expect(await app.call(name, input)).toEqual({ ok: false, error: { type: 'ReadOnly', reason } });
    expect(await app.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'light' });
    expect((await app.get('home.status', {})).readOnly).toBe(reason);
    expect(existsSync(dir())).toBe(false);
    renameSync(`${dir()}-moved`, dir());
    expect(await app.get('recovery.reopen', {})).toEqual({ readOnly: null });
    await app.get('settings.apply', setTheme('dark'));
  });

  test('never writes into a new folder of that name, not even when it closes', async () => {
    await migrated();
    const app = await open('window');
    await app.get('settings.apply', setTheme('light'));
    renameSync(dir(), `${dir()}-moved`);
    mkdirSync(dir(), { mode: 0o700 });
    expect(await app.call('settings.apply', setTheme('dark'))).toMatchObject({
      error: { type: 'ReadOnly', reason: 'the folder .holdfast was replaced by another one while it was open' },
    });
    await app.close();
    expect(names()).toEqual([]);
  });

  test('is not the owner any more once its lock file is gone', async () => {
    await migrated();
    const app = await open('window');
    await app.get('settings.apply', setTheme('light'));
    for (const name of names().filter((one) => one.startsWith('owner-'))) rmSync(join(dir(), name));
    const second = await open('window', '2026-03-03T09:00:00.000Z');
    await second.get('settings.apply', setTheme('dark'));
    expect(await app.call('settings.apply', setTheme('light'))).toMatchObject({ error: { type: 'ReadOnly' } });
    expect(await second.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'dark' });
  });
});

describe('another process', () => {
  const lockFile = (socketPath: string): string => {
    const path = join(dir(), 'owner-7');
    const about = { pid: process.pid, ...thisMachine(), since: '2026-03-01T09:00:00.000Z', appVersion: '0.1.0' };
    writeFileSync(path, `${JSON.stringify({ ...about, generation: 7, socketPath })}\n`, { mode: 0o600 });
    return path;
  };

  test('that crashed is taken over at the next write', async () => {
    await migrated();
    const path = lockFile(join(home.root, 'gone.sock'));
    const app = await open('cli');
    await app.get('settings.apply', setTheme('light'));
    expect(existsSync(path)).toBe(false);
  });

  test('that crashed in the middle of a save leaves nothing but a notice', async () => {
    await migrated();
    lockFile(join(home.root, 'gone.sock'));
    appendFileSync(newest('journal'), readFileSync(newest('journal')).subarray(64, 200));
    const app = await open('window');
    const status = await app.get('home.status', {});
    expect([status.readOnly, status.notices.some((one) => one.id === 'torn-tail')]).toEqual([null, true]);
    await app.get('settings.apply', setTheme('light'));
  });
});
