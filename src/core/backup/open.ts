/**
 * From what a caller names (a listed backup or a file that its door opened) and what it can give (credentials) to the
 * backup's checked content. A path is only ever compared with the list; a passphrase is tried where it can fit.
 */
import { isAbsolute, join } from 'node:path';
import type { Backup } from '../../contract/backups.ts';
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context, Credential } from '../context.ts';
import { readKeys } from '../secrets/ensure-keys.ts';
import { backupIdentityOf, unlockKeys } from '../secrets/keyring.ts';
import type { Opening } from './age-file.ts';
import { readWholeFile } from './disk.ts';
import type { BackupContent } from './format.ts';
import { runBackupWork, type WorkOptions } from './thread.ts';
import { listBackups } from './list.ts';
import { shownPath } from './place.ts';

export type BackupRef = Input<'backup.verify'>['backup'];

/** `listed` null for a file from outside. */
export type FoundBackup = { path: string; shown: string; listed: Backup | null };

/** Errors: `NotFound` for a path that is not listed or a handle of somebody else. */
export const findBackup = async (ctx: Context, ref: BackupRef): Promise<Result<FoundBackup>> => {
  if ('file' in ref) {
    const file = ctx.file(ref.file);
    return file.ok ? ok({ path: file.data.path, shown: shownPath(ctx, file.data), listed: null }) : file;
  }
  const all = await listBackups(ctx);
  if (!all.ok) return all;
  const listed = all.data.find((backup) => backup.path === ref.path);
  if (listed === undefined) return fail({ type: 'NotFound', what: 'backup', name: ref.path });
  const path = isAbsolute(listed.path) ? listed.path : join(ctx.homeDir, ...listed.path.split('/'));
  return ok({ path, shown: listed.path, listed });
};

/** The credentials of the input and of the call, without doubles. */
export const credentialsOf = (ctx: Context, given: Credential | undefined): Credential[] =>
  [given, ctx.credential].filter((one): one is Credential => one !== null && one !== undefined);

/**
 * All keys that could open a backup here: of the unlocked home, of a recovery code itself, and, when nothing else is
 * there, of a passphrase that unlocks this home's keys (that costs a scrypt).
 */
export const openingOf = async (ctx: Context, given: Credential | undefined): Promise<Opening> => {
  const credentials = credentialsOf(ctx, given);
  const identities = [...((await ctx.keyringIfUnlocked())?.backupIdentities() ?? [])];
  let passphrase: string | null = null;
  for (const credential of credentials) {
    if ('recoveryCode' in credential) {
      const identity = backupIdentityOf(credential.recoveryCode);
      if (identity !== null) identities.push(identity);
    } else passphrase ??= credential.passphrase;
  }
  if (identities.length === 0 && passphrase !== null) {
    const keys = readKeys(ctx.holdfastDir);
    const opened = keys.ok && keys.data !== null ? await unlockKeys(keys.data.file, { passphrase }) : null;
    if (opened?.ok === true) identities.push(...opened.data.backupIdentities());
  }
  return { identities: [...new Set(identities)], passphrase };
};

/** `prove` opens its store too. Errors: `Cancelled`, `NotFound`, `Unreadable`, `SecretsLocked`, `WrongKey`, `BackupDamaged`. */
export const readFoundBackup = async (
  found: FoundBackup,
  opening: Opening,
  options: WorkOptions & { prove?: boolean } = {},
): Promise<Result<BackupContent & { sizeBytes: number }>> => {
  const bytes = await readWholeFile(found.path, found.shown, found.listed === null);
  if (!bytes.ok) return bytes;
  const sizeBytes = bytes.data.length;
  const { prove = false, ...work } = options;
  const content = await runBackupWork('read', { name: found.shown, bytes: bytes.data, opening, prove }, work);
  return content.ok ? ok({ ...content.data, sizeBytes }) : content;
};
