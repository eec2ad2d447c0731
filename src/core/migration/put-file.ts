/**
 * Puts a file of the application back or away, each step so that a reader sees the old file or the new one and nothing in
 * between: written beside it, flushed, given its mode, renamed over it, the folder flushed. Follows no link.
 */
import { dirname, join } from 'node:path';
import type { HoldfastError } from '../../contract/errors.ts';
import { temporaryName, type MirrorFs } from '../mirrors/write-file.ts';
import { writeError } from '../store/failures.ts';

type Placed = { file: string; mode: number; bytes: Uint8Array };

/** Null when it is done. */
type Outcome = HoldfastError | null;

const attempt = (homeDir: string, file: string, bytes: number | null, work: () => void): Outcome => {
  try {
    work();
    return null;
  } catch (error) {
    return writeError(error, { what: file, dir: homeDir, path: file, bytes });
  }
};

/** Why nothing may be written at this place; null when it may. */
export const placeProblem = (fs: Pick<MirrorFs, 'lstat'>, homeDir: string, file: string): string | null => {
  const parts = file.split('/');
  for (let i = 1; i < parts.length; i += 1) {
    const stat = fs.lstat(join(homeDir, ...parts.slice(0, i)));
    if (stat?.isLink === true) return 'its folder is a link, and Holdfast does not follow links';
    if (stat?.isFile === true) return 'there is a file where its folder should be';
  }
  const stat = fs.lstat(join(homeDir, file));
  if (stat === null || stat.isFile) return null;
  return stat.isLink ? 'it is a link, and Holdfast does not follow links' : 'there is something else than a file';
};

/** The owner stays that of the file that lies there, else it is whoever runs this. */
export const putFile = (fs: MirrorFs, homeDir: string, { file, mode, bytes }: Placed): Outcome =>
  attempt(homeDir, file, bytes.length, () => {
    const path = join(homeDir, file);
    const temporary = temporaryName(path);
    fs.makeDir(dirname(path));
    fs.remove(temporary);
    const stat = fs.lstat(path);
    const fd = fs.create(temporary);
    let whole = false;
    try {
      fs.write(fd, bytes);
      const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      fs.dress(fd, { mode, uid: stat?.uid ?? own.uid, gid: stat?.gid ?? own.gid });
      fs.flush(fd);
      whole = true;
    } finally {
      fs.close(fd);
      // A full disk must not stay full of half a file.
      if (!whole) fs.remove(temporary);
    }
    fs.rename(temporary, path);
    fs.flushDir(dirname(path));
  });

/** By renaming, so that mode and times stay. Both places are in the home. */
export const moveFile = (fs: MirrorFs, homeDir: string, file: string, to: string): Outcome =>
  attempt(homeDir, file, null, () => {
    fs.makeDir(dirname(join(homeDir, to)));
    fs.rename(join(homeDir, file), join(homeDir, to));
    fs.flushDir(dirname(join(homeDir, to)));
    fs.flushDir(dirname(join(homeDir, file)));
  });

export const removeFile = (fs: MirrorFs, homeDir: string, file: string): Outcome =>
  attempt(homeDir, file, null, () => {
    fs.remove(join(homeDir, file));
    fs.flushDir(dirname(join(homeDir, file)));
  });
