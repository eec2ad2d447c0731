/**
 * The process dies, or the disk fails, at each file call of a mirror write in turn: the file is the old one or the new one,
 * whole, the save stands, and the next open or repair brings the file in step. A keeper that notes nothing would fail here.
 */
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../contract/result.ts';
import { openApp } from '../app.ts';
import type { AppCall } from '../app-types.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, resourcesDir, tempHome, testActor, type TempHome } from '../testing/test-app.ts';
import { realMirrorFs, type MirrorFs } from './write-file.ts';

const file = 'general_config.json';
let base: TempHome;
let oldText: string;
let newText: string;
let copies = 0;

beforeAll(async () => {
  base = tempHome('deeptempo');
  const app = await openTestApp(base, 'window');
  await app.get('migration.run', { protect: { passphrase } });
  await app.get('mirror.set', { file, on: true });
  await app.close();
  oldText = readFileSync(join(base.homeDir, file), 'utf8');
  newText = oldText.replace('"theme": "dark"', '"theme": "light"');
  expect(newText).not.toBe(oldText);
});
afterAll(() => base.remove());

const copyHome = (): string => {
  copies += 1;
  const to = join(base.root, `copy-${String(copies)}`);
  cpSync(base.homeDir, to, { recursive: true, filter: (path) => !basename(path).startsWith('owner-') });
  return to;
};

type Fault = { at: number; when: 'before' | 'after'; code: string | null };

/** `code` null: the process is dead from then on. Else one call fails with this error. */
const faulty = (fault: Fault | null): { fs: MirrorFs; calls: () => string[] } => {
  const calls: string[] = [];
  let dead = false;
  const guard = <T>(name: string, work: () => T): T => {
    if (dead) throw new Error('the process is dead');
    calls.push(name);
    if (fault === null || calls.length !== fault.at) return work();
    if (fault.when === 'after') work();
    if (fault.code !== null) throw Object.assign(new Error(fault.code), { code: fault.code });
    dead = true;
    throw new Error('the process is dead');
  };
  const real = realMirrorFs;
  const fs: MirrorFs = {
    lstat: (path) => guard('lstat', () => real.lstat(path)),
    read: (path) => guard('read', () => real.read(path)),
    makeDir: (path) => guard('makeDir', () => real.makeDir(path)),
    remove: (path) => guard('remove', () => real.remove(path)),
    create: (path) => guard('create', () => real.create(path)),
    write: (fd, bytes) => guard('write', () => real.write(fd, bytes)),
    dress: (fd, like) => guard('dress', () => real.dress(fd, like)),
    flush: (fd) => guard('flush', () => real.flush(fd)),
    close: (fd) => guard('close', () => real.close(fd)),
    rename: (from, to) => guard('rename', () => real.rename(from, to)),
    flushDir: (dir) => guard('flushDir', () => real.flushDir(dir)),
  };
  return { fs, calls: () => calls };
};

const open = async (homeDir: string, mirrorFs: MirrorFs, startAt: string) => {
  const opened = await openApp({
    homeDir,
    configDir: base.configDir,
    resourcesDir,
    door: 'window',
    env: {},
    clock: steppingClock(startAt),
    mirrorFs,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const app = opened.data;
  const call = async (name: AppCall['name'], input: unknown): Promise<unknown> => {
    const result: Result<unknown> = await app.dispatch({ name, input, actor: testActor('window'), credential: null });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.data;
  };
  return { app, call };
};

const toLight = { changes: [{ op: 'set', key: 'general.theme', value: 'light' }] };

const stateIn = async (call: (name: string, input: unknown) => Promise<unknown>): Promise<string | undefined> => {
  const { mirrors } = (await call('mirror.list', {})) as { mirrors: { file: string; state: string }[] };
  return mirrors.find((one) => one.file === file)?.state;
};

const leftovers = (dir: string): string[] => readdirSync(dir).filter((name) => name.includes('holdfast-new'));

/** Each call of one write, twice: died or failed before it did anything, and after it did all. */
const everyCall = async (code: string | null, check: (fault: Fault) => Promise<void>): Promise<void> => {
  const counted = faulty(null);
  const { app, call } = await open(copyHome(), counted.fs, '2026-05-01T00:00:00.000Z');
  await call('settings.apply', toLight);
  await app.close();
  const total = counted.calls().length;
  expect(counted.calls()).toEqual(expect.arrayContaining(['create', 'write', 'dress', 'flush', 'rename', 'flushDir']));
  for (let at = 1; at <= total; at += 1)
    for (const when of ['before', 'after'] as const) await check({ at, when, code });
};

describe('a mirror write', () => {
  it('that dies at any file call leaves the old or the new file, and is made good at the next open (D32)', async () => {
    const seen = new Set<string>();
    await everyCall(null, async (fault) => {
      const homeDir = copyHome();
      const first = await open(homeDir, faulty(fault).fs, '2026-05-01T00:00:00.000Z');
      await first.call('settings.apply', toLight);
      const between = readFileSync(join(homeDir, file), 'utf8');
      expect([oldText, newText]).toContain(between);
      seen.add(between);
      await first.app.close();
      const again = await open(homeDir, realMirrorFs, '2026-06-01T00:00:00.000Z');
      expect([fault, await stateIn(again.call)]).toEqual([fault, 'in-step']);
      expect(readFileSync(join(homeDir, file), 'utf8')).toBe(newText);
      expect(leftovers(homeDir)).toEqual([]);
      await again.app.close();
    });
    expect(seen.size).toBe(2);
  }, 180_000);

  it.each(['ENOSPC', 'EIO'])(
    'that meets %s at any file call keeps the save, and a repair brings it in step',
    async (code) => {
      await everyCall(code, async (fault) => {
        const homeDir = copyHome();
        const { app, call } = await open(homeDir, faulty(fault).fs, '2026-05-01T00:00:00.000Z');
        await call('settings.apply', toLight);
        expect([oldText, newText]).toContain(readFileSync(join(homeDir, file), 'utf8'));
        expect(['in-step', 'behind']).toContain(await stateIn(call));
        // Any later save tries again.
        await call('settings.apply', { changes: [{ op: 'set', key: 'general.enable_keyring', value: true }] });
        expect([fault, await stateIn(call)]).toEqual([fault, 'in-step']);
        expect(JSON.parse(readFileSync(join(homeDir, file), 'utf8'))).toMatchObject({
          theme: 'light',
          enable_keyring: true,
        });
        expect(leftovers(homeDir)).toEqual([]);
        await app.close();
      });
    },
    180_000,
  );
});
