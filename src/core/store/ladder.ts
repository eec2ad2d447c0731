/**
 * The open ladder: from the files in `.holdfast/` to a database in memory that holds every save on disk. It only reads.
 * What it cannot explain it refuses, naming what can be opened instead; it never repairs, wipes or overwrites.
 */
import { createHash } from 'node:crypto';
import type { HoldfastError } from '../../contract/errors.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isFormatError } from './bytes.ts';
import { findCandidates } from './candidates.ts';
import {
  damaged,
  pickImage,
  readJournals,
  type BadImage,
  type ChainImage,
  type ChainJournal,
  type Place,
} from './chain.ts';
import { openEngine, type Engine } from './engine.ts';
import { errnoOf, unreadable } from './failures.ts';
import { imageName, journalName, journalPath, listStoreFiles, type StoreFiles } from './files.ts';
import { journalHeaderBytes, storeTagBytes } from './journal.ts';
import { decodeRecord } from './journal-record.ts';
import { lastSaveName, missingSaves, readLastSave, type LastSaveReading } from './last-save.ts';
import { latestSchema } from './schema/index.ts';
import type { StoreNotice } from './types.ts';

export type Opened = {
  engine: Engine;
  storeId: string;
  schemaVersion: number;
  image: { generation: number; fileBytes: number };
  badImages: number[];
  /** The newest journal: where the next save goes. */
  journal: {
    generation: number;
    salt: Uint8Array;
    baseSequence: number;
    end: number;
    /** Bytes after `end` that are no save; cut before the next one. */
    tornBytes: number;
    lastCrc: number;
    /** Its statements, in the order of their numbers. */
    texts: string[];
  };
  sequence: number;
  notices: StoreNotice[];
};

export type OpenRequest = Place & {
  now: () => string;
  /** Make SQLite's file larger than the image at once, for one who is going to write. */
  grow: boolean;
  /** Schema versions that are opened; others are refused. */
  schema: { oldest: number; newest: number };
};

export const currentSchema = { oldest: latestSchema, newest: latestSchema };

export const storeTag = (storeId: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(storeId).digest().subarray(0, storeTagBytes));

/**
 * True when nothing was ever saved here: no store files at all, or those of a creation that was cut off before its image
 * got its name (its journal holds no frame).
 */
export const isUnborn = (place: Place, files: StoreFiles): boolean =>
  files.images.length === 0 &&
  files.journals.every((generation) => generation === 1) &&
  files.journals.every((generation) => place.fs.stat(journalPath(place.dir, generation)).size <= journalHeaderBytes);

/** Another process may checkpoint while a reader looks: files that vanish mean looking again. */
const looks = 5;

export const openLatest = async (request: OpenRequest): Promise<Result<Opened>> => {
  const opened = await lookAgainWhileMoving(request);
  if (opened.ok) return opened;
  return fail(withCandidates(opened.error, request));
};

const lookAgainWhileMoving = async (request: OpenRequest): Promise<Result<Opened>> => {
  for (let look = 1; ; look++) {
    try {
      const lastSave = readLastSave(request);
      const files = listStoreFiles(request.fs, request.dir);
      if (isUnborn(request, files)) return unborn(lastSave);
      return await openFiles(request, files, lastSave);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && look < looks) continue;
      if (errnoOf(error) === 'ENOENT') return fail({ type: 'NotFound', what: 'store', name: '.holdfast' });
      return fail(unreadable(error, request.dir, request.dir));
    }
  }
};

/** A new store may be made only where nothing was ever saved. */
const unborn = (lastSave: LastSaveReading): Result<never> =>
  lastSave.kind === 'mark' && lastSave.mark.sequence > 0
    ? fail(damaged(`its files are missing, but save ${String(lastSave.mark.sequence)} was confirmed here`))
    : fail({ type: 'NotFound', what: 'store', name: '.holdfast' });

const withCandidates = (error: HoldfastError, { fs, dir, checksum }: Place): HoldfastError => {
  switch (error.type) {
    case 'StoreDamaged':
    case 'StoreFromNewerApp':
    case 'UpgradeNeeded':
      return { ...error, candidates: findCandidates(fs, dir, checksum) };
    default:
      return error;
  }
};

