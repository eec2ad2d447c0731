/**
 * The build's worker threads are found by the programs that start them: the browser host as built folds its journal, and
 * reads a large home for a migration, in a thread.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import config from '../electron.vite.config.ts';
import { sessionHeader } from '../src/contract/client.ts';
import { realFs } from '../src/core/store/fs.ts';
import { openStore } from '../src/core/store/open.ts';

const projectDir = resolve(import.meta.dirname, '..');
const rootDir = realpathSync(mkdtempSync(join(tmpdir(), 'hf-built-')));
const homeDir = join(rootDir, 'home');
const storeDir = join(homeDir, '.holdfast');
const markPath = join(rootDir, 'folded-by');
const largeDir = join(rootDir, 'large');
const readMarkPath = join(rootDir, 'read-by');
const largeFiles = 400;
let child: ChildProcess | null = null;

type Inputs = Record<string, string>;
const inputsOf = (found: unknown): Inputs =>
  (found as { main: { build: { rolldownOptions: { input: Inputs } } } }).main.build.rolldownOptions.input;

/** The host and every worker, with the inputs of the real build; the window would need Electron. */
beforeAll(async () => {
  for (const dir of ['home', 'config', 'tmp', 'out/renderer']) mkdirSync(join(rootDir, dir), { recursive: true });
  mkdirSync(storeDir, { mode: 0o700 });
  for (const name of ['resources', 'node_modules']) symlinkSync(join(projectDir, name), join(rootDir, name));
  writeFileSync(join(rootDir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(rootDir, 'out/renderer/index.html'), '<!doctype html><title>Holdfast</title>');
  const wanted = Object.entries(inputsOf(config)).filter(([name]) => name === 'host' || name.endsWith('-worker'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: join(rootDir, 'out/main'),
      target: 'node20.18',
      rolldownOptions: {
        input: Object.fromEntries(wanted),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  });
  // Written by the thread only: without it the host would do it in its own thread, which looks the same from outside.
  for (const [program, path] of [
    ['checkpoint-worker', markPath],
    ['migration-worker', readMarkPath],
  ] as const)
    appendFileSync(
      join(rootDir, `out/main/${program}.js`),
      `\n;(await import('node:fs')).appendFileSync(${JSON.stringify(path)}, 'thread ');\n`,
    );
});
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(rootDir, { recursive: true, force: true });
});

const options = {
  dir: storeDir,
  fs: realFs,
  flush: 'sync',
  now: () => '2026-01-01T00:00:00.000Z',
  newId: () => 'built-worker',
} as const;

