/**
 * What the browser host refuses, as one table (docs/security.md refers to it): each row is a kind of attack, sent byte by
 * byte over loopback with everything else right, so that only the named thing can be the reason.
 */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionHeader } from '../contract/client.ts';
import { startHost, type Host } from './host.ts';
import { canary, createBuild, createTestApp, type TestApp } from './testing/app.ts';
import { rawRequest, sendRaw } from './testing/raw-http.ts';

type Setting = {
  port: number;
  token: string;
  /** Of a session that ended. */
  endedToken: string;
  usedCode: string;
  /** A download of another session. */
  foreignHandle: string;
};
type Headers = Record<string, string | string[] | null>;
type Attack = { kind: string; name: string; status: number; bytes: (s: Setting) => string };

const jsonLimit = 64 * 1024;
const uploadLimit = 128 * 1024;

/** A right call, but for what the attack changes. Afterwards the connection ends. */
const call = (
  s: Setting,
  headers: Headers = {},
  body = '{"name":"home.status","input":{}}',
  method = 'POST',
  url = '/api/call',
): string =>
  rawRequest(
    method,
    url,
    {
      host: `127.0.0.1:${String(s.port)}`,
      origin: typeof headers['host'] === 'string' ? `http://${headers['host']}` : `http://127.0.0.1:${String(s.port)}`,
      'sec-fetch-site': 'same-origin',
      [sessionHeader]: s.token,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
      ...headers,
    },
    body,
  );

/** A right GET, but for what the attack changes. */
const get = (s: Setting, url: string, headers: Headers = {}, method = 'GET'): string =>
  rawRequest(method, url, {
    host: `127.0.0.1:${String(s.port)}`,
    'sec-fetch-site': 'same-origin',
    [sessionHeader]: s.token,
    connection: 'close',
    ...headers,
  });

const named = (name: string, input: unknown): string => JSON.stringify({ name, input });

