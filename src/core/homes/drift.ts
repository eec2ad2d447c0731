/** Legacy files that changed behind Holdfast's back: compared by hash with what it last read, or wrote, itself. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../../contract/commands.ts';

type Drift = Output<'home.status'>['drift'];
/** `mirrored`: the hashes that a file has which Holdfast goes on writing. */
type KnownFile = { file: string; status: string; sha256: string | null; mirrored?: readonly (string | null)[] };

const sizeLimitBytes = 64 * 1024 * 1024;

/** SHA-256 of a regular file, `null` when there is none; throws nothing: anything else is `unreadable`. */
export const hashFile = (path: string): string | null | 'unreadable' => {
  try {
    if (!lstatSync(path).isFile()) return 'unreadable';
    const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(handle);
      if (!stat.isFile() || stat.size > sizeLimitBytes) return 'unreadable';
      return createHash('sha256').update(readFileSync(handle)).digest('hex');
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'unreadable';
  }
};

export const findDrift = (homeDir: string, known: readonly KnownFile[]): Drift => {
  const drift: Drift = [];
  for (const one of known) {
    if (one.status === 'left-alone') continue;
    const now = hashFile(join(homeDir, one.file));
    if (now === 'unreadable') {
      if (one.status !== 'unreadable') drift.push({ file: one.file, status: 'unreadable' });
      continue;
    }
    // What Holdfast wrote itself is newer than what an import read.
    const expected = one.mirrored ?? [one.status === 'missing' ? null : one.sha256];
    if (expected.includes(now)) continue;
    if (now === null) drift.push({ file: one.file, status: 'removed' });
    else drift.push({ file: one.file, status: expected.includes(null) ? 'added' : 'changed' });
  }
  return drift;
};
