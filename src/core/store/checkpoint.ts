/**
 * Folds the journal into a new image. Saves go on in journal g+1 while image g+1 is written; the pair before it is
 * kept, older ones go. Every step may be cut off: until image g+1 has its name, image g and all journals since it are
 * the truth, and stay. A whole image is never removed before a newer one is on disk; a damaged one goes to quarantine.
 */
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import type { Engine } from './engine.ts';
import { errnoOf, writeError } from './failures.ts';
import { imageName, imagePath, journalName, listStoreFiles, quarantineDir, temporaryPath } from './files.ts';
import { trailerBytes, writeImage } from './image.ts';
import type { JournalFile } from './journal-file.ts';

export type CheckpointState = {
  /** The image that the present state builds on. */
  image: { generation: number; fileBytes: number };
  /** Images known to be damaged. */
  badImages: number[];
};

export type CheckpointContext = Place & {
  engine: Engine;
  journal: JournalFile;
  flush: 'sync' | 'async';
  /** Runs between rounds. */
  alone: <T>(work: () => T) => Promise<T>;
  stop: (reason: string) => void;
  stopped: () => string | null;
  /** Generations that a schema step pinned as the way back. */
  pinned: (generation: number) => boolean;
};

/** Room for the files that are written besides the image. */
const spareBytes = 64 * 1024;

type Start = { generation: number; database: Uint8Array; sequence: number };

/** The new state; the old one when there was nothing to fold. */
export const checkpoint = async (
  context: CheckpointContext,
  state: CheckpointState,
): Promise<Result<CheckpointState>> => {
  const { sequence, baseSequence, generation } = context.journal.state();
  if (sequence === baseSequence && generation === state.image.generation) return ok(state);
  const started = await context.alone(() => start(context));
  if (!started.ok) return started;
  const path = imagePath(context.dir, started.data.generation);
  const { database } = started.data;
  try {
    const image = {
      path,
      temporaryPath: temporaryPath(path),
      dir: context.dir,
      database,
      sequence: started.data.sequence,
    };
    await writeImage(context.fs, image, context.checksum, context.flush);
  } catch (error) {
    // The journals hold everything; the next checkpoint tries again.
    return fail(writeError(error, { what: 'an image of the store', dir: context.dir, path, bytes: database.length }));
  }
  retireOlder(context, state, started.data.generation);
  const image = { generation: started.data.generation, fileBytes: database.length + trailerBytes };
  return ok({ image, badImages: state.badImages.filter((one) => one >= state.image.generation) });
};

/** Between rounds: what the image will hold, and the journal that takes the saves after it. */
const start = ({ fs, dir, engine, journal, stop, stopped }: CheckpointContext): Result<Start> => {
  const reason = stopped();
  if (reason !== null) return fail({ type: 'ReadOnly', reason });
  const database = engine.exportBytes();
  const neededBytes = database.length + spareBytes;
  try {
    if (fs.freeBytes(dir) < neededBytes) return fail({ type: 'DiskFull', what: 'an image of the store', neededBytes });
  } catch (error) {
    return fail(writeError(error, { what: 'an image of the store', dir, path: dir, bytes: neededBytes }));
  }
  const { sequence } = journal.state();
  const ready = journal.tidy();
  const outcome = ready.kind === 'written' ? journal.changeOver() : ready;
  if (outcome.kind === 'refused') return fail(outcome.error);
  if (outcome.kind === 'stopped') {
    stop(outcome.stop.readOnly);
    return fail(outcome.stop.error);
  }
  return ok({ generation: journal.state().generation, database, sequence });
};

/**
 * Keeps the new pair, the whole image before it with its journals, and what is pinned. A file that cannot be removed now
 * is tried again after the next image; it is in nobody's way.
 */
const retireOlder = (context: CheckpointContext, state: CheckpointState, newest: number): void => {
  const { fs, dir } = context;
  const isOld = (generation: number): boolean => generation < state.image.generation && !context.pinned(generation);
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (errnoOf(error) === null) throw error;
    }
  };
  attempt(() => {
    const files = listStoreFiles(fs, dir);
    for (const generation of files.images) {
      const damaged = state.badImages.includes(generation);
      if (damaged && generation < newest)
        attempt(() => {
          setAside(context, imageName(generation));
        });
      else if (isOld(generation))
        attempt(() => {
          fs.remove(join(dir, imageName(generation)));
        });
    }
    for (const generation of files.journals.filter(isOld))
      attempt(() => {
        fs.remove(join(dir, journalName(generation)));
      });
    for (const name of files.temporary)
      attempt(() => {
        fs.remove(join(dir, name));
      });
    fs.flushDir(dir);
  });
};

const setAside = ({ fs, dir }: CheckpointContext, name: string): void => {
  const folder = quarantineDir(dir);
  if (!fs.exists(folder)) {
    fs.makeDir(folder);
    fs.flushDir(dir);
  }
  if (fs.exists(join(folder, name))) return;
  fs.rename(join(dir, name), join(folder, name));
  fs.flushDir(folder);
};
