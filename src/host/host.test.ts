import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionHeader } from '../contract/client.ts';
import { contentSecurityPolicy } from '../contract/csp.ts';
import type { HoldfastEvent } from '../contract/events.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { startHost, type Host, type HostOptions } from './host.ts';
import { createBuild, createTestApp, type TestApp } from './testing/app.ts';

let rootDir: string;
let rendererDir: string;
let app: TestApp;
let host: Host;
let stops: number;

const options = (more: Partial<HostOptions> = {}): HostOptions => ({
  port: 0,
  app,
  rendererDir,
  onStop: () => (stops += 1),
  user: 'ann',
  ...more,
});

beforeEach(async () => {
  ({ rootDir, rendererDir } = createBuild());
  app = createTestApp();
  stops = 0;
  const started = await startHost(options());
  if (!started.ok) throw new Error('not started');
  host = started.data;
});
afterEach(async () => {
  await host.close();
  rmSync(rootDir, { recursive: true, force: true });
});

type Page = {
  post: (path: string, body: unknown) => Promise<{ status: number; result: Result<unknown> }>;
  upload: (name: string, bytes: Uint8Array) => Promise<Result<unknown>>;
  get: (path: string, signal?: AbortSignal) => Promise<Response>;
};

/** What a page of the host sends; fetch itself leaves out what a browser would add. */
const createPage = (token: string): Page => {
  const base = `http://127.0.0.1:${String(host.port)}`;
  const headers = { [sessionHeader]: token, origin: base };
  return {
    post: async (path, body) => {
      const answer = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, result: (await answer.json()) as Result<unknown> };
    },
    upload: async (name, bytes) =>
      (await (
        await fetch(`${base}/api/files?name=${encodeURIComponent(name)}`, {
          method: 'POST',
          headers,
          body: Buffer.from(bytes),
        })
      ).json()) as Result<unknown>,
    get: (path, signal) => fetch(`${base}${path}`, { headers, signal: signal ?? null }),
  };
};

const openPage = async (url = host.newLaunchUrl()): Promise<Page> => {
  const answer = await createPage('').post('/api/session', { code: url.split('#launch=')[1] });
  if (!answer.result.ok) throw new Error(JSON.stringify(answer.result));
  return createPage((answer.result.data as { token: string }).token);
};

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what the wire carries
const dataOf = <T>(result: Result<unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.data as T;
};

const tempDirs = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('holdfast-host-'));

test('the launch address opens one session, another one opens another', async () => {
  expect(host.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${String(host.port)}/#launch=[A-Za-z0-9_-]{43}$`, 'u'));
  expect(host.newLaunchUrl()).not.toBe(host.url);
  const code = host.url.split('#launch=')[1];
  const first = await createPage('').post('/api/session', { code });
  expect(first).toEqual({
    status: 200,
    result: ok({
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/u) as string,
      host: `127.0.0.1:${String(host.port)}`,
    }),
  });
  expect((await createPage('').post('/api/session', { code })).status).toBe(401);
  await openPage();
  expect(app.calls).toEqual([]);
});

test('a call reaches the app as this user through the browser door, and each page is its own session', async () => {
  const [one, two] = [await openPage(), await openPage()];
  app.answer = (call) => Promise.resolve(ok(call.name));
  expect(await one.post('/api/call', { name: 'home.status', input: {}, jobId: 'job-1' })).toEqual({
    status: 200,
    result: ok('home.status'),
  });
  expect(await two.post('/api/call', { name: 'audit.verify', input: {} })).toEqual({
    status: 200,
    result: ok('audit.verify'),
  });
  const actor = { user: 'ann', role: 'admin', door: 'browser', session: expect.stringMatching(/^browser_/u) as string };
  expect(app.calls).toEqual([
    { name: 'home.status', input: {}, actor, credential: null, jobId: 'job-1' },
    { name: 'audit.verify', input: {}, actor, credential: null },
  ]);
  expect(app.calls[0]?.actor.session).not.toBe(app.calls[1]?.actor.session);
});

test('a page chooses a name through its command only: no call takes a user, role or door from it', async () => {
  const page = await openPage();
  app.answer = () => Promise.resolve(ok({ name: 'vic' }));
  const call = { name: 'user.switch', input: { name: 'vic' } };
  for (const more of [{ user: 'vic' }, { role: 'admin' }, { actor: { user: 'vic', role: 'admin' } }, { door: 'cli' }])
    expect((await page.post('/api/call', { ...call, ...more })).status).toBe(400);
  expect((await page.post('/api/call', { ...call, input: { name: 'vic', role: 'admin' } })).status).toBe(400);
  expect(app.calls).toEqual([]);
  expect((await page.post('/api/call', call)).status).toBe(200);
  expect(app.calls.map(({ actor }) => [actor.user, actor.role, actor.door])).toEqual([['ann', 'admin', 'browser']]);
});

