/**
 * What an owner stands on: the store's folder, its own lock file, the image it opened. One look before each call sees
 * that one of them was moved, removed or replaced; the owner then writes no more, least of all into a new folder that
 * has the old one's name. It only looks.
 */
import { statSync, type Stats } from 'node:fs';

/** A clause without a full stop; null while everything is as it was. */
export type Footing = { lost: () => string | null; changed: () => string | null };

const look = (path: string): Stats | null => {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    // A medium that fails: the next append tells what is wrong with it.
    return null;
  }
};

const same = (a: Stats | null, b: Stats | null): boolean =>
  a !== null && b !== null && a.ino === b.ino && a.dev === b.dev;

/** `imagePath` names the present image: a fold makes another one. */
export const takeFooting = (paths: { dir: string; lock: string; imagePath: () => string }): Footing => {
  const [dir, lock] = [look(paths.dir), look(paths.lock)];
  let image = { path: paths.imagePath(), stat: look(paths.imagePath()) };
  return {
    lost: () => {
      const present = look(paths.dir);
      if (present === null) return 'the folder .holdfast was removed or moved away while it was open';
      if (!same(dir, present)) return 'the folder .holdfast was replaced by another one while it was open';
      // Written once; a new file may well get the old one's inode.
      const now = look(paths.lock);
      const unchanged = same(lock, now) && lock?.mtimeMs === now?.mtimeMs;
      return unchanged ? null : 'its lock file was removed or replaced while it was open';
    },
    changed: () => {
      const path = paths.imagePath();
      if (path !== image.path) {
        image = { path, stat: look(path) };
        return null;
      }
      const present = look(path);
      const unchanged =
        same(image.stat, present) && image.stat?.size === present?.size && image.stat?.mtimeMs === present?.mtimeMs;
      return unchanged ? null : 'the image of the store was changed or replaced by another process';
    },
  };
};
