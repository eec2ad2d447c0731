/** From the file system's errno to the contract's errors. What has no errno code is a bug and is thrown on. */
import type { HoldfastError } from '../../contract/errors.ts';
import { shownPath } from './files.ts';

/** Null for an error that did not come from the file system. */
export const errnoOf = (error: unknown): string | null => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  // Node's own argument errors (ERR_…) are bugs, not disks.
  return /^E[A-Z0-9]+$/u.test(error.code) ? error.code : null;
};

type WriteError = Extract<HoldfastError, { type: 'DiskFull' | 'DiskError' }>;

export const writeError = (
  error: unknown,
  about: { what: string; dir: string; path: string; bytes: number | null },
): WriteError => {
  const code = errnoOf(error);
  if (code === null) throw error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { type: 'DiskFull', what: about.what, neededBytes: about.bytes };
  return { type: 'DiskError', what: about.what, code, path: shownPath(about.dir, about.path) };
};

export const unreadable = (
  error: unknown,
  dir: string,
  path: string,
): Extract<HoldfastError, { type: 'Unreadable' }> => {
  const code = errnoOf(error);
  if (code === null) throw error;
  return { type: 'Unreadable', path: shownPath(dir, path), code };
};
