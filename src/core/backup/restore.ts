/**
 * Restoring: the present live values become those of a backup, as one change set that can be taken back. The backup is
 * verified in full and the present store is backed up first; secrets are opened with the backup's keys and encrypted
 * with the present ones. The audit log only grows: a restore is an entry on the present chain.
 */
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { metaValue } from '../homes/queries.ts';
import { allMetrics, type MetricRow } from '../metrics/queries.ts';
import { bringMetricsBack } from '../metrics/restore.ts';
import { bindKeyring } from '../secrets/keyring.ts';
import type { Keyring } from '../secrets/types.ts';
import { openImageReader } from '../store/image-reader.ts';
import { db } from '../store/sql.ts';
import { factsOf, liveSubjects, type LiveSubject } from './contents.ts';
import { createBackup } from './create.ts';
import type { BackupContent } from './format.ts';
import { findBackup, openingOf, readFoundBackup } from './open.ts';
import { readPart, readPick, type Part, type Scope } from './parts.ts';
import { crossingProblem, planOf, subjectOf, wantedPuts, type Plan } from './restore-plan.ts';
import { definitionOf, keyringBound, machineBound, remapPuts } from './remap.ts';
import { changedSince } from './since.ts';
import { placeKeys, restoreKeys, type RestoreKeys } from './restore-keys.ts';

type Answer = Output<'backup.restore'>;
type Held = { live: LiveSubject[]; metrics: MetricRow[] };

/** Opens the backup's store, closes it again, and gives what was live in it. */
const heldIn = async (content: BackupContent): Promise<Result<Held>> => {
  const image = await openImageReader(content.store);
  if (!image.ok) return image;
  try {
    return ok({ live: liveSubjects(image.data), metrics: allMetrics(image.data) });
  } finally {
    image.data.close();
  }
};

type Prepared = {
  shown: string;
  content: BackupContent;
  wanted: Put[];
  metrics: MetricRow[];
  keys: RestoreKeys;
  scope: Scope;
  definition: Definition | null;
};

const prepare = async (ctx: Context, input: Input<'backup.restore'>): Promise<Result<Prepared>> => {
  const found = await findBackup(ctx, input.backup);
  if (!found.ok) return found;
  const { shown, listed } = found.data;
  if (listed?.kind === 'legacy') {
    return fail({
      type: 'InputInvalid',
      field: 'backup',
      problem: `${shown} holds legacy files, not a store; they are brought back by rolling the migration back`,
    });
  }
  ctx.progress('Verifying the backup', 10);
  const content = await readFoundBackup(found.data, await openingOf(ctx, input.credential), {
    prove: true,
    signal: ctx.signal,
  });
  if (!content.ok) return content;
  const held = await heldIn(content.data);
  if (!held.ok) return held;
  const secrets = held.data.live.some((live) => live.secret === 1);
  const keys = await restoreKeys(ctx, shown, content.data, { given: input.credential, secrets });
  if (!keys.ok) return keys;
  const backupKeyring = keys.data.backup === null ? null : bindKeyring(keys.data.backup, content.data.manifest.storeId);
  const wanted = wantedPuts(held.data.live, backupKeyring);
  if (wanted === null)
    return fail({
      type: 'BackupDamaged',
      path: shown,
      problem: 'a secret in it does not open with the keys that lie beside it',
    });
  const live = await ctx.read(liveSubjects);
  const there = [...(live.ok ? live.data.map(subjectOf) : []), ...wanted.map((put) => put.subject)];
  const only: Part[] = [];
  for (const text of input.only ?? []) {
    const part = readPart(text, there);
    if (!part.ok) return part;
    only.push(part.data);
  }
  const pick = readPick(input.pick, there);
  if (!pick.ok) return pick;
  const { metrics } = held.data;
  const definition = await definitionOf(ctx, content.data.manifest.definition);
  const mapped = remapPuts(wanted, input.remap ?? {}, definition);
  if (!mapped.ok) return mapped;
  return ok({
    shown,
    content: content.data,
    wanted: mapped.data,
    metrics,
    keys: keys.data,
    scope: { only, pick: pick.data },
    definition,
  });
};

const answer = async (
  ctx: Context,
  prepared: Prepared,
  plan: Plan,
  rest: Pick<Answer, 'dryRun' | 'safetyBackup' | 'changeSet'>,
): Promise<Answer> => ({
  path: prepared.shown,
  at: prepared.content.manifest.created,
  totals: plan.totals,
  changes: plan.views,
  parts: plan.parts,
  machine: [...keyringBound(prepared.keys.place), ...(await machineBound(ctx, plan.puts, prepared.definition))],
  ...rest,
});

