/** The store's file names in `.holdfast/`, and what lies there. Only names are looked at; nothing is opened or changed. */
import { basename, join } from 'node:path';
import type { StoreFs } from './types.ts';

export const imageName = (generation: number): string => `image-${String(generation)}.db`;
export const journalName = (generation: number): string => `journal-${String(generation)}.log`;
export const imagePath = (dir: string, generation: number): string => join(dir, imageName(generation));
export const journalPath = (dir: string, generation: number): string => join(dir, journalName(generation));
export const temporaryPath = (path: string): string => `${path}.tmp`;
export const quarantineDir = (dir: string): string => join(dir, 'quarantine');
export const backupsDir = (dir: string): string => join(dir, 'backups');

/** How a file of the store is named to a person: relative to the home. */
export const shownPath = (dir: string, path: string): string =>
  `${basename(dir)}${path.startsWith(dir) ? path.slice(dir.length).replaceAll('\\', '/') : `/${path}`}`;

export type StoreFiles = {
  /** Generations, newest first. */
  images: number[];
  /** Generations, oldest first. */
  journals: number[];
  /** Names that an interrupted run left; nobody's data. */
  temporary: string[];
};

// At most 15 digits: a generation is a safe integer, and "image-01.db" is not ours.
const imagePattern = /^image-([1-9]\d{0,14})\.db$/u;
const journalPattern = /^journal-([1-9]\d{0,14})\.log$/u;
const temporaryPattern = /^(?:image-[1-9]\d{0,14}\.db|journal-[1-9]\d{0,14}\.log)\.tmp$/u;

const generationsOf = (names: readonly string[], pattern: RegExp): number[] =>
  names.flatMap((name) => {
    const match = pattern.exec(name);
    return match === null ? [] : [Number(match[1])];
  });

export const listStoreFiles = (fs: StoreFs, dir: string): StoreFiles => {
  const names = fs.list(dir);
  return {
    images: generationsOf(names, imagePattern).toSorted((a, b) => b - a),
    journals: generationsOf(names, journalPattern).toSorted((a, b) => a - b),
    temporary: names.filter((name) => temporaryPattern.test(name)),
  };
};
