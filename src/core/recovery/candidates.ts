/**
 * Everything a store could be made of again: images here and in quarantine, each with the saves after it, backups, the
 * legacy files of before a migration. It looks into each as far as it can, needs no openable store, and changes nothing.
 */
import { join } from 'node:path';
import type { FoundCandidate } from '../../contract/recovery.ts';
import { ok, type Result } from '../../contract/result.ts';
import { readAgeHeader } from '../backup/age-file.ts';
import { readStart } from '../backup/disk.ts';
import { findBackup, openingOf, readFoundBackup, type BackupRef } from '../backup/open.ts';
import { listBackups } from '../backup/list.ts';
import type { Context } from '../context.ts';
import { crc32 } from '../store/checksum.ts';
import { imageName, imagePath, quarantineDir, shownPath } from '../store/files.ts';
import { realFs } from '../store/fs.ts';
import { lastKnownSequence, salvage, storeFilesIn } from '../store/salvage.ts';
import { contentsOf, differencesOf, inPresentSchema, type Contents } from './contents.ts';

export type LookedAt = {
  candidate: FoundCandidate;
  /** Where the image lies; null for a backup. */
  image: { dir: string; generation: number } | null;
  /** A file that the door opened; else the candidate's path says which backup it is. */
  file?: BackupRef;
  contents: Contents | null;
  /** An image whose checksum is wrong. */
  unchecked?: boolean;
  /** The last save in it; 0 where that cannot be told. */
  sequence: number;
};

/** Backups are decrypted for their counts up to this much: a list must not take minutes. */
const openBackupBytes = 64 * 1024 * 1024;

const folders = (holdfastDir: string): string[] => {
  const aside = quarantineDir(holdfastDir);
  try {
    const inside = realFs.list(aside).toSorted().toReversed();
    return [holdfastDir, aside, ...inside.map((name) => join(aside, name))];
  } catch {
    // No quarantine, or none that can be read.
    return [holdfastDir];
  }
};

const stat = (path: string): { sizeBytes: number; at: string | null } => {
  try {
    const { size, modifiedMs } = realFs.stat(path);
    return { sizeBytes: size, at: new Date(modifiedMs).toISOString() };
  } catch {
    return { sizeBytes: 0, at: null };
  }
};

const lookAtImage = async (holdfastDir: string, dir: string, generation: number): Promise<LookedAt> => {
  const path = imagePath(dir, generation);
  const found = await salvage({ fs: realFs, dir, checksum: crc32 }, generation);
  const nothing = { counts: null, lacksSaves: null, differs: null };
  const base = { kind: 'image' as const, path: shownPath(holdfastDir, path), ...stat(path), ...nothing };
  const image = { dir, generation };
  if (typeof found === 'string') {
    const candidate = { ...base, detail: 'an image of the store', problem: found, opens: false };
    return { candidate, image, contents: null, sequence: 0 };
  }
  const present = await inPresentSchema(found);
  const contents = typeof present === 'string' ? null : await contentsOf(present.database);
  const problem = typeof present === 'string' ? present : contents === null ? 'its tables cannot be read' : null;
  const doubt = found.unchecked ? ' (its checksum is wrong: damaged, or changed outside Holdfast)' : '';
  const detail =
    found.stoppedAt === null
      ? `${imageName(generation)}${doubt} and all saves after it`
      : `${imageName(generation)}${doubt} and the saves after it up to where ${found.stoppedAt}`;
  const candidate = { ...base, detail, problem, opens: problem === null, counts: contents?.counts ?? null };
  const at = contents?.at ?? base.at;
  return { candidate: { ...candidate, at }, image, contents, unchecked: found.unchecked, sequence: found.sequence };
};

