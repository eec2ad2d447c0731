/**
 * Backup files on disk: written under a temporary name, flushed, read back and judged before they get their name; read
 * only when their size is one that a backup can have. Never follows a symbolic link it was not given by a person.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import { diskFailure, errnoCode } from '../secrets/disk-failure.ts';
import { realFs } from '../store/fs.ts';
import { maxBackupBytes } from './format.ts';

const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0;
/** What must stay free besides the file itself, so that saves go on. */
const reserveBytes = 1024 * 1024;

const writeAll = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(bytes.length - at, 4 * 1024 * 1024));
    at += bytesWritten;
  }
};

/** All bytes of a regular file. `Unreadable`, or `BackupDamaged` when it is no file or too large. */
export const readWholeFile = async (path: string, name: string, follow: boolean): Promise<Result<Uint8Array>> => {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDONLY | (follow ? 0 : noFollow) | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return fail({ type: 'BackupDamaged', path: name, problem: 'it is not a file' });
    if (stat.size > maxBackupBytes)
      return fail({ type: 'BackupDamaged', path: name, problem: 'it is larger than a backup can be' });
    return ok(new Uint8Array(await file.readFile()));
  } catch (error) {
    const code = errnoCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return fail({ type: 'NotFound', what: 'backup', name });
    return fail({ type: 'Unreadable', path: name, code });
  } finally {
    await file?.close();
  }
};

/** The first bytes of a file, for its header; null when it cannot be read. */
export const readStart = async (path: string, length: number): Promise<Uint8Array | null> => {
  let file: FileHandle | null = null;
  try {
    file = await open(path, constants.O_RDONLY | noFollow | constants.O_NONBLOCK);
    const bytes = new Uint8Array(length);
    const { bytesRead } = await file.read(bytes, 0, length, 0);
    return bytes.subarray(0, bytesRead);
  } catch {
    return null;
  } finally {
    await file?.close();
  }
};

/**
 * Makes the folder of the backups, for nobody but its owner, and removes what killed runs left half written in it. The
 * caller owns the home, so nobody else is writing there. A link in its place is refused.
 */
export const prepareBackupsDir = async (path: string): Promise<Result<void>> => {
  try {
    const present = await lstat(path).catch((error: unknown) => {
      if (errnoCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (present === null) {
      await mkdir(path, { mode: 0o700 });
      realFs.flushDir(dirname(path));
    } else if (!present.isDirectory()) {
      return fail({ type: 'DiskError', what: 'a backup', code: 'ENOTDIR', path });
    }
    for (const name of await readdir(path)) {
      if (name.startsWith('.') && name.endsWith('.part')) await rm(join(path, name), { recursive: true, force: true });
    }
    return ok(undefined);
  } catch (error) {
    return diskFailure(error, 'a backup', path, null);
  }
};

export const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/** A new file with exactly these bytes, flushed. Throws errno errors. */
export const writeFlushed = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, 0o600);
  try {
    await writeAll(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
};

/**
 * Writes `bytes` and lets `judge` look at what was read back; only when it is content does the file get its name.
 * `replace` allows an existing file there (a person chose it). Errors: `DiskFull`, `DiskError`, or the judge's.
 */
export const writeJudged = async <T>(
  path: string,
  bytes: Uint8Array,
  options: { replace: boolean },
  judge: (copy: Uint8Array) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const dir = dirname(path);
  const temporary = join(dir, `.${basename(path)}.${randomUUID()}.part`);
  const what = `the backup ${basename(path)}`;
  try {
    if (realFs.freeBytes(dir) < bytes.length + reserveBytes)
      return fail({ type: 'DiskFull', what, neededBytes: bytes.length });
    await writeFlushed(temporary, bytes);
    const copy = await readWholeFile(temporary, what, false);
    const judged = copy.ok ? await judge(copy.data) : copy;
    if (!judged.ok) return judged;
    if (!options.replace && (await isThere(path))) return fail({ type: 'DiskError', what, code: 'EEXIST', path });
    await rename(temporary, path);
    realFs.flushDir(dir);
    return judged;
  } catch (error) {
    return diskFailure(error, what, path, bytes.length);
  } finally {
    await rm(temporary, { force: true });
  }
};
