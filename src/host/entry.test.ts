import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sessionHeader } from '../contract/client.ts';

const projectDir = resolve(import.meta.dirname, '..', '..');
let rootDir: string;
let homeDir: string;
let child: ChildProcess | null = null;

/** The entry as it is built, in a checkout of its own: `out/main`, `out/renderer`, resources, packages. */
beforeAll(async () => {
  rootDir = realpathSync(mkdtempSync(join(tmpdir(), 'hf-entry-')));
  homeDir = join(rootDir, 'home');
  for (const dir of ['home', 'config', 'tmp', 'out/renderer']) mkdirSync(join(rootDir, dir), { recursive: true });
  for (const name of ['resources', 'node_modules']) symlinkSync(join(projectDir, name), join(rootDir, name));
  writeFileSync(join(rootDir, 'out/renderer/index.html'), '<!doctype html><title>Holdfast</title>');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'entry.ts'),
      outDir: join(rootDir, 'out/main'),
      target: 'node20.18',
      rolldownOptions: { output: { entryFileNames: 'host.mjs' } },
    },
  });
});
afterEach(() => {
  child?.kill('SIGKILL');
});
afterAll(() => rmSync(rootDir, { recursive: true, force: true }));

type Ended = { code: unknown; stderr: string };

const start = (
  args: string[],
  env: Record<string, string> = {},
): { firstLine: Promise<string>; ended: Promise<Ended>; endStdin: () => void } => {
  const started = spawn(process.execPath, [join(rootDir, 'out/main/host.mjs'), ...args], {
    env: {
      PATH: process.env['PATH'],
      HOLDFAST_CONFIG_DIR: join(rootDir, 'config'),
      TMPDIR: join(rootDir, 'tmp'),
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child = started;
  let stderr = '';
  started.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const lines = createInterface({ input: started.stdout });
  return {
    firstLine: Promise.race([once(lines, 'line'), once(lines, 'close')]).then((got) => String(got[0] ?? '')),
    ended: once(started, 'close').then(([code]) => ({ code: code as unknown, stderr })),
    endStdin: () => started.stdin.end(),
  };
};

const post = async (url: string, path: string, body: unknown, token = ''): Promise<unknown> => {
  const { origin } = new URL(url);
  const headers = { origin, 'content-type': 'application/json', [sessionHeader]: token };
  return (await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
};

test('the entry prints one launch address, answers for the home, and ends with its stdin', async () => {
  const host = start(['--home', homeDir, '--until-stdin-closes']);
  const url = await host.firstLine;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#launch=[\w-]{43}$/u);
  const session = (await post(url, '/api/session', { code: url.split('#launch=')[1] })) as { data: { token: string } };
  expect(await post(url, '/api/call', { name: 'home.status', input: {} }, session.data.token)).toMatchObject({
    ok: true,
    data: { state: 'NO_DATABASE', home: homeDir },
  });
  expect(readdirSync(homeDir)).toEqual([]);
  host.endStdin();
  expect(await host.ended).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(join(rootDir, 'tmp')).filter((name) => name.startsWith('holdfast-host-'))).toEqual([]);
});

test('"stop" in the page ends the process', async () => {
  const url = await start(['--home', homeDir]).firstLine;
  const session = (await post(url, '/api/session', { code: url.split('#launch=')[1] })) as { data: { token: string } };
  const ended = once(child as ChildProcess, 'close');
  expect(await post(url, '/api/stop', {}, session.data.token)).toEqual({ ok: true, data: { stopped: true } });
  expect((await ended)[0]).toBe(0);
});

test('a missing home and a wrong port are one clear line and the exit code of their error', async () => {
  expect(await start(['--home', join(rootDir, 'nowhere')]).ended).toEqual({
    code: 3,
    stderr: `There is no folder "${join(rootDir, 'nowhere')}".\n`,
  });
  expect(await start(['--port', 'x']).ended).toEqual({
    code: 1,
    stderr: '--port must be a whole number from 0 to 65535.\n',
  });
});
