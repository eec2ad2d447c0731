/**
 * A mutant: what is appended to a journal stays in the process for a while, though write and flush say that it is done.
 * `kill -9` must show it.
 */
import { basename } from 'node:path';
import type { StoreFile, StoreFs } from '../types.ts';

const lateMs = 200;

export const createLazyFs = (inner: StoreFs): StoreFs => {
  /** Bytes on their way, by path. */
  const sizes = new Map<string, number>();
  const lazy = (file: StoreFile, path: string): StoreFile => ({
    ...file,
    write: (bytes, position) => {
      const copy = new Uint8Array(bytes);
      sizes.set(path, position + copy.length);
      setTimeout(() => {
        file.write(copy, position);
      }, lateMs);
    },
    // Left open: the late writes still need it.
    close: () => undefined,
  });
  return {
    ...inner,
    open: (path, how) => {
      const file = inner.open(path, how);
      return how === 'append' && basename(path).startsWith('journal-') ? lazy(file, path) : file;
    },
    stat: (path) => {
      const stat = inner.stat(path);
      return { ...stat, size: sizes.get(path) ?? stat.size };
    },
  };
};