const attacks: Attack[] = [
  { kind: 'host', name: 'a foreign Host', status: 421, bytes: (s) => call(s, { host: 'example.com' }) },
  {
    kind: 'host',
    name: 'a rebound DNS name with our port',
    status: 421,
    bytes: (s) => call(s, { host: `evil.example:${String(s.port)}` }),
  },
  {
    kind: 'host',
    name: 'a Host that only begins like ours',
    status: 421,
    bytes: (s) => call(s, { host: `127.0.0.1:${String(s.port)}.evil.example` }),
  },
  { kind: 'host', name: 'our address without the port', status: 421, bytes: (s) => call(s, { host: '127.0.0.1' }) },
  { kind: 'host', name: 'no Host', status: 400, bytes: (s) => call(s, { host: null }) },
  {
    kind: 'host',
    name: 'two Hosts',
    status: 400,
    bytes: (s) => call(s, { host: [`127.0.0.1:${String(s.port)}`, 'evil.example'] }),
  },
  {
    kind: 'host',
    name: 'a page for a rebound name',
    status: 421,
    bytes: (s) => get(s, '/', { host: `evil.example:${String(s.port)}` }),
  },
  { kind: 'origin', name: 'Origin null', status: 403, bytes: (s) => call(s, { origin: 'null' }) },
  { kind: 'origin', name: 'a foreign Origin', status: 403, bytes: (s) => call(s, { origin: 'http://evil.example' }) },
  {
    kind: 'origin',
    name: 'another port of this machine',
    status: 403,
    bytes: (s) => call(s, { origin: 'http://127.0.0.1:1' }),
  },
  {
    kind: 'origin',
    name: 'our Origin with https',
    status: 403,
    bytes: (s) => call(s, { origin: `https://127.0.0.1:${String(s.port)}` }),
  },
  {
    kind: 'origin',
    name: 'localhost as Origin of 127.0.0.1',
    status: 403,
    bytes: (s) => call(s, { origin: `http://localhost:${String(s.port)}` }),
  },
  { kind: 'origin', name: 'a POST without Origin', status: 403, bytes: (s) => call(s, { origin: null }) },
  {
    kind: 'origin',
    name: 'events without Origin and Sec-Fetch-Site',
    status: 403,
    bytes: (s) => get(s, '/api/events', { 'sec-fetch-site': null }),
  },
  {
    kind: 'origin',
    name: 'a foreign Origin for a page',
    status: 403,
    bytes: (s) => get(s, '/', { origin: 'http://evil.example' }),
  },
  {
    kind: 'sender',
    name: 'a call from another site',
    status: 403,
    bytes: (s) => call(s, { 'sec-fetch-site': 'cross-site' }),
  },
  {
    kind: 'sender',
    name: 'a call from another port of the same site',
    status: 403,
    bytes: (s) => call(s, { 'sec-fetch-site': 'same-site' }),
  },
  {
    kind: 'sender',
    name: 'a script tag of another site',
    status: 403,
    bytes: (s) => get(s, '/assets/index-a1.js', { 'sec-fetch-site': 'cross-site' }),
  },
  {
    kind: 'sender',
    name: 'events typed as an address',
    status: 403,
    bytes: (s) => get(s, '/api/events', { 'sec-fetch-site': 'none' }),
  },
  { kind: 'token', name: 'no token', status: 401, bytes: (s) => call(s, { [sessionHeader]: null }) },
  { kind: 'token', name: 'an empty token', status: 401, bytes: (s) => call(s, { [sessionHeader]: '' }) },
  { kind: 'token', name: 'a guessed token', status: 401, bytes: (s) => call(s, { [sessionHeader]: 'A'.repeat(43) }) },
  {
    kind: 'token',
    name: 'a token but for its last character',
    status: 401,
    bytes: (s) => call(s, { [sessionHeader]: `${s.token.slice(0, -1)}~` }),
  },
  {
    kind: 'token',
    name: 'the token of a session that ended',
    status: 401,
    bytes: (s) => call(s, { [sessionHeader]: s.endedToken }),
  },
  {
    kind: 'token',
    name: 'the token in a cookie',
    status: 401,
    bytes: (s) => call(s, { [sessionHeader]: null, cookie: `${sessionHeader}=${s.token}` }),
  },
  {
    kind: 'token',
    name: 'the token as Authorization',
    status: 401,
    bytes: (s) => call(s, { [sessionHeader]: null, authorization: `Bearer ${s.token}` }),
  },
  {
    kind: 'token',
    name: 'two tokens, one right',
    status: 400,
    bytes: (s) => call(s, { [sessionHeader]: [s.token, 'x'] }),
  },
  {
    kind: 'token',
    name: 'events without a token',
    status: 401,
    bytes: (s) => get(s, '/api/events', { [sessionHeader]: null }),
  },
  {
    kind: 'token',
    name: 'events with the token in the address',
    status: 400,
    bytes: (s) => get(s, `/api/events?token=${s.token}`, { [sessionHeader]: null }),
  },
  {
    kind: 'token',
    name: 'a download without a token',
    status: 401,
    bytes: (s) => get(s, `/api/files/${s.foreignHandle}`, { [sessionHeader]: null }),
  },
  {
    kind: 'launch',
    name: 'a launch code used twice',
    status: 401,
    bytes: (s) => call(s, {}, JSON.stringify({ code: s.usedCode }), 'POST', '/api/session'),
  },
  {
    kind: 'launch',
    name: 'a guessed launch code',
    status: 401,
    bytes: (s) => call(s, {}, JSON.stringify({ code: 'A'.repeat(43) }), 'POST', '/api/session'),
  },
  {
    kind: 'launch',
    name: 'a token as launch code',
    status: 401,
    bytes: (s) => call(s, {}, JSON.stringify({ code: s.token }), 'POST', '/api/session'),
  },
  {
    kind: 'launch',
    name: 'a list as launch code',
    status: 400,
    bytes: (s) => call(s, {}, JSON.stringify({ code: [s.usedCode] }), 'POST', '/api/session'),
  },
  { kind: 'method', name: 'a call by GET', status: 405, bytes: (s) => get(s, '/api/call') },
  { kind: 'method', name: 'a call by PUT', status: 405, bytes: (s) => call(s, {}, undefined, 'PUT') },
  {
    kind: 'method',
    name: 'a preflight',
    status: 405,
    bytes: (s) =>
      get(s, '/api/call', { origin: 'http://evil.example', 'access-control-request-method': 'POST' }, 'OPTIONS'),
  },
  { kind: 'method', name: 'TRACE', status: 405, bytes: (s) => get(s, '/', {}, 'TRACE') },
  { kind: 'method', name: 'a page by POST', status: 405, bytes: (s) => call(s, {}, undefined, 'POST', '/') },
  {
    kind: 'content type',
    name: 'JSON as text/plain',
    status: 415,
    bytes: (s) => call(s, { 'content-type': 'text/plain' }),
  },
  { kind: 'content type', name: 'JSON without a type', status: 415, bytes: (s) => call(s, { 'content-type': null }) },
  {
    kind: 'content type',
    name: 'a form',
    status: 415,
    bytes: (s) => call(s, { 'content-type': 'application/x-www-form-urlencoded' }),
  },
  {
    kind: 'content type',
    name: 'a multipart upload',
    status: 415,
    bytes: (s) => call(s, { 'content-type': 'multipart/form-data; boundary=x' }, 'x', 'POST', '/api/files?name=a'),
  },
  { kind: 'path', name: '../', status: 400, bytes: (s) => get(s, '/assets/../../secret.txt') },
  { kind: 'path', name: '%2e%2e/', status: 400, bytes: (s) => get(s, '/%2e%2e/secret.txt') },
  { kind: 'path', name: '..%2f', status: 400, bytes: (s) => get(s, '/..%2fsecret.txt') },
  { kind: 'path', name: '//', status: 400, bytes: (s) => get(s, '//secret.txt') },
  { kind: 'path', name: 'a backslash', status: 400, bytes: (s) => get(s, '/..\\secret.txt') },
  { kind: 'path', name: '%00', status: 400, bytes: (s) => get(s, '/index.html%00.js') },
  { kind: 'path', name: 'a raw NUL', status: 400, bytes: (s) => get(s, '/index.html\0.js') },
  {
    kind: 'path',
    name: 'an absolute address',
    status: 400,
    bytes: (s) => get(s, `http://127.0.0.1:${String(s.port)}/index.html`),
  },
  { kind: 'path', name: 'a symbolic link in the build', status: 404, bytes: (s) => get(s, '/link.txt') },
  { kind: 'path', name: 'a hidden file in the build', status: 404, bytes: (s) => get(s, '/.env') },
  { kind: 'path', name: 'a folder of the build', status: 404, bytes: (s) => get(s, '/assets') },
  { kind: 'path', name: 'a name of every object', status: 404, bytes: (s) => get(s, '/__proto__') },
  { kind: 'path', name: 'a page with a query', status: 400, bytes: (s) => get(s, '/?next=http://evil.example') },
  {
    kind: 'size',
    name: 'a body that says it is too large',
    status: 413,
    bytes: (s) => call(s, { 'content-length': String(jsonLimit + 1) }),
  },
  {
    kind: 'size',
    name: 'a chunked body that is too large',
    status: 413,
    bytes: (s) =>
      call(
        s,
        { 'content-length': null, 'transfer-encoding': 'chunked' },
        `${(jsonLimit + 1).toString(16)}\r\n${'x'.repeat(jsonLimit + 1)}\r\n0\r\n\r\n`,
      ),
  },
  {
    kind: 'size',
    name: 'a chunked upload that is too large',
    status: 413,
    bytes: (s) =>
      call(
        s,
        { 'content-length': null, 'transfer-encoding': 'chunked' },
        `${(uploadLimit + 1).toString(16)}\r\n${'x'.repeat(uploadLimit + 1)}\r\n0\r\n\r\n`,
        'POST',
        '/api/files?name=a',
      ),
  },
  {
    kind: 'smuggling',
    name: 'Content-Length and Transfer-Encoding',
    status: 400,
    bytes: (s) => call(s, { 'transfer-encoding': 'chunked' }),
  },
  {
    kind: 'smuggling',
    name: 'two Content-Lengths',
    status: 400,
    bytes: (s) => call(s, { 'content-length': ['33', '34'] }),
  },
  {
    kind: 'smuggling',
    name: 'a GET with a body',
    status: 400,
    bytes: (s) => `${get(s, '/api/events', { 'content-length': '4' })}evil`,
  },
  {
    kind: 'smuggling',
    name: 'a right call in the body of a refused one',
    status: 415,
    bytes: (s) => call(s, { 'content-type': 'text/plain', connection: 'keep-alive' }, call(s)),
  },
  {
    kind: 'smuggling',
    name: 'a right call behind a refused one',
    status: 415,
    bytes: (s) => call(s, { 'content-type': 'text/plain', connection: 'keep-alive' }) + call(s),
  },
  {
    kind: 'handle',
    name: 'a path where a download belongs',
    status: 400,
    bytes: (s) => call(s, {}, named('backup.create', { output: '/etc/cron.d/x' })),
  },
  {
    kind: 'handle',
    name: 'a path where an upload belongs',
    status: 400,
    bytes: (s) => call(s, {}, named('backup.verify', { backup: { file: '/etc/shadow' } })),
  },
  {
    kind: 'handle',
    name: 'a path after the handle prefix',
    status: 400,
    bytes: (s) => call(s, {}, named('backup.create', { output: 'file_/../../../etc/passwd' })),
  },
  {
    kind: 'handle',
    name: "another session's download",
    status: 404,
    bytes: (s) => get(s, `/api/files/${s.foreignHandle}`),
  },
  {
    kind: 'handle',
    name: 'a guessed download',
    status: 404,
    bytes: (s) => get(s, `/api/files/file_${'A'.repeat(32)}`),
  },
  { kind: 'handle', name: 'a path as download', status: 400, bytes: (s) => get(s, '/api/files/..%2f..%2fsecret.txt') },
  {
    kind: 'handle',
    name: 'a path as name of an upload',
    status: 400,
    bytes: (s) => call(s, {}, 'x', 'POST', '/api/files?name=..%2Fsecret.txt'),
  },
  {
    kind: 'handle',
    name: 'a path as name of a download',
    status: 400,
    bytes: (s) => call(s, {}, '{"name":"../secret.txt"}', 'POST', '/api/sinks'),
  },
  {
    kind: 'call',
    name: 'a command that does not exist',
    status: 404,
    bytes: (s) => call(s, {}, named('store.exec', {})),
  },
  {
    kind: 'call',
    name: 'a name of every object as command',
    status: 404,
    bytes: (s) => call(s, {}, named('constructor', {})),
  },
  {
    kind: 'call',
    name: 'a field that the command does not have',
    status: 400,
    bytes: (s) => call(s, {}, named('settings.undo', { sql: '1' })),
  },
  {
    kind: 'call',
    name: 'an actor of the own choice',
    status: 400,
    bytes: (s) => call(s, {}, '{"name":"home.status","input":{},"actor":{"role":"admin"}}'),
  },
  { kind: 'call', name: 'no JSON', status: 400, bytes: (s) => call(s, {}, '{"name":') },
];

