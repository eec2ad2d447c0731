/**
 * A file system in memory that keeps only the promises that a real one makes: written bytes last once the file was
 * flushed, names once the folder was. It records every call, so that `crash-states.ts` can cut the history anywhere.
 */
import { dirname } from 'node:path';
import type { StoreFile, StoreFs } from '../types.ts';

/** Path -> bytes; null for a folder. */
export type ModelFiles = ReadonlyMap<string, Uint8Array | null>;

export type ModelOp =
  | { kind: 'create'; path: string; inode: number }
  | { kind: 'makeDir'; path: string }
  | { kind: 'write'; inode: number; position: number; bytes: Uint8Array }
  | { kind: 'truncate'; inode: number; size: number }
  | { kind: 'flush'; inode: number }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'remove'; path: string }
  | { kind: 'flushDir'; dir: string };

export type ModelFs = {
  fs: StoreFs;
  ops: readonly ModelOp[];
  /** What a process sees now, flushed or not. */
  files: () => ModelFiles;
};

/** For the mutants: calls that are taken but keep no promise. */
export type BrokenPromises = {
  /** `later`: only a file's first flush counts, so headers and images last and saves do not. */
  flush?: 'all' | 'later';
  flushDir?: boolean;
};

const errno = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code, path });

export const applyWrite = (content: Uint8Array, bytes: Uint8Array, position: number): Uint8Array => {
  const grown = new Uint8Array(Math.max(content.length, position + bytes.length));
  grown.set(content);
  grown.set(bytes, position);
  return grown;
};

export const applyTruncate = (content: Uint8Array, size: number): Uint8Array => {
  const cut = new Uint8Array(size);
  cut.set(content.subarray(0, size));
  return cut;
};

export const createModelFs = (initial: ModelFiles, broken: BrokenPromises = {}): ModelFs => {
  const ops: ModelOp[] = [];
  const names = new Map<string, number | null>();
  const contents = new Map<number, Uint8Array>();
  let lastInode = 0;
  for (const [path, bytes] of initial) {
    names.set(path, bytes === null ? null : ++lastInode);
    if (bytes !== null) contents.set(lastInode, bytes);
  }
  const inodeAt = (path: string): number => {
    const inode = names.get(path);
    if (inode === undefined) throw errno('ENOENT', path);
    if (inode === null) throw errno('EISDIR', path);
    return inode;
  };
  const contentOf = (inode: number): Uint8Array => contents.get(inode) ?? new Uint8Array(0);
  const flushedOnce = new Set<number>();
  const flushed = (inode: number): void => {
    if (broken.flush === 'all' || (broken.flush === 'later' && flushedOnce.has(inode))) return;
    flushedOnce.add(inode);
    ops.push({ kind: 'flush', inode });
  };
  const openInode = (inode: number, path: string): StoreFile => ({
    write: (bytes, position) => {
      // The store reuses its buffer: record a copy.
      const copy = new Uint8Array(bytes);
      contents.set(inode, applyWrite(contentOf(inode), copy, position));
      ops.push({ kind: 'write', inode, position, bytes: copy });
    },
    read: (length, position) => {
      const found = contentOf(inode).slice(position, position + length);
      if (found.length < length) throw errno('EIO', path);
      return found;
    },
    size: () => contentOf(inode).length,
    inode: () => inode,
    truncate: (size) => {
      contents.set(inode, applyTruncate(contentOf(inode), size));
      ops.push({ kind: 'truncate', inode, size });
    },
    flushSync: () => {
      flushed(inode);
    },
    flush: async () => {
      // Only its end is a promise; a crash may come before.
      await Promise.resolve();
      flushed(inode);
    },
    close: () => undefined,
  });
  const fs: StoreFs = {
    open: (path, how) => {
      if (how !== 'create') return openInode(inodeAt(path), path);
      if (names.has(path)) throw errno('EEXIST', path);
      if (names.get(dirname(path)) !== null) throw errno('ENOENT', path);
      names.set(path, ++lastInode);
      contents.set(lastInode, new Uint8Array(0));
      ops.push({ kind: 'create', path, inode: lastInode });
      return openInode(lastInode, path);
    },
    readFile: (path) => contentOf(inodeAt(path)).slice(),
    readFileInPieces: async (path, onPiece) => {
      const bytes = fs.readFile(path);
      const half = bytes.length >> 1;
      for (const [start, end] of [
        [0, half],
        [half, bytes.length],
      ] as const) {
        await Promise.resolve();
        onPiece(bytes.subarray(start, end), start, bytes.length);
      }
      return bytes;
    },
    list: (dir) => {
      if (names.get(dir) !== null) throw errno('ENOENT', dir);
      return [...names.keys()].filter((path) => dirname(path) === dir).map((path) => path.slice(dir.length + 1));
    },
    exists: (path) => names.has(path),
    stat: (path) => {
      const inode = inodeAt(path);
      return { size: contentOf(inode).length, inode, modifiedMs: Date.UTC(2026, 0, 2, 3, 4, 5) };
    },
    makeDir: (path) => {
      if (names.has(path)) throw errno('EEXIST', path);
      names.set(path, null);
      ops.push({ kind: 'makeDir', path });
    },
    rename: (from, to) => {
      names.set(to, inodeAt(from));
      names.delete(from);
      ops.push({ kind: 'rename', from, to });
    },
    remove: (path) => {
      inodeAt(path);
      names.delete(path);
      ops.push({ kind: 'remove', path });
    },
    flushDir: (dir) => {
      if (broken.flushDir !== true) ops.push({ kind: 'flushDir', dir });
    },
    flushDirLater: async (dir) => {
      // Only its end is a promise; a crash may come before.
      await Promise.resolve();
      fs.flushDir(dir);
    },
    freeBytes: () => 1_000_000_000,
  };
  const files = (): ModelFiles =>
    new Map([...names].map(([path, inode]) => [path, inode === null ? null : contentOf(inode)]));
  return { fs, ops, files };
};
