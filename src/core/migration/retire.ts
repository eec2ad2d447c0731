/**
 * `migration.retire`: the application's files go to `deprecated/`. Those with secrets are replaced by an encrypted copy,
 * which is read back and compared before the file in clear goes. Cut off at any moment, nothing is lost: each file lies at
 * its old place or at its new one; doing it again goes on, and a rollback undoes it.
 */
import { Buffer } from 'node:buffer';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Input } from '../../contract/commands.ts';
import type { CheckPoint, Retired } from '../../contract/migration-after.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { decryptFile, encryptFile } from '../backup/age-file.ts';
import type { LegacyBackup } from '../backup/legacy.ts';
import type { Context } from '../context.ts';
import { knownFiles } from '../homes/queries.ts';
import { mirroredAmong, turnMirrorsOff } from '../mirrors/turn-off.ts';
import { realMirrorFs, type MirrorFs } from '../mirrors/write-file.ts';
import { readKeys } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import { filesWithUnknown, secretFiles, secretsInClear } from './in-clear.ts';
import { openLegacy } from './open-legacy.ts';
import { moveFile, placeProblem, putFile, removeFile } from './put-file.ts';
import { retireChecks } from './retire-checks.ts';
import { setRetired, type RetiredFile } from './retired.ts';
import { recordCopy } from './record-copy.ts';
import { saveFiles } from './rollback.ts';
import { findRun } from './runs.ts';

const folder = 'deprecated';
const maxBytes = 256 * 1024 * 1024;

export type Retiring = RetiredFile & { bytes: Uint8Array; mode: number };

const isThere = (homeDir: string, file: string): boolean =>
  lstatSync(join(homeDir, file), { throwIfNoEntry: false }) !== undefined;

/** What an earlier, cut off run left in the way is replaced when it is the same; anything else keeps its name. */
const targetOf = async (homeDir: string, file: string, encrypted: boolean, bytes: Uint8Array): Promise<string> => {
  const ending = encrypted ? '.age' : '';
  for (let n = 1; ; n += 1) {
    const to = `${folder}/${file}${n === 1 ? '' : `.${String(n)}`}${ending}`;
    if (!isThere(homeDir, to)) return to;
    const opened = encrypted ? null : await openLegacy(homeDir, to, maxBytes);
    if (opened?.status === 'read' && Buffer.from(opened.bytes).equals(Buffer.from(bytes))) return to;
  }
};

const isEnvFile = (file: string): boolean => /^\.env(?:\.|$)|\.env$/u.test(file.split('/').at(-1) ?? '');

/** The files that a run read and that still lie at their place. */
const filesToRetire = async (
  ctx: Context,
  { keepSecrets, keepEnv }: Input<'migration.retire'>,
): Promise<Result<Retiring[]>> => {
  const known = await ctx.read((reader) => ({
    files: knownFiles(reader).filter((one) => one.status === 'read'),
    secret: new Set([...secretFiles(reader), ...filesWithUnknown(reader)]),
  }));
  if (!known.ok) return known;
  const found: Retiring[] = [];
  for (const { file } of known.data.files) {
    if (keepEnv === true && isEnvFile(file)) continue;
    const problem =
      placeProblem(realMirrorFs, ctx.homeDir, file) ?? placeProblem(realMirrorFs, ctx.homeDir, `${folder}/${file}`);
    if (problem !== null) return fail({ type: 'FileInvalid', file, problem });
    const opened = await openLegacy(ctx.homeDir, file, maxBytes);
    if (opened.status === 'missing') continue;
    if (opened.status === 'unreadable') return fail({ type: 'FileInvalid', file, problem: opened.reason });
    const encrypted = keepSecrets !== true && known.data.secret.has(file);
    const to = await targetOf(ctx.homeDir, file, encrypted, opened.bytes);
    found.push({ file, to, encrypted, bytes: opened.bytes, mode: opened.mode & 0o777 });
  }
  return ok(found);
};

type Sealed = { to: string; bytes: Uint8Array };

/** Every encrypted copy, opened again with the home's own key. */
const sealAll = async (ctx: Context, keyring: Keyring, files: readonly Retiring[]): Promise<Result<Sealed[]>> => {
  const keys = readKeys(ctx.holdfastDir);
  if (!keys.ok) return keys;
  const identity = keys.data?.file.identities[0];
  if (identity === undefined) throw new Error('there are unlocked keys without an identity');
  const opening = { identities: keyring.backupIdentities(), passphrase: null };
  const sealed: Sealed[] = [];
  for (const { file, to, bytes } of files.filter((one) => one.encrypted)) {
    const { recipient, createdAt } = identity;
    const hint = { kind: 'legacy', at: ctx.clock.now(), recipient, recipientAt: createdAt } as const;
    const written = await encryptFile(bytes, { hint });
    const back = await decryptFile(to, written.bytes, opening);
    if (!back.ok) return back;
    if (!Buffer.from(back.data).equals(Buffer.from(bytes)))
      return fail({ type: 'BackupDamaged', path: to, problem: `it does not give ${file} back` });
    sealed.push({ to, bytes: written.bytes });
  }
  return ok(sealed);
};

