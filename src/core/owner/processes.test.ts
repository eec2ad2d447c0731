/**
 * F5: several processes on one home, through the app as its doors open it. Increments that say which version they read
 * are counted exactly; a stopped owner is never taken over; homes whose paths look alike never get mixed up.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { bundleForNode } from '../store/testing/bundle.ts';
import { openTestApp, resourcesDir, type TestApp } from '../testing/test-app.ts';
import type { AppProgramOptions } from './testing/app-program.ts';

const times = process.env['HOLDFAST_LONG'] === undefined ? 50 : 500;
const key = 'test.count';
let rootDir: string;
let program: string;
const children: ChildProcess[] = [];
const apps: TestApp[] = [];

beforeAll(async () => {
  rootDir = realpathSync(mkdtempSync(join(tmpdir(), 'hf-processes-')));
  program = await bundleForNode(join(import.meta.dirname, 'testing/app-program.ts'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});
afterAll(() => {
  rmSync(rootDir, { recursive: true, force: true });
  if (program !== '') rmSync(dirname(program), { recursive: true, force: true });
});

const configDir = (): string => join(rootDir, 'config');
const open = async (homeDir: string): Promise<TestApp> => {
  const app = await openTestApp({ homeDir, configDir: configDir() }, 'cli');
  apps.push(app);
  return app;
};

/** A home with a store, its count at 0, and nobody in it. */
const makeHome = async (path = mkdtempSync(join(rootDir, 'home-'))): Promise<string> => {
  mkdirSync(path, { recursive: true });
  const app = await openTestApp({ homeDir: path, configDir: configDir() }, 'cli');
  await app.get('setup.apply', { definition: 'generic', protect: { recoveryCode: true } });
  await app.get('settings.apply', { create: true, changes: [{ op: 'set', key, value: 0 }] });
  await app.close();
  return path;
};

const start = (homeDir: string, more: Partial<AppProgramOptions>): ChildProcess => {
  const options: AppProgramOptions = {
    mode: 'hold',
    homeDir,
    configDir: configDir(),
    resourcesDir,
    key,
    times: 0,
    reopenEvery: 20,
    blind: false,
    ...more,
  };
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
};

const firstLine = async (child: ChildProcess): Promise<unknown> => {
  if (child.stdout === null) throw new Error('no stdout');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  return JSON.parse(line ?? '"the process ended without a word"');
};

const startOwner = async (homeDir: string): Promise<ChildProcess> => {
  const child = start(homeDir, {});
  expect(await firstLine(child)).toEqual({ held: true });
  return child;
};

const countIn = async (homeDir: string): Promise<unknown> =>
  (await (await open(homeDir)).get('settings.get', { key })).value;

const countTogether = async (homeDir: string, more: Partial<AppProgramOptions>): Promise<unknown[]> =>
  Promise.all([1, 2, 3, 4].map(() => firstLine(start(homeDir, { mode: 'count', times, ...more }))));

it(`4 processes x ${String(times)} increments make exactly ${String(4 * times)}`, async () => {
  const homeDir = await makeHome();
  const said = await countTogether(homeDir, {});
  expect(said).toEqual(Array.from({ length: 4 }, () => ({ done: times, tries: expect.any(Number) as number })));
  expect(await countIn(homeDir)).toBe(4 * times);
  const app = apps[0];
  expect(await app?.get('audit.verify', {})).toMatchObject({ ok: true });
  expect(readdirSync(join(homeDir, '.holdfast')).filter((name) => name.startsWith('owner-'))).toEqual([]);
}, 3_600_000);

it('notices increments that overwrite each other', async () => {
  const homeDir = await makeHome();
  await countTogether(homeDir, { blind: true, times: 25, reopenEvery: 1000 });
  expect(await countIn(homeDir)).toBeLessThan(100);
}, 600_000);

it('a stopped owner is waited for and told of, never taken over', async () => {
  const homeDir = await makeHome();
  const owner = await startOwner(homeDir);
  owner.kill('SIGSTOP');
  const locks = (): string[] =>
    readdirSync(join(homeDir, '.holdfast'))
      .filter((name) => name.startsWith('owner-'))
      .toSorted();
  const before = locks();
  const app = await open(homeDir);
  const change = { create: true, changes: [{ op: 'set' as const, key, value: 7 }] };
  expect(await app.call('settings.apply', change)).toMatchObject({
    ok: false,
    error: { type: 'StoreLocked', pid: owner.pid },
  });
  expect(locks()).toEqual(before);
  owner.kill('SIGCONT');
  expect(await app.call('settings.apply', change)).toMatchObject({ ok: true });
  expect(locks()).toEqual(before);
});

it('two homes whose first 107 path bytes are equal have nothing in common', async () => {
  const parent = join(rootDir, 'x'.repeat(120));
  const [one, two] = [await makeHome(join(parent, 'one')), await makeHome(join(parent, 'two'))];
  expect(one.slice(0, 107)).toBe(two.slice(0, 107));
  await Promise.all([startOwner(one), startOwner(two)]);
  const [first, second] = [await open(one), await open(two)];
  await first.get('settings.apply', { changes: [{ op: 'set', key, value: 1 }] });
  await second.get('settings.apply', { changes: [{ op: 'set', key, value: 2 }] });
  expect([await countIn(one), await countIn(two)]).toEqual([1, 2]);
});