let rootDir: string;
let host: Host;
let app: TestApp;
let setting: Setting;

const openSession = async (): Promise<{ token: string; code: string }> => {
  const code = host.newLaunchUrl().split('#launch=')[1] ?? '';
  const empty: Setting = { port: host.port, token: '', endedToken: '', usedCode: '', foreignHandle: '' };
  const answer = await sendRaw(host.port, call(empty, {}, JSON.stringify({ code }), 'POST', '/api/session'));
  return { token: (JSON.parse(answer.body) as { data: { token: string } }).data.token, code };
};

beforeAll(async () => {
  const build = createBuild();
  rootDir = build.rootDir;
  app = createTestApp();
  const limits = { jsonBytes: jsonLimit, uploadBytes: uploadLimit };
  const started = await startHost({
    port: 0,
    app,
    rendererDir: build.rendererDir,
    onStop: () => undefined,
    user: 'ann',
    limits,
  });
  if (!started.ok) throw new Error('not started');
  host = started.data;
  const [mine, theirs, ended] = [await openSession(), await openSession(), await openSession()];
  setting = { port: host.port, token: mine.token, endedToken: ended.token, usedCode: mine.code, foreignHandle: '' };
  const sink = await sendRaw(
    host.port,
    call({ ...setting, token: theirs.token }, {}, '{"name":"a"}', 'POST', '/api/sinks'),
  );
  setting.foreignHandle = (JSON.parse(sink.body) as { data: { file: string } }).data.file;
  await sendRaw(host.port, call({ ...setting, token: ended.token }, {}, '{}', 'POST', '/api/stop'));
});
afterAll(async () => {
  await host.close();
  rmSync(rootDir, { recursive: true, force: true });
});

beforeEach(() => {
  app.calls.length = 0;
});

test('the right requests that the attacks are made from pass', async () => {
  const answer = await sendRaw(host.port, call(setting));
  expect({ status: answer.status, body: answer.body, calls: app.calls.length }).toEqual({
    status: 200,
    body: '{"ok":true,"data":null}',
    calls: 1,
  });
  expect((await sendRaw(host.port, get(setting, '/'))).status).toBe(200);
  expect((await sendRaw(host.port, call(setting, { host: `localhost:${String(host.port)}` }))).status).toBe(200);
});

test.each(attacks)('$kind: $name', async ({ status, bytes }) => {
  const answer = await sendRaw(host.port, bytes(setting));
  expect({ status: answer.status, count: answer.count, calls: app.calls, listeners: app.listeners.size }).toEqual({
    status,
    count: 1,
    calls: [],
    listeners: 0,
  });
  expect(answer.body).not.toContain(canary);
  expect(
    [...answer.headers.keys()].filter((name) => name.startsWith('access-control-') || name === 'set-cookie'),
  ).toEqual([]);
});
