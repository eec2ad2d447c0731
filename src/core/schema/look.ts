/**
 * The store's schema as it is, whether or not the store opens with this Holdfast: one that must be upgraded first is read
 * from its files. Changes nothing.
 */
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { schemaSteps } from '../store/schema/index.ts';
import { db } from '../store/sql.ts';
import { runSchemaWork } from './thread.ts';
import type { SchemaAnswers, SchemaInputs, SchemaWork } from './work.ts';

export type SchemaFacts = SchemaAnswers['facts'];

export const placeOf = (ctx: Context): SchemaInputs['facts'] => ({ dir: ctx.holdfastDir, now: ctx.clock.now() });

/** Work that only looks at the files: those of a store that opens, or waits for its upgrade. */
export const lookAtFiles = async <K extends Exclude<SchemaWork, 'move'>>(
  ctx: Context,
  kind: K,
  input: SchemaInputs[K],
): Promise<Result<SchemaAnswers[K]>> => {
  const store = await ctx.store();
  if (!store.ok && store.error.type !== 'UpgradeNeeded') return store;
  return runSchemaWork(kind, input, { signal: ctx.signal, seal: null });
};

export const readFacts = async (ctx: Context): Promise<Result<SchemaFacts>> => {
  const store = await ctx.store();
  if (!store.ok) return lookAtFiles(ctx, 'facts', placeOf(ctx));
  const rows = await store.data.read((reader) => reader.all(db.selectFrom('meta').selectAll().compile()));
  const meta = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  return ok({ current: store.data.info().schemaVersion, meta });
};

/** Steps with when they were run; a store that was made with a step has it since then. */
export const stepsOf = ({ current, meta }: SchemaFacts): Output<'schema.list'>['steps'] =>
  schemaSteps.map(({ version, name, does }) => ({
    version,
    name,
    does: does ?? name,
    appliedAt: version <= current ? (meta[`step_${String(version)}_at`] ?? meta['created_at'] ?? null) : null,
    present: version <= current,
  }));
