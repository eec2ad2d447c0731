/**
 * The migration itself: the plan, then keys, the byte-exact backup of the legacy files, and one transaction. Whatever can
 * fail without writing comes first; until the transaction is on disk the home is as it was. Legacy files are never written.
 */
import { existsSync } from 'node:fs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { writeLegacyBackup } from '../backup/legacy.ts';
import type { ChangeWriter } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { ensureKeys, readKeys, recipientOf, type EnsuredKeys, type ProtectChoice } from '../secrets/ensure-keys.ts';
import { hasCiphertext } from '../secrets/home-keys.ts';
import { setKeysAside } from '../secrets/keys-file.ts';
import type { Keyring } from '../secrets/types.ts';
import { readInSlices, unlessAborted, type Steps } from '../slices.ts';
import { realFs } from '../store/fs.ts';
import type { Reader } from '../store/types.ts';
import { digestChanges } from './digest.ts';
import { liveSteps } from './live-rows.ts';
import { makePlan, type PlanInput } from './plan.ts';
import type { Plan } from './plan-types.ts';
import { readMark } from './present.ts';
import { recordCopy } from './record-copy.ts';
import { seenSources } from './sources.ts';
import { lackOfRoom } from '../volume.ts';
import { layoutSteps } from './layout/regenerate.ts';
import { roundTripSteps, withCheck } from './layout/verify.ts';
import { runPlanWork } from './thread.ts';
import { verifySteps } from './verify-run.ts';
import { putSteps, setReport, writeRunSteps } from './write-run.ts';

export type RunInput = PlanInput & {
  expect?: string | undefined;
  protect?: ProtectChoice | undefined;
  reason?: string | undefined;
};
export type RunOutput = Output<'migration.run'>;
type LegacyBackup = NonNullable<RunOutput['backup']>;

const cancelled = (ctx: Context): Result<never> | null =>
  ctx.signal.aborted ? fail({ type: 'Cancelled', what: 'The migration' }) : null;

/** Everything that can go wrong with a plan before anything is written. */
const refusal = (plan: Plan, expect: string | undefined, needsFiles: boolean): Result<never> | null => {
  if (expect !== undefined) {
    const changed = digestChanges(expect, plan.result.planDigest, plan.sources);
    if (changed.length > 0) return fail({ type: 'PlanOutdated', changed });
  }
  if (needsFiles && !plan.sources.some((source) => source.read?.ok === true)) {
    const file = plan.sources[0]?.file ?? 'the home';
    return fail({
      type: 'FileInvalid',
      file,
      problem: `${plan.definition.title} has no legacy file here, so there is nothing to migrate`,
    });
  }
  const conflicts = plan.items.flatMap((item) =>
    item.action === 'conflict'
      ? [{ file: item.file, path: item.path, key: item.subject.key, reason: item.reason ?? '' }]
      : [],
  );
  if (conflicts.length === 0) return null;
  const what = `${String(conflicts.length)} ${conflicts.length === 1 ? 'value differs' : 'values differ'} between the files and Holdfast, or between two files; say for each which one counts`;
  return fail({ type: 'Conflict', what, items: conflicts });
};

const changedStore = (): Result<never> => fail({ type: 'PlanOutdated', changed: ['the values in Holdfast'] });

/** Every file that could be opened, whether or not it could be understood. */
const backupFiles = async (ctx: Context, plan: Plan, keyring: Keyring): Promise<Result<LegacyBackup | null>> => {
  const files = plan.sources.flatMap(({ file, opened }) =>
    opened.status === 'read' ? [{ path: file, mode: opened.mode, bytes: opened.bytes }] : [],
  );
  if (files.length === 0) return ok(null);
  const keys = readKeys(ctx.holdfastDir);
  if (!keys.ok) return keys;
  const recipient = recipientOf(keys.data?.file ?? null);
  if (recipient === null) throw new Error('there are keys without a recipient');
  return writeLegacyBackup({
    holdfastDir: ctx.holdfastDir,
    files,
    recipient,
    identities: keyring.backupIdentities(),
    now: ctx.clock.now(),
  });
};

type Committed = {
  uid: string;
  run: number;
  changeSet: string;
  verification: NonNullable<RunOutput['verification']>;
  mark: string;
};