const lookAtImages = async (holdfastDir: string): Promise<LookedAt[]> => {
  const looked: LookedAt[] = [];
  for (const dir of folders(holdfastDir)) {
    for (const generation of storeFilesIn({ fs: realFs, dir, checksum: crc32 }).images)
      looked.push(await lookAtImage(holdfastDir, dir, generation));
  }
  const opening = looked.filter((one) => one.candidate.opens);
  const fullest = opening.toSorted(
    (a, b) => Number(a.unchecked ?? false) - Number(b.unchecked ?? false) || b.sequence - a.sequence,
  )[0];
  const known = Math.max(
    fullest?.sequence ?? 0,
    ...folders(holdfastDir).map((dir) => lastKnownSequence({ fs: realFs, dir, checksum: crc32 })),
  );
  return looked.map((one) =>
    one.candidate.opens && one.contents !== null && fullest?.contents != null
      ? {
          ...one,
          candidate: {
            ...one.candidate,
            lacksSaves: known - one.sequence,
            differs: differencesOf(one.contents, fullest.contents).length,
          },
        }
      : one,
  );
};

const lookAtBackups = async (ctx: Context): Promise<LookedAt[]> => {
  const backups = await listBackups(ctx);
  if (!backups.ok) return [];
  const opening = await openingOf(ctx, undefined);
  const hasKey = opening.identities.length > 0 || opening.passphrase !== null;
  let budget = openBackupBytes;
  const looked: LookedAt[] = [];
  for (const backup of backups.data) {
    const { path, kind, at, sizeBytes, error } = backup;
    const base = { path, at, sizeBytes, lacksSaves: null, differs: null };
    if (kind === 'legacy') {
      const detail = 'the legacy files as they were before a migration';
      const candidate = { ...base, kind, detail, counts: backup.counts, problem: error, opens: false };
      looked.push({ candidate, image: null, contents: null, sequence: 0 });
      continue;
    }
    budget -= sizeBytes;
    const found = hasKey && budget > 0 && error === null ? await findBackup(ctx, { path }) : null;
    const content = found?.ok === true ? await readFoundBackup(found.data, opening) : null;
    const contents = content?.ok === true ? await contentsOf(content.data.store) : null;
    const counts = contents?.counts ?? backup.counts;
    const problem =
      error ?? (content?.ok === false && content.error.type === 'BackupDamaged' ? content.error.problem : null);
    const detail = contents === null ? 'a backup of the store, encrypted' : 'a backup of the store';
    const candidate = { ...base, kind: 'backup' as const, detail, counts, problem, opens: problem === null };
    looked.push({ candidate, image: null, contents, sequence: 0 });
  }
  return looked;
};

/** A backup from outside the home. Errors: `NotFound` for a handle of somebody else. */
export const lookAtFile = async (ctx: Context, file: BackupRef): Promise<Result<LookedAt>> => {
  const found = await findBackup(ctx, file);
  if (!found.ok) return found;
  const { path, shown } = found.data;
  const head = await readStart(path, 8192);
  const header = head === null ? 'it cannot be read' : readAgeHeader(head);
  const opening = await openingOf(ctx, undefined);
  const hasKey = opening.identities.length > 0 || opening.passphrase !== null;
  const content = hasKey && typeof header !== 'string' ? await readFoundBackup(found.data, opening) : null;
  const contents = content?.ok === true ? await contentsOf(content.data.store) : null;
  const problem =
    typeof header === 'string'
      ? header
      : content?.ok === false && content.error.type === 'BackupDamaged'
        ? content.error.problem
        : null;
  const { sizeBytes, at } = stat(path);
  const candidate: FoundCandidate = {
    kind: 'backup',
    path: shown,
    at: typeof header === 'string' ? at : (header.hint?.at ?? at),
    detail: 'a backup from a file, encrypted',
    sizeBytes,
    counts: contents?.counts ?? null,
    problem,
    opens: problem === null,
    lacksSaves: null,
    differs: null,
  };
  return ok({ candidate, image: null, file, contents, sequence: 0 });
};

/** What opens and lacks least comes first; then backups, then images with a wrong checksum, then legacy files, newest first; then what is damaged. */
const rank = ({ candidate, unchecked = false }: LookedAt): number =>
  candidate.opens ? (candidate.kind !== 'image' ? 1 : unchecked ? 2 : 0) : candidate.problem === null ? 3 : 4;

export const lookAround = async (ctx: Context): Promise<Result<LookedAt[]>> => {
  const all = [...(await lookAtImages(ctx.holdfastDir)), ...(await lookAtBackups(ctx))];
  return ok(all.toSorted((a, b) => rank(a) - rank(b) || b.sequence - a.sequence));
};