test('errors come back whole, with the status of their type', async () => {
  const page = await openPage();
  const failures = [
    [404, fail({ type: 'SettingUnknown', key: 'a', nearest: ['b'] })],
    [423, fail({ type: 'SecretsLocked', what: 'It', choices: [] })],
    [507, fail({ type: 'DiskFull', what: 'It', neededBytes: 1 })],
    [500, fail({ type: 'Unexpected', logId: 'x' })],
  ] as const;
  for (const [status, result] of failures) {
    app.answer = () => Promise.resolve(result);
    expect(await page.post('/api/call', { name: 'settings.get', input: { key: 'a' } })).toEqual({ status, result });
  }
  app.calls.length = 0;
  expect(await page.post('/api/call', { name: 'settings.get', input: { key: 1 } })).toEqual({
    status: 400,
    result: fail({ type: 'InputInvalid', field: 'key', problem: 'must be string' }),
  });
  expect(await page.post('/api/call', { name: 'no.such', input: {} })).toEqual({
    status: 404,
    result: fail({ type: 'NotFound', what: 'command', name: 'no.such' }),
  });
  expect(app.calls).toEqual([]);
});

test('a bug in the app answers Unexpected and says nothing of it', async () => {
  const page = await openPage();
  app.answer = () => Promise.reject(new Error('the passphrase is hunter2'));
  const written: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text) => written.push(String(text)) > 0;
  const answer = await page.post('/api/call', { name: 'home.status', input: {} });
  process.stderr.write = write;
  expect(answer).toEqual({
    status: 500,
    result: fail({ type: 'Unexpected', logId: expect.stringMatching(/^[\w-]{12}$/u) as string }),
  });
  expect(written.join('')).toContain(answer.result.ok ? '' : (answer.result.error as { logId: string }).logId);
  expect(JSON.stringify(answer) + written.join('')).not.toContain('hunter2');
});

