/**
 * The store's schema as it is, whether or not the store opens with this Holdfast: one that must be upgraded first is read
 * from its files. Changes nothing.
 */
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { realFs } from '../store/fs.ts';
import { schemaSteps } from '../store/schema/index.ts';
import { db } from '../store/sql.ts';
import { readAnySchema } from '../store/upgrade.ts';

export const placeOf = (ctx: Context) => ({ dir: ctx.holdfastDir, fs: realFs, now: ctx.clock.now });

export type SchemaFacts = { current: number; meta: Record<string, string> };

export const readFacts = async (ctx: Context): Promise<Result<SchemaFacts>> => {
  const store = await ctx.store();
  if (!store.ok) {
    if (store.error.type !== 'UpgradeNeeded') return store;
    const read = await readAnySchema(placeOf(ctx));
    return read.ok ? ok({ current: read.data.version, meta: read.data.meta }) : read;
  }
  const rows = await store.data.read((reader) => reader.all(db.selectFrom('meta').selectAll().compile()));
  const meta = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  return ok({ current: store.data.info().schemaVersion, meta });
};

/** A copy of the database. */
export const readDatabase = async (ctx: Context): Promise<Result<{ database: Uint8Array; current: number }>> => {
  const store = await ctx.store();
  if (store.ok) {
    return ok({ database: await store.data.exportImage(), current: store.data.info().schemaVersion });
  }
  if (store.error.type !== 'UpgradeNeeded') return store;
  const read = await readAnySchema(placeOf(ctx));
  return read.ok ? ok({ database: read.data.database, current: read.data.version }) : read;
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
