/**
 * The recovery code run on purpose: reads an image and the sealed journals after it from disk, repeats them, and writes
 * the result as the next image. It never sees the store's memory, so what it writes is what recovery would have found.
 * Runs in a worker thread, or here over any file system; it never touches the journal that takes the saves.
 */
import type { HoldfastError } from '../../contract/errors.ts';
import { fail, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import { unreadable, writeError } from './failures.ts';
import { imagePath, temporaryPath, type StoreFiles } from './files.ts';
import { trailerBytes, writeImage } from './image.ts';
import { currentSchema, openFiles, type Opened } from './ladder.ts';
import { retireOlder, type Retirement } from './retire.ts';

export type FoldRequest = {
  retirement: Retirement;
  /** What the sealed journals must end with. */
  sequence: number;
  flush: 'sync' | 'async';
};

export type FoldOutcome =
  | { kind: 'folded'; fileBytes: number }
  /** The disk refused; the journals hold everything. */
  | { kind: 'failed'; error: HoldfastError }
  /** What was saved cannot be read back as it was written. `problem`: a clause without a full stop. */
  | { kind: 'unreadable'; problem: string };

export const foldFromDisk = async (place: Place, request: FoldRequest): Promise<FoldOutcome> => {
  const { retirement, sequence, flush } = request;
  const { newest } = retirement;
  const replayed = await replay(place, request);
  if (replayed.kind !== 'replayed') return replayed;
  const { database } = replayed;
  const path = imagePath(place.dir, newest);
  try {
    const image = { path, temporaryPath: temporaryPath(path), dir: place.dir, database, sequence };
    await writeImage(place.fs, image, place.checksum, flush);
  } catch (error) {
    const about = { what: 'an image of the store', dir: place.dir, path, bytes: database.length };
    return { kind: 'failed', error: writeError(error, about) };
  }
  retireOlder(place.fs, retirement);
  return { kind: 'folded', fileBytes: database.length + trailerBytes };
};

const replay = async (
  place: Place,
  { retirement, sequence }: FoldRequest,
): Promise<{ kind: 'replayed'; database: Uint8Array } | Extract<FoldOutcome, { kind: 'unreadable' }>> => {
  const { keepFrom, newest } = retirement;
  const journals = Array.from({ length: newest - keepFrom }, (_, i) => keepFrom + i);
  const files = { images: [keepFrom], journals, temporary: [] };
  const opened = await openSealed(place, files);
  if (!opened.ok) return { kind: 'unreadable', problem: problemOf(opened.error) };
  const { engine, sequence: found, journal } = opened.data;
  try {
    if (found !== sequence || journal.tornBytes > 0)
      return { kind: 'unreadable', problem: `it ends with save ${String(found)} instead of ${String(sequence)}` };
    return { kind: 'replayed', database: engine.exportBytes() };
  } finally {
    engine.close();
  }
};

/** Files that vanish are as bad as damaged ones here: nobody but this store removes them. */
const openSealed = async (place: Place, files: StoreFiles): Promise<Result<Opened>> => {
  try {
    // Only a reading: the clock is for notices, which nobody sees here.
    return await openFiles({ ...place, now: () => '', grow: false, schema: currentSchema }, files, { kind: 'none' });
  } catch (error) {
    return fail(unreadable(error, place.dir, place.dir));
  }
};

const problemOf = (error: HoldfastError): string => {
  if (error.type === 'StoreDamaged') return error.problem;
  return error.type === 'Unreadable' ? `${error.path} cannot be read (${error.code})` : error.type;
};
