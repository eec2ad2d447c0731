/**
 * The files `owner-<generation>` in `.holdfast/`: list, publish one exclusively, remove by content. A published file is
 * whole from its first moment (made under another name with O_EXCL, then linked, which fails if the name exists).
 */
import { closeSync, constants, linkSync, openSync, readFileSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import { lockGeneration } from './address.ts';

export type LockFile = { generation: number; path: string; /** '' when it cannot be read. */ text: string };

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'EIO';

const readText = (path: string): string | null => {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : '';
  }
};

/** Newest generation first. */
export const listLockFiles = (holdfastDir: string): Result<LockFile[]> => {
  let names: string[];
  try {
    names = readdirSync(holdfastDir);
  } catch (error) {
    const code = codeOf(error);
    return fail(
      code === 'ENOENT'
        ? { type: 'NotFound', what: 'store folder', name: holdfastDir }
        : { type: 'Unreadable', path: holdfastDir, code },
    );
  }
  const files: LockFile[] = [];
  for (const name of names) {
    const generation = lockGeneration(name);
    const path = join(holdfastDir, name);
    const text = generation === null ? null : readText(path);
    if (generation !== null && text !== null) files.push({ generation, path, text });
  }
  return ok(files.toSorted((a, b) => b.generation - a.generation));
};

const createFile = (path: string, text: string): void => {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
};

/** Errors of file systems without hard links (FAT, some FUSE). */
const cannotLink = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

const removeIfThere = (path: string): void => {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
};

/** False when another process has this generation (or tidied up our draft because it just won). */
export const publishLockFile = (path: string, nonce: string, text: string): Result<boolean> => {
  const draft = `${path}.${nonce}.tmp`;
  try {
    createFile(draft, text);
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!cannotLink.has(codeOf(error))) throw error;
      createFile(path, text);
    } finally {
      removeIfThere(draft);
    }
    return ok(true);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' || code === 'ENOENT') return ok(false);
    const what = 'The lock file';
    return fail(
      code === 'ENOSPC' || code === 'EDQUOT'
        ? { type: 'DiskFull', what, neededBytes: null }
        : { type: 'DiskError', what, code, path },
    );
  }
};

/** Removes the file only while it still says `text`. */
export const removeLockFile = (path: string, text: string): void => {
  if (readText(path) === text) removeIfThere(path);
};

/** Drafts of processes that died while they published. Only for the process that holds the lock. */
export const removeDrafts = (holdfastDir: string): void => {
  for (const name of readdirSync(holdfastDir)) {
    if (/^owner-\d+\.[0-9a-f]+\.tmp$/u.test(name)) removeIfThere(join(holdfastDir, name));
  }
};
