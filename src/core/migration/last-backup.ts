/**
 * The backup that outlives `.holdfast/`: made now at a place that a person chose, or one that he has saved already. A saved
 * one is opened and compared first: it must be of this store, and no value may have changed since it was made.
 */
import { sep } from 'node:path';
import type { Input } from '../../contract/commands.ts';
import type { Left } from '../../contract/migration-after.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { changedSince } from '../audit/queries.ts';
import { createBackup } from '../backup/create.ts';
import { openingOf, readFoundBackup } from '../backup/open.ts';
import { shownPath } from '../backup/place.ts';
import type { CallerFile, Context } from '../context.ts';
import { readKeys } from '../secrets/ensure-keys.ts';

type Backup = NonNullable<Left['backup']>;
export type LastBackup = { kind: 'make'; file: CallerFile } | { kind: 'saved'; file: CallerFile; backup: Backup };

const outside = (ctx: Context, handle: string, field: string): Result<CallerFile> => {
  const file = ctx.file(handle);
  if (!file.ok) return file;
  return file.data.path.startsWith(`${ctx.holdfastDir}${sep}`)
    ? fail({ type: 'InputInvalid', field, problem: 'this lies in .holdfast, which is removed' })
    : file;
};

/** A passphrase opens the keys that lie in `.holdfast/` and go with it: only a recovery code opens a backup anywhere. */
export const openableLater = (ctx: Context): Result<null> => {
  const keys = readKeys(ctx.holdfastDir);
  if (!keys.ok) return keys;
  if (keys.data?.file.slots.some((slot) => slot.kind === 'recovery') === true) return ok(null);
  const why = 'without one nobody could open the last backup once .holdfast is gone';
  const how = 'make one on the page Secrets, or with holdfast secret add-slot recovery --recovery-code-out FILE';
  return fail({ type: 'CheckUnmet', unmet: [`a recovery code is needed first: ${why}; ${how}`] });
};

const openSaved = async (ctx: Context, file: CallerFile): Promise<Result<Backup>> => {
  const path = shownPath(ctx, file);
  const found = { path: file.path, shown: path, listed: null };
  ctx.progress('Opening the saved backup', 10);
  const content = await readFoundBackup(found, await openingOf(ctx, undefined), { prove: true, signal: ctx.signal });
  if (!content.ok) return content;
  const { manifest, sizeBytes } = content.data;
  const store = await ctx.store();
  if (!store.ok) return store;
  if (manifest.storeId !== store.data.info().storeId)
    return fail({ type: 'InputInvalid', field: '--saved', problem: `${file.name} is a backup of another home` });
  const changed = await ctx.read((reader) => changedSince(reader, manifest.auditHead));
  if (!changed.ok) return changed;
  if (changed.data)
    return fail({
      type: 'InputInvalid',
      field: '--saved',
      problem: `something was changed since ${file.name} was made; save a new backup`,
    });
  return ok({ path, sizeBytes, provenAt: ctx.clock.now() });
};

/** Before anything is written. Errors: `InputInvalid`, `SecretsLocked`, `WrongKey`, `BackupDamaged`, `Unreadable`. */
export const chooseLastBackup = async (ctx: Context, input: Input<'home.leave'>): Promise<Result<LastBackup>> => {
  if (input.saved !== undefined) {
    const file = outside(ctx, input.saved, '--saved');
    if (!file.ok) return file;
    const backup = await openSaved(ctx, file.data);
    return backup.ok ? ok({ kind: 'saved', file: file.data, backup: backup.data }) : backup;
  }
  if (input.output === undefined)
    return fail({
      type: 'InputInvalid',
      field: '--output',
      problem: 'name a file for the last backup, outside .holdfast',
    });
  const file = outside(ctx, input.output, '--output');
  return file.ok ? ok({ kind: 'make', file: file.data }) : file;
};

/** Proven, or nothing of the home is touched. */
export const makeLastBackup = async (
  ctx: Context,
  last: LastBackup,
  reason: string | undefined,
): Promise<Result<Backup>> => {
  if (last.kind === 'saved') return ok(last.backup);
  ctx.progress('Making the last backup', 30);
  const backup = await createBackup(ctx, { target: last.file, reason: reason ?? 'Leaving Holdfast' });
  if (!backup.ok) return backup;
  const { path, sizeBytes, provenAt } = backup.data;
  return provenAt === null
    ? fail({ type: 'BackupDamaged', path, problem: 'it could not be proven, so nothing was written or removed' })
    : ok({ path, sizeBytes, provenAt });
};
