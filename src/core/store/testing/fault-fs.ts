/**
 * Makes one file call fail, or every call from one on: before it did anything, after it did all, or (a write) half-way.
 * For tests that go through every call in turn.
 */
import type { StoreFile, StoreFs } from '../types.ts';

export type Fault = {
  /** Which call fails; the first is 1. */
  at: number;
  code: string;
  when: 'before' | 'after' | 'short';
  forever: boolean;
  /** A mutant: the error is swallowed, as by code that does not look at what a write said. */
  silent?: boolean;
};

export type FaultFs = {
  fs: StoreFs;
  /** Calls made so far. */
  calls: () => number;
  /** The names of the calls that failed. */
  failed: () => string[];
};

export const createFaultFs = (inner: StoreFs, fault: Fault | null): FaultFs => {
  let calls = 0;
  const failed: string[] = [];
  const isHit = (name: string): boolean => {
    calls += 1;
    const hit = fault !== null && (fault.forever ? calls >= fault.at : calls === fault.at);
    if (hit) failed.push(name);
    return hit;
  };
  const error = (path: string): Error =>
    Object.assign(new Error(`${fault?.code ?? ''}: ${path}`), { code: fault?.code, path });
  const guard = <T>(name: string, path: string, work: () => T): T => {
    if (!isHit(name)) return work();
    if (fault?.when === 'after') work();
    throw error(path);
  };
  const wrapFile = (file: StoreFile, path: string): StoreFile => ({
    write: (bytes, position) => {
      if (!isHit('write')) file.write(bytes, position);
      else {
        if (fault?.when === 'after') file.write(bytes, position);
        if (fault?.when === 'short') file.write(bytes.subarray(0, bytes.length >> 1), position);
        if (fault?.silent !== true) throw error(path);
      }
    },
    read: (length, position) => guard('read', path, () => file.read(length, position)),
    size: () => guard('size', path, file.size),
    inode: file.inode,
    truncate: (size) => {
      guard('truncate', path, () => {
        file.truncate(size);
      });
    },
    flushSync: () => {
      guard('flushSync', path, file.flushSync);
    },
    flush: async () => {
      const hit = isHit('flush');
      if (!hit || fault?.when === 'after') await file.flush();
      if (hit) throw error(path);
    },
    // Closing what was opened is not what is tested here; the tests would only leak.
    close: file.close,
  });
  const fs: StoreFs = {
    open: (path, how) => guard(`open ${how}`, path, () => wrapFile(inner.open(path, how), path)),
    readFile: (path) => guard('readFile', path, () => inner.readFile(path)),
    readFileInPieces: async (path, onPiece) => {
      const hit = isHit('readFileInPieces');
      const bytes = !hit || fault?.when === 'after' ? await inner.readFileInPieces(path, onPiece) : null;
      if (hit || bytes === null) throw error(path);
      return bytes;
    },
    list: (dir) => guard('list', dir, () => inner.list(dir)),
    exists: (path) => guard('exists', path, () => inner.exists(path)),
    stat: (path) => guard('stat', path, () => inner.stat(path)),
    makeDir: (path) => {
      guard('makeDir', path, () => {
        inner.makeDir(path);
      });
    },
    rename: (from, to) => {
      guard('rename', to, () => {
        inner.rename(from, to);
      });
    },
    remove: (path) => {
      guard('remove', path, () => {
        inner.remove(path);
      });
    },
    flushDir: (dir) => {
      guard('flushDir', dir, () => {
        inner.flushDir(dir);
      });
    },
    flushDirLater: async (dir) => {
      const hit = isHit('flushDirLater');
      if (!hit || fault?.when === 'after') await inner.flushDirLater(dir);
      if (hit) throw error(dir);
    },
    freeBytes: (dir) => guard('freeBytes', dir, () => inner.freeBytes(dir)),
  };
  return { fs, calls: () => calls, failed: () => [...failed] };
};