/** Written and read back, all in one transaction. */
function* writeSteps(
  ctx: Context,
  changes: ChangeWriter,
  { plan, keyring, backup }: { plan: Plan; keyring: Keyring; backup: LegacyBackup | null },
): Steps<Result<Committed>> {
  // Between the plan and this transaction another door may have changed something.
  if (readMark(changes.tx) !== plan.storeMark) return changedStore();
  const uid = ctx.clock.newId();
  const written = yield* putSteps(changes, plan.items);
  recordCopy(ctx, changes, backup, false);
  const row = { uid, backup: backup?.path ?? null, report: '{}' };
  const run = yield* writeRunSteps(changes, keyring, plan, row, written);
  yield* layoutSteps(changes, keyring, plan, run);
  const reader = (): Reader => changes.tx;
  const of = { run, items: plan.items, rows: yield* liveSteps(reader) };
  const values = yield* verifySteps(reader, keyring, of);
  if (!values.ok) {
    const bad = values.checks.filter((check) => !check.ok).map((check) => check.name);
    throw new Error(`the store gave back something else than the migration wrote: ${bad.join(', ')}`);
  }
  const verification = withCheck(values, yield* roundTripSteps(reader, keyring, plan, of));
  setReport(
    changes.tx,
    run,
    JSON.stringify({ totals: plan.result.totals, verification, planDigest: plan.result.planDigest }),
  );
  return ok({ uid, run, changeSet: changes.uid, verification, mark: readMark(changes.tx) });
}

const commitPlan = (
  ctx: Context,
  what: { plan: Plan; keyring: Keyring; backup: LegacyBackup | null },
  reason: string | null,
): Promise<Result<Committed>> =>
  ctx.commitInSteps({ kind: 'migrate', door: 'migration', reason }, function* (changes) {
    const done = yield* unlessAborted(writeSteps(ctx, changes, what), ctx.signal);
    return done === null ? fail({ type: 'Cancelled', what: 'The migration' }) : done.value;
  });

/** The encrypted copy of the files and their values in the journal, should neither shrink; and what else is written. */
const spareBytes = 1024 * 1024;

const roomProblem = (ctx: Context, plan: Plan): HoldfastError | null => {
  const sizes = plan.sources.map(({ opened }) => (opened.status === 'read' ? opened.bytes.length : 0));
  const neededBytes = 2 * sizes.reduce((sum, size) => sum + size, 0) + spareBytes;
  return lackOfRoom(existsSync(ctx.holdfastDir) ? ctx.holdfastDir : ctx.homeDir, 'the migration', neededBytes);
};

/** Keys and the backup of the legacy files: all that is written before the transaction. */
const prepare = async (ctx: Context, plan: Plan, protect: ProtectChoice | undefined): Promise<Result<Prepared>> => {
  const lack = roomProblem(ctx, plan);
  if (lack !== null) return fail(lack);
  ctx.progress('Preparing the keys', 20);
  const keys = await ensureKeys(ctx, protect);
  if (!keys.ok) return keys;
  const store = await ctx.createStore();
  if (!store.ok) return store;
  // Bound to the store that now exists.
  const keyring = await ctx.keyring('The migration encrypts secrets');
  if (!keyring.ok) return keyring;
  ctx.progress('Backing up the legacy files', 40);
  const backup = await backupFiles(ctx, plan, keyring.data);
  if (backup.ok) return ok({ ...keys.data, keyring: keyring.data, backup: backup.data });
  await takeBack(ctx, { ...keys.data, backup: null });
  return backup;
};

/** How much of the progress is the plan, in percent. */
const planShare = 20;

/**
 * Errors beside those of the plan: `PlanOutdated` (naming what changed), `Conflict` with its items, `SecretsLocked`,
 * `Cancelled`, `FileInvalid`, disk errors. After any of them the store holds what it held before.
 */
export const runMigration = async (
  ctx: Context,
  input: RunInput,
  options: { needsFiles: boolean },
): Promise<Result<RunOutput>> => {
  const planned = await makePlan(ctx, input, planShare);
  if (!planned.ok) return cancelled(ctx) ?? planned;
  const plan = planned.data;
  const refused = refusal(plan, input.expect, options.needsFiles) ?? cancelled(ctx);
  if (refused !== null) return refused;
  const prepared = await prepare(ctx, plan, input.protect);
  if (!prepared.ok) return prepared;
  const finished = await finish(ctx, plan, prepared.data, input.reason ?? null);
  if (!finished.ok) await takeBack(ctx, prepared.data);
  return finished;
};

