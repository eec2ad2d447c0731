/**
 * Homes that cannot be opened, made with real files, asked through the terminal and through the browser host: each gets a
 * typed error that names what is wrong, and not one file is changed.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../contract/result.ts';
import { openApp } from '../core/app.ts';
import { thisMachine } from '../core/owner/address.ts';
import { realFs } from '../core/store/fs.ts';
import { latestSchema, schemaSteps } from '../core/store/schema/index.ts';
import { moveSchema } from '../core/store/upgrade.ts';
import { resourcesDir } from '../core/testing/test-app.ts';
import { startHost } from '../host/host.ts';
import { openCliProgram, type CliProgram } from './testing/cli-program.ts';

let cli: CliProgram;
let pass: string;

beforeAll(async () => {
  cli = await openCliProgram();
  pass = cli.path('pass');
  writeFileSync(pass, 'correct horse battery staple\n', { mode: 0o600 });
});

afterAll(() => cli.remove());

const snapshot = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const stat = statSync(join(dir, name));
      return `${name} ${
        stat.isFile()
          ? createHash('sha256')
              .update(readFileSync(join(dir, name)))
              .digest('hex')
          : 'folder'
      }`;
    });

const migrated = async (): Promise<string> => {
  const home = cli.home();
  expect((await cli.run(['--home', home, 'migrate', '--passphrase-file', pass])).code).toBe(0);
  return home;
};

/** The same question through the browser host. */
const askHost = async (home: string, name = 'home.status'): Promise<Result<unknown>> => {
  const app = await openApp({
    homeDir: home,
    configDir: cli.path('config'),
    resourcesDir,
    door: 'browser',
    env: process.env,
  });
  if (!app.ok) return app;
  const rendererDir = cli.path('renderer');
  mkdirSync(rendererDir, { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Holdfast</title>');
  const host = await startHost({ port: 0, app: app.data, rendererDir, onStop: () => undefined });
  if (!host.ok) return host;
  const origin = `http://127.0.0.1:${String(host.data.port)}`;
  const headers = { 'content-type': 'application/json', origin };
  const ask = async (path: string, body: unknown, token = '') =>
    (await (
      await fetch(`${origin}${path}`, {
        method: 'POST',
        headers: token === '' ? headers : { ...headers, 'x-holdfast-session': token },
        body: JSON.stringify(body),
      })
    ).json()) as Result<{ token: string }>;
  const session = await ask('/api/session', { code: new URL(host.data.url).hash.slice('#launch='.length) });
  const answer = session.ok ? await ask('/api/call', { name, input: {} }, session.data.token) : session;
  await host.data.close();
  await app.data.close();
  return answer;
};

const imageOf = (home: string): string => {
  const name = readdirSync(join(home, '.holdfast'))
    .filter((one) => one.startsWith('image-'))
    .toSorted()
    .at(-1);
  return join(home, '.holdfast', name ?? 'none');
};

describe('a home that is', () => {
  test('missing', async () => {
    const { code, document } = await cli.json(['--home', cli.path('nowhere'), 'status']);
    expect({ code, document }).toMatchObject({ code: 3, document: { ok: false, error: { type: 'NotFound' } } });
    expect(await askHost(cli.path('nowhere'))).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  });

  test('empty', async () => {
    const home = cli.path('empty');
    mkdirSync(home);
    expect((await cli.json(['--home', home, 'status'])).document).toMatchObject({
      ok: true,
      data: { state: 'NO_DATABASE', store: null },
    });
    expect(await askHost(home)).toMatchObject({ ok: true, data: { state: 'NO_DATABASE' } });
    expect(await cli.json(['--home', home, 'config', 'get', 'general.theme'])).toMatchObject({
      code: 3,
      document: { error: { type: 'NotFound' } },
    });
    expect(readdirSync(home)).toEqual([]);
  });

  test('damaged in every copy of its store', async () => {
    const home = await migrated();
    for (const name of readdirSync(join(home, '.holdfast')).filter((one) => /^(image|journal)-/u.test(one))) {
      const path = join(home, '.holdfast', name);
      const bytes = readFileSync(path);
      bytes.fill(0x5a, Math.floor(bytes.length / 3), Math.floor(bytes.length / 3) + 64);
      writeFileSync(path, bytes);
    }
    const before = snapshot(home);
    const { code, document } = await cli.json(['--home', home, 'status']);
    expect({ code, document }).toMatchObject({ code: 6, document: { ok: false, error: { type: 'StoreDamaged' } } });
    expect((document as { error: { candidates: unknown[] } }).error.candidates.length).toBeGreaterThan(0);
    expect(await cli.json(['--home', home, 'config', 'set', 'general.theme', 'light'])).toMatchObject({
      code: 6,
      document: { error: { type: 'StoreDamaged' } },
    });
    expect(await askHost(home)).toMatchObject({ ok: false, error: { type: 'StoreDamaged' } });
    expect(snapshot(home)).toEqual(before);
  });

  test('from a newer Holdfast', async () => {
    const home = await migrated();
    const next = {
      version: latestSchema + 1,
      name: 'next',
      up: ['CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT'],
      down: ['DROP TABLE later'],
    };
    const dir = join(home, '.holdfast');
    const moved = await moveSchema({
      dir,
      fs: realFs,
      now: () => '2026-03-01T09:00:00.000Z',
      steps: [...schemaSteps, next],
      to: next.version,
    });
    expect(moved).toMatchObject({ ok: true });
    const files = snapshot(home);
    expect(await cli.json(['--home', home, 'status'])).toMatchObject({
      code: 6,
      document: { error: { type: 'StoreFromNewerApp' } },
    });
    expect(await askHost(home)).toMatchObject({ ok: false, error: { type: 'StoreFromNewerApp' } });
    expect(snapshot(home)).toEqual(files);
  });

  test('locked by an owner of another machine', async () => {
    const home = await migrated();
    const lock = {
      pid: 4711,
      host: 'another-machine',
      bootId: 'other-boot',
      since: '2026-03-01T09:00:00.000Z',
      appVersion: '0.1.0',
      generation: 999,
      socketPath: '/run/holdfast/0.sock',
    };
    writeFileSync(join(home, '.holdfast', 'owner-999'), JSON.stringify(lock), { mode: 0o600 });
    expect(await cli.json(['--home', home, 'config', 'set', 'general.theme', 'light'])).toMatchObject({
      code: 4,
      document: { error: { type: 'StoreLocked' } },
    });
    expect(await askHost(home, 'secret.lock')).toMatchObject({
      ok: false,
      error: { type: 'StoreLocked', host: 'another-machine' },
    });
  });

  test('locked by a process that is alive but silent', async () => {
    const home = await migrated();
    const machine = thisMachine();
    const socketPath = join(cli.path('run'), 'silent.sock');
    const server: Server = createServer(() => undefined);
    await new Promise<void>((done) => server.listen(socketPath, done));
    const lock = {
      pid: process.pid,
      ...machine,
      since: '2026-03-01T09:00:00.000Z',
      socketPath,
      appVersion: '0.1.0',
      generation: 999,
    };
    writeFileSync(join(home, '.holdfast', 'owner-999'), JSON.stringify(lock), { mode: 0o600 });
    const before = snapshot(join(home, '.holdfast'));
    expect(await cli.json(['--home', home, 'config', 'set', 'general.theme', 'light'])).toMatchObject({
      code: 4,
      document: { error: { type: 'StoreLocked' } },
    });
    expect(snapshot(join(home, '.holdfast'))).toEqual(before);
    server.close();
  });

  test.skipIf(process.getuid?.() === 0)('unreadable', async () => {
    const home = await migrated();
    chmodSync(imageOf(home), 0o000);
    expect(await cli.json(['--home', home, 'status'])).toMatchObject({
      code: 7,
      document: { error: { type: 'Unreadable' } },
    });
    expect(await askHost(home)).toMatchObject({ ok: false, error: { type: 'Unreadable' } });
    chmodSync(imageOf(home), 0o600);
  });

  test('unreadable, for root too: its image is a folder', async () => {
    const home = await migrated();
    const image = imageOf(home);
    rmSync(image);
    mkdirSync(image);
    const { code, document } = await cli.json(['--home', home, 'status']);
    expect({ code, document }).toMatchObject({ document: { ok: false } });
    expect(code === 6 || code === 7).toBe(true);
    expect(statSync(image).isDirectory()).toBe(true);
  });
});
