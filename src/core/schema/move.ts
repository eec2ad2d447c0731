/**
 * `schema upgrade`, `downgrade` and `stamp`: the store is closed, moved and opened again under the lock. A way down begins
 * with a backup that was read back; without one nothing is changed.
 */
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { createBackup } from '../backup/create.ts';
import type { Context } from '../context.ts';
import { latestSchema } from '../store/schema/index.ts';
import type { SchemaMoved } from '../store/upgrade.ts';
import { lookAtFiles, placeOf, readFacts } from './look.ts';
import { runSchemaWork, type WorkOptions } from './thread.ts';
import { warningOf } from './warning.ts';
import type { MoveNote } from './work.ts';

type Move = Output<'schema.upgrade'>;

/** Runs under the lock, with an entry of the log to write; that entry is sealed with the keys of this thread. */
const move = async (
  ctx: Context,
  entry: Pick<MoveNote, 'action' | 'about'> & { reason: string | undefined },
  run: (note: MoveNote, options: WorkOptions) => Promise<Result<SchemaMoved>>,
): Promise<Result<SchemaMoved>> => {
  const { user, door } = ctx.actor;
  const note = { ...entry, user, door, uid: ctx.clock.newId(), reason: entry.reason ?? null };
  const keyring = await ctx.keyringIfUnlocked();
  return replace(ctx, entry.about.to, () => run(note, { signal: ctx.signal, seal: keyring?.seal ?? null }));
};

const plan = async (ctx: Context, to: number): Promise<Result<Move>> => {
  const planned = await lookAtFiles(ctx, 'plan', { ...placeOf(ctx), to });
  if (!planned.ok) return planned;
  const { from, steps } = planned.data;
  return ok({ from, to, dryRun: true, steps, warning: warningOf(steps, to), backup: null, generation: null });
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
  const entry = { action: 'upgrade', about: { from, to }, reason: input.reason };
  const moved = await move(ctx, entry, (note, options) =>
    // No log without tables: going up to none writes no entry.
    runSchemaWork('move', { ...placeOf(ctx), to, note: to === 0 ? null : note, unchangedFrom: null }, options),
  );
  return moved.ok ? ok({ ...planned.data, dryRun: false, generation: moved.data.generation }) : moved;
};

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
  if (!sealed || !proven || counts === null) {
    return fail({ type: 'BackupDamaged', path, problem: 'it could not be proven, so the schema was left as it is' });
  }
  ctx.progress(`Running the steps ${String(from)} to ${String(to)}`, 70);
  const entry = { action: 'downgrade', about: { from, to }, reason: input.reason };
  const moved = await move(ctx, entry, (note, options) =>
    runSchemaWork('move', { ...placeOf(ctx), to, note, unchangedFrom: counts }, options),
  );
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
  const request = { ...placeOf(ctx), to, dryRun: dryRun || from === to };
  const stamped = request.dryRun
    ? await lookAtFiles(ctx, 'stamp', { ...request, note: null })
    : await move(ctx, { action: 'stamp', about: { from, to }, reason: input.reason }, (note, options) =>
        runSchemaWork('stamp', { ...request, note }, options),
      );
  if (!stamped.ok) return stamped;
  return ok({ from, to, dryRun, generation: dryRun ? null : stamped.data.generation });
};