/** Copies first, all of them read back from the disk; only then do files in clear go. */
export const moveAway = async (
  fs: MirrorFs,
  homeDir: string,
  files: readonly Retiring[],
  sealed: readonly Sealed[],
): Promise<Result<null>> => {
  for (const { to, bytes } of sealed) {
    const problem = putFile(fs, homeDir, { file: to, mode: 0o600, bytes });
    if (problem !== null) return fail(problem);
    const back = await openLegacy(homeDir, to, maxBytes);
    if (back.status !== 'read' || !Buffer.from(back.bytes).equals(Buffer.from(bytes)))
      return fail({ type: 'BackupDamaged', path: to, problem: 'the disk gave back other bytes than were written' });
  }
  for (const { file, to, encrypted } of files) {
    const problem = encrypted ? removeFile(fs, homeDir, file) : moveFile(fs, homeDir, file, to);
    if (problem !== null) return fail(problem);
  }
  return ok(null);
};

const refusal = (checks: readonly CheckPoint[], input: Input<'migration.retire'>): Result<never> | null => {
  const unmet = checks.filter((check) => !check.met).map((check) => `${check.name} (${check.detail})`);
  if (unmet.length === 0) return null;
  if (input.force !== true) return fail({ type: 'CheckUnmet', unmet });
  return input.reason === undefined || input.reason.trim() === ''
    ? fail({ type: 'InputInvalid', field: '--reason', problem: 'going on against the checklist needs a reason' })
    : null;
};

/** Noted before the first file moves: a file that is cut off half way is then neither missed nor taken for changed. */
const noteBefore = (ctx: Context, files: readonly Retiring[], saved: LegacyBackup | null) =>
  ctx.commit({ kind: 'event' }, (changes) => {
    turnMirrorsOff(
      changes,
      files.map((one) => one.file),
    );
    recordCopy(ctx, changes, saved);
    setRetired(changes.tx, (before) => [
      ...before.filter((one) => !files.some((moved) => moved.file === one.file)),
      ...files.map(({ file, to, encrypted }) => ({ file, to, encrypted })),
    ]);
    return ok(null);
  });

type Facts = { run: string; checks: readonly CheckPoint[]; files: readonly Retiring[]; saved: LegacyBackup | null };

const noteAfter = (ctx: Context, input: Input<'migration.retire'>, facts: Facts, done: boolean) =>
  ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    // Of a run that was cut off, what did go.
    const gone = facts.files.filter((one) => !isThere(ctx.homeDir, one.file));
    changes.event('migration', facts.run, done ? 'retire' : 'retire-failed', {
      files: gone.map(({ file, to }) => ({ file, to })),
      unmet: facts.checks.filter((check) => !check.met).map((check) => check.name),
      forced: input.force === true,
      saved: facts.saved?.path ?? null,
    });
    return ok(null);
  });

/** Errors: `CheckUnmet` with the points, `NotFound`, `SecretsLocked`, `FileInvalid`, `BackupDamaged`, disk errors. */
export const retire = async (ctx: Context, input: Input<'migration.retire'>): Promise<Result<Retired>> => {
  const run = await findRun(ctx, undefined);
  if (!run.ok) return run;
  const checks = await retireChecks(ctx, run.data);
  if (!checks.ok) return checks;
  const files = await filesToRetire(ctx, input);
  if (!files.ok) return files;
  const mirrored = await mirroredAmong(
    ctx,
    files.data.map((one) => one.file),
  );
  if (!mirrored.ok) return mirrored;
  const answer = async (dryRun: boolean): Promise<Result<Retired>> => {
    const inClear = await ctx.read((reader) => secretsInClear(reader, ctx.homeDir));
    if (!inClear.ok) return inClear;
    const list = files.data.map(({ file, to, encrypted }) => ({ file, to, encrypted }));
    return ok({ dryRun, checks: checks.data, files: list, mirrorsOff: mirrored.data, inClear: inClear.data });
  };
  if (input.dryRun === true) return answer(true);
  const refused = refusal(checks.data, input);
  if (refused !== null) return refused;
  const keyring = await ctx.keyring('Files with secrets are replaced by an encrypted copy');
  if (!keyring.ok) return keyring;
  ctx.progress('Saving the files', 30);
  const saved = await saveFiles(
    ctx,
    keyring.data,
    files.data.map(({ file, mode, bytes }) => ({ path: file, mode, bytes })),
  );
  if (!saved.ok) return saved;
  const sealed = await sealAll(ctx, keyring.data, files.data);
  if (!sealed.ok) return sealed;
  const planned = await noteBefore(ctx, files.data, saved.data);
  if (!planned.ok) return planned;
  ctx.progress('Moving the files', 70);
  const moved = await moveAway(realMirrorFs, ctx.homeDir, files.data, sealed.data);
  const facts = { run: run.data.uid, checks: checks.data, files: files.data, saved: saved.data };
  const noted = await noteAfter(ctx, input, facts, moved.ok);
  if (!moved.ok) return moved;
  if (!noted.ok) return noted;
  ctx.changed('status', 'audit', 'migration', 'backups');
  ctx.progress('Done', 100);
  return answer(false);
};
