/**
 * Makes a database the store in place of one that cannot be opened. The new image gets its name last of all, and only
 * then do the old files move to quarantine, whole: cut off anywhere, the store is as before or done, and no byte of the
 * old one is gone. The caller holds the lock.
 */
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import { openEngine } from './engine.ts';
import { errnoOf, writeError } from './failures.ts';
import {
  imageName,
  imagePath,
  journalName,
  quarantineDir,
  shownPath,
  temporaryPath,
  type StoreFiles,
} from './files.ts';
import { writeImage } from './image.ts';
import { createJournal, newSalt } from './journal-next.ts';
import { createRecorder } from './journal-record.ts';
import { storeTag } from './ladder.ts';
import { storeFilesIn } from './salvage.ts';
import { latestSchema } from './schema/index.ts';
import { transactWith } from './transaction.ts';
import type { Tx } from './types.ts';

const spareBytes = 64 * 1024;
const what = 'the recovered store';

/** Every store file that lies here, oldest first. */
export const presentFiles = (place: Place): string[] => {
  const { images, journals, temporary }: StoreFiles = storeFilesIn(place);
  return [...images.toReversed().map(imageName), ...journals.map(journalName), ...temporary];
};

/** Two beyond anything here: with the one between missing, no mixture of old and new files ever opens. */
const nextGeneration = ({ images, journals }: StoreFiles): number => Math.max(0, ...images, ...journals) + 2;

/**
 * Checks a database as a store must be, lets `note` write the entry that tells of the recovery, and gives the bytes.
 * Generations that are there stay pinned until they are in quarantine.
 */
export const prepareDatabase = async (
  place: Place,
  database: Uint8Array,
  note: (tx: Tx, storeId: string) => void,
): Promise<Result<{ database: Uint8Array; storeId: string }>> => {
  const engine = await openEngine(database, { grow: false });
  try {
    const found = Number(engine.value('PRAGMA user_version'));
    if (found > latestSchema)
      return fail({ type: 'StoreFromNewerApp', found, supported: latestSchema, candidates: [] });
    if (found < latestSchema) return fail({ type: 'UpgradeNeeded', found, needed: latestSchema, candidates: [] });
    const problems = engine.rows('PRAGMA integrity_check').map((row) => String(row[0]));
    if (problems.length !== 1 || problems[0] !== 'ok' || engine.rows('PRAGMA foreign_key_check').length > 0)
      return fail({ type: 'StoreDamaged', problem: 'the candidate fails the database check', candidates: [] });
    const storeId = engine.value(`SELECT value FROM meta WHERE key = 'store_id'`);
    if (typeof storeId !== 'string' || storeId === '')
      return fail({ type: 'StoreDamaged', problem: 'the candidate has no store id', candidates: [] });
    const files = storeFilesIn(place);
    const generations = [...files.images, ...files.journals];
    engine.control('begin');
    if (generations.length > 0) {
      const range = `${String(Math.min(...generations))}-${String(Math.max(...generations))}`;
      engine.run(`INSERT OR REPLACE INTO meta (key, value) VALUES ('pinned_generations', ?)`, [range]);
    }
    const noted = transactWith(engine, createRecorder([]), (tx) => {
      note(tx, storeId);
    });
    if (noted.kind === 'threw') throw noted.error;
    engine.control('commit');
    return ok({ database: engine.exportBytes(), storeId });
  } finally {
    engine.close();
  }
};

export type Replacement = { database: Uint8Array; storeId: string; sequence: number; quarantine: string };
/** `left`: old files that could not be moved. They are pinned and in nobody's way. */
export type Replaced = { moved: string[]; left: string[] };

/** Errors: `DiskFull` before anything is written, `DiskFull` and `DiskError` while the store is still as it was. */
export const replaceStore = async (place: Place, replacement: Replacement): Promise<Result<Replaced>> => {
  const { fs, dir, checksum } = place;
  const { database, storeId, sequence } = replacement;
  const old = presentFiles(place);
  const generation = nextGeneration(storeFilesIn(place));
  const path = imagePath(dir, generation);
  const neededBytes = database.length + spareBytes;
  try {
    if (fs.freeBytes(dir) < neededBytes) return fail({ type: 'DiskFull', what, neededBytes });
    const header = { salt: newSalt(), generation, baseSequence: sequence, previousJournalCrc: 0 };
    await createJournal({ fs, dir, checksum }, { ...header, storeTag: storeTag(storeId) }, 'sync');
    await writeImage(fs, { path, temporaryPath: temporaryPath(path), dir, database, sequence }, checksum, 'sync');
  } catch (error) {
    return fail(writeError(error, { what, dir, path, bytes: neededBytes }));
  }
  return ok(setAside(place, replacement.quarantine, old));
};

/** From here on the new store is the truth: a file that does not move is told, not a failure. */
const setAside = ({ fs, dir }: Place, quarantine: string, names: readonly string[]): Replaced => {
  const replaced: Replaced = { moved: [], left: [] };
  const attempt = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      return false;
    }
  };
  const made = attempt(() => {
    for (const folder of [quarantineDir(dir), quarantine]) {
      if (fs.exists(folder)) continue;
      fs.makeDir(folder);
      fs.flushDir(join(folder, '..'));
    }
  });
  for (const name of names) {
    const target = join(quarantine, name);
    const moved =
      made &&
      attempt(() => {
        if (fs.exists(target)) throw Object.assign(new Error(`${target} is there`), { code: 'EEXIST' });
        fs.rename(join(dir, name), target);
      });
    (moved ? replaced.moved : replaced.left).push(shownPath(dir, moved ? target : join(dir, name)));
  }
  attempt(() => {
    fs.flushDir(quarantine);
    fs.flushDir(dir);
  });
  return replaced;
};
