/**
 * Files that a door opened for its caller, by handle. A command names a handle, never a path; a handle works only in
 * the session it was made for. Nothing is opened, created or removed here.
 */
import { randomBytes } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { fail, ok, type Result } from '../contract/result.ts';
import type { CallerFile } from './context.ts';

export type FileRegistry = {
  /** Gives the handle (`file_` and 32 URL-safe characters). The path must be absolute. */
  register: (session: string, file: CallerFile) => string;
  /** `NotFound` for an unknown handle and, with the same words, for one of another session. */
  resolve: (session: string, handle: string) => Result<CallerFile>;
  /** Forgets all handles of a session. */
  drop: (session: string) => void;
};

export const createFileRegistry = (): FileRegistry => {
  const filesBySession = new Map<string, Map<string, CallerFile>>();
  return {
    register: (session, file) => {
      if (!isAbsolute(file.path)) throw new Error('A door registered a file by a relative path');
      const handle = `file_${randomBytes(24).toString('base64url')}`;
      const files = filesBySession.get(session) ?? new Map<string, CallerFile>();
      filesBySession.set(session, files.set(handle, { path: file.path, name: file.name, use: file.use }));
      return handle;
    },
    resolve: (session, handle) => {
      const file = filesBySession.get(session)?.get(handle);
      return file === undefined ? fail({ type: 'NotFound', what: 'file', name: handle }) : ok(file);
    },
    drop: (session) => {
      filesBySession.delete(session);
    },
  };
};
