/**
 * Removes what a new image made superfluous: the pair before it stays with its journals, and what a schema step pinned.
 * A whole image is never removed before a newer one is on disk; a damaged one goes to quarantine.
 */
import { join } from 'node:path';
import { errnoOf } from './failures.ts';
import { imageName, journalName, listStoreFiles, quarantineDir } from './files.ts';
import type { StoreFs } from './types.ts';

export type Retirement = {
  dir: string;
  /** The generation of the new image. */
  newest: number;
  /** The generation of the image before it: it and everything later stays. */
  keepFrom: number;
  badImages: readonly number[];
  /** Generations that a schema step named as the way back, both ends included. */
  pinned: { oldest: number; newest: number } | null;
};

/** A file that cannot be removed now is tried again after the next image; it is in nobody's way. */
const attempt = (work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
};

export const retireOlder = (fs: StoreFs, retirement: Retirement): void => {
  const { dir, newest, keepFrom, badImages, pinned } = retirement;
  const isPinned = (generation: number): boolean =>
    pinned !== null && generation >= pinned.oldest && generation <= pinned.newest;
  const isOld = (generation: number): boolean => generation < keepFrom && !isPinned(generation);
  const remove = (name: string): void => {
    attempt(() => {
      fs.remove(join(dir, name));
    });
  };
  attempt(() => {
    const files = listStoreFiles(fs, dir);
    for (const generation of files.images) {
      if (badImages.includes(generation) && generation < newest)
        attempt(() => {
          setAside(fs, dir, imageName(generation));
        });
      else if (isOld(generation)) remove(imageName(generation));
    }
    for (const generation of files.journals.filter(isOld)) remove(journalName(generation));
    for (const name of files.temporary) remove(name);
    fs.flushDir(dir);
  });
};

const setAside = (fs: StoreFs, dir: string, name: string): void => {
  const folder = quarantineDir(dir);
  if (!fs.exists(folder)) {
    fs.makeDir(folder);
    fs.flushDir(dir);
  }
  if (fs.exists(join(folder, name))) return;
  fs.rename(join(dir, name), join(folder, name));
  fs.flushDir(folder);
};
