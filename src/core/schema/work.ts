/**
 * The work of `schema.*` on the store's files, asked for with plain data, so that it is the same code in a worker thread
 * and in this one. It opens the files by itself and shares nothing with a store that is open; a move runs under the lock
 * that the caller holds.
 */
import type { HoldfastError } from '../../contract/errors.ts';
import { jsonEqual } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { createChangeWriter } from '../changes/write.ts';
import { homeCounts } from '../homes/queries.ts';
import type { Keyring } from '../secrets/types.ts';
import { realFs } from '../store/fs.ts';
import { schemaSteps } from '../store/schema/index.ts';
import { inspectDatabase, type Inspection } from '../store/schema/inspect.ts';
import { planSteps, type StepPlan } from '../store/schema/plan.ts';
import type { Reader, Tx } from '../store/types.ts';
import { moveSchema, readAnySchema, stampSchema, type SchemaMoved } from '../store/upgrade.ts';

/** The entry of the log that tells of a move, in the moved store itself: both are there, or neither. */
export type MoveNote = {
  action: string;
  about: { from: number; to: number };
  user: string;
  door: string;
  uid: string;
  reason: string | null;
};

type Place = { dir: string; now: string };

export type SchemaInputs = {
  /** The version of the store and the rows of its `meta`, whatever version it has. */
  facts: Place;
  plan: Place & { to: number };
  verify: Place;
  /** `unchangedFrom`: what must still be counted when the move begins; null when that does not matter. */
  move: Place & { to: number; note: MoveNote | null; unchangedFrom: Record<string, number> | null };
  stamp: Place & { to: number; dryRun: boolean; note: MoveNote | null };
};
export type SchemaAnswers = {
  facts: { current: number; meta: Record<string, string> };
  plan: { from: number; steps: StepPlan[] };
  verify: Inspection;
  move: SchemaMoved;
  stamp: SchemaMoved;
};
export type SchemaWork = keyof SchemaInputs;

/** What the work asks of the thread that holds the keys and hears the person. */
export type Asking = {
  /** Asked once, right before the first byte is written. */
  mayWrite: () => boolean;
  /** The seal of the log's new head; null while the keys are locked. The keys themselves stay where they are. */
  seal: ((head: Uint8Array) => Uint8Array) | null;
};

const notHere = (): never => {
  throw new Error('a move of the schema only seals: it encrypts and reads no secret');
};
const sealingKeyring = ({ seal }: Asking): Keyring | null =>
  seal === null
    ? null
    : {
        seal,
        auditKeyId: () => null,
        encrypt: notHere,
        decrypt: notHere,
        fingerprint: notHere,
        backupIdentities: () => [],
      };

const writeNote =
  (note: MoveNote, at: string, asking: Asking) =>
  (tx: Tx): void => {
    const { user: actor, door, uid, reason } = note;
    const keyring = sealingKeyring(asking);
    const changes = createChangeWriter(tx, { kind: 'event', actor, door, at, uid, keyring, reason });
    changes.event('schema', '', note.action, note.about);
    changes.finish();
  };

/** Values that were saved after the backup was begun would be in neither. */
const changedSince =
  (counts: Record<string, number>) =>
  (reader: Reader): HoldfastError | null =>
    jsonEqual(homeCounts(reader), counts)
      ? null
      : { type: 'Conflict', what: 'The store was changed while it was being backed up; try again', items: [] };

const placeOf = ({ dir, now }: Place, asking: Asking) => ({
  dir,
  fs: realFs,
  now: () => now,
  mayWrite: asking.mayWrite,
});
const noteOf = (input: Place & { note: MoveNote | null }, asking: Asking) =>
  input.note === null ? {} : { note: writeNote(input.note, input.now, asking) };

type Work = { [K in SchemaWork]: (input: SchemaInputs[K], asking: Asking) => Promise<Result<SchemaAnswers[K]>> };

const work: Work = {
  facts: async (input, asking) => {
    const read = await readAnySchema(placeOf(input, asking));
    return read.ok ? ok({ current: read.data.version, meta: read.data.meta }) : read;
  },
  plan: async (input, asking) => {
    const read = await readAnySchema(placeOf(input, asking));
    if (!read.ok) return read;
    const { database, version: from } = read.data;
    const planned = await planSteps(database, from, input.to, schemaSteps);
    return planned.ok ? ok({ from, steps: planned.steps }) : fail({ type: 'CheckUnmet', unmet: [planned.problem] });
  },
  verify: async (input, asking) => {
    const read = await readAnySchema(placeOf(input, asking));
    return read.ok ? ok(await inspectDatabase(read.data.database, schemaSteps)) : read;
  },
  move: (input, asking) =>
    moveSchema({
      ...placeOf(input, asking),
      ...noteOf(input, asking),
      to: input.to,
      ...(input.unchangedFrom === null ? {} : { check: changedSince(input.unchangedFrom) }),
    }),
  stamp: ({ to, dryRun, ...input }, asking) =>
    stampSchema({ ...placeOf(input, asking), ...noteOf(input, asking), to, dryRun }),
};

export const doSchemaWork = <K extends SchemaWork>(
  kind: K,
  input: SchemaInputs[K],
  asking: Asking,
): Promise<Result<SchemaAnswers[K]>> => work[kind](input, asking);