/** From the given files, without looking for others; a file that is gone throws ENOENT. */
export const openFiles = async (
  request: OpenRequest,
  files: StoreFiles,
  lastSave: LastSaveReading,
): Promise<Result<Opened>> => {
  const picked = await pickImage(request, files);
  if (!picked.ok) return picked;
  const { image, bad } = picked.data;
  const journals = readJournals(request, files, image);
  if (!journals.ok) return journals;
  let engine: Engine;
  try {
    engine = await openEngine(image.database, { grow: request.grow, own: true });
  } catch (error) {
    return fail(damaged(`${imageName(image.generation)} is not a database (${messageOf(error)})`));
  }
  try {
    const opened = build(request, engine, { image, bad, journals: journals.data, lastSave });
    if (!opened.ok) engine.close();
    return opened;
  } catch (error) {
    engine.close();
    throw error;
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Found = { image: ChainImage; bad: BadImage[]; journals: ChainJournal[]; lastSave: LastSaveReading };

const build = (request: OpenRequest, engine: Engine, found: Found): Result<Opened> => {
  const { image, bad, journals } = found;
  const schemaVersion = Number(engine.value('PRAGMA user_version'));
  const { oldest, newest } = request.schema;
  if (schemaVersion > newest)
    return fail({
      type: 'StoreFromNewerApp',
      found: schemaVersion,
      supported: newest,
      ...neededApp(engine),
      candidates: [],
    });
  const storeId = readStoreId(engine);
  if (storeId === null) return fail(damaged(`${imageName(image.generation)} has no store id`));
  const tag = storeTag(storeId);
  const stranger = journals.find(({ scan }) => Buffer.compare(scan.header.storeTag, tag) !== 0);
  if (stranger !== undefined) return fail(damaged(`${journalName(stranger.generation)} belongs to another store`));
  const mark = lastSaveOf(found, tag);
  const missing = mark.kind === 'mark' ? missingSaves(mark, journals) : null;
  if (missing !== null) return fail(damaged(missing));
  if (schemaVersion < oldest)
    return fail({ type: 'UpgradeNeeded', found: schemaVersion, needed: oldest, candidates: [] });
  let texts: string[] = [];
  for (const journal of journals) {
    const replayed = replay(engine, journal);
    if (!replayed.ok) return replayed;
    texts = replayed.data;
  }
  const last = journals.at(-1);
  if (last === undefined) return fail(damaged('there is no journal'));
  const { scan } = last;
  return ok({
    engine,
    storeId,
    schemaVersion,
    image: { generation: image.generation, fileBytes: image.fileBytes },
    badImages: bad.map(({ generation }) => generation),
    journal: {
      generation: last.generation,
      salt: scan.header.salt,
      baseSequence: scan.header.baseSequence,
      end: scan.end,
      tornBytes: scan.tail.kind === 'torn' ? scan.tail.bytes : 0,
      lastCrc: scan.lastCrc,
      texts,
    },
    sequence: scan.lastSequence,
    notices: noticesOf(request, { ...found, lastSave: mark }, last),
  });
};

/** Another store's mark says nothing about this one. */
const lastSaveOf = ({ lastSave }: Found, tag: Uint8Array): LastSaveReading =>
  lastSave.kind === 'mark' && Buffer.compare(lastSave.mark.storeTag, tag) !== 0
    ? { kind: 'unusable', problem: 'it belongs to another store' }
    : lastSave;

/** Written with the newest tables. What a newer program left may be anything, so nothing is expected of it. */
const neededApp = (engine: Engine): { needs?: string } => {
  try {
    const needs = engine.value(`SELECT value FROM meta WHERE key = 'needs_app'`);
    return typeof needs === 'string' && /^[\w.+-]{1,40}$/u.test(needs) ? { needs } : {};
  } catch {
    return {};
  }
};

const readStoreId = (engine: Engine): string | null => {
  try {
    const id = engine.value(`SELECT value FROM meta WHERE key = 'store_id'`);
    return typeof id === 'string' && id !== '' ? id : null;
  } catch {
    return null;
  }
};

/** Gives the journal's statements. A checksum was right, so a failure here means that the file was made wrong. */
const replay = (engine: Engine, { generation, scan }: ChainJournal): Result<string[]> => {
  const texts: string[] = [];
  // References were asked for when it was saved; for many removed rows that would take very long.
  engine.exec('PRAGMA foreign_keys = OFF');
  for (const frame of scan.frames) {
    try {
      const transactions = decodeRecord(frame.payload, frame.transactions, texts);
      engine.control('begin');
      for (const statement of transactions.flat()) engine.run(statement.sql, statement.values);
      engine.control('commit');
    } catch (error) {
      const where = `${journalName(generation)}: the save at byte ${String(frame.offset)} cannot be repeated`;
      return fail(damaged(isFormatError(error) || error instanceof Error ? `${where} (${error.message})` : where));
    }
  }
  engine.exec('PRAGMA foreign_keys = ON');
  return ok(texts);
};

/** In the person's own time zone: it is for reading. */
const hourMinute = (timeMs: number): string => {
  const time = new Date(timeMs);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
};

const noticesOf = (request: OpenRequest, { image, bad, lastSave }: Found, last: ChainJournal): StoreNotice[] => {
  const at = request.now();
  const notices: StoreNotice[] = bad.map(({ generation, problem }) => ({
    id: `bad-image-${String(generation)}`,
    severity: 'warning',
    message: `${imageName(generation)} is damaged, or was changed by another program (${problem}); everything was read from ${imageName(image.generation)} and its journals`,
    at,
  }));
  if (lastSave.kind === 'unusable') {
    const message = `${lastSaveName} cannot be used (${lastSave.problem}): saves that were cut off cleanly would not be missed`;
    notices.push({ id: 'last-save', severity: 'info', message, at });
  }
  if (last.scan.tail.kind === 'torn') {
    const { modifiedMs } = request.fs.stat(journalPath(request.dir, last.generation));
    notices.push({
      id: 'torn-tail',
      severity: 'warning',
      message: `an unfinished save of ${hourMinute(modifiedMs)} (${String(last.scan.tail.bytes)} bytes) was set aside`,
      at,
    });
  }
  return notices;
};
