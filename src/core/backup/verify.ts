/** Proving that a backup can be restored: all of it is decrypted, opened and counted. Nothing is changed by it. */
import { basename } from 'node:path';
import type { BackupProof } from '../../contract/backups.ts';
import type { Input } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { readLegacyBackup } from './legacy.ts';
import { findBackup, openingOf, readFoundBackup, type FoundBackup } from './open.ts';
import { knownBackups, recordDamage, recordProof } from './record.ts';
import type { Opening } from './age-file.ts';

const verifyLegacy = async (ctx: Context, found: FoundBackup, opening: Opening): Promise<Result<BackupProof>> => {
  const read = await readLegacyBackup(found.path, found.shown, opening);
  if (!read.ok) return read;
  const { manifest, sizeBytes } = read.data;
  return ok({
    path: found.shown,
    kind: 'legacy',
    at: manifest.created,
    sizeBytes: found.listed?.sizeBytes ?? sizeBytes,
    sealed: true,
    proven: true,
    provenAt: ctx.clock.now(),
    counts: { files: manifest.files.length },
    home: basename(ctx.homeDir),
    definition: null,
    auditHead: null,
    parts: manifest.files.map(({ path, sizeBytes: size, sha256 }) => ({ name: path, sizeBytes: size, sha256 })),
  });
};

const proveFound = async (ctx: Context, found: FoundBackup, opening: Opening): Promise<Result<BackupProof>> => {
  if (found.listed?.kind === 'legacy') return verifyLegacy(ctx, found, opening);
  const content = await readFoundBackup(found, opening, {
    prove: true,
    signal: ctx.signal,
    tell: (share) => {
      ctx.progress('Decrypting', 10 + 60 * share);
    },
  });
  if (!content.ok) return content;
  const { manifest, sizeBytes } = content.data;
  return ok({
    path: found.shown,
    kind: 'store',
    at: manifest.created,
    sizeBytes,
    sealed: true,
    proven: true,
    provenAt: ctx.clock.now(),
    counts: manifest.counts,
    home: manifest.home,
    definition: manifest.definition,
    auditHead: manifest.auditHead,
    parts: manifest.parts,
  });
};

/**
 * A backup that the store remembers is marked with what was found, wherever the store can be written: looking must work
 * on a read-only medium and beside a damaged store too, so not being able to write is no failure of the look.
 */
const writeDown = async (ctx: Context, found: FoundBackup, proof: Result<BackupProof>): Promise<void> => {
  const { shown, listed } = found;
  const known = await ctx.read(knownBackups);
  if (listed === null || !known.ok || !known.data.has(shown) || ctx.readOnly() !== null) return;
  if (!proof.ok && proof.error.type !== 'BackupDamaged') return;
  const problem = proof.ok || proof.error.type !== 'BackupDamaged' ? null : proof.error.problem;
  // Takes the lock of the store that is there; a terminal command has only read so far.
  if (!(await ctx.createStore()).ok) return;
  await ctx.commit({ kind: 'event' }, (changes) => {
    if (problem === null) recordProof(changes, shown, ctx.clock.now(), { action: 'verify' });
    else recordDamage(changes, shown, problem);
    return ok(undefined);
  });
  ctx.changed('backups', 'status', 'audit');
};

/** Errors: `NotFound`, `SecretsLocked`, `WrongKey`, `BackupDamaged`, `Unreadable`. */
export const verifyBackup = async (ctx: Context, input: Input<'backup.verify'>): Promise<Result<BackupProof>> => {
  const found = await findBackup(ctx, input.backup);
  if (!found.ok) return found;
  ctx.progress('Decrypting', 10);
  const proof = await proveFound(ctx, found.data, await openingOf(ctx, input.credential));
  await writeDown(ctx, found.data, proof);
  return proof;
};

/**
 * After an unlock: proves the backups that were made while locked, and writes that down. Gives how many; one that fails
 * stays unproven, and the next verify says why.
 */
export const provePending = async (ctx: Context): Promise<number> => {
  const keyring = await ctx.keyringIfUnlocked();
  const rows = await ctx.read(knownBackups);
  if (keyring === null || !rows.ok) return 0;
  let proven = 0;
  for (const row of rows.data.values()) {
    if (row.provenAt !== null || row.key !== 'recovery') continue;
    const found = await findBackup(ctx, { path: row.path });
    if (!found.ok || found.data.listed?.error !== null) continue;
    const proof = await proveFound(ctx, found.data, { identities: keyring.backupIdentities(), passphrase: null });
    if (!proof.ok) continue;
    const at = ctx.clock.now();
    const written = await ctx.commit({ kind: 'event' }, (changes) => {
      recordProof(changes, row.path, at);
      return ok(undefined);
    });
    if (written.ok) proven += 1;
  }
  return proven;
};
