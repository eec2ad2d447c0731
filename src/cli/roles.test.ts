/** A profile's role holds at every door: straight to dispatch, over HTTP, and from another process through the owner's socket. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandName } from '../contract/commands.ts';
import { describeError } from '../contract/errors.ts';
import type { Result } from '../contract/result.ts';
import { openApp, type OpenApp } from '../core/app.ts';
import { resourcesDir, tempHome, type TempHome } from '../core/testing/test-app.ts';
import { startHost, type Host } from '../host/host.ts';

let home: TempHome;
let owner: OpenApp;
let beside: OpenApp;
let host: Host;
let token = '';

const open = async (door: 'browser' | 'cli'): Promise<OpenApp> => {
  const { homeDir, configDir } = home;
  const opened = await openApp({ homeDir, configDir, resourcesDir, door, env: process.env });
  if (!opened.ok) throw new Error(opened.error.type);
  return opened.data;
};
const inApp =
  (app: OpenApp, door: 'window' | 'cli', user: string) =>
  (name: CommandName, input: unknown): Promise<Result<unknown>> => {
    const actor = { user, role: 'admin' as const, door, session: `${door}-${user}` };
    return app.dispatch({ name, input, actor, credential: null });
  };
const post = async (path: string, body: unknown): Promise<Result<unknown>> => {
  const origin = `http://127.0.0.1:${String(host.port)}`;
  const headers = {
    'content-type': 'application/json',
    origin,
    ...(token === '' ? {} : { 'x-holdfast-session': token }),
  };
  const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Result<unknown>;
};

beforeAll(async () => {
  home = tempHome();
  const rendererDir = join(home.root, 'renderer');
  mkdirSync(rendererDir);
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Holdfast</title>');
  owner = await open('browser');
  const tester = inApp(owner, 'window', 'tester');
  for (const [name, input] of [
    ['migration.run', { protect: { passphrase: 'correct horse battery staple' } }],
    ['user.add', { name: 'anna', role: 'admin' }],
    ['user.add', { name: 'ed', role: 'editor' }],
    ['user.add', { name: 'vic', role: 'viewer' }],
    ['user.add', { name: 'gone', role: 'admin' }],
    ['user.disable', { name: 'gone' }],
  ] as const) {
    const done = await tester(name, input);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
  }
  beside = await open('cli');
  const started = await startHost({ port: 0, app: owner, rendererDir, onStop: () => undefined, user: 'tester' });
  if (!started.ok) throw new Error(started.error.type);
  host = started.data;
  const session = await post('/api/session', { code: new URL(host.url).hash.replace('#launch=', '') });
  if (!session.ok) throw new Error('no session');
  ({ token } = session.data as { token: string });
});
afterAll(async () => {
  await host.close();
  await beside.close();
  await owner.close();
  home.remove();
});

const calls = [
  ['settings.list', { prefix: 'general' }],
  ['settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }], dryRun: true }],
  ['user.set-role', { name: 'ed', role: 'editor', dryRun: true }],
] as const;
type Call = (name: CommandName, input: unknown) => Promise<Result<unknown>>;
const tried = async (call: Call): Promise<string[]> => {
  const answers = [];
  for (const [name, input] of calls) {
    const answer = await call(name, input);
    answers.push(answer.ok ? 'ok' : answer.error.type);
  }
  return answers;
};
const expected = {
  anna: ['ok', 'ok', 'ok'],
  ed: ['ok', 'ok', 'Forbidden'],
  vic: ['ok', 'Forbidden', 'Forbidden'],
  gone: ['Forbidden', 'Forbidden', 'Forbidden'],
};

it.each(Object.entries(expected))(
  '%s does what the role lets it through each door (D75, D79, O64)',
  async (user, may) => {
    expect(await tried(inApp(owner, 'window', user))).toEqual(may);
    // The other process is a client of the owner: its calls go through the socket.
    expect(await tried(inApp(beside, 'cli', user))).toEqual(may);
  },
);

it.each([
  ['anna', expected.anna],
  ['ed', expected.ed],
  ['vic', expected.vic],
])('a page that acts as %s does the same over HTTP', async (user, may) => {
  const page: Call = (name, input) => post('/api/call', { name, input });
  expect(await page('user.switch', { name: user })).toEqual({ ok: true, data: { name: user } });
  expect(await tried(page)).toEqual(may);
  expect((await page('user.switch', { name: 'gone' })).ok).toBe(false);
  expect((await page('user.switch', { name: null })).ok).toBe(true);
  expect(await tried(page)).toEqual(expected.anna);
});

it('a session whose profile is removed loses its rights, and gains none', async () => {
  const page: Call = (name, input) => post('/api/call', { name, input });
  const other: Call = (name, input) =>
    beside.dispatch({
      name,
      input,
      actor: { user: 'tester', role: 'admin', door: 'window', session: 'beside-window' },
      credential: null,
    });
  const tester = inApp(owner, 'window', 'tester');
  // Over HTTP, and from a door of another process through the owner's socket.
  for (const call of [page, other]) {
    expect((await tester('user.add', { name: 'temp', role: 'viewer' })).ok).toBe(true);
    expect((await call('user.switch', { name: 'temp' })).ok).toBe(true);
    expect(await tried(call)).toEqual(expected.vic);
    expect((await tester('user.remove', { name: 'temp' })).ok).toBe(true);
    expect(await tried(call)).toEqual(expected.gone);
    const refused = await call('settings.list', {});
    expect(refused.ok ? '' : describeError(refused.error)).toBe(
      'The profile temp, as which this session acts, was removed. Choose again who you are, under "Acting as". Nothing was changed.',
    );
    expect(await call('user.list', {})).toMatchObject({ ok: true, data: { acting: 'temp', gone: true } });
    expect(await call('user.whoami', {})).toMatchObject({ ok: true, data: { profile: null, may: 'view' } });
    expect((await call('home.status', {})).ok).toBe(true);
    // One that is there again is the one that was chosen.
    expect((await tester('settings.undo', {})).ok).toBe(true);
    expect(await tried(call)).toEqual(expected.vic);
    expect((await tester('user.remove', { name: 'temp' })).ok).toBe(true);
    expect((await call('user.switch', { name: null })).ok).toBe(true);
    expect(await tried(call)).toEqual(expected.anna);
  }
});
