import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HoldfastEvent } from '../../contract/events.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { AppCall } from '../app-types.ts';
import { createFileRegistry } from '../files.ts';
import { claimHome } from './claim.ts';
import { connectOwner, type OwnerClient } from './connect.ts';
import { receiveMessages, sendMessage } from './frames.ts';
import { acquireLock, type Lock } from './lock.ts';
import { ClientMessage, type Hello } from './messages.ts';
import { createHello, serveOwner, type Peer, type ServeOptions } from './serve.ts';

let rootDir: string;
let lock: Lock;
const clients: OwnerClient[] = [];
const lockOptions = () => ({
  holdfastDir: join(rootDir, '.holdfast'),
  now: () => '2026-01-02T03:04:05.000Z',
  appVersion: '0.1.0',
  env: { TMPDIR: rootDir },
});

beforeEach(async () => {
  rootDir = mkdtempSync(join(tmpdir(), 'hf-socket-'));
  mkdirSync(join(rootDir, '.holdfast'), { mode: 0o700 });
  const acquired = await acquireLock(lockOptions());
  if (!acquired.ok || !acquired.data.held) throw new Error('not held');
  lock = acquired.data.lock;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await lock.release();
  rmSync(rootDir, { recursive: true, force: true });
});

const ours = (more: Partial<Hello> = {}): Hello => ({
  ...createHello({ appVersion: '0.1.0', homeDir: rootDir, storeId: 'store1' }),
  ...more,
});

const serve = (more: Partial<ServeOptions> = {}) =>
  serveOwner(lock, {
    hello: () => ours(),
    onCall: () => Promise.resolve(ok(null)),
    onEvent: () => () => undefined,
    registerFile: () => 'file_none',
    dropSession: () => undefined,
    ...more,
  });

const joinOwner = async (more: Partial<Hello> = {}): Promise<OwnerClient> => {
  const connected = await connectOwner(lock.address, ours({ storeId: null, ...more }));
  if (!connected.ok) throw new Error(JSON.stringify(connected.error));
  clients.push(connected.data);
  return connected.data;
};

const callOf = (name: string, more: Partial<AppCall> = {}): AppCall => ({
  name,
  input: {},
  actor: { user: 'ann', role: 'edit', door: 'cli', session: 's1' },
  credential: null,
  ...more,
});

/** A call that answers when the test says so. */
const createSlowCall = () => {
  let started: (peer: Peer) => void;
  const peer = new Promise<Peer>((resolve) => (started = resolve));
  let answer: (result: Result<unknown>) => void;
  const answered = new Promise<Result<unknown>>((resolve) => (answer = resolve));
  return {
    peer,
    answer: (result: Result<unknown>) => answer(result),
    onCall: (_call: AppCall, who: Peer) => {
      started(who);
      return answered;
    },
  };
};

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

test('a call reaches the app with its actor, credential and job, and its answer comes back as it is', async () => {
  const seen: AppCall[] = [];
  const refused = fail({ type: 'SettingUnknown', key: 'a.b', nearest: ['a.c'] });
  serve({
    onCall: (call) => {
      seen.push(call);
      return Promise.resolve(call.name === 'settings.get' ? refused : ok({ text: 'ünï\n\u2028', list: [1, null] }));
    },
  });
  const client = await joinOwner();
  expect(client.hello).toEqual(ours());
  const call = callOf('settings.apply', { input: { changes: [] }, credential: { passphrase: 'pw' }, jobId: 'job1' });
  expect(await Promise.all([client.call(call), client.call(callOf('settings.get'))])).toEqual([
    ok({ text: 'ünï\n\u2028', list: [1, null] }),
    refused,
  ]);
  const actor = { ...call.actor, session: 'peer1:s1' };
  expect(seen).toEqual([
    { ...call, actor },
    { ...callOf('settings.get'), actor },
  ]);
});