const startHost = async (dir = homeDir): Promise<string> => {
  const started = spawn(process.execPath, [join(rootDir, 'out/main/host.js'), '--home', dir], {
    env: {
      PATH: process.env['PATH'],
      HOLDFAST_CONFIG_DIR: join(rootDir, 'config'),
      TMPDIR: join(rootDir, 'tmp'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
  return line;
};

const post = async (url: string, path: string, body: unknown, token = ''): Promise<unknown> => {
  const { origin } = new URL(url);
  const headers = { origin, 'content-type': 'application/json', [sessionHeader]: token };
  return (await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
};

test('the built host folds a journal that has grown, in its worker thread', async () => {
  const created = await openStore({ ...options, mode: 'owner', create: true });
  expect(created.ok && (await created.data.close())).toBe(undefined);
  const url = await startHost();
  const session = (await post(url, '/api/session', { code: url.split('#launch=')[1] })) as { data: { token: string } };
  const saves = 10;
  for (let i = 1; i <= saves; i++) {
    const change = { op: 'set', key: 'general.long', value: String(i).padEnd(500_000, '.') };
    const answer = await post(
      url,
      '/api/call',
      { name: 'settings.apply', input: { changes: [change], create: true } },
      session.data.token,
    );
    expect(answer).toMatchObject({ ok: true });
  }
  // Journal 1 passed 4 MiB; its thread writes image 2 under a temporary name and renames it.
  while (!existsSync(join(storeDir, 'image-2.db'))) await new Promise((done) => setImmediate(done));
  const ended = once(child as ChildProcess, 'close');
  await post(url, '/api/stop', {}, session.data.token);
  expect((await ended)[0]).toBe(0);
  const again = await openStore({ ...options, mode: 'reader', create: false });
  if (!again.ok) throw new Error(JSON.stringify(again.error));
  // Closing may fold the rest once more.
  expect(again.data.info().generation).toBeGreaterThan(1);
  await again.data.close();
  expect(readFileSync(markPath, 'utf8')).toMatch(/^(?:thread )+$/u);
});

test('the built host makes and opens backups in their thread; cancelled or dead, it leaves nothing behind', async () => {
  const url = await startHost();
  const session = (await post(url, '/api/session', { code: url.split('#launch=')[1] })) as { data: { token: string } };
  const call = (name: string, input: unknown, jobId?: string): Promise<unknown> =>
    post(url, '/api/call', { name, input, ...(jobId === undefined ? {} : { jobId }) }, session.data.token);
  const program = join(rootDir, 'out/main/backup-worker.js');
  const built = readFileSync(program, 'utf8');
  const mark = join(rootDir, 'backed-up-by');
  const marking = `(await import('node:fs')).appendFileSync(${JSON.stringify(mark)}, 'thread ');\n`;
  const backups = (): string[] => readdirSync(join(storeDir, 'backups')).filter((name) => !name.startsWith('pre_'));

  // The first protected backup of a home's files gives it its keys.
  writeFileSync(join(homeDir, 'app.json'), '{"theme":"dark"}');
  const keys = await call('migration.backup', { definition: 'generic', protect: { recoveryCode: true } });
  expect(keys, JSON.stringify(keys)).toMatchObject({ ok: true });
  writeFileSync(program, `${marking}${built}`);
  const made = await call('backup.create', {});
  expect(made).toMatchObject({ ok: true, data: { sealed: true, provenAt: expect.stringContaining('20') as string } });
  // Written in one thread, read back and opened in another.
  expect(readFileSync(mark, 'utf8')).toBe('thread thread ');
  expect(backups()).toHaveLength(1);

  writeFileSync(program, `${marking}setInterval(() => undefined, 1000);\n`);
  const cancelled = call('backup.create', {}, 'stopped');
  while (readFileSync(mark, 'utf8') !== 'thread thread thread ') await new Promise((done) => setImmediate(done));
  expect(await call('job.cancel', { jobId: 'stopped' })).toEqual({ ok: true, data: { cancelled: true } });
  expect(await cancelled).toMatchObject({ ok: false, error: { type: 'Cancelled' } });

  writeFileSync(program, 'process.exit(3);\n');
  expect(await call('backup.create', {})).toMatchObject({ ok: false, error: { type: 'CheckUnmet' } });
  expect(backups()).toHaveLength(1);

  writeFileSync(program, built);
  expect(await call('backup.create', {})).toMatchObject({ ok: true });
  const ended = once(child as ChildProcess, 'close');
  await post(url, '/api/stop', {}, session.data.token);
  expect((await ended)[0]).toBe(0);
});

test('the built host plans and migrates a home with many files, which a worker thread reads', async () => {
  mkdirSync(join(largeDir, 'part'), { recursive: true });
  for (let i = 0; i < largeFiles; i++)
    writeFileSync(
      join(largeDir, 'part', `file-${String(i)}.json`),
      JSON.stringify({ name: `File ${String(i)}`, at: i }),
    );
  const url = await startHost(largeDir);
  const session = (await post(url, '/api/session', { code: url.split('#launch=')[1] })) as { data: { token: string } };
  const call = (name: string, input: object) => post(url, '/api/call', { name, input }, session.data.token);
  expect(await call('migration.plan', {})).toMatchObject({
    ok: true,
    data: { definition: 'generic', totals: { create: 2 * largeFiles, conflict: 0, quarantine: 0 } },
  });
  expect(existsSync(join(largeDir, '.holdfast'))).toBe(false);
  expect(await call('migration.run', { protect: { recoveryCode: true } })).toMatchObject({
    ok: true,
    data: { totals: { create: 2 * largeFiles }, verification: { ok: true } },
  });
  expect(await call('migration.plan', {})).toMatchObject({
    ok: true,
    data: { totals: { create: 0, unchanged: 2 * largeFiles } },
  });
  const ended = once(child as ChildProcess, 'close');
  await post(url, '/api/stop', {}, session.data.token);
  expect((await ended)[0]).toBe(0);
  // Recognised and read for each of the first two, seen unchanged by the run, and read by the last plan.
  expect(readFileSync(readMarkPath, 'utf8')).toMatch(/^(?:thread ){4,}$/u);
});
