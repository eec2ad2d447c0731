/**
 * Opens one legacy file and reads all of it, or says why not. Regular files only, never through a link, never waiting on
 * a pipe, never out of the home, never writing. What changed while it was read is not returned.
 */
import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export const defaultMaxBytes = 16 * 1024 * 1024;

export type LegacyFile =
  | { file: string; status: 'read'; bytes: Uint8Array; sha256: string; mode: number; sizeBytes: number }
  | { file: string; status: 'missing' }
  /** `reason` is a sentence fragment for people. */
  | { file: string; status: 'unreadable'; reason: string };

const reasonOf = (code: string): string => {
  if (code === 'ELOOP' || code === 'EMLINK') return 'this is a link, and Holdfast does not follow links';
  if (code === 'EACCES' || code === 'EPERM') return `this may not be read (${code})`;
  if (code === 'ENXIO' || code === 'EOPNOTSUPP') return 'this is a socket, not a file';
  return `this cannot be read (${code})`;
};

const kindReason = (stat: BigIntStats): string | null => {
  if (stat.isFile()) return null;
  if (stat.isDirectory()) return 'this is a folder, not a file';
  return stat.isFIFO() ? 'this is a pipe, not a file' : 'this is a device, not a file';
};

const sameState = (a: BigIntStats, b: BigIntStats): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;

const readOpen = async (handle: FileHandle, file: string, maxBytes: number): Promise<LegacyFile | 'changed'> => {
  const before = await handle.stat({ bigint: true });
  const reason = kindReason(before);
  if (reason !== null) return { file, status: 'unreadable', reason };
  if (before.size > BigInt(maxBytes)) {
    return {
      file,
      status: 'unreadable',
      reason: `the file has ${String(before.size)} bytes; at most ${String(maxBytes)} are read`,
    };
  }
  const bytes = new Uint8Array(Number(before.size));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  const after = await handle.stat({ bigint: true });
  if (filled !== bytes.length || !sameState(before, after)) return 'changed';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file, status: 'read', bytes, sha256, mode: Number(before.mode & 0o7777n), sizeBytes: bytes.length };
};

/** O_NOFOLLOW guards only the last part of a path: a linked folder in between must not lead out of the home. */
const linkedFolder = async (homeDir: string, file: string): Promise<boolean> => {
  const parts = file.split('/').slice(0, -1);
  for (let i = 1; i <= parts.length; i += 1) {
    const stat = await lstat(join(homeDir, ...parts.slice(0, i))).catch(() => null);
    if (stat?.isSymbolicLink() === true) return true;
  }
  return false;
};

const attempts = 3;

/** `file` is relative to the home, with `/` between folders. */
export const openLegacy = async (homeDir: string, file: string, maxBytes = defaultMaxBytes): Promise<LegacyFile> => {
  if (await linkedFolder(homeDir, file)) {
    return { file, status: 'unreadable', reason: 'its folder is a link, and Holdfast does not follow links' };
  }
  for (let i = 0; i < attempts; i += 1) {
    let handle: FileHandle;
    try {
      handle = await open(join(homeDir, file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
      if (code === 'ENOENT' || code === 'ENOTDIR') return { file, status: 'missing' };
      return { file, status: 'unreadable', reason: reasonOf(code) };
    }
    try {
      const result = await readOpen(handle, file, maxBytes);
      if (result !== 'changed') return result;
    } catch (error) {
      return { file, status: 'unreadable', reason: reasonOf((error as NodeJS.ErrnoException).code ?? 'EIO') };
    } finally {
      await handle.close();
    }
  }
  return { file, status: 'unreadable', reason: 'the file kept changing while it was read' };
};
