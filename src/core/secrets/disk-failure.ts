/** Turns an errno error of a file call into the answer a person gets. Anything else is a bug and stays thrown. */
import { fail, type Result } from '../../contract/result.ts';

/** `ENOENT`, `EACCES` …; null when the error does not come from a file call. */
export const errnoCode = (error: unknown): string | null => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/u.test(code) ? code : null;
};

/** For a failed write of `what` at `path`. */
export const diskFailure = (error: unknown, what: string, path: string, neededBytes: number | null): Result<never> => {
  const code = errnoCode(error);
  if (code === null) throw error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return fail({ type: 'DiskFull', what, neededBytes });
  return fail({ type: 'DiskError', what, code, path });
};