/**
 * A run that ended before its transaction leaves no new keys behind: nobody has seen their recovery code. What was made
 * with them a moment ago, the copy of files that are all still there, goes as well.
 */
const takeBack = async (ctx: Context, prepared: Prepared): Promise<void> => {
  if (!prepared.created) return;
  const used = await ctx.read((reader) => hasCiphertext(reader));
  if (!used.ok || used.data) return;
  if (prepared.backup !== null) rmSync(join(ctx.homeDir, prepared.backup.path), { recursive: true, force: true });
  const aside = setKeysAside(realFs, ctx.holdfastDir);
  if (aside.ok) ctx.holdKeyring(null);
};

const changedSince = (ctx: Context, { sources, program }: Plan): Promise<Result<string[]>> => {
  const { homeDir, signal } = ctx;
  return runPlanWork('changed', { homeDir, seen: seenSources(sources) }, { signal, program });
};

type Prepared = EnsuredKeys & { backup: LegacyBackup | null };

/**
 * What others see after the run. The transaction verified itself before it was written: that counts when the store cannot
 * be read now, which must not hide the recovery code, and when somebody has changed a value since.
 */
const readBack = async (ctx: Context, plan: Plan, keyring: Keyring, { run, mark, verification }: Committed) => {
  const seen = await readInSlices({ read: ctx.read, signal: new AbortController().signal }, function* (reader) {
    const of = { run, items: plan.items, rows: yield* liveSteps(reader) };
    const values = yield* verifySteps(reader, keyring, of);
    return withCheck(values, yield* roundTripSteps(reader, keyring, plan, of));
  });
  const now = await ctx.read(readMark);
  return seen.ok && seen.data !== null && now.ok && now.data === mark ? seen.data.value : verification;
};

/** From the backup to the proof; until the transaction is on disk the store holds what it held before. */
const finish = async (
  ctx: Context,
  plan: Plan,
  prepared: Prepared,
  reason: string | null,
): Promise<Result<RunOutput>> => {
  const { keyring, backup, recoveryCode } = prepared;
  ctx.progress('Checking that nothing changed meanwhile', 60);
  const changed = await changedSince(ctx, plan);
  if (!changed.ok) return cancelled(ctx) ?? changed;
  if (changed.data.length > 0) return fail({ type: 'PlanOutdated', changed: changed.data });
  const stopped = cancelled(ctx);
  if (stopped !== null) return stopped;
  ctx.progress('Writing and verifying', 70);
  const committed = await commitPlan(ctx, { plan, keyring, backup }, reason);
  if (!committed.ok) return committed;
  ctx.progress('Reading back what was written', 90);
  const seen = await readBack(ctx, plan, keyring, committed.data);
  ctx.changed('status', 'settings', 'integrations', 'records', 'audit', 'migration', 'secrets', 'backups');
  ctx.progress('Done', 100);
  return ok({
    ...plan.result,
    runId: committed.data.uid,
    changeSet: committed.data.changeSet,
    backup,
    verification: seen,
    ...(recoveryCode === null ? {} : { recoveryCode }),
  });
};

/** Only the encrypted, byte-exact copy of the legacy files. It needs keys, and with them an empty store; it imports nothing. */
export const backupLegacy = async (
  ctx: Context,
  input: { definition?: string | undefined; protect?: ProtectChoice | undefined },
): Promise<Result<RunOutput>> => {
  const planned = await makePlan(ctx, { definition: input.definition });
  if (!planned.ok) return planned;
  const plan = planned.data;
  const refused = refusal({ ...plan, items: [] }, undefined, true) ?? cancelled(ctx);
  if (refused !== null) return refused;
  const prepared = await prepare(ctx, plan, input.protect);
  if (!prepared.ok) return prepared;
  const { backup, recoveryCode } = prepared.data;
  const written = await ctx.commit({ kind: 'event' }, (changes) => {
    recordCopy(ctx, changes, backup, true);
    return ok(null);
  });
  if (!written.ok) return written;
  ctx.changed('backups', 'status', 'audit');
  return ok({ ...plan.result, backup, ...(recoveryCode === null ? {} : { recoveryCode }) });
};
