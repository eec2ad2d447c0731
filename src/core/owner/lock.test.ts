import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Result } from '../../contract/result.ts';
import {
  checkPrivateDir,
  maxSocketPathBytes,
  ownUid,
  parseAddress,
  socketDirPath,
  thisMachine,
  type OwnerAddress,
} from './address.ts';
import { acquireLock, findOwner, type Acquired, type Lock, type LockOptions } from './lock.ts';
import { connectOwner } from './connect.ts';
import { createHello } from './serve.ts';
import { bundleProgram } from './testing/bundle.ts';
import type { OwnerProgramOptions } from './testing/owner-program.ts';

let rootDir: string;
let programPath: string;
const children: ChildProcess[] = [];
const locks: Lock[] = [];

beforeAll(async () => {
  rootDir = mkdtempSync(join(tmpdir(), 'hf-lock-'));
  programPath = await bundleProgram(join(import.meta.dirname, 'testing/owner-program.ts'), rootDir);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(locks.splice(0).map((lock) => lock.release()));
});
afterAll(() => rmSync(rootDir, { recursive: true, force: true }));

type Home = { homeDir: string; holdfastDir: string; env: Record<string, string> };

const createHome = (name = 'h'): Home => {
  const homeDir = join(mkdtempSync(join(rootDir, 'h-')), name);
  const holdfastDir = join(homeDir, '.holdfast');
  mkdirSync(holdfastDir, { recursive: true, mode: 0o700 });
  return { homeDir, holdfastDir, env: { TMPDIR: rootDir } };
};

const since = '2026-01-02T03:04:05.000Z';
const optionsFor = (home: Home, more: Partial<LockOptions> = {}): LockOptions => ({
  holdfastDir: home.holdfastDir,
  now: () => since,
  appVersion: '0.1.0',
  env: home.env,
  // An owner of these tests that lives answers; how long that takes on a busy machine is not what they ask.
  silentAfterMs: 60_000,
  ...more,
});

const acquire = async (home: Home, more: Partial<LockOptions> = {}): Promise<Result<Acquired>> => {
  const acquired = await acquireLock(optionsFor(home, more));
  if (acquired.ok && acquired.data.held) locks.push(acquired.data.lock);
  return acquired;
};

const acquireHeld = async (home: Home, more: Partial<LockOptions> = {}): Promise<Lock> => {
  const acquired = await acquire(home, more);
  if (!acquired.ok || !acquired.data.held) throw new Error(`not held: ${JSON.stringify(acquired)}`);
  return acquired.data.lock;
};

