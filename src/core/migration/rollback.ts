/**
 * `migration.rollback`: the application's files as they were before a run, byte for byte, with their modes, from the copy
 * that the run made first. The copy is proven before anything is written, what lies there now is saved first, and each
 * file is the old or the new one at any moment; doing it again finishes what was cut off. The store keeps all it has.
 */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type { Input } from '../../contract/commands.ts';
import type { RolledBack } from '../../contract/migration-after.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { readLegacyBackup, writeLegacyBackup, type LegacyBackup, type LegacyFile } from '../backup/legacy.ts';
import type { Context } from '../context.ts';
import { findDrift } from '../homes/drift.ts';
import { knownNow } from '../mirrors/known.ts';
import { mirroredAmong, noteRestored, turnMirrorsOff } from '../mirrors/turn-off.ts';
import { homeStatus } from '../homes/status.ts';
import { hashOf, realMirrorFs, type MirrorFs } from '../mirrors/write-file.ts';
import { readKeys, recipientOf } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import { openLegacy } from './open-legacy.ts';
import { placeProblem, putFile } from './put-file.ts';
import { recordCopy } from './record-copy.ts';
import { setRetired } from './retired.ts';
import { findRun, type Run } from './runs.ts';

const maxBytes = 256 * 1024 * 1024;

type Step = RolledBack['files'][number] & { bytes: Uint8Array; present: LegacyFile | null };

/** What would be done with one file of the copy. */
const stepOf = async (homeDir: string, file: LegacyFile, drifted: ReadonlySet<string>): Promise<Result<Step>> => {
  const { path, mode, bytes } = file;
  const problem = placeProblem(realMirrorFs, homeDir, path);
  if (problem !== null) return fail({ type: 'FileInvalid', file: path, problem });
  const opened = await openLegacy(homeDir, path, maxBytes);
  if (opened.status === 'unreadable') return fail({ type: 'FileInvalid', file: path, problem: opened.reason });
  const step = { file: path, mode, bytes, drifted: drifted.has(path) };
  if (opened.status === 'missing') return ok({ ...step, action: 'create', present: null });
  const present = { path, mode: opened.mode, bytes: opened.bytes };
  const same = (opened.mode & 0o777) === mode && Buffer.from(opened.bytes).equals(Buffer.from(bytes));
  return ok({ ...step, action: same ? 'unchanged' : 'restore', present });
};

/** An encrypted copy of files as they lie there now. Null when there are none. */
export const saveFiles = async (
  ctx: Context,
  keyring: Keyring,
  files: readonly LegacyFile[],
): Promise<Result<LegacyBackup | null>> => {
  if (files.length === 0) return ok(null);
  const keys = readKeys(ctx.holdfastDir);
  if (!keys.ok) return keys;
  const recipient = recipientOf(keys.data?.file ?? null);
  if (recipient === null) throw new Error('there are unlocked keys without a recipient');
  return writeLegacyBackup({
    holdfastDir: ctx.holdfastDir,
    files: files.map((file) => ({ ...file, mode: file.mode & 0o777 })),
    recipient,
    identities: keyring.backupIdentities(),
    now: ctx.clock.now(),
  });
};

/** One file after the other; stops at the first that cannot be written. What is done already stays done. */
export const restoreFiles = (fs: MirrorFs, homeDir: string, files: readonly LegacyFile[]): Result<null> => {
  for (const { path, mode, bytes } of files) {
    const problem = putFile(fs, homeDir, { file: path, mode, bytes });
    if (problem !== null) return fail(problem);
  }
  return ok(null);
};

/** Reads back what was written. */
const checkFiles = async (homeDir: string, steps: readonly Step[]): Promise<Result<null>> => {
  for (const { file, mode, bytes } of steps) {
    const opened = await openLegacy(homeDir, file, maxBytes);
    const same =
      opened.status === 'read' &&
      (opened.mode & 0o777) === mode &&
      Buffer.from(opened.bytes).equals(Buffer.from(bytes));
    if (!same) return fail({ type: 'DiskError', what: file, code: 'not what was written', path: file });
  }
  return ok(null);
};

type Prepared = { run: Run; backup: string; keyring: Keyring; steps: Step[] };

