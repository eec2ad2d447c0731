/** One home seen by several processes: who answers, what a closing door does, and that looking leaves no trace. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { steppingClock } from './testing/clock.ts';
import { openTestApp, tempHome, testActor, type TempHome, type TestApp } from './testing/test-app.ts';

let home: TempHome;
const apps: TestApp[] = [];

const open = async (door: 'window' | 'browser' | 'cli', startAt?: string): Promise<TestApp> => {
  const app = await openTestApp(home, door, steppingClock(startAt));
  apps.push(app);
  return app;
};

beforeEach(() => {
  home = tempHome();
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  home.remove();
});

const migrated = async (): Promise<void> => {
  const app = await open('cli');
  await app.get('migration.run', { protect: { recoveryCode: true } });
  await app.close();
};

const holdfastFiles = (): string[] =>
  readdirSync(join(home.homeDir, '.holdfast'), { recursive: true, encoding: 'utf8' }).toSorted();

describe('looking', () => {
  test('at a home without a store creates nothing, from any door', async () => {
    for (const door of ['window', 'browser', 'cli'] as const) {
      const app = await open(door);
      expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
      expect((await app.get('migration.plan', {})).totals.create).toBe(42);
      expect(await app.call('settings.list', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
      await app.close();
    }
    expect(existsSync(join(home.homeDir, '.holdfast'))).toBe(false);
  });

  test('from the terminal takes no lock and leaves the files as they are', async () => {
    await migrated();
    const before = holdfastFiles();
    const app = await open('cli', '2026-03-02T09:00:00.000Z');
    await app.get('home.status', {});
    await app.get('settings.list', {});
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }], dryRun: true });
    expect(holdfastFiles()).toEqual(before);
  });
});

describe('a door that stays', () => {
  test('is RUNNING, and another process works through it', async () => {
    await migrated();
    const window = await open('window', '2026-03-02T09:00:00.000Z');
    expect((await window.get('home.status', {})).state).toBe('RUNNING');
    const seen: string[] = [];
    window.onEvent((event) => seen.push(event.type === 'changed' ? event.topics.join() : event.type));
    const terminal = await open('cli', '2026-03-03T09:00:00.000Z');
    await terminal.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    expect((await window.get('settings.get', { key: 'general.theme' })).value).toBe('light');
    expect(seen).toContain('settings,audit,status');
    expect((await terminal.get('home.status', {})).state).toBe('RUNNING');
  });

  test('when it closes, the other process goes on by itself', async () => {
    await migrated();
    const window = await open('window', '2026-03-02T09:00:00.000Z');
    await window.get('home.status', {});
    const browser = await open('browser', '2026-03-03T09:00:00.000Z');
    expect((await browser.get('settings.get', { key: 'general.theme' })).value).toBe('dark');
    await window.close();
    await browser.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    expect((await browser.get('home.status', {})).state).toBe('RUNNING');
  });

  test('keys that a call brought are for that call alone', async () => {
    await migrated();
    const window = await open('window', '2026-03-02T09:00:00.000Z');
    const code = (await window.call('secret.make-recovery', {})).ok;
    expect(code).toBe(false);
    expect((await window.get('secret.status', {})).keys).toBe('locked');
  });

  test('closing waits for what is under way and cancels jobs', async () => {
    const window = await open('window');
    const running = window.dispatch({
      name: 'migration.run',
      input: { protect: { recoveryCode: true } },
      actor: testActor('window'),
      credential: null,
      jobId: 'job-1',
    });
    await window.close();
    const result = await running;
    const after = await open('cli', '2026-03-02T09:00:00.000Z');
    const { counts } = await after.get('home.status', {});
    expect({ ok: result.ok, settings: counts.settings }).toEqual(
      result.ok ? { ok: true, settings: 20 } : { ok: false, settings: 0 },
    );
    expect(readdirSync(join(home.homeDir, '.holdfast')).filter((name) => name.startsWith('owner-'))).toEqual([]);
  });
});

test('a role below a command’s is refused before anything is opened', async () => {
  const app = await open('cli');
  const actor = { ...testActor(), role: 'view' as const };
  expect(await app.dispatch({ name: 'migration.run', input: {}, actor, credential: null })).toEqual({
    ok: false,
    error: { type: 'Forbidden', action: 'migration.run', role: 'view' },
  });
  expect(existsSync(join(home.homeDir, '.holdfast'))).toBe(false);
});

describe('a folder .holdfast that is not as it should be', () => {
  const dir = () => join(home.homeDir, '.holdfast');

  test.each([['journal-1.log.tmp'], ['image-1.db.tmp'], ['journal-1.log']])(
    'with %s left by a creation that was cut off, a store can still be made',
    async (name) => {
      mkdirSync(dir(), { mode: 0o700 });
      writeFileSync(join(dir(), name), '');
      const app = await open('cli');
      expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
      await app.get('migration.run', { protect: { recoveryCode: true } });
      expect((await app.get('home.status', {})).state).toBe('CONFIGURED');
    },
  );

  test('a file or a link in its place is neither followed nor replaced', async () => {
    writeFileSync(dir(), 'mine');
    const app = await open('cli');
    const answers = [
      await app.call('home.status', {}),
      await app.call('migration.run', { protect: { recoveryCode: true } }),
    ];
    expect(answers).toMatchObject([
      { ok: false, error: { type: 'Unreadable', path: '.holdfast', code: 'ENOTDIR' } },
      { ok: false, error: { type: 'Unreadable', path: '.holdfast', code: 'ENOTDIR' } },
    ]);
    expect(readFileSync(dir(), 'utf8')).toBe('mine');
    rmSync(dir());
    mkdirSync(join(home.root, 'elsewhere'));
    symlinkSync(join(home.root, 'elsewhere'), dir());
    expect(await app.call('migration.run', { protect: { recoveryCode: true } })).toMatchObject({
      ok: false,
      error: { type: 'Unreadable', code: 'ELOOP' },
    });
    expect(readdirSync(join(home.root, 'elsewhere'))).toEqual([]);
  });
});
