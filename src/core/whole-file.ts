/** Writes a small file whole or not at all: a temporary name beside it, flushed, renamed over, the folder flushed. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../contract/result.ts';

const flushFolder = async (path: string): Promise<void> => {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** `what` begins the sentence when it fails: `The wizard’s draft`; `name` is what it calls the file. Errors: `DiskFull`, `DiskError`. */
export const writeWhole = async (
  path: string,
  text: string | Uint8Array,
  { what, name = path, mode = 0o600 }: { what: string; name?: string; mode?: number },
): Promise<Result<null>> => {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(
      temporary,
      constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW,
      mode,
    );
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await flushFolder(dirname(path));
    return ok(null);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    return code === 'ENOSPC' || code === 'EDQUOT'
      ? fail({
          type: 'DiskFull',
          what: what.charAt(0).toLowerCase() + what.slice(1),
          neededBytes: Buffer.byteLength(text),
        })
      : fail({ type: 'DiskError', what, code, path: name });
  }
};
