/**
 * One owner per home. The lock is the file `owner-<generation>` and the socket it names, bound before the file is
 * published. It is taken over only when that socket is refused or missing, by creating the next generation exclusively.
 *
 * Why at most one process holds it: each publishes its file first and then looks for others it has not found dead. Of
 * two, the later one to publish sees the other's file, whose socket was bound before, and withdraws.
 */
import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import {
  openSocketDir,
  parseAddress,
  socketDirPath,
  socketPathFor,
  thisMachine,
  type Machine,
  type OwnerAddress,
} from './address.ts';
import { openListener, type Listener } from './listener.ts';
import { listLockFiles, publishLockFile, removeDrafts, removeLockFile, type LockFile } from './lock-file.ts';
import { probeOwner } from './probe.ts';

export type Lock = {
  readonly address: OwnerAddress;
  /** For `serveOwner`: hands over every connection. */
  onConnection: (take: (socket: Socket) => void) => void;
  /** Removes this lock's own file and socket and ends its connections; close the store first. Idempotent. */
  release: () => Promise<void>;
};

export type LockOptions = {
  /** The `.holdfast` folder; must exist. */
  holdfastDir: string;
  now: () => string;
  appVersion: string;
  /** Take a lock of another host or boot, or one that cannot be read. Never one whose process is alive here. */
  takeOver?: boolean;
  /** How long a connected owner may say nothing. 3 seconds unless a test says otherwise. */
  silentAfterMs?: number;
  /** Where the socket folder is looked for; the process's environment unless given. */
  env?: Readonly<Record<string, string | undefined>>;
  machine?: Machine;
};

export type Acquired = { held: true; lock: Lock } | { held: false; owner: OwnerAddress };

export const defaultSilentAfterMs = 3000;

export const storeLocked = (owner: Pick<OwnerAddress, 'pid' | 'host' | 'since'>, problem: string): Failure =>
  fail({ type: 'StoreLocked', pid: owner.pid, host: owner.host, since: owner.since, problem });

const takeOverHint = 'make sure that no other Holdfast uses this home, then take it over with --take-over --yes';

type Verdict =
  | { state: 'dead' }
  | { state: 'again' }
  | { state: 'owner'; owner: OwnerAddress }
  | { state: 'locked'; error: Failure };

const judge = async (file: LockFile, machine: Machine, options: LockOptions): Promise<Verdict> => {
  const owner = parseAddress(file.text);
  if (owner === null || owner.host !== machine.host || owner.bootId !== machine.bootId) {
    if (options.takeOver === true) return { state: 'dead' };
    const problem =
      owner === null
        ? `its lock file ${file.path} cannot be read; ${takeOverHint}`
        : owner.host === machine.host
          ? `this computer was restarted since, so that process is most likely gone; ${takeOverHint}`
          : `it runs on another computer, which cannot be asked from here; ${takeOverHint}`;
    return { state: 'locked', error: storeLocked(owner ?? { pid: 0, host: 'unknown', since: 'unknown' }, problem) };
  }
  const probe = await probeOwner(owner.socketPath, options.silentAfterMs ?? defaultSilentAfterMs);
  switch (probe.state) {
    case 'dead':
      return { state: 'dead' };
    case 'closed':
      return { state: 'again' };
    case 'answers':
      return { state: 'owner', owner };
    case 'silent':
      return { state: 'locked', error: storeLocked(owner, 'it is running but does not answer') };
    case 'barred':
      return { state: 'locked', error: storeLocked(owner, probe.problem) };
  }
};

/** Only the holder of the lock may do this: at most one process removes what others left. */
const tidy = (holdfastDir: string, own: OwnerAddress, found: readonly LockFile[], dead: ReadonlySet<string>): void => {
  for (const file of found) {
    if (!dead.has(file.text)) continue;
    removeLockFile(file.path, file.text);
    const owner = parseAddress(file.text);
    if (owner === null || dirname(owner.socketPath) !== dirname(own.socketPath)) continue;
    try {
      unlinkSync(owner.socketPath);
    } catch {
      // Usually gone already; a left-over socket file harms nobody.
    }
  }
  removeDrafts(holdfastDir);
};

