/**
 * Folds the journal into a new image. Saves go on in journal g+1 while image g+1 is written; the pair before it is
 * kept, older ones go. Every step may be cut off: until image g+1 has its name, image g and all journals since it are
 * the truth, and stay. A whole image is never removed before a newer one is on disk; a damaged one goes to quarantine.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import type { Engine } from './engine.ts';
import { writeError } from './failures.ts';
import { imagePath, temporaryPath } from './files.ts';
import type { FoldRequest } from './fold.ts';
import type { ThreadOutcome } from './fold-thread.ts';
import { trailerBytes, writeImage } from './image.ts';
import type { JournalFile } from './journal-file.ts';
import { retireOlder, type Retirement } from './retire.ts';

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
  /** Runs between rounds, and lets none begin until it is done. */
  aloneUntil: <T>(work: () => Promise<T>) => Promise<T>;
  stop: (reason: string) => void;
  stopped: () => string | null;
  /** Generations that a schema step pinned as the way back. */
  pinned: Retirement['pinned'];
  /** Makes the image from what is on disk, elsewhere; null: it is made here, from memory. */
  foldElsewhere: ((request: FoldRequest) => Promise<ThreadOutcome>) | null;
  /** The image could not be made elsewhere, and is made from memory instead. `problem`: a clause. */
  onFallback: (outcome: Extract<ThreadOutcome, { kind: 'broken' | 'unreadable' }>) => void;
};

/** Room for the files that are written besides the image. */
const spareBytes = 64 * 1024;

/** The new state; the old one when there was nothing to fold. */
export const checkpoint = async (
  context: CheckpointContext,
  state: CheckpointState,
): Promise<Result<CheckpointState>> => {
  const { sequence, baseSequence, generation } = context.journal.state();
  if (sequence === baseSequence && generation === state.image.generation) return ok(state);
  if (context.foldElsewhere === null) return foldHere(context, state);
  const started = await context.aloneUntil(() => changeOver(context, imageBytesAhead(context)));
  if (!started.ok) return started;
  const outcome = await context.foldElsewhere({
    retirement: retirementOf(context, state, started.data.generation),
    sequence: started.data.sequence,
    flush: context.flush,
  });
  if (outcome.kind === 'failed') return fail(outcome.error);
  if (outcome.kind === 'folded') return ok(stateAfter(state, started.data.generation, outcome.fileBytes));
  // Memory holds every save that was answered: an image of it makes the store whole again.
  context.onFallback(outcome);
  return foldHere(context, state);
};

const imageBytesAhead = ({ engine }: CheckpointContext): number =>
  Number(engine.value('PRAGMA page_count')) * Number(engine.value('PRAGMA page_size'));

const stateAfter = (state: CheckpointState, generation: number, fileBytes: number): CheckpointState => ({
  image: { generation, fileBytes },
  badImages: state.badImages.filter((one) => one >= state.image.generation),
});

const retirementOf = (context: CheckpointContext, state: CheckpointState, newest: number): Retirement => ({
  dir: context.dir,
  newest,
  keepFrom: state.image.generation,
  badImages: state.badImages,
  pinned: context.pinned,
});

/** The image of what memory holds, made and written in this thread. */
const foldHere = async (context: CheckpointContext, state: CheckpointState): Promise<Result<CheckpointState>> => {
  const started = await context.aloneUntil(async (): Promise<Result<Started & { database: Uint8Array }>> => {
    const reason = context.stopped();
    if (reason !== null) return fail({ type: 'ReadOnly', reason });
    const database = context.engine.exportBytes();
    const changed = await changeOver(context, database.length);
    return changed.ok ? ok({ ...changed.data, database }) : changed;
  });
  if (!started.ok) return started;
  const { database, generation, sequence } = started.data;
  const path = imagePath(context.dir, generation);
  try {
    const image = { path, temporaryPath: temporaryPath(path), dir: context.dir, database, sequence };
    await writeImage(context.fs, image, context.checksum, context.flush);
  } catch (error) {
    // The journals hold everything; the next checkpoint tries again.
    return fail(writeError(error, { what: 'an image of the store', dir: context.dir, path, bytes: database.length }));
  }
  retireOlder(context.fs, retirementOf(context, state, generation));
  return ok(stateAfter(state, generation, database.length + trailerBytes));
};

type Started = { generation: number; sequence: number };

/** Between rounds: the journal that takes the saves from now on, where there is room for the image of those before. */
const changeOver = async (context: CheckpointContext, imageBytes: number): Promise<Result<Started>> => {
  const { fs, dir, journal, flush, stop, stopped } = context;
  const reason = stopped();
  if (reason !== null) return fail({ type: 'ReadOnly', reason });
  const neededBytes = imageBytes + spareBytes;
  try {
    if (fs.freeBytes(dir) < neededBytes) return fail({ type: 'DiskFull', what: 'an image of the store', neededBytes });
  } catch (error) {
    return fail(writeError(error, { what: 'an image of the store', dir, path: dir, bytes: neededBytes }));
  }
  const { sequence } = journal.state();
  const ready = journal.tidy();
  const outcome = ready.kind === 'written' ? await journal.changeOver(flush) : ready;
  if (outcome.kind === 'refused') return fail(outcome.error);
  if (outcome.kind === 'stopped') {
    stop(outcome.stop.readOnly);
    return fail(outcome.stop.error);
  }
  return ok({ generation: journal.state().generation, sequence });
};
