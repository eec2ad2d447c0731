/**
 * Moves a store to another schema version: reads everything, runs the steps on a copy, and makes the result the next
 * image with an empty journal. The generations before are pinned as the way back. Cut off anywhere, the store is either
 * as before or done. The caller holds the lock, and was asked by a person: never call this on opening.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { crc32 } from './checksum.ts';
import { writeError } from './failures.ts';
import { imagePath, temporaryPath } from './files.ts';
import { writeImage } from './image.ts';
import { openJournalFile } from './journal-file.ts';
import { openLatest, storeTag, type Opened } from './ladder.ts';
import { schemaSteps, type SchemaStep } from './schema/index.ts';
import { runSteps } from './schema/run.ts';
import type { StoreFs } from './types.ts';

export type MoveSchemaOptions = {
  dir: string;
  fs: StoreFs;
  now: () => string;
  /** 1 or more. */
  to: number;
  /** For tests. */
  steps?: readonly SchemaStep[];
};

export type SchemaMoved = { from: number; to: number; ran: string[]; generation: number };

/** Errors: those of opening; `InputInvalid` for an unknown version; `CheckUnmet` when a step's result is not right; disk errors. */
export const moveSchema = async (options: MoveSchemaOptions): Promise<Result<SchemaMoved>> => {
  const { fs, dir, now, to } = options;
  const steps = options.steps ?? schemaSteps;
  if (!Number.isInteger(to) || to < 1 || to > steps.length) {
    return fail({
      type: 'InputInvalid',
      field: 'to',
      problem: `must be a schema version from 1 to ${String(steps.length)}`,
    });
  }
  const schema = { oldest: 1, newest: steps.length };
  const opened = await openLatest({ fs, dir, checksum: crc32, now, grow: false, schema });
  if (!opened.ok) return opened;
  try {
    return await move(options, steps, opened.data);
  } finally {
    opened.data.engine.close();
  }
};

const move = async (
  options: MoveSchemaOptions,
  steps: readonly SchemaStep[],
  opened: Opened,
): Promise<Result<SchemaMoved>> => {
  const { fs, dir, now, to } = options;
  const from = opened.schemaVersion;
  if (from === to) return ok({ from, to, ran: [], generation: opened.journal.generation });
  const pinned = `${String(opened.image.generation)}-${String(opened.journal.generation)}`;
  const done = await runSteps({
    database: opened.engine.exportBytes(),
    from,
    to,
    steps,
    meta: { pinned_generations: pinned },
  });
  if (!done.ok) return fail({ type: 'CheckUnmet', unmet: [done.problem] });
  const generation = opened.journal.generation + 1;
  const path = imagePath(dir, generation);
  try {
    const journal = openJournalFile({ fs, dir, checksum: crc32, storeTag: storeTag(opened.storeId), now }, opened);
    try {
      const ready = journal.tidy();
      const next = ready.kind === 'written' ? journal.changeOver() : ready;
      if (next.kind === 'refused') return fail(next.error);
      if (next.kind === 'stopped') return fail(next.stop.error);
    } finally {
      journal.close();
    }
    const image = { path, temporaryPath: temporaryPath(path), dir, database: done.database, sequence: opened.sequence };
    await writeImage(fs, image, crc32, 'sync');
  } catch (error) {
    return fail(writeError(error, { what: 'the new schema', dir, path, bytes: done.database.length }));
  }
  return ok({ from, to, ran: done.ran, generation });
};
