/**
 * Moves a store to another schema version: reads everything, runs the steps on a copy, and makes the result the next
 * image with an empty journal. The generations before are pinned as the way back. Cut off anywhere, the store is either
 * as before or done. The caller holds the lock, and was asked by a person: never call this on opening.
 */
import type { HoldfastError } from '../../contract/errors.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { appVersion } from '../version.ts';
import { crc32 } from './checksum.ts';
import type { Engine } from './engine.ts';
import { writeError } from './failures.ts';
import { imagePath, temporaryPath } from './files.ts';
import { writeImage } from './image.ts';
import { openJournalFile } from './journal-file.ts';
import { createRecorder } from './journal-record.ts';
import { openLatest, storeTag, type Opened } from './ladder.ts';
import { schemaSteps, type SchemaStep } from './schema/index.ts';
import { readMetaRows, runSteps } from './schema/run.ts';
import { differencesBetween, expectedStructure, structureOf } from './schema/structure.ts';
import { readWith, transactWith } from './transaction.ts';
import type { Reader, StoreFs, Tx } from './types.ts';

export const schemaWorkCancelled: HoldfastError = { type: 'Cancelled', what: 'The work on the schema' };

type StorePlace = {
  dir: string;
  fs: StoreFs;
  now: () => string;
  /** Asked once, right before the first byte is written; false ends the work with nothing changed. */
  mayWrite?: () => boolean;
  /** For tests. */
  steps?: readonly SchemaStep[];
};

export type MoveSchemaOptions = StorePlace & {
  /** 0 (no tables but the store's own) or more. */
  to: number;
  /** Looks at the store as it is now; an error ends the move before anything is written. */
  check?: (reader: Reader, storeId: string) => HoldfastError | null;
  /**
   * Writes the entry that tells of the move into the new image: before the first step on the way down, else after the
   * last one. Not called where there is no log: on the way up to none, or from none down.
   */
  note?: (tx: Tx, storeId: string) => void;
};

export type SchemaMoved = { from: number; to: number; ran: string[]; generation: number };

const versionProblem = (to: number, latest: number): HoldfastError | null =>
  Number.isInteger(to) && to >= 0 && to <= latest
    ? null
    : { type: 'InputInvalid', field: 'to', problem: `must be a schema version from 0 to ${String(latest)}` };

const openAny = (place: StorePlace): Promise<Result<Opened>> => {
  const { dir, fs, now } = place;
  const schema = { oldest: 0, newest: (place.steps ?? schemaSteps).length };
  return openLatest({ fs, dir, checksum: crc32, now, grow: false, schema });
};

export type AnySchema = { database: Uint8Array; version: number; storeId: string; meta: Record<string, string> };

/** Reads the store at whatever version it has: for looking at one that must be upgraded first. Changes nothing. */
export const readAnySchema = async (place: StorePlace): Promise<Result<AnySchema>> => {
  const opened = await openAny(place);
  if (!opened.ok) return opened;
  const { engine, schemaVersion, storeId } = opened.data;
  try {
    return ok({ database: engine.exportBytes(), version: schemaVersion, storeId, meta: readMetaRows(engine) });
  } finally {
    engine.close();
  }
};

/** Errors: those of opening; `InputInvalid` for an unknown version; `CheckUnmet` when a step's result is not right; disk errors; `Cancelled`. */
export const moveSchema = async (options: MoveSchemaOptions): Promise<Result<SchemaMoved>> => {
  const steps = options.steps ?? schemaSteps;
  const problem = versionProblem(options.to, steps.length);
  if (problem !== null) return fail(problem);
  const opened = await openAny(options);
  if (!opened.ok) return opened;
  try {
    const { engine, storeId } = opened.data;
    const unmet = options.check === undefined ? null : readWith(engine, (reader) => options.check?.(reader, storeId));
    return unmet === null || unmet === undefined ? await move(options, steps, opened.data) : fail(unmet);
  } finally {
    opened.data.engine.close();
  }
};

