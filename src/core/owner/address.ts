/**
 * Where the owner of a home can be reached: what its lock file says, and the private folder its socket lies in.
 * Only names, checks and parsing; it decides nothing about who may own a home.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { fail, ok, type Result } from '../../contract/result.ts';

/** The lock file's content (JSON, one line). */
export const OwnerAddress = Type.Object({
  pid: Type.Integer(),
  host: Type.String(),
  bootId: Type.String(),
  /** ISO 8601 UTC. */
  since: Type.String(),
  appVersion: Type.String(),
  generation: Type.Integer({ minimum: 1 }),
  socketPath: Type.String(),
});
export type OwnerAddress = Static<typeof OwnerAddress>;

/** Node cuts a longer socket path silently (at 107 bytes on Linux, 103 on macOS) and then talks to somebody else. */
export const maxSocketPathBytes = 100;

/** Null when the text is not a whole lock file, or names a socket that must not be connected to. */
export const parseAddress = (text: string): OwnerAddress | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Value.Check(OwnerAddress, value)) return null;
  return isAbsolute(value.socketPath) && Buffer.byteLength(value.socketPath) <= maxSocketPathBytes ? value : null;
};

/** `owner-7` -> 7; null for any other name. */
export const lockGeneration = (fileName: string): number | null => {
  const match = /^owner-([1-9]\d{0,14})$/u.exec(fileName);
  return match === null ? null : Number(match[1]);
};

export type Machine = { host: string; bootId: string };

const readBootId = (): string => {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  // Not kern.boottime: macOS moves it whenever the clock is set.
  if (process.platform === 'darwin')
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
  return 'unknown';
};

/** This host and its present boot: a lock of another boot names a process that cannot be judged from here. */
export const thisMachine = (): Machine => ({ host: hostname(), bootId: readBootId() });

const refused = (path: string, code: string): Result<never> =>
  fail({ type: 'DiskError', what: 'The socket for other Holdfast processes', code, path });

/** A real folder of `uid` that nobody else can enter. The error's code says what is wrong; ENOENT when missing. */
export const checkPrivateDir = (dir: string, uid: number): Result<void> => {
  try {
    const stat = lstatSync(dir);
    if (stat.isSymbolicLink()) return refused(dir, 'it is a symbolic link');
    if (!stat.isDirectory()) return refused(dir, 'it is not a folder');
    if (stat.uid !== uid) return refused(dir, `it belongs to user ${String(stat.uid)}`);
    if ((stat.mode & 0o077) !== 0) return refused(dir, 'other users can enter it');
    return ok(undefined);
  } catch (error) {
    return refused(dir, (error as NodeJS.ErrnoException).code ?? 'EIO');
  }
};

export const ownUid = (): number => process.getuid?.() ?? 0;

/** `$XDG_RUNTIME_DIR/holdfast`, where that folder exists; else `<tmpdir>/holdfast-<uid>`. */
export const socketDirPath = (env: Readonly<Record<string, string | undefined>>): string => {
  const runtimeDir = env['XDG_RUNTIME_DIR'];
  if (
    runtimeDir !== undefined &&
    isAbsolute(runtimeDir) &&
    lstatSync(runtimeDir, { throwIfNoEntry: false }) !== undefined
  ) {
    return join(runtimeDir, 'holdfast');
  }
  return join(env['TMPDIR'] ?? tmpdir(), `holdfast-${String(ownUid())}`);
};

/** Makes the private folder when it is missing; refuses one that is not ours alone. */
export const openSocketDir = (dir: string): Result<void> => {
  try {
    mkdirSync(dir, { mode: 0o700 });
    chmodSync(dir, 0o700);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EEXIST') return refused(dir, code ?? 'EIO');
  }
  return checkPrivateDir(dir, ownUid());
};

/**
 * 16 hex digits of SHA-256 over device and inode of `.holdfast/`, the lock generation, and a nonce: processes that race
 * for one generation must not share a name, or one could remove the socket the winner already listens on.
 */
export const socketPathFor = (dir: string, holdfastDir: string, generation: number, nonce: string): Result<string> => {
  const { dev, ino } = lstatSync(holdfastDir, { bigint: true });
  const digits = createHash('sha256')
    .update(`${String(dev)}:${String(ino)}:${String(generation)}:${nonce}`)
    .digest('hex');
  const path = join(dir, digits.slice(0, 16));
  return Buffer.byteLength(path) > maxSocketPathBytes ? refused(path, 'ENAMETOOLONG') : ok(path);
};
