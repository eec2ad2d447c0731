/**
 * Replaces a legacy file with new bytes so that a reader sees the old ones or the new ones: a new file beside it, flushed,
 * with the mode and owner of the old one, then renamed over it, then the folder flushed. Whoever changed the file a
 * moment before is noticed; links and special files are never followed.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '../store/failures.ts';

/** The file calls, in the order in which they are made: the seam for tests that fail or stop at each of them. */
export type MirrorFs = {
  lstat: (path: string) => { mode: number; uid: number; gid: number; isFile: boolean; isLink: boolean } | null;
  read: (path: string) => Uint8Array;
  makeDir: (path: string) => void;
  remove: (path: string) => void;
  create: (path: string) => number;
  write: (fd: number, bytes: Uint8Array) => void;
  /** Mode and owner of an open file. */
  dress: (fd: number, like: { mode: number; uid: number; gid: number }) => void;
  flush: (fd: number) => void;
  close: (fd: number) => void;
  rename: (from: string, to: string) => void;
  flushDir: (dir: string) => void;
};

// Missing on Windows.
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const noWait = (constants.O_NONBLOCK as number | undefined) ?? 0;

export const realMirrorFs: MirrorFs = {
  lstat: (path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined
      ? null
      : {
          mode: stat.mode & 0o7777,
          uid: stat.uid,
          gid: stat.gid,
          isFile: stat.isFile(),
          isLink: stat.isSymbolicLink(),
        };
  },
  read: (path) => {
    const fd = openSync(path, constants.O_RDONLY | noFollow | noWait);
    try {
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  makeDir: (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  remove: (path) => {
    rmSync(path, { force: true });
  },
  // Nobody else reads it before it has the old file's mode.
  create: (path) => openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, 0o600),
  write: (fd, bytes) => {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done);
  },
  dress: (fd, like) => {
    const stat = fstatSync(fd);
    if (process.platform !== 'win32' && (stat.uid !== like.uid || stat.gid !== like.gid))
      fchownSync(fd, like.uid, like.gid);
    fchmodSync(fd, like.mode);
  },
  flush: fsyncSync,
  close: closeSync,
  rename: renameSync,
  flushDir: (dir) => {
    if (process.platform === 'win32') return;
    const fd = openSync(dir, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
};

/** `diverged`: somebody else wrote the file. `reason`: a sentence fragment for people. */
export type FileWritten = { ok: true } | { ok: false; diverged: boolean; reason: string };

/** In the file's own folder, so that the rename is one step; the name is fixed, so that one left behind is found again. */
export const temporaryName = (path: string): string =>
  join(dirname(path), `.${path.split(/[\\/]/u).at(-1) ?? ''}.holdfast-new`);

const reasonOf = (error: unknown): string => {
  const code = errnoOf(error);
  if (code === null) throw error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
  if (code === 'EROFS') return 'it lies on a medium that is mounted read-only';
  if (code === 'EACCES' || code === 'EPERM') return `this user may not write it (${code})`;
  return `it cannot be written (${code})`;
};

const refuse = (reason: string, diverged = false): FileWritten => ({ ok: false, diverged, reason });

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Why a file cannot be a mirror as it lies there; null when it can. */
export const fileProblem = (fs: Pick<MirrorFs, 'lstat'>, homeDir: string, file: string): string | null => {
  const parts = file.split('/');
  for (let i = 1; i < parts.length; i += 1) {
    if (fs.lstat(join(homeDir, ...parts.slice(0, i)))?.isLink === true)
      return 'its folder is a link, and Holdfast does not follow links';
  }
  const stat = fs.lstat(join(homeDir, file));
  if (stat === null) return null;
  if (stat.isLink) return 'it is a link, and Holdfast does not follow links';
  if (!stat.isFile) return 'it is not a file';
  // Its owner took the right to write away: that is respected, although a rename would not ask.
  return (stat.mode & 0o222) === 0 ? 'it is read-only' : null;
};

/** `expected`: the hash that the file must still have; null when there must be none. */
export const replaceFile = (
  fs: MirrorFs,
  homeDir: string,
  file: string,
  bytes: Uint8Array,
  expected: string | null,
): FileWritten => {
  const path = join(homeDir, file);
  const temporary = temporaryName(path);
  try {
    const problem = fileProblem(fs, homeDir, file);
    if (problem !== null) return refuse(problem);
    fs.makeDir(dirname(path));
    fs.remove(temporary);
    const stat = fs.lstat(path);
    const fd = fs.create(temporary);
    try {
      fs.write(fd, bytes);
      if (stat !== null) fs.dress(fd, stat);
      fs.flush(fd);
    } finally {
      fs.close(fd);
    }
    // As late as can be: what was changed meanwhile is not overwritten.
    const now = fs.lstat(path);
    const hash = now === null ? null : now.isFile ? hashOf(fs.read(path)) : 'no file';
    if (hash !== expected) {
      fs.remove(temporary);
      return refuse('it was changed outside Holdfast', true);
    }
    fs.rename(temporary, path);
    fs.flushDir(dirname(path));
    return { ok: true };
  } catch (error) {
    const reason = reasonOf(error);
    try {
      fs.remove(temporary);
    } catch (left) {
      // The reason is told already; the next write takes the leftover away.
      reasonOf(left);
    }
    return refuse(reason);
  }
};
