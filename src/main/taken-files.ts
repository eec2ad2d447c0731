/**
 * Files that were dropped on the page. The page has their bytes and no path, so they come piece by piece into a private
 * temporary folder and become handles there, as uploads do in the browser host. One at a time: the next one replaces it.
 */
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maxUploadBytes, type OpenedFile } from '../contract/client.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { FileRegistry } from '../core/files.ts';
import { diskFailure } from '../core/secrets/disk-failure.ts';

export type TakenFiles = {
  take: (input: unknown) => Result<OpenedFile>;
  /** Removes what was taken. */
  close: () => void;
};

type Part = { name: string; file: string | null; bytes: Buffer };

const invalid = (field: string, problem: string): Result<never> => fail({ type: 'InputInvalid', field, problem });

/** A piece of the page's is 1 MiB; anything much longer is not from it. */
const maxPartLength = 4 * 1024 * 1024;

const readPart = (input: unknown): Result<Part> => {
  const { name, file, part } = (typeof input === 'object' ? (input ?? {}) : {}) as { [field: string]: unknown };
  if (typeof name !== 'string' || name === '' || name.length > 255 || /[/\\\p{Cc}]/u.test(name))
    return invalid('name', 'it must be a plain file name');
  if (file !== null && typeof file !== 'string') return invalid('file', 'is not a handle');
  if (typeof part !== 'string' || part.length > maxPartLength || !/^[A-Za-z0-9+/]*={0,2}$/u.test(part))
    return invalid('part', 'is not a piece of a file');
  return ok({ name, file, bytes: Buffer.from(part, 'base64') });
};

export const createTakenFiles = (files: FileRegistry, session: string, limitBytes = maxUploadBytes): TakenFiles => {
  let dir: string | null = null;
  let taken: { file: string; path: string } | null = null;
  let count = 0;
  const drop = (): void => {
    if (taken !== null) rmSync(taken.path, { force: true });
    taken = null;
  };
  const start = (name: string, bytes: Buffer): Result<OpenedFile> => {
    drop();
    dir ??= mkdtempSync(join(tmpdir(), 'holdfast-window-'));
    count += 1;
    const path = join(dir, String(count));
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
    taken = { path, file: files.register(session, { path, name, use: 'read' }) };
    return ok({ file: taken.file, name });
  };
  const add = ({ name, file, bytes }: Part): Result<OpenedFile> => {
    if (file === null) return start(name, bytes);
    if (taken?.file !== file) return fail({ type: 'NotFound', what: 'file', name: file });
    if (statSync(taken.path).size + bytes.length > limitBytes) {
      drop();
      return invalid('part', `the file is larger than ${String(limitBytes)} bytes`);
    }
    appendFileSync(taken.path, bytes);
    return ok({ file, name });
  };
  return {
    take: (input) => {
      const part = readPart(input);
      if (!part.ok) return part;
      try {
        return add(part.data);
      } catch (error) {
        drop();
        return diskFailure(error, `the copy of ${part.data.name}`, dir ?? tmpdir(), part.data.bytes.length);
      }
    },
    close: () => {
      taken = null;
      if (dir !== null) rmSync(dir, { recursive: true, force: true });
      dir = null;
    },
  };
};