const noteIn = (engine: Engine, note: MoveSchemaOptions['note'], storeId: string): void => {
  if (note === undefined) return;
  engine.control('begin');
  const noted = transactWith(engine, createRecorder([]), (tx) => note(tx, storeId));
  if (noted.kind === 'threw') throw noted.error;
  engine.control('commit');
};

const move = async (
  options: MoveSchemaOptions,
  steps: readonly SchemaStep[],
  opened: Opened,
): Promise<Result<SchemaMoved>> => {
  const { now, to } = options;
  const from = opened.schemaVersion;
  if (from === to) return ok({ from, to, ran: [], generation: opened.journal.generation });
  const note = (engine: Engine): void => noteIn(engine, options.note, opened.storeId);
  const reached = Array.from({ length: Math.max(0, to - from) }, (_, i) => [`step_${String(from + i + 1)}_at`, now()]);
  const done = await runSteps({
    database: opened.engine.exportBytes(),
    from,
    to,
    steps,
    meta: {
      ...pinnedBy(opened),
      ...(to > from ? { needs_app: appVersion } : {}),
      ...(Object.fromEntries(reached) as Record<string, string>),
    },
    ...(to < from ? { before: note } : { after: note }),
  });
  if (!done.ok) return fail({ type: 'CheckUnmet', unmet: [done.problem] });
  const written = await writeNext(options, opened, done.database);
  return written.ok ? ok({ from, to, ran: done.ran, generation: written.data }) : written;
};

const pinnedBy = ({ image, journal }: Opened): { pinned_generations: string } => ({
  pinned_generations: `${String(image.generation)}-${String(journal.generation)}`,
});

/** Makes a database the next generation, with an empty journal. Gives its number. */
const writeNext = async (
  { dir, fs, now, mayWrite }: StorePlace,
  opened: Opened,
  database: Uint8Array,
): Promise<Result<number>> => {
  if (mayWrite?.() === false) return fail(schemaWorkCancelled);
  const generation = opened.journal.generation + 1;
  const path = imagePath(dir, generation);
  try {
    const journal = openJournalFile({ fs, dir, checksum: crc32, storeTag: storeTag(opened.storeId), now }, opened);
    try {
      const ready = journal.tidy();
      const next = ready.kind === 'written' ? await journal.changeOver('sync') : ready;
      if (next.kind === 'refused') return fail(next.error);
      if (next.kind === 'stopped') return fail(next.stop.error);
    } finally {
      journal.close();
    }
    const image = { path, temporaryPath: temporaryPath(path), dir, database, sequence: opened.sequence };
    await writeImage(fs, image, crc32, 'sync');
  } catch (error) {
    return fail(writeError(error, { what: 'the new schema', dir, path, bytes: database.length }));
  }
  return ok(generation);
};

export type StampOptions = StorePlace & Pick<MoveSchemaOptions, 'note'> & { to: number; dryRun: boolean };

/**
 * Marks the store as being at a version without running steps, when its tables, columns and indexes are those that the
 * steps up to it make. Errors as for a move; `CheckUnmet` naming each difference.
 */
export const stampSchema = async (options: StampOptions): Promise<Result<SchemaMoved>> => {
  const { to } = options;
  const steps = options.steps ?? schemaSteps;
  const problem = versionProblem(to, steps.length);
  if (problem !== null) return fail(problem);
  const opened = await openAny(options);
  if (!opened.ok) return opened;
  const { engine, schemaVersion: from, journal } = opened.data;
  try {
    const unmet = differencesBetween(structureOf(engine), await expectedStructure(to, steps));
    if (unmet.length > 0) return fail({ type: 'CheckUnmet', unmet });
    if (from === to || options.dryRun) return ok({ from, to, ran: [], generation: journal.generation });
    engine.control('begin');
    const meta = { schema_version: String(to), ...pinnedBy(opened.data) };
    for (const [key, value] of Object.entries(meta)) {
      engine.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
    }
    engine.control('commit');
    if (to > 0) noteIn(engine, options.note, opened.data.storeId);
    engine.exec(`PRAGMA user_version = ${String(to)}`);
    const written = await writeNext(options, opened.data, engine.exportBytes());
    return written.ok ? ok({ from, to, ran: [], generation: written.data }) : written;
  } finally {
    engine.close();
  }
};
