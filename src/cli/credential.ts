/**
 * Passphrases and recovery codes on their way in and out of files. They are read from files or prompts, never from an
 * argument, and never printed; a new recovery code is written once, to a file that was reserved before anything else.
 */
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail, ok, type Result } from '../contract/result.ts';

const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';

/** Text without its one last line break; `InputInvalid` when the bytes are not UTF-8. */
export const textOf = (bytes: Uint8Array, field: string): Result<string> => {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/u, ''));
  } catch {
    return fail({ type: 'InputInvalid', field, problem: 'it is not UTF-8 text' });
  }
};

/** The content of a file that an option named, without its one last line break. */
export const readTextFile = (path: string, cwd: string, field: string): Result<string> => {
  const full = resolve(cwd, path);
  try {
    return textOf(readFileSync(full), field);
  } catch (error) {
    const code = errnoOf(error);
    return code === 'ENOENT'
      ? fail({ type: 'NotFound', what: `file for ${field}`, name: path })
      : fail({ type: 'Unreadable', path, code });
  }
};

/** The same for a passphrase or recovery code, which is never empty. */
export const readSecretFile = (path: string, cwd: string, field: string): Result<string> => {
  const text = readTextFile(path, cwd, field);
  if (!text.ok) return text;
  return text.data === '' ? fail({ type: 'InputInvalid', field, problem: `${path} is empty` }) : text;
};

export type ReservedFile = {
  path: string;
  /** Writes and flushes the code. False when the disk refuses: then the caller must show the code. */
  write: (recoveryCode: string) => boolean;
  /** Takes the empty file away again: the command failed or made no code. */
  release: () => void;
};

/** Creates the file (0600, never over an existing one), so that a place for the code is certain before it exists. */
export const reserveRecoveryFile = (path: string, cwd: string): Result<ReservedFile> => {
  const full = resolve(cwd, path);
  let fd: number;
  try {
    fd = openSync(full, 'wx', 0o600);
  } catch (error) {
    const code = errnoOf(error);
    const problem =
      code === 'EEXIST'
        ? `${path} exists already; a recovery code never replaces a file`
        : `${path} cannot be written (${code})`;
    return fail({ type: 'InputInvalid', field: '--recovery-code-out', problem });
  }
  return ok({
    path,
    write: (recoveryCode) => {
      try {
        writeSync(fd, `${recoveryCode}\n`);
        fsyncSync(fd);
        closeSync(fd);
        const dir = openSync(dirname(full), 'r');
        fsyncSync(dir);
        closeSync(dir);
        return true;
      } catch {
        return false;
      }
    },
    release: () => {
      closeSync(fd);
      rmSync(full, { force: true });
    },
  });
};
