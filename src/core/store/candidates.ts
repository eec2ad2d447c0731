/**
 * What else can be opened when the store cannot: images that are whole, backups, the legacy files of before a
 * migration. It only looks, and never fails: a recovery screen with less on it is better than none.
 */
import { join } from 'node:path';
import type { RecoveryCandidate } from '../../contract/errors.ts';
import type { Checksum } from './checksum.ts';
import { backupsDir, imagePath, listStoreFiles, shownPath } from './files.ts';
import { readImage } from './image.ts';
import type { StoreFs } from './types.ts';

const attempt = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

const modifiedAt = (fs: StoreFs, path: string): string | null =>
  attempt(() => new Date(fs.stat(path).modifiedMs).toISOString(), null);

const imageCandidates = (fs: StoreFs, dir: string, checksum: Checksum): RecoveryCandidate[] =>
  attempt(() => listStoreFiles(fs, dir).images, []).flatMap((generation): RecoveryCandidate[] => {
    const path = imagePath(dir, generation);
    const image = attempt(() => readImage(fs.readFile(path), checksum), null);
    if (image?.ok !== true) return [];
    const detail = `a whole image up to save ${String(image.sequence)}, ${String(image.database.length)} bytes`;
    return [
      { kind: 'image', path: shownPath(dir, path), at: modifiedAt(fs, path), detail, sizeBytes: image.database.length },
    ];
  });

const legacyPattern = /^pre_migration_\d{8}_\d{6}/u;

const backupCandidates = (fs: StoreFs, dir: string): RecoveryCandidate[] =>
  attempt(() => fs.list(backupsDir(dir)), [])
    .toSorted()
    .toReversed()
    .flatMap((name): RecoveryCandidate[] => {
      const path = join(backupsDir(dir), name);
      const found = { path: shownPath(dir, path), at: modifiedAt(fs, path) };
      const sizeBytes = attempt(() => fs.stat(path).size, 0);
      if (legacyPattern.test(name))
        return [{ kind: 'legacy', ...found, detail: 'the legacy files of before a migration' }];
      return name.endsWith('.age') ? [{ kind: 'backup', ...found, detail: 'a backup of the store', sizeBytes }] : [];
    });

/** Newest first within each kind. */
export const findCandidates = (fs: StoreFs, dir: string, checksum: Checksum): RecoveryCandidate[] => [
  ...imageCandidates(fs, dir, checksum),
  ...backupCandidates(fs, dir),
];