const prepare = async (ctx: Context, uid: string | undefined): Promise<Result<Prepared>> => {
  const run = await findRun(ctx, uid);
  if (!run.ok) return run;
  const { backup } = run.data;
  if (backup === null) return fail({ type: 'NotFound', what: 'copy of the files of the run', name: run.data.uid });
  const keyring = await ctx.keyring('The copy of the files is encrypted');
  if (!keyring.ok) return keyring;
  ctx.progress('Proving the copy', 20);
  const opening = { identities: keyring.data.backupIdentities(), passphrase: null };
  const copy = await readLegacyBackup(join(ctx.homeDir, backup), backup, opening);
  if (!copy.ok) return copy;
  const known = await ctx.read(knownNow);
  if (!known.ok) return known;
  const drifted = new Set(findDrift(ctx.homeDir, known.data).map((one) => one.file));
  const steps: Step[] = [];
  for (const file of copy.data.files) {
    const step = await stepOf(ctx.homeDir, file, drifted);
    if (!step.ok) return step;
    steps.push(step.data);
  }
  return ok({ run: run.data, backup, keyring: keyring.data, steps });
};

const stopMirrors = (ctx: Context, files: readonly string[], reason: string | undefined): Promise<Result<unknown>> =>
  ctx.commit({ kind: 'event', reason: reason ?? null }, (changes) => {
    turnMirrorsOff(changes, files);
    return ok(null);
  });

const stateOf = async (ctx: Context): Promise<string> => {
  const status = await homeStatus(ctx);
  return status.ok ? status.data.state : 'UNCONFIGURED';
};

/** Errors: `NotFound`, `SecretsLocked`, `BackupDamaged`, `FileInvalid` (nothing written), `DiskFull`, `DiskError`. */
export const rollBack = async (ctx: Context, input: Input<'migration.rollback'>): Promise<Result<RolledBack>> => {
  const prepared = await prepare(ctx, input.run);
  if (!prepared.ok) return prepared;
  const { run, backup, keyring, steps } = prepared.data;
  const files = steps.map(({ file, action, drifted, mode }) => ({ file, action, drifted, mode }));
  const mirrored = await mirroredAmong(
    ctx,
    files.map((one) => one.file),
  );
  if (!mirrored.ok) return mirrored;
  const base = { runId: run.uid, backup, files, mirrorsOff: mirrored.data };
  if (input.dryRun === true) return ok({ ...base, dryRun: true, saved: null, state: await stateOf(ctx) });
  if (ctx.signal.aborted) return fail({ type: 'Cancelled', what: 'The rollback' });
  const todo = steps.filter((step) => step.action !== 'unchanged');
  ctx.progress('Saving what lies there now', 40);
  const saved = await saveFiles(
    ctx,
    keyring,
    todo.flatMap((step) => step.present ?? []),
  );
  if (!saved.ok) return saved;
  const off = mirrored.data.length === 0 ? ok(null) : await stopMirrors(ctx, mirrored.data, input.reason);
  if (!off.ok) return off;
  ctx.progress('Writing the files', 60);
  const written = restoreFiles(
    realMirrorFs,
    ctx.homeDir,
    todo.map(({ file, mode, bytes }) => ({ path: file, mode, bytes })),
  );
  const checked = written.ok ? await checkFiles(ctx.homeDir, steps) : written;
  const noted = await ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    recordCopy(ctx, changes, saved.data);
    setRetired(changes.tx, (retired) => retired.filter((one) => !steps.some((step) => step.file === one.file)));
    if (checked.ok)
      noteRestored(
        changes,
        steps.map(({ file, bytes }) => ({ file, sha256: hashOf(bytes) })),
      );
    const drifted = files.filter((one) => one.drifted).map((one) => one.file);
    changes.event('migration', run.uid, checked.ok ? 'rollback' : 'rollback-failed', {
      backup,
      files: todo.map((step) => step.file),
      drifted,
      saved: saved.data?.path ?? null,
    });
    return ok(null);
  });
  if (!checked.ok) return checked;
  if (!noted.ok) return noted;
  ctx.changed('status', 'audit', 'migration', 'backups');
  ctx.progress('Done', 100);
  return ok({ ...base, dryRun: false, saved: saved.data?.path ?? null, state: await stateOf(ctx) });
};