test('two processes with equal session names have neither sessions nor files in common', async () => {
  const files = createFileRegistry();
  const dropped: string[] = [];
  const found: unknown[] = [];
  serve({
    onCall: (call) => {
      found.push(files.resolve(call.actor.session, String(call.input)).ok);
      return Promise.resolve(ok(null));
    },
    registerFile: files.register,
    dropSession: (session) => {
      dropped.push(session);
      files.drop(session);
    },
  });
  const [one, two] = [await joinOwner(), await joinOwner()];
  const handle = await one.registerFile('s1', { path: '/tmp/a', name: 'a', use: 'read' });
  if (!handle.ok) throw new Error('not registered');
  await one.call(callOf('backup.verify', { input: handle.data }));
  await two.call(callOf('backup.verify', { input: handle.data }));
  expect(found).toEqual([true, false]);
  const two2 = two.call(callOf('home.status'));
  one.close();
  await two2;
  await two.call(callOf('home.status'));
  expect(dropped).toEqual(['peer1:s1']);
});

test('events reach every client until it closes', async () => {
  const listeners = new Set<(event: HoldfastEvent) => void>();
  serve({
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const [one, two] = [await joinOwner(), await joinOwner()];
  const event: HoldfastEvent = { type: 'changed', topics: ['settings'] };
  const received = Promise.all([one, two].map((client) => new Promise((resolve) => client.on(resolve))));
  for (const listener of listeners) listener(event);
  expect(await received).toEqual([event, event]);
  const closed = new Promise<void>((resolve) => one.onClose(resolve));
  one.close();
  await closed;
  await two.call(callOf('home.status'));
  expect(listeners.size).toBe(1);
});

test('another protocol, another home and another store are refused before any call', async () => {
  serve({ onCall: () => Promise.reject(new Error('reached')) });
  expect(await connectOwner(lock.address, ours({ protocolVersion: 99, appVersion: '9.9.9' }))).toEqual(
    fail({ type: 'OwnerVersionDiffers', ours: '9.9.9', theirs: '0.1.0', pid: lock.address.pid }),
  );
  expect(await connectOwner(lock.address, ours({ contract: 'other' }))).toEqual(
    fail({ type: 'OwnerVersionDiffers', ours: '0.1.0', theirs: '0.1.0', pid: lock.address.pid }),
  );
  const { pid, host, since } = lock.address;
  const locked = fail({ type: 'StoreLocked', pid, host, since, problem: `it has another home open (${rootDir})` });
  expect(await connectOwner(lock.address, ours({ homeDir: '/elsewhere' }))).toEqual(locked);
  expect(await connectOwner(lock.address, ours({ storeId: 'store2' }))).toEqual(locked);
  expect((await joinOwner({ appVersion: '0.2.0' })).hello.appVersion).toBe('0.1.0');
});

test('an owner from before contracts were compared is found out by its client', async () => {
  const { contract, ...older } = ours();
  expect(contract).toBeTypeOf('string');
  // That one greets everybody.
  lock.onConnection((socket) =>
    receiveMessages(socket, ClientMessage, () => sendMessage(socket, { type: 'hello', hello: older })),
  );
  expect(await connectOwner(lock.address, ours())).toEqual(
    fail({ type: 'OwnerVersionDiffers', ours: '0.1.0', theirs: '0.1.0', pid: lock.address.pid }),
  );
});

test('a client that comes before the store is open waits, and gets StoreLocked when that takes too long', async () => {
  const { pid, host, since } = lock.address;
  expect(await connectOwner(lock.address, ours(), { openWithinMs: 50 })).toEqual(
    fail({ type: 'StoreLocked', pid, host, since, problem: 'it is still opening the store' }),
  );
  const early = joinOwner();
  serve();
  expect(await (await early).call(callOf('home.status'))).toEqual(ok(null));
});

test('cancel aborts the call with that job id and no other; closing aborts all of them', async () => {
  const [first, second, third] = [createSlowCall(), createSlowCall(), createSlowCall()];
  const slow = [first, second, third];
  serve({ onCall: (call, peer) => (slow.shift() ?? first).onCall(call, peer) });
  const [one, two] = [await joinOwner(), await joinOwner()];
  const calls = [one.call(callOf('migration.run', { jobId: 'a' }))];
  const peer = await first.peer;
  calls.push(one.call(callOf('migration.run', { jobId: 'b' })));
  const other = await second.peer;
  calls.push(two.call(callOf('migration.run', { jobId: 'a' })));
  const foreign = await third.peer;
  one.cancel('a');
  await aborted(peer.signal);
  expect([other.signal.aborted, foreign.signal.aborted]).toEqual([false, false]);
  one.close();
  await aborted(other.signal);
  expect(foreign.signal.aborted).toBe(false);
  third.answer(ok(1));
  expect(await calls[2]).toEqual(ok(1));
});

test('an owner that ends in good order answers what it began and leaves the rest unlooked at', async () => {
  const slow = createSlowCall();
  const names: string[] = [];
  const server = serve({
    onCall: (call, peer) => {
      names.push(call.name);
      return slow.onCall(call, peer);
    },
  });
  const client = await joinOwner();
  const begun = client.call(callOf('settings.apply'));
  await slow.peer;
  const closing = server.close();
  const late = client.call(callOf('settings.undo'));
  slow.answer(ok('done'));
  await closing;
  expect(await begun).toEqual(ok('done'));
  const { pid, host, since } = lock.address;
  const unseen = fail({
    type: 'StoreLocked',
    pid,
    host,
    since,
    problem: 'it ended before it answered; nothing was changed by this call',
  });
  expect(await late).toEqual(unseen);
  expect(await client.call(callOf('settings.undo'))).toEqual(unseen);
  expect(client.isOpen()).toBe(false);
  expect(names).toEqual(['settings.apply']);
  await lock.release();
  const again = await claimHome(lockOptions(), ours());
  if (!again.ok || !again.data.held) throw new Error('not held');
  await again.data.lock.release();
});

test('when the owner dies a write is OutcomeUnknown, a read or dry run may be asked again', async () => {
  const slow = [createSlowCall(), createSlowCall(), createSlowCall(), createSlowCall()];
  const begun = slow.map((one) => one.peer);
  serve({ onCall: (call, peer) => (slow.shift() ?? createSlowCall()).onCall(call, peer) });
  const client = await joinOwner();
  const calls = [
    client.call(callOf('settings.apply')),
    client.call(callOf('settings.apply', { input: { dryRun: true } })),
    client.call(callOf('settings.list')),
    client.call(callOf('command.of.a.newer.app')),
  ];
  await Promise.all(begun);
  await lock.release();
  const { pid, host, since } = lock.address;
  const gone = fail({
    type: 'StoreLocked',
    pid,
    host,
    since,
    problem: 'it ended before it answered; nothing was changed by this call',
  });
  const unknown = (name: string) =>
    fail({ type: 'OutcomeUnknown', what: `"${name}" (the process that has this home open ended)` });
  expect(await Promise.all(calls)).toEqual([unknown('settings.apply'), gone, gone, unknown('command.of.a.newer.app')]);
  expect(await connectOwner(lock.address, ours())).toEqual(
    fail({ type: 'NotFound', what: 'running Holdfast for this home', name: lock.address.socketPath }),
  );
});

test('an input of several megabytes arrives whole', async () => {
  serve({ onCall: (call) => Promise.resolve(ok(call.input)) });
  const client = await joinOwner();
  const input = { text: 'ä€😀'.repeat(500_000) };
  expect(await client.call(callOf('settings.apply', { input }))).toEqual(ok(input));
});

test.each([
  ['no JSON', 'hello\n'],
  [
    'a call before hello',
    '{"type":"call","id":1,"name":"home.status","input":{},"actor":{"user":"a","role":"view","door":"cli","session":"s"},"credential":null}\n',
  ],
  ['a hello without a home', '{"type":"hello","hello":{"appVersion":"0.1.0","protocolVersion":1,"storeId":null}}\n'],
  ['an unknown message', '{"type":"shutdown"}\n'],
])('a peer that sends %s is cut off and others go on', async (_name, line) => {
  let reached = 0;
  serve({
    onCall: () => {
      reached += 1;
      return Promise.resolve(ok(null));
    },
  });
  const client = await joinOwner();
  const socket = connect(lock.address.socketPath);
  socket.write(line);
  socket.resume();
  await once(socket, 'close');
  expect(reached).toBe(0);
  expect(await client.call(callOf('home.status'))).toEqual(ok(null));
});
