/**
 * Which backups there are: what lies in `.holdfast/backups/`, joined with what the store knows of them. No key is needed
 * and none is used; what cannot be read is listed with its error. It changes nothing.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Backup } from '../../contract/backups.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { describeError } from '../../contract/errors.ts';
import type { Context } from '../context.ts';
import { errnoCode } from '../secrets/disk-failure.ts';
import { readAgeHeader, type AgeHeader } from './age-file.ts';
import { readStart } from './disk.ts';
import { readLegacyManifest } from './legacy.ts';
import { backupsDirOf, backupsFolder, legacyPrefix, timeOfName } from './place.ts';
import { knownBackups, type KnownBackup } from './record.ts';

const headerBytes = 8192;

type Seen = { path: string; kind: 'store' | 'legacy'; sizeBytes: number; modifiedAt: string; name: string };

const headerOf = async (path: string): Promise<AgeHeader | string> => {
  const start = await readStart(path, headerBytes);
  return start === null ? 'it cannot be read' : readAgeHeader(start);
};

/** File and row together; the row counts only for the file it was written for. */
const combine = (
  seen: Seen,
  header: AgeHeader | string,
  known: KnownBackup | undefined,
  extra: { counts: Record<string, number> | null; error: string | null },
): Backup => {
  const changed = known !== undefined && known.sizeBytes !== seen.sizeBytes;
  const sizes = changed ? `it has ${String(seen.sizeBytes)} bytes instead of ${String(known.sizeBytes)}` : null;
  const broken = known?.sealed === false ? 'it could not be read as it was written when it was last looked at' : null;
  const error = (typeof header === 'string' ? header : null) ?? extra.error ?? sizes ?? broken;
  const hint = typeof header === 'string' ? null : header.hint;
  return {
    path: seen.path,
    kind: seen.kind,
    at: known?.at ?? hint?.at ?? timeOfName(seen.name) ?? seen.modifiedAt,
    sizeBytes: seen.sizeBytes,
    sealed: error === null && (known?.sealed ?? false),
    provenAt: error === null ? (known?.provenAt ?? null) : null,
    key: typeof header === 'string' ? (known?.key ?? 'recovery') : header.key,
    recipient: hint?.recipient ?? known?.recipient ?? null,
    recipientAt: hint?.recipientAt ?? null,
    counts: known?.counts ?? extra.counts,
    error,
    elsewhere: null,
  };
};

const seeFile = async (dir: string, name: string, known: Map<string, KnownBackup>): Promise<Backup | null> => {
  const path = join(dir, name);
  const stat = lstatSync(path);
  const seen: Seen = {
    path: `${backupsFolder}/${name}`,
    kind: 'store',
    sizeBytes: stat.size,
    modifiedAt: stat.mtime.toISOString(),
    name,
  };
  if (stat.isSymbolicLink())
    return combine(seen, 'it is a symbolic link', known.get(seen.path), { counts: null, error: null });
  if (!stat.isFile()) return null;
  return combine(seen, await headerOf(path), known.get(seen.path), { counts: null, error: null });
};

const seeLegacy = async (dir: string, name: string, known: Map<string, KnownBackup>): Promise<Backup | null> => {
  const path = join(dir, name);
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return null;
  const sizeOf = (file: string): number => lstatSync(join(path, file), { throwIfNoEntry: false })?.size ?? 0;
  const seen: Seen = {
    path: `${backupsFolder}/${name}`,
    kind: 'legacy',
    sizeBytes: sizeOf('files.age') + sizeOf('manifest.json'),
    modifiedAt: stat.mtime.toISOString(),
    name,
  };
  const manifest = await readLegacyManifest(path, seen.path);
  const extra = manifest.ok
    ? { counts: { files: manifest.data.files.length }, error: null }
    : {
        counts: null,
        error: manifest.error.type === 'BackupDamaged' ? manifest.error.problem : describeError(manifest.error),
      };
  return combine(seen, await headerOf(join(path, 'files.age')), known.get(seen.path), extra);
};

/** Saved where a person chose: the store remembers it, and looks whether it is still there. */
const seeElsewhere = (known: KnownBackup, now: string): Backup => {
  const stat = lstatSync(known.path, { throwIfNoEntry: false });
  const there = stat?.isFile() === true && stat.size === known.sizeBytes;
  const elsewhere = { there, seenAt: there ? now : (known.provenAt ?? known.at) };
  return { ...known, recipientAt: null, error: null, elsewhere };
};

/** One that cannot be looked at (a drive that is not there) is not there. */
const elsewhereOf = (known: Map<string, KnownBackup>, now: string): Backup[] =>
  [...known.values()].flatMap((one) => {
    if (!isAbsolute(one.path)) return [];
    try {
      return [seeElsewhere(one, now)];
    } catch (error) {
      if (errnoCode(error) === null) throw error;
      return [{ ...one, recipientAt: null, error: null, elsewhere: { there: false, seenAt: one.provenAt ?? one.at } }];
    }
  });

const namesIn = (dir: string): Result<string[]> => {
  try {
    return ok(readdirSync(dir));
  } catch (error) {
    const code = errnoCode(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? ok([]) : fail({ type: 'Unreadable', path: backupsFolder, code });
  }
};

/** Newest first. A home without a store, or with one that cannot be opened, still lists its files. */
export const listBackups = async (ctx: Context): Promise<Result<Backup[]>> => {
  const dir = backupsDirOf(ctx.homeDir);
  const names = namesIn(dir);
  if (!names.ok) return names;
  const rows = await ctx.read(knownBackups);
  const known = rows.ok ? rows.data : new Map<string, KnownBackup>();
  const found: Backup[] = [];
  for (const name of names.data.toSorted()) {
    if (name.startsWith('.')) continue;
    const backup = name.startsWith(legacyPrefix)
      ? await seeLegacy(dir, name, known)
      : name.endsWith('.age')
        ? await seeFile(dir, name, known)
        : null;
    if (backup !== null) found.push(backup);
  }
  found.push(...elsewhereOf(known, ctx.clock.now()));
  return ok(found.toSorted((a, b) => b.at.localeCompare(a.at) || b.path.localeCompare(a.path)));
};