/** What is there now; a home without a store has nothing. */
const presentState = async (ctx: Context): Promise<Result<{ live: LiveSubject[]; saved: boolean } | null>> => {
  const read = await ctx.read((reader) => ({ live: liveSubjects(reader), saved: factsOf(reader).auditHead !== null }));
  return !read.ok && read.error.type === 'NotFound' ? ok(null) : read;
};

/** Names what a restore would take back although it is newer than the backup. */
const markSince = async (ctx: Context, plan: Plan, created: string): Promise<void> => {
  await ctx.read((reader) => {
    plan.views = plan.views.map((view, i) => {
      const put = plan.puts[i];
      return put === undefined ? view : { ...view, since: changedSince(reader, put.subject, created) };
    });
  });
};

/** The definition a store was made with comes back with it where there is none yet. */
const commitRestore = (
  ctx: Context,
  prepared: Prepared,
  keyring: Keyring | null,
  reason: string | undefined,
): Promise<Result<{ plan: Plan; changeSet: string | null }>> =>
  ctx.commit({ kind: 'restore', door: 'restore', reason: reason ?? null }, (changes) => {
    const live = liveSubjects(changes.tx);
    const plan = planOf(live, prepared.wanted, prepared.scope, keyring);
    const crossed = crossingProblem(live, plan);
    if (crossed !== null) return crossed;
    const { definition, created } = prepared.content.manifest;
    if (definition !== null && metaValue(changes.tx, 'definition') === null) {
      changes.tx.run(db.insertInto('meta').values({ key: 'definition', value: definition }).compile());
    }
    for (const put of plan.puts) changes.put(put);
    const { only, pick } = prepared.scope;
    if (only.length === 0 && pick === null) bringMetricsBack(changes, prepared.metrics);
    changes.event('backup', prepared.shown, 'restore', {
      at: created,
      totals: plan.totals,
      only: only.map(({ part, prefix }) => (part === 'setting' ? prefix : `${part}/${prefix}`)),
      ...(pick === null ? {} : { picked: pick.size }),
    });
    return ok({ plan, changeSet: changes.uid });
  });

const apply = async (ctx: Context, prepared: Prepared, input: Input<'backup.restore'>): Promise<Result<Answer>> => {
  const created = await ctx.store();
  const store = !created.ok && created.error.type === 'NotFound' ? await ctx.createStore() : created;
  if (!store.ok) return store;
  const placed = await placeKeys(ctx, prepared.keys, store.data.info().storeId);
  if (!placed.ok) return placed;
  try {
    const present = await presentState(ctx);
    if (!present.ok) return present;
    const live = present.data?.live ?? [];
    const preview = planOf(live, prepared.wanted, prepared.scope, placed.data.keyring);
    const crossed = crossingProblem(live, preview);
    if (crossed !== null) return crossed;
    if (preview.puts.length === 0)
      return ok(await answer(ctx, prepared, preview, { dryRun: false, safetyBackup: null, changeSet: null }));
    let safetyBackup: string | null = null;
    if (present.data?.saved === true) {
      ctx.progress('Backing up what is there now', 40);
      const safety = await createBackup(ctx, { reason: `before restoring ${prepared.shown}` });
      if (!safety.ok) return safety;
      safetyBackup = safety.data.path;
    }
    ctx.progress('Restoring', 80);
    const committed = await commitRestore(ctx, prepared, placed.data.keyring, input.reason);
    if (!committed.ok) return committed;
    ctx.changed('settings', 'integrations', 'records', 'metrics', 'users', 'backups', 'secrets', 'status', 'audit');
    return ok(
      await answer(ctx, prepared, committed.data.plan, {
        dryRun: false,
        safetyBackup,
        changeSet: committed.data.changeSet,
      }),
    );
  } finally {
    placed.data.release();
  }
};

/**
 * Errors: those of verifying, `SecretsLocked` or `WrongKey` when secrets are to be restored and keys are missing, and
 * what the safety backup or the save answers; then nothing was changed.
 */
export const restoreBackup = async (ctx: Context, input: Input<'backup.restore'>): Promise<Result<Answer>> => {
  const prepared = await prepare(ctx, input);
  if (!prepared.ok) return prepared;
  if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'The restore' });
  if (input.dryRun !== true) return apply(ctx, prepared.data, input);
  const present = await presentState(ctx);
  if (!present.ok) return present;
  const live = present.data?.live ?? [];
  const plan = planOf(live, prepared.data.wanted, prepared.data.scope, prepared.data.keys.present);
  const crossed = crossingProblem(live, plan);
  if (crossed !== null) return crossed;
  if (present.data !== null) await markSince(ctx, plan, prepared.data.content.manifest.created);
  return ok(await answer(ctx, prepared.data, plan, { dryRun: true, safetyBackup: null, changeSet: null }));
};
