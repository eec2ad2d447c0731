/** A disk that is full: told before anything begins, nothing lost. On a real small file system, where root can mount one. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { steppingClock } from './testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from './testing/test-app.ts';

let home: TempHome;
let mounted: string | null;
const apps: TestApp[] = [];

beforeEach(({ skip }) => {
  home = tempHome();
  const disk = join(home.root, 'disk');
  mkdirSync(disk);
  mounted = null;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    skip('a small file system cannot be mounted here (needs root)');
  }
  mounted = disk;
  cpSync(home.homeDir, join(disk, 'home'), { recursive: true });
  home = { ...home, homeDir: join(disk, 'home') };
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  if (mounted !== null) execFileSync('umount', [mounted]);
  home.remove();
});

const open = async (startAt: string): Promise<TestApp> => {
  const app = await openTestApp(home, 'cli', steppingClock(startAt));
  apps.push(app);
  return app;
};

/** Leaves this much room. */
const fill = (leftBytes: number): void => {
  const { bavail, bsize } = statfsSync(mounted ?? '');
  writeFileSync(join(mounted ?? '', 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
};
const empty = (): void => rmSync(join(mounted ?? '', 'filler'));
const setTheme = (value: string) => ({ changes: [{ key: 'general.theme', op: 'set' as const, value }] });

test('a migration says how much it needs and begins nothing', async () => {
  fill(64 * 1024);
  const app = await open('2026-03-01T09:00:00.000Z');
  const answer = await app.call('migration.run', { protect: { recoveryCode: true } });
  expect(answer).toMatchObject({ ok: false, error: { type: 'DiskFull', what: 'the migration' } });
  const needed = !answer.ok && answer.error.type === 'DiskFull' ? answer.error.neededBytes : null;
  expect(needed).toBeGreaterThan(1024 * 1024);
  expect(existsSync(join(home.homeDir, '.holdfast'))).toBe(false);
  empty();
  await app.get('migration.run', { protect: { recoveryCode: true } });
});

test('a backup says so, leaves no half file, and works once there is room', async () => {
  const app = await open('2026-03-01T09:00:00.000Z');
  await app.get('migration.run', { protect: { recoveryCode: true } });
  await app.get('backup.create', {});
  const backups = join(home.homeDir, '.holdfast', 'backups');
  const before = readdirSync(backups);
  fill(16 * 1024);
  const answer = await app.call('backup.create', {});
  expect(answer).toMatchObject({ ok: false, error: { type: 'DiskFull' } });
  expect(!answer.ok && answer.error.type === 'DiskFull' ? answer.error.neededBytes : null).toBeGreaterThan(1000);
  expect(readdirSync(backups)).toEqual(before);
  empty();
  expect((await app.get('backup.create', {})).sealed).toBe(true);
});

test('a save that finds no room changes nothing, and the next one with room goes on', async () => {
  const app = await open('2026-03-01T09:00:00.000Z');
  await app.get('migration.run', { protect: { recoveryCode: true } });
  await app.get('settings.apply', setTheme('light'));
  fill(0);
  const answers = [];
  // The file's last page may still take a few.
  for (let n = 0; n < 200; n += 1)
    answers.push(await app.call('settings.apply', setTheme(n % 2 === 0 ? 'dark' : 'light')));
  const refused = answers.filter((one) => !one.ok);
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map((one) => (one.ok ? '' : one.error.type)))).toEqual(new Set(['DiskFull']));
  const seen = await app.get('settings.get', { key: 'general.theme' });
  empty();
  expect(await app.get('settings.get', { key: 'general.theme' })).toEqual(seen);
  await app.get('settings.apply', setTheme(seen.value === 'dark' ? 'light' : 'dark'));
  await app.close();
  const again = await open('2026-03-02T09:00:00.000Z');
  expect((await again.get('settings.get', { key: 'general.theme' })).value).not.toBe(seen.value);
  expect((await again.get('audit.verify', {})).ok).toBe(true);
});