test('an upload becomes a private file that only its session can name, and goes with it', async () => {
  const [one, two] = [await openPage(), await openPage()];
  const bytes = new Uint8Array(300_000).map((_, i) => i % 251);
  const opened = dataOf<{ file: string; name: string }>(await one.upload('back up.hfb', bytes));
  expect(opened).toEqual({ file: expect.stringMatching(/^file_[A-Za-z0-9_-]{32}$/u) as string, name: 'back up.hfb' });
  await one.post('/api/call', { name: 'home.status', input: {} });
  await two.post('/api/call', { name: 'home.status', input: {} });
  const [mine, theirs] = app.calls.map((call) => call.actor.session) as [string, string];
  const file = dataOf<{ path: string; name: string; use: string }>(app.files.resolve(mine, opened.file));
  expect({ name: file.name, use: file.use }).toEqual({ name: 'back up.hfb', use: 'read' });
  expect(readFileSync(file.path).equals(bytes)).toBe(true);
  expect([statSync(file.path).mode & 0o777, statSync(dirname(file.path)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(app.files.resolve(theirs, opened.file)).toEqual(fail({ type: 'NotFound', what: 'file', name: opened.file }));
  await one.post('/api/stop', {});
  expect(existsSync(dirname(file.path))).toBe(false);
  expect(app.dropped).toEqual([mine]);
});

test('an upload over the limit leaves no file', async () => {
  await host.close();
  const started = await startHost(options({ limits: { uploadBytes: 1000 } }));
  host = dataOf<Host>(started);
  const page = await openPage();
  expect(await page.upload('a', new Uint8Array(1001))).toEqual(
    fail({ type: 'Usage', message: 'This request is refused: it is larger than 1000 bytes.' }),
  );
  const opened = dataOf<{ file: string }>(await page.upload('a', new Uint8Array(1000)));
  await page.post('/api/call', { name: 'home.status', input: {} });
  const file = dataOf<{ path: string }>(app.files.resolve(app.calls[0]?.actor.session ?? '', opened.file));
  expect(readdirSync(dirname(file.path))).toHaveLength(1);
});

test('a download is what the command wrote to its sink, and not there before', async () => {
  const page = await openPage();
  const opened = dataOf<{ file: string; name: string }>(
    (await page.post('/api/sinks', { name: 'Sicherung ü.hfb' })).result,
  );
  expect((await page.get(`/api/files/${opened.file}`)).status).toBe(404);
  await page.post('/api/call', { name: 'backup.create', input: { output: opened.file } });
  const sink = dataOf<{ path: string; use: string }>(app.files.resolve(app.calls[0]?.actor.session ?? '', opened.file));
  expect(sink.use).toBe('write');
  writeFileSync(sink.path, 'the backup');
  const answer = await page.get(`/api/files/${opened.file}`);
  expect(await answer.text()).toBe('the backup');
  expect(
    Object.fromEntries(
      ['content-type', 'content-length', 'content-disposition'].map((name) => [name, answer.headers.get(name)]),
    ),
  ).toEqual({
    'content-type': 'application/octet-stream',
    'content-length': '10',
    'content-disposition': "attachment; filename*=UTF-8''Sicherung%20%C3%BC.hfb",
  });
  const uploaded = dataOf<{ file: string }>(await page.upload('a', new Uint8Array(3)));
  expect((await page.get(`/api/files/${uploaded.file}`)).status).toBe(404);
});

test('events reach the page until it goes away or its session ends', async () => {
  const [one, two] = [await openPage(), await openPage()];
  const abort = new AbortController();
  const streams = [await one.get('/api/events', abort.signal), await two.get('/api/events')];
  expect(streams.map((stream) => stream.headers.get('content-type'))).toEqual([
    'text/event-stream',
    'text/event-stream',
  ]);
  const readers = streams.map((stream) =>
    (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader(),
  );
  expect(await Promise.all(readers.map(async (reader) => (await reader.read()).value))).toEqual([
    ': open\n\n',
    ': open\n\n',
  ]);
  const event: HoldfastEvent = { type: 'changed', topics: ['settings', 'audit'] };
  for (const listener of app.listeners) listener(event);
  const text = 'data: {"type":"changed","topics":["settings","audit"]}\n\n';
  expect(await Promise.all(readers.map(async (reader) => (await reader.read()).value))).toEqual([text, text]);
  abort.abort();
  await two.post('/api/stop', {});
  expect(await readers[1]?.read()).toEqual({ done: true, value: undefined });
  await expect.poll(() => app.listeners.size).toBe(0);
});

test('stop answers, ends this session only, and tells who started the host', async () => {
  const [one, two] = [await openPage(), await openPage()];
  expect(await one.post('/api/stop', {})).toEqual({ status: 200, result: ok({ stopped: true }) });
  await expect.poll(() => stops).toBe(1);
  expect((await one.post('/api/call', { name: 'home.status', input: {} })).status).toBe(401);
  expect((await two.post('/api/call', { name: 'home.status', input: {} })).status).toBe(200);
});

test('close ends sessions and streams, removes all files and can be called again', async () => {
  const before = tempDirs();
  const second = dataOf<Host>(await startHost(options()));
  const made = tempDirs().filter((name) => !before.includes(name));
  expect(made).toHaveLength(1);
  const stream = await fetch(second.url);
  expect(stream.status).toBe(200);
  await Promise.all([second.close(), second.close()]);
  expect(tempDirs().filter((name) => made.includes(name))).toEqual([]);
  await expect(fetch(second.url)).rejects.toThrow('fetch failed');
});

const headerNames = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'cache-control',
];

test('every answer carries the security headers: page, script, call, error, refusal, download', async () => {
  const page = await openPage();
  const sink = dataOf<{ file: string }>((await page.post('/api/sinks', { name: 'a' })).result);
  await page.post('/api/call', { name: 'backup.create', input: { output: sink.file } });
  writeFileSync(dataOf<{ path: string }>(app.files.resolve(app.calls[0]?.actor.session ?? '', sink.file)).path, 'x');
  for (const [path, status] of [
    ['/', 200],
    ['/assets/index-a1.js', 200],
    ['/nothing', 404],
    ['/api/events', 200],
    [`/api/files/${sink.file}`, 200],
    ['/api/files/file_0000000000000000', 404],
  ] as const) {
    const abort = new AbortController();
    const answer = await page.get(path, abort.signal);
    expect({ path, status: answer.status, headers: headerNames.map((name) => answer.headers.get(name)) }).toEqual({
      path,
      status,
      headers: [contentSecurityPolicy(), 'nosniff', 'DENY', 'no-referrer', 'same-origin', 'same-origin', 'no-store'],
    });
    abort.abort();
  }
  expect(contentSecurityPolicy()).not.toContain('unsafe');
});

test('only the files of the build are served, with their types', async () => {
  const page = createPage('');
  const found = await Promise.all(
    ['/', '/index.html', '/assets/index-a1.js'].map(async (path) => {
      const answer = await page.get(path);
      return [answer.status, answer.headers.get('content-type'), await answer.text()];
    }),
  );
  expect(found).toEqual([
    [200, 'text/html; charset=utf-8', '<!doctype html><title>Holdfast</title>'],
    [200, 'text/html; charset=utf-8', '<!doctype html><title>Holdfast</title>'],
    [200, 'text/javascript; charset=utf-8', 'export {};'],
  ]);
});

test('a port that is taken is a clear error, and leaves nothing behind', async () => {
  const before = tempDirs();
  expect(await startHost(options({ port: host.port }))).toEqual(
    fail({ type: 'Usage', message: `Port ${String(host.port)} cannot be used: another program uses it.` }),
  );
  expect(tempDirs()).toEqual(before);
});

test('without a build there is no host, and it says what to do', async () => {
  expect(await startHost(options({ rendererDir: `${rootDir}/nothing` }))).toEqual(
    fail({
      type: 'Usage',
      message: `The pages are not built: ${rootDir}/nothing has no index.html. Run "npm run build".`,
    }),
  );
});

test('the host listens on loopback only', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4')
    .map((one) => one?.address ?? '');
  const refused = await Promise.all(
    outside.map(
      (address) =>
        new Promise((resolve) => {
          request({ host: address, port: host.port, timeout: 2000 }, () => resolve('answered'))
            .on('error', () => resolve('refused'))
            .on('timeout', () => resolve('refused'))
            .end();
        }),
    ),
  );
  expect(refused).toEqual(outside.map(() => 'refused'));
  expect((await fetch(host.url)).status).toBe(200);
});