const startProgram = (home: Home, more: Partial<OwnerProgramOptions> = {}): ChildProcess => {
  const options: OwnerProgramOptions = { mode: 'hold', homeDir: home.homeDir, env: home.env, times: 0, ...more };
  const child = spawn(process.execPath, [programPath, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
};

const firstLine = async (child: ChildProcess): Promise<unknown> => {
  if (child.stdout === null) throw new Error('no stdout');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  return JSON.parse(line ?? '"the process ended without a word"');
};

/** A process that holds the lock, as its lock file names it. */
const startOwner = async (home: Home): Promise<{ child: ChildProcess; address: OwnerAddress }> => {
  const child = startProgram(home);
  const said = (await firstLine(child)) as { data: { lock: { address: OwnerAddress } } };
  return { child, address: said.data.lock.address };
};

const killed = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

const lockNames = (home: Home): string[] => readdirSync(home.holdfastDir).toSorted();

test('the lock file names process, host, boot and socket, for this user only', async () => {
  const home = createHome();
  const lock = await acquireHeld(home);
  const path = join(home.holdfastDir, 'owner-1');
  expect(parseAddress(readFileSync(path, 'utf8'))).toEqual({
    pid: process.pid,
    ...thisMachine(),
    since,
    appVersion: '0.1.0',
    generation: 1,
    socketPath: lock.address.socketPath,
  });
  expect(lockNames(home)).toEqual(['owner-1']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(lock.address.socketPath).toMatch(new RegExp(`^${rootDir}/holdfast-${String(ownUid())}/[0-9a-f]{16}$`, 'u'));
  expect(statSync(dirname(lock.address.socketPath)).mode & 0o777).toBe(0o700);
});

test('a second acquire finds the owner; after release the lock is free and nothing is left', async () => {
  const home = createHome();
  const lock = await acquireHeld(home);
  expect(await acquire(home)).toEqual({ ok: true, data: { held: false, owner: lock.address } });
  expect(await findOwner({ holdfastDir: home.holdfastDir })).toEqual(lock.address);
  await lock.release();
  await lock.release();
  expect(lockNames(home)).toEqual([]);
  expect(existsSync(lock.address.socketPath)).toBe(false);
  expect(await findOwner({ holdfastDir: home.holdfastDir })).toBeNull();
  expect((await acquireHeld(home)).address.generation).toBe(1);
});

test('release leaves the file of whoever took the lock over', async () => {
  const home = createHome();
  const lock = await acquireHeld(home);
  const path = join(home.holdfastDir, 'owner-1');
  rmSync(path);
  writeFileSync(path, 'somebody else');
  await lock.release();
  expect(readFileSync(path, 'utf8')).toBe('somebody else');
});

test('of four processes that race for one lock one wins, and the others learn which', async () => {
  const home = createHome();
  const answers = (await Promise.all([1, 2, 3, 4].map(() => firstLine(startProgram(home))))) as {
    data: { held: boolean; lock?: { address: OwnerAddress }; owner?: OwnerAddress };
  }[];
  const winners = answers.filter((answer) => answer.data.held);
  expect(winners).toHaveLength(1);
  const address = winners[0]?.data.lock?.address;
  for (const answer of answers) if (!answer.data.held) expect(answer.data.owner).toEqual(address);
  expect(lockNames(home)).toEqual(['owner-1']);
});

test('a killed owner is taken over by exactly one of four, under the next generation', async () => {
  const home = createHome();
  const { child, address } = await startOwner(home);
  await killed(child);
  expect(existsSync(address.socketPath)).toBe(true);
  expect(await findOwner({ holdfastDir: home.holdfastDir })).toBeNull();
  const answers = (await Promise.all([1, 2, 3, 4].map(() => firstLine(startProgram(home))))) as {
    data: { held: boolean };
  }[];
  expect(answers.filter((answer) => answer.data.held)).toHaveLength(1);
  expect(lockNames(home)).toEqual(['owner-2']);
  expect(existsSync(address.socketPath)).toBe(false);
});

test('a stopped owner is alive: StoreLocked, also with --take-over, and its lock stays', async () => {
  const home = createHome();
  const { child, address } = await startOwner(home);
  child.kill('SIGSTOP');
  const before = readFileSync(join(home.holdfastDir, 'owner-1'), 'utf8');
  for (const takeOver of [false, true]) {
    expect(await acquire(home, { silentAfterMs: 200, takeOver })).toEqual({
      ok: false,
      error: {
        type: 'StoreLocked',
        pid: address.pid,
        host: address.host,
        since: address.since,
        problem: 'it is running but does not answer',
      },
    });
  }
  const hello = createHello({ appVersion: '0.1.0', homeDir: home.homeDir, storeId: null });
  expect(await connectOwner(address, hello, { silentAfterMs: 200 })).toMatchObject({
    error: { type: 'StoreLocked', pid: address.pid },
  });
  expect(lockNames(home)).toEqual(['owner-1']);
  expect(readFileSync(join(home.holdfastDir, 'owner-1'), 'utf8')).toBe(before);
  child.kill('SIGCONT');
  expect(await acquire(home)).toEqual({ ok: true, data: { held: false, owner: address } });
});

const otherOwner = (more: Partial<OwnerAddress>): OwnerAddress => ({
  pid: 77,
  ...thisMachine(),
  since,
  appVersion: '0.1.0',
  generation: 3,
  socketPath: '/nowhere/nobody',
  ...more,
});

test.each([
  ['another host', { host: 'elsewhere' }, 'it runs on another computer'],
  ['another boot of this host', { bootId: 'earlier' }, 'this computer was restarted since'],
])('a lock of %s waits for --take-over, which takes it', async (_name, more, problem) => {
  const home = createHome();
  const owner = otherOwner(more);
  writeFileSync(join(home.holdfastDir, 'owner-3'), JSON.stringify(owner));
  expect(await acquire(home)).toEqual({
    ok: false,
    error: {
      type: 'StoreLocked',
      pid: 77,
      host: owner.host,
      since,
      problem: expect.stringContaining(problem) as string,
    },
  });
  expect(await acquire(home)).toMatchObject({
    error: { problem: expect.stringContaining('--take-over --yes') as string },
  });
  expect(await findOwner({ holdfastDir: home.holdfastDir })).toBeNull();
  expect(lockNames(home)).toEqual(['owner-3']);
  expect((await acquireHeld(home, { takeOver: true })).address.generation).toBe(4);
  expect(lockNames(home)).toEqual(['owner-4']);
});

test.each([
  ['empty', ''],
  ['half', '{"pid":1,"host":"x'],
  ['with a relative socket', JSON.stringify(otherOwner({ socketPath: 'nobody' }))],
])('a lock file that is %s is never taken for dead by itself', async (_name, text) => {
  const home = createHome();
  writeFileSync(join(home.holdfastDir, 'owner-3'), text);
  expect(await acquire(home)).toEqual({
    ok: false,
    error: {
      type: 'StoreLocked',
      pid: 0,
      host: 'unknown',
      since: 'unknown',
      problem: expect.stringContaining('owner-3 cannot be read') as string,
    },
  });
  expect(lockNames(home)).toEqual(['owner-3']);
  expect((await acquireHeld(home, { takeOver: true })).address.generation).toBe(4);
});

test('an older lock file whose owner lives counts, whatever lies above it', async () => {
  const home = createHome();
  const lock = await acquireHeld(home);
  writeFileSync(join(home.holdfastDir, 'owner-9'), JSON.stringify(otherOwner({ generation: 9 })));
  expect(await acquire(home)).toEqual({ ok: true, data: { held: false, owner: lock.address } });
  expect(lockNames(home)).toEqual(['owner-1', 'owner-9']);
});

test('a lock that appears while another is being published makes the later one withdraw', async () => {
  const home = createHome();
  const lock = await acquireHeld(home);
  const hiddenPath = join(home.homeDir, 'hidden');
  renameSync(join(home.holdfastDir, 'owner-1'), hiddenPath);
  // Between looking for locks and publishing its own, the late process asks for the time.
  const now = (): string => {
    if (existsSync(hiddenPath)) renameSync(hiddenPath, join(home.holdfastDir, 'owner-5'));
    return since;
  };
  expect(await acquire(home, { now })).toEqual({ ok: true, data: { held: false, owner: lock.address } });
  expect(lockNames(home)).toEqual(['owner-5']);
  expect(
    readdirSync(dirname(lock.address.socketPath)).filter((name) => lock.address.socketPath.endsWith(name)),
  ).toHaveLength(1);
});

test('a dead lock that was replaced under its name by a living one is not removed', async () => {
  const home = createHome();
  const lock = await acquireHeld(home);
  const hiddenPath = join(home.homeDir, 'hidden');
  const path = join(home.holdfastDir, 'owner-1');
  renameSync(path, hiddenPath);
  writeFileSync(path, JSON.stringify(otherOwner({ generation: 1 })));
  const now = (): string => {
    if (existsSync(hiddenPath)) renameSync(hiddenPath, path);
    return since;
  };
  expect(await acquire(home, { now })).toEqual({ ok: true, data: { held: false, owner: lock.address } });
  expect(lockNames(home)).toEqual(['owner-1']);
});

test('drafts of processes that died while publishing are removed by the next holder', async () => {
  const home = createHome();
  writeFileSync(join(home.holdfastDir, 'owner-1.0123456789abcdef.tmp'), '{');
  writeFileSync(join(home.holdfastDir, 'keys.json'), '{}');
  await acquireHeld(home);
  expect(lockNames(home)).toEqual(['keys.json', 'owner-1']);
});

test('two homes whose first 107 path bytes are equal have two owners', async () => {
  const long = 'x'.repeat(120);
  const parent = mkdtempSync(join(rootDir, 'l-'));
  const homes = ['a', 'b'].map((end): Home => {
    const homeDir = join(parent, `${long}${end}`);
    mkdirSync(join(homeDir, '.holdfast'), { recursive: true, mode: 0o700 });
    return { homeDir, holdfastDir: join(homeDir, '.holdfast'), env: { TMPDIR: rootDir } };
  });
  const [a, b] = homes as [Home, Home];
  expect(a.holdfastDir.slice(0, 107)).toBe(b.holdfastDir.slice(0, 107));
  const [ownerA, ownerB] = [await startOwner(a), await startOwner(b)];
  expect(ownerA.address.socketPath).not.toBe(ownerB.address.socketPath);
  expect(await findOwner({ holdfastDir: a.holdfastDir })).toEqual(ownerA.address);
  expect(await findOwner({ holdfastDir: b.holdfastDir })).toEqual(ownerB.address);
});

test('a socket path over 100 bytes is an error, and leaves nothing behind', async () => {
  const home = createHome();
  const longDir = join(mkdtempSync(join(rootDir, 'l-')), 'y'.repeat(90));
  mkdirSync(longDir);
  const acquired = await acquire({ ...home, env: { TMPDIR: longDir } });
  expect(acquired).toMatchObject({ ok: false, error: { type: 'DiskError', code: 'ENAMETOOLONG' } });
  expect(lockNames(home)).toEqual([]);
});

test('the socket folder must be a real folder of this user that nobody else can enter', async () => {
  const home = createHome();
  const base = (): string => mkdtempSync(join(rootDir, 't-'));
  const name = `holdfast-${String(ownUid())}`;
  const [link, file, open] = [base(), base(), base()];
  symlinkSync(rootDir, join(link, name));
  writeFileSync(join(file, name), '');
  mkdirSync(join(open, name));
  chmodSync(join(open, name), 0o755);
  const codes = await Promise.all(
    [link, file, open].map(async (dir) => {
      const acquired = await acquire({ ...home, env: { TMPDIR: dir } });
      return acquired.ok ? 'held' : acquired.error.type === 'DiskError' ? acquired.error.code : acquired.error.type;
    }),
  );
  expect(codes).toEqual(['it is a symbolic link', 'it is not a folder', 'other users can enter it']);
  expect(lockNames(home)).toEqual([]);
  expect(checkPrivateDir(home.holdfastDir, ownUid())).toEqual({ ok: true, data: undefined });
  expect(checkPrivateDir(home.holdfastDir, ownUid() + 1)).toMatchObject({
    error: { code: `it belongs to user ${String(ownUid())}` },
  });
});

test('a lock whose socket lies in a folder that others can enter is not trusted, nor taken over', async () => {
  const home = createHome();
  const openDir = join(mkdtempSync(join(rootDir, 'o-')), 'open');
  mkdirSync(openDir);
  chmodSync(openDir, 0o777);
  const socketPath = join(openDir, 's');
  const server = createServer((socket) => socket.end('{"type":"alive"}\n')).listen(socketPath);
  await once(server, 'listening');
  writeFileSync(join(home.holdfastDir, 'owner-3'), JSON.stringify(otherOwner({ socketPath })));
  expect(await acquire(home)).toMatchObject({
    error: { type: 'StoreLocked', problem: 'the folder of its socket cannot be trusted (other users can enter it)' },
  });
  expect(await findOwner({ holdfastDir: home.holdfastDir })).toBeNull();
  server.close();
});

test('a home without .holdfast has no lock and gets no file', async () => {
  const holdfastDir = join(mkdtempSync(join(rootDir, 'n-')), '.holdfast');
  expect(await acquire({ homeDir: dirname(holdfastDir), holdfastDir, env: { TMPDIR: rootDir } })).toEqual({
    ok: false,
    error: { type: 'NotFound', what: 'store folder', name: holdfastDir },
  });
  expect(await findOwner({ holdfastDir })).toBeNull();
  expect(readdirSync(dirname(holdfastDir))).toEqual([]);
});

test('the runtime folder is used where there is one', () => {
  expect(socketDirPath({ XDG_RUNTIME_DIR: rootDir, TMPDIR: '/t' })).toBe(join(rootDir, 'holdfast'));
  for (const env of [{ XDG_RUNTIME_DIR: join(rootDir, 'missing') }, { XDG_RUNTIME_DIR: 'relative' }, {}]) {
    expect(socketDirPath({ ...env, TMPDIR: '/t' })).toBe(`/t/holdfast-${String(ownUid())}`);
  }
  const digits = createHash('sha256').digest('hex').slice(0, 16);
  expect(Buffer.byteLength(`/run/user/4294967294/holdfast/${digits}`)).toBeLessThan(maxSocketPathBytes);
});

test('processes add to one number, each as owner or through the owner, and none is lost', async () => {
  const home = createHome();
  writeFileSync(join(home.homeDir, 'number'), '0');
  await firstLine(startProgram(home, { times: 60 }));
  const ways = (await Promise.all(
    [1, 2, 3, 4].map(() => firstLine(startProgram(home, { mode: 'count', times: 50 }))),
  )) as {
    owned: number;
    asked: number;
  }[];
  expect(readFileSync(join(home.homeDir, 'number'), 'utf8')).toBe('200');
  const asked = ways.reduce((sum, one) => sum + one.asked, 0);
  expect(asked).toBeGreaterThanOrEqual(60);
  expect(ways.reduce((sum, one) => sum + one.owned, asked)).toBe(200);
  expect(lockNames(home)).toEqual([]);
});
