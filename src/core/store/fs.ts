/**
 * The store's file calls on the real file system. Every open refuses symbolic links; every file is 0600 from its
 * creation; an error keeps its errno code. Nothing here retries or hides a failure.
 */
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  read,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { open as openLater } from 'node:fs/promises';
import type { StoreFile, StoreFs } from './types.ts';

// Missing on Windows, where it is undefined and links need privileges anyway.
const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;
// A pipe under a store file's name would be waited for until somebody writes into it.
const noWait = (constants.O_NONBLOCK as number | undefined) ?? 0;

const flags = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | noFollow,
  append: constants.O_RDWR | noFollow | noWait,
  read: constants.O_RDONLY | noFollow | noWait,
};

const errno = (code: string, message: string, path: string): Error => Object.assign(new Error(message), { code, path });

const notFile = (stat: Stats, path: string): Error =>
  errno(stat.isDirectory() ? 'EISDIR' : 'EINVAL', `${path} is not a file`, path);

const largeBytes = 1024 * 1024;
/** Behind a large file's bytes, so that they can become SQLite's file and grow in place. Untouched memory costs nothing. */
const roomFor = (length: number): number => (length < largeBytes ? 0 : largeBytes + Math.ceil(length / 8));

// allocUnsafe would pool: these bytes go to sql.js, which must not see its neighbours.
const bytesFor = (length: number): Uint8Array => new Uint8Array(new ArrayBuffer(length + roomFor(length)), 0, length);

const endedEarly = (path: string): Error => errno('EIO', `${path} ended early`, path);

const readAll = (fd: number, length: number, position: number, path: string): Uint8Array => {
  const bytes = bytesFor(length);
  let done = 0;
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, position + done);
    if (count === 0) throw endedEarly(path);
    done += count;
  }
  return bytes;
};

const pieceBytes = 4 * 1024 * 1024;

/** As many bytes as come at once. */
const readSome = (fd: number, into: Uint8Array, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, into, 0, into.length, position, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });

/** Fills `piece` from the file, off this thread. */
const readPiece = async (fd: number, piece: Uint8Array, position: number, path: string): Promise<void> => {
  for (let done = 0; done < piece.length;) {
    const count = await readSome(fd, piece.subarray(done), position + done);
    if (count === 0) throw endedEarly(path);
    done += count;
  }
};

/** One piece is always on its way while another is looked at. */
const readInPieces: StoreFs['readFileInPieces'] = async (path, onPiece) => {
  const fd = openSync(path, flags.read);
  let coming: Promise<void> | null = null;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw notFile(stat, path);
    const bytes = bytesFor(stat.size);
    const pieceAt = (start: number): Uint8Array => bytes.subarray(start, start + pieceBytes);
    const ask = (start: number): Promise<void> | null =>
      start < bytes.length ? readPiece(fd, pieceAt(start), start, path) : null;
    coming = ask(0);
    for (let start = 0; coming !== null; start += pieceBytes) {
      await coming;
      coming = ask(start + pieceBytes);
      onPiece(pieceAt(start), start, bytes.length);
    }
    return bytes;
  } finally {
    // Nothing may be read into memory, or from a number that is another file by then, after this.
    await coming?.catch(() => undefined);
    closeSync(fd);
  }
};

const openFile = (path: string, how: 'create' | 'append' | 'read'): StoreFile => {
  const fd = openSync(path, flags[how], 0o600);
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw notFile(stat, path);
  }
  let open = true;
  return {
    write: (bytes, position) => {
      const count = writeSync(fd, bytes, 0, bytes.length, position);
      // A short write is what a full disk does first; the caller takes the rest back.
      if (count !== bytes.length)
        throw errno('ENOSPC', `only ${String(count)} of ${String(bytes.length)} bytes written`, path);
    },
    read: (length, position) => readAll(fd, length, position, path),
    size: () => fstatSync(fd).size,
    inode: () => stat.ino,
    truncate: (size) => {
      ftruncateSync(fd, size);
    },
    flushSync: () => {
      fdatasyncSync(fd);
    },
    flush: () =>
      new Promise((resolve, reject) => {
        fdatasync(fd, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    close: () => {
      if (!open) return;
      open = false;
      closeSync(fd);
    },
  };
};

/** On Windows a folder cannot be flushed; its file systems journal names themselves. */
const flushDir = (dir: string): void => {
  if (process.platform === 'win32') return;
  const fd = openSync(dir, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

const flushDirLater = async (dir: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const folder = await openLater(dir, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

export const realFs: StoreFs = {
  open: openFile,
  readFile: (path) => {
    const file = openFile(path, 'read');
    try {
      return file.read(file.size(), 0);
    } finally {
      file.close();
    }
  },
  readFileInPieces: readInPieces,
  list: (dir) => readdirSync(dir),
  exists: (path) => {
    try {
      lstatSync(path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  },
  stat: (path) => {
    const stat = lstatSync(path);
    return { size: stat.size, inode: stat.ino, modifiedMs: stat.mtimeMs };
  },
  makeDir: (path) => {
    mkdirSync(path, { mode: 0o700 });
  },
  rename: renameSync,
  remove: (path) => {
    rmSync(path);
  },
  flushDir,
  flushDirLater,
  freeBytes: (dir) => {
    const stat = statfsSync(dir);
    return stat.bavail * stat.bsize;
  },
};
