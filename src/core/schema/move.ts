/**
 * `schema upgrade`, `downgrade` and `stamp`: the store is closed, moved and opened again under the lock. A way down begins
 * with a backup that was read back; without one nothing is changed.
 */
import type { HoldfastError } from '../../contract/errors.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { jsonEqual } from '../../contract/json.ts';
import { createBackup } from '../backup/create.ts';
import { createChangeWriter } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { homeCounts } from '../homes/queries.ts';
import { bindKeyring } from '../secrets/keyring.ts';
import { latestSchema, schemaSteps } from '../store/schema/index.ts';
import { planSteps } from '../store/schema/plan.ts';
import type { Reader, Tx } from '../store/types.ts';
import { moveSchema, stampSchema, type SchemaMoved } from '../store/upgrade.ts';
import { placeOf, readDatabase, readFacts } from './look.ts';
import { warningOf } from './warning.ts';

type Move = Output<'schema.upgrade'>;

/** The entry of the log that tells of it, in the moved store itself: both are there, or neither. */
const noteOf = async (
  ctx: Context,
  action: string,
  about: { from: number; to: number },
  reason: string | undefined,
) => {
  const unlocked = await ctx.keyringIfUnlocked();
  return (tx: Tx, storeId: string): void => {
    const changes = createChangeWriter(tx, {
      kind: 'event',
      actor: ctx.actor.user,
      door: ctx.actor.door,
      at: ctx.clock.now(),
      uid: ctx.clock.newId(),
      keyring: unlocked === null ? null : bindKeyring(unlocked, storeId),
      reason: reason ?? null,
    });
    changes.event('schema', '', action, about);
    changes.finish();
  };
};

const plan = async (ctx: Context, to: number): Promise<Result<Move>> => {
  const look = await readDatabase(ctx);
  if (!look.ok) return look;
  const { database, current: from } = look.data;
  const planned = await planSteps(database, from, to, schemaSteps);
  if (!planned.ok) return fail({ type: 'CheckUnmet', unmet: [planned.problem] });
  const warning = warningOf(planned.steps, to);
  return ok({ from, to, dryRun: true, steps: planned.steps, warning, backup: null, generation: null });
};

const outOfRange = (to: number, problem: string): Result<never> | null =>
  to > latestSchema
    ? fail({ type: 'InputInvalid', field: 'to', problem: `there are versions 0 to ${String(latestSchema)} only` })
    : problem === ''
      ? null
      : fail({ type: 'InputInvalid', field: 'to', problem });

/** Runs under the lock; that the store then waits for an upgrade is what was asked for when it ends below the newest. */
const replace = async (
  ctx: Context,
  to: number,
  work: () => Promise<Result<SchemaMoved>>,
): Promise<Result<SchemaMoved>> => {
  const done: { moved: Result<SchemaMoved> | null } = { moved: null };
  const result = await ctx.exclusively(async () => (done.moved = await work()));
  const expected = !result.ok && result.error.type === 'UpgradeNeeded' && to < latestSchema;
  ctx.changed('home', 'status', 'settings', 'integrations', 'audit', 'secrets', 'backups', 'migration');
  return expected && done.moved?.ok === true ? done.moved : result;
};

export const upgradeSchema = async (ctx: Context, input: Input<'schema.upgrade'>): Promise<Result<Move>> => {
  const to = input.to ?? latestSchema;
  const facts = await readFacts(ctx);
  if (!facts.ok) return facts;
  const from = facts.data.current;
  const refused = outOfRange(to, to < from ? `the store is at ${String(from)} already; use schema downgrade` : '');
  if (refused !== null) return refused;
  ctx.progress('Trying the steps on a copy', 10);
  const planned = await plan(ctx, to);
  if (!planned.ok || input.dryRun === true) return planned;
  if (from === to) return ok({ ...planned.data, dryRun: false });
  ctx.progress(`Running the steps ${String(from)} to ${String(to)}`, 50);
  const note = await noteOf(ctx, 'upgrade', { from, to }, input.reason);
  const moved = await replace(ctx, to, () => moveSchema({ ...placeOf(ctx), to, ...(to === 0 ? {} : { note }) }));
  return moved.ok ? ok({ ...planned.data, dryRun: false, generation: moved.data.generation }) : moved;
};

/** Values that were saved after the backup was begun would be in neither. */
const unchangedSince =
  (counts: Record<string, number> | null) =>
  (reader: Reader): HoldfastError | null =>
    counts !== null && jsonEqual(homeCounts(reader), counts)
      ? null
      : { type: 'Conflict', what: 'The store was changed while it was being backed up; try again', items: [] };

export const downgradeSchema = async (ctx: Context, input: Input<'schema.downgrade'>): Promise<Result<Move>> => {
  const { to } = input;
  const facts = await readFacts(ctx);
  if (!facts.ok) return facts;
  const from = facts.data.current;
  const refused = outOfRange(to, to > from ? `the store is at ${String(from)} only; use schema upgrade` : '');
  if (refused !== null) return refused;
  ctx.progress('Trying the steps on a copy', 10);
  const planned = await plan(ctx, to);
  if (!planned.ok || input.dryRun === true) return planned;
  if (from === to) return ok({ ...planned.data, dryRun: false });
  ctx.progress('Backing up first', 30);
  const backup = await createBackup(ctx, { reason: `before schema ${String(from)} to ${String(to)}` });
  if (!backup.ok) return backup;
  const { path, sealed, provenAt, counts } = backup.data;
  const proven = provenAt !== null || (await ctx.keyringIfUnlocked()) === null;
  if (!sealed || !proven) {
    return fail({ type: 'BackupDamaged', path, problem: 'it could not be proven, so the schema was left as it is' });
  }
  ctx.progress(`Running the steps ${String(from)} to ${String(to)}`, 70);
  const note = await noteOf(ctx, 'downgrade', { from, to }, input.reason);
  const moved = await replace(ctx, to, () => moveSchema({ ...placeOf(ctx), to, note, check: unchangedSince(counts) }));
  if (!moved.ok) return moved;
  const { generation } = moved.data;
  return ok({ ...planned.data, dryRun: false, backup: { path, sealed, provenAt }, generation });
};

export const stampStore = async (
  ctx: Context,
  input: Input<'schema.stamp'>,
): Promise<Result<Output<'schema.stamp'>>> => {
  const { to } = input;
  const dryRun = input.dryRun === true;
  const facts = await readFacts(ctx);
  if (!facts.ok) return facts;
  const from = facts.data.current;
  const refused = outOfRange(to, '');
  if (refused !== null) return refused;
  const note = await noteOf(ctx, 'stamp', { from, to }, input.reason);
  const stamp = (): Promise<Result<SchemaMoved>> => stampSchema({ ...placeOf(ctx), to, dryRun, note });
  const stamped =
    dryRun || from === to ? await stampSchema({ ...placeOf(ctx), to, dryRun: true }) : await replace(ctx, to, stamp);
  if (!stamped.ok) return stamped;
  return ok({ from, to, dryRun, generation: dryRun ? null : stamped.data.generation });
};