const createLock = (path: string, text: string, address: OwnerAddress, listener: Listener): Lock => {
  let released: Promise<void> | null = null;
  return {
    address,
    onConnection: listener.onConnection,
    release: () => {
      released ??= (async () => {
        removeLockFile(path, text);
        await listener.close();
      })();
      return released;
    },
  };
};

/** Binds, publishes, looks again. Null when another process was quicker. */
const claim = async (
  generation: number,
  dead: ReadonlySet<string>,
  machine: Machine,
  options: LockOptions,
): Promise<Result<Lock | null>> => {
  const { holdfastDir } = options;
  const socketDir = socketDirPath(options.env ?? process.env);
  const folder = openSocketDir(socketDir);
  if (!folder.ok) return folder;
  const nonce = randomBytes(8).toString('hex');
  const socketPath = socketPathFor(socketDir, holdfastDir, generation, nonce);
  if (!socketPath.ok) return socketPath;
  const opened = await openListener(socketPath.data);
  if (!opened.ok) return opened;
  const listener = opened.data;
  const address: OwnerAddress = {
    pid: process.pid,
    ...machine,
    since: options.now(),
    appVersion: options.appVersion,
    generation,
    socketPath: socketPath.data,
  };
  const text = `${JSON.stringify(address)}\n`;
  const path = join(holdfastDir, `owner-${String(generation)}`);
  const published = publishLockFile(path, nonce, text);
  const found = published.ok && published.data ? listLockFiles(holdfastDir) : null;
  if (found?.ok === true && found.data.every((file) => file.text === text || dead.has(file.text))) {
    tidy(holdfastDir, address, found.data, dead);
    listener.open();
    return ok(createLock(path, text, address, listener));
  }
  if (found !== null) removeLockFile(path, text);
  await listener.close();
  return published.ok ? (found === null || found.ok ? ok(null) : found) : published;
};

/**
 * Takes the home's lock, or names the living owner. Errors: `StoreLocked` (silent, or of another host or boot),
 * `DiskError`, `DiskFull`, `Unreadable`, `NotFound` when there is no `.holdfast` folder.
 */
export const acquireLock = async (options: LockOptions): Promise<Result<Acquired>> => {
  const machine = options.machine ?? thisMachine();
  // By content, not by name: a dead lock's text names a socket that can never come alive again.
  const dead = new Set<string>();
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const found = listLockFiles(options.holdfastDir);
    if (!found.ok) return found;
    let again = false;
    for (const file of found.data.filter((one) => !dead.has(one.text))) {
      const verdict = await judge(file, machine, options);
      if (verdict.state === 'locked') return verdict.error;
      if (verdict.state === 'owner') return ok({ held: false, owner: verdict.owner });
      if (verdict.state === 'dead') dead.add(file.text);
      else again = true;
    }
    if (!again) {
      const claimed = await claim((found.data[0]?.generation ?? 0) + 1, dead, machine, options);
      if (!claimed.ok) return claimed;
      if (claimed.data !== null) return ok({ held: true, lock: claimed.data });
    }
    await delay(5);
  }
  return storeLocked(
    { pid: 0, host: machine.host, since: options.now() },
    'other processes keep taking and leaving it',
  );
};

/** The living owner that a reader should ask; null when there is none it could reach. Creates and changes nothing. */
export const findOwner = async (
  options: Pick<LockOptions, 'holdfastDir' | 'silentAfterMs' | 'machine'>,
): Promise<OwnerAddress | null> => {
  const machine = options.machine ?? thisMachine();
  const found = listLockFiles(options.holdfastDir);
  for (const file of found.ok ? found.data : []) {
    const owner = parseAddress(file.text);
    if (owner === null || owner.host !== machine.host || owner.bootId !== machine.bootId) continue;
    const probe = await probeOwner(owner.socketPath, options.silentAfterMs ?? defaultSilentAfterMs);
    if (probe.state === 'answers' || probe.state === 'silent') return owner;
  }
  return null;
};
