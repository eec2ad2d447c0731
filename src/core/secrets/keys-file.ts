/**
 * `keys.json` and its verified copy `keys.json.bak` on disk. A save writes a new file beside the old one, flushes it,
 * reads it back, renames it, flushes the folder, and only then does the same for the copy: at any moment one of the two
 * is whole. It must never replace a keys file it cannot read (a damaged one goes to `quarantine/`), nor create keys where
 * there are some.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import { diskFailure, errnoCode } from './disk-failure.ts';
import type { StoreFs } from '../store/types.ts';
import { keysResult, maxKeysBytes, parseKeys, serialiseKeys, type KeysFile } from './keys-format.ts';

export const keysName = 'keys.json';
export const keysCopyName = 'keys.json.bak';

type Copy =
  | { state: 'missing' }
  | { state: 'good'; file: KeysFile; bytes: Uint8Array }
  | { state: 'bad'; parsed: ReturnType<typeof parseKeys>; bytes: Uint8Array | null };

const readBounded = (fs: StoreFs, path: string): Uint8Array => {
  const file = fs.open(path, 'read');
  try {
    return file.read(Math.min(file.size(), maxKeysBytes + 1), 0);
  } finally {
    file.close();
  }
};

const inspectCopy = (fs: StoreFs, path: string): Copy => {
  let bytes: Uint8Array;
  try {
    bytes = readBounded(fs, path);
  } catch (error) {
    const code = errnoCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return { state: 'missing' };
    const damaged = code === 'ELOOP' ? 'it is a symbolic link' : `it cannot be read (${code})`;
    return { state: 'bad', parsed: { damaged }, bytes: null };
  }
  const parsed = parseKeys(bytes);
  return 'file' in parsed ? { state: 'good', file: parsed.file, bytes } : { state: 'bad', parsed, bytes };
};

const isNewer = (copy: Copy): boolean => copy.state === 'bad' && 'newer' in copy.parsed;
const problemOf = (copy: Copy): string =>
  copy.state === 'bad' && 'damaged' in copy.parsed ? `is damaged (${copy.parsed.damaged})` : 'is missing';

export type KeysOnDisk = {
  file: KeysFile;
  /** In words, when the file or its copy needs repair; the next save does it. */
  notices: string[];
};

/** Null when the home has no keys at all. `FileInvalid` when there are some and neither copy can be used. */
export const readKeysFile = (fs: StoreFs, holdfastDir: string): Result<KeysOnDisk | null> => {
  const main = inspectCopy(fs, join(holdfastDir, keysName));
  const copy = inspectCopy(fs, join(holdfastDir, keysCopyName));
  if (main.state === 'missing' && copy.state === 'missing') return ok(null);
  if (main.state === 'good') {
    if (copy.state === 'good' && Buffer.from(main.bytes).equals(copy.bytes))
      return ok({ file: main.file, notices: [] });
    const why = copy.state === 'good' ? 'is older' : problemOf(copy);
    return ok({ file: main.file, notices: [`${keysCopyName} ${why}; ${keysName} is good and is used`] });
  }
  if (copy.state === 'good' && !isNewer(main)) {
    return ok({
      file: copy.file,
      notices: [`${keysName} ${problemOf(main)}; its copy ${keysCopyName} is good and is used`],
    });
  }
  if (main.state === 'bad') return asFailure(keysName, main.parsed);
  if (copy.state === 'bad') return asFailure(keysCopyName, copy.parsed);
  return ok(null);
};

const asFailure = (name: string, parsed: ReturnType<typeof parseKeys>): Result<never> => {
  const result = keysResult(`.holdfast/${name}`, parsed);
  if (result.ok) throw new Error('a good keys file is no failure');
  return result;
};

/** Writes `bytes` under `name`: temporary name, flush, read back, rename, flush of the folder. Throws errno errors. */
const replaceVerified = (fs: StoreFs, dir: string, name: string, bytes: Uint8Array): void => {
  const temporary = join(dir, `${name}.new`);
  // A leftover of a crash; this process owns the home, so nobody else is writing it.
  if (fs.exists(temporary)) fs.remove(temporary);
  const file = fs.open(temporary, 'create');
  try {
    file.write(bytes, 0);
    file.flushSync();
  } finally {
    file.close();
  }
  if (!Buffer.from(readBounded(fs, temporary)).equals(bytes)) {
    throw Object.assign(new Error('the disk gave back other bytes than were written'), { code: 'EIO' });
  }
  fs.rename(temporary, join(dir, name));
  fs.flushDir(dir);
};

/** A file that cannot be read is kept, under a name that tells its content apart. */
const setAside = (fs: StoreFs, dir: string, name: string, bytes: Uint8Array | null): void => {
  const quarantine = join(dir, 'quarantine');
  if (!fs.exists(quarantine)) fs.makeDir(quarantine);
  const tag = createHash('sha256')
    .update(bytes ?? new Uint8Array(0))
    .digest('hex')
    .slice(0, 12);
  fs.rename(join(dir, name), join(quarantine, `${name}-${tag}`));
  fs.flushDir(quarantine);
  fs.flushDir(dir);
};

/** Saves a changed keys file and its copy; returns when both are on disk and read back. The caller owns the home. */
export const saveKeysFile = (fs: StoreFs, holdfastDir: string, file: KeysFile): Result<void> => {
  const bytes = serialiseKeys(file);
  try {
    for (const name of [keysName, keysCopyName]) {
      const present = inspectCopy(fs, join(holdfastDir, name));
      if (isNewer(present) && present.state === 'bad') return asFailure(name, present.parsed);
      if (present.state === 'good' && Buffer.from(present.bytes).equals(bytes)) continue;
      if (present.state === 'bad') setAside(fs, holdfastDir, name, present.bytes);
      replaceVerified(fs, holdfastDir, name, bytes);
    }
    return ok(undefined);
  } catch (error) {
    return diskFailure(error, 'keys.json', join(holdfastDir, keysName), bytes.length);
  }
};

/** The first save. Refused when any keys file is there, good or not: new keys would lock out what the old ones hold. */
export const createKeysFile = (fs: StoreFs, holdfastDir: string, file: KeysFile): Result<void> => {
  for (const name of [keysName, keysCopyName]) {
    if (inspectCopy(fs, join(holdfastDir, name)).state !== 'missing') {
      return fail({ type: 'CheckUnmet', unmet: [`this home already has keys (.holdfast/${name})`] });
    }
  }
  return saveKeysFile(fs, holdfastDir, file);
};

/** Moves keys that never protected anything out of the way, into `quarantine/`. The caller has made sure of that. */
export const setKeysAside = (fs: StoreFs, holdfastDir: string): Result<void> => {
  try {
    // The copy first: while keys.json stands, the home still counts as having keys.
    for (const name of [keysCopyName, keysName]) {
      const present = inspectCopy(fs, join(holdfastDir, name));
      if (present.state !== 'missing') setAside(fs, holdfastDir, name, present.bytes);
    }
    return ok(undefined);
  } catch (error) {
    return diskFailure(error, 'keys.json', join(holdfastDir, keysName), null);
  }
};
