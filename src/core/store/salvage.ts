/**
 * Reads as much of a damaged store as there is: one image and the saves after it, up to the first that cannot be trusted.
 * It is for looking and for recovery only; the ladder never takes a part for the whole. It reads and never writes.
 */
import { asBuffer, readUint64 } from './bytes.ts';
import type { Place } from './chain.ts';
import type { Checksum } from './checksum.ts';
import { openEngine, type Engine } from './engine.ts';
import { errnoOf } from './failures.ts';
import { imagePath, journalName, journalPath, listStoreFiles, type StoreFiles } from './files.ts';
import { readImage, trailerBytes } from './image.ts';
import { decodeRecord } from './journal-record.ts';
import { createFrameTest, scanJournal, type Frame, type JournalScan } from './journal.ts';
import { storeTag } from './ladder.ts';
import { readLastSave } from './last-save.ts';

export type Salvaged = {
  /** A plain SQLite file. */
  database: Uint8Array;
  storeId: string;
  schemaVersion: number;
  /** The last save it holds. */
  sequence: number;
  /** True where the image's checksum is wrong: damaged, or changed by another program. SQLite finds nothing wrong with it. */
  unchecked: boolean;
  /** Why reading stopped; null when everything up to the newest file was read. */
  stoppedAt: string | null;
};

const bytesOf = ({ fs }: Place, path: string): Uint8Array | null => {
  try {
    return fs.readFile(path);
  } catch (error) {
    // A file that cannot be read is a reason to stop there, not to give the rest up.
    if (errnoOf(error) === null) throw error;
    return null;
  }
};

/** What lies in a folder; nothing when it cannot be listed. */
export const storeFilesIn = ({ fs, dir }: Place): StoreFiles => {
  try {
    return listStoreFiles(fs, dir);
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return { images: [], journals: [], temporary: [] };
  }
};

const sqliteMagic = 'SQLite format 3\0';

/**
 * The database in an image whose trailer does not fit it: another program changed rows, and may have written over the
 * trailer. Its size is what SQLite's own header says; its save what the trailer, or else its journal, says.
 */
const uncheckedImage = (
  place: Place,
  bytes: Uint8Array,
  generation: number,
): { database: Uint8Array; sequence: number } | null => {
  const head = asBuffer(bytes);
  if (bytes.length < 100 || head.toString('latin1', 0, 16) !== sqliteMagic) return null;
  const pageBytes = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  const size = pageBytes * head.readUInt32BE(28);
  if (size === 0 || size > bytes.length) return null;
  const journal = bytesOf(place, journalPath(place.dir, generation));
  const reading = journal === null ? null : scanJournal(journal, place.checksum);
  const sequence =
    trailerSequence(bytes, place.checksum) || (reading?.kind === 'ok' ? reading.scan.header.baseSequence : 0);
  return { database: bytes.subarray(0, size), sequence };
};

/** A string says why this image is of no use. */
export const salvage = async (place: Place, generation: number): Promise<Salvaged | string> => {
  const bytes = bytesOf(place, imagePath(place.dir, generation));
  if (bytes === null) return 'it cannot be read';
  const checked = readImage(bytes, place.checksum);
  const image = checked.ok ? checked : uncheckedImage(place, bytes, generation);
  if (image === null) return checked.ok ? 'it cannot be read' : checked.problem;
  const unchecked = !checked.ok;
  let engine: Engine;
  try {
    engine = await openEngine(image.database, { grow: false });
  } catch {
    return 'it is not a database';
  }
  try {
    if (unchecked && engine.rows('PRAGMA integrity_check').some((row) => row[0] !== 'ok')) return checked.problem;
    const storeId = engine.value(`SELECT value FROM meta WHERE key = 'store_id'`);
    if (typeof storeId !== 'string' || storeId === '') throw new Error('no store id');
    const schemaVersion = Number(engine.value('PRAGMA user_version'));
    const { sequence, stoppedAt } = replayAll(place, engine, { generation, sequence: image.sequence, storeId });
    return { database: engine.exportBytes(), storeId, schemaVersion, sequence, unchecked, stoppedAt };
  } catch {
    return 'its tables are not those of a store';
  } finally {
    engine.close();
  }
};

type Start = { generation: number; sequence: number; storeId: string };

const replayAll = (place: Place, engine: Engine, start: Start): Pick<Salvaged, 'sequence' | 'stoppedAt'> => {
  const files = storeFilesIn(place);
  const last = Math.max(start.generation, files.journals.at(-1) ?? 0, files.images[0] ?? 0);
  let { sequence } = start;
  let crc: number | null = null;
  for (let generation = start.generation; generation <= last; generation++) {
    const name = journalName(generation);
    const bytes = files.journals.includes(generation) ? bytesOf(place, journalPath(place.dir, generation)) : null;
    if (bytes === null) return { sequence, stoppedAt: `${name} is missing or cannot be read` };
    const reading = scanJournal(bytes, place.checksum);
    if (reading.kind === 'newer')
      return { sequence, stoppedAt: `${name} begins, which has the newer journal format ${String(reading.version)}` };
    if (reading.kind === 'bad') return { sequence, stoppedAt: `${name} cannot be understood` };
    const { scan } = reading;
    if (!follows(scan, { generation, sequence, crc, storeId: start.storeId }))
      return { sequence, stoppedAt: `${name} does not follow what was read before it` };
    for (const save of replayFrames(engine, scan.frames)) {
      if (save === null) return { sequence, stoppedAt: `${name} holds a save that cannot be repeated` };
      sequence = save;
    }
    if (scan.tail.kind !== 'clean') return { sequence, stoppedAt: `${name} is damaged at byte ${String(scan.end)}` };
    crc = scan.lastCrc;
  }
  return { sequence, stoppedAt: null };
};

const follows = (
  { header }: JournalScan,
  before: { generation: number; sequence: number; crc: number | null; storeId: string },
): boolean =>
  header.generation === before.generation &&
  header.baseSequence === before.sequence &&
  (before.crc === null || header.previousJournalCrc === before.crc) &&
  Buffer.compare(header.storeTag, storeTag(before.storeId)) === 0;

/** The sequence after each frame; null, once and last, for one that cannot be repeated. */
function* replayFrames(engine: Engine, frames: readonly Frame[]): Generator<number | null> {
  const texts: string[] = [];
  // As where a store is opened: what it writes was checked when it was saved.
  engine.exec('PRAGMA foreign_keys = OFF');
  for (const frame of frames) {
    let open = false;
    try {
      const transactions = decodeRecord(frame.payload, frame.transactions, texts);
      engine.control('begin');
      open = true;
      for (const statement of transactions.flat()) engine.run(statement.sql, statement.values);
      engine.control('commit');
    } catch {
      if (open) engine.control('rollback');
      yield null;
      return;
    }
    yield frame.sequence + frame.transactions - 1;
  }
}

const trailerSequence = (bytes: Uint8Array, checksum: Checksum): number => {
  const trailer = asBuffer(bytes.subarray(Math.max(0, bytes.length - trailerBytes)));
  if (trailer.length < trailerBytes || checksum(trailer.subarray(0, 28)) !== trailer.readUInt32LE(28)) return 0;
  return readUint64(trailer, 16) ?? 0;
};

const journalSequence = (bytes: Uint8Array, checksum: Checksum): number => {
  const reading = scanJournal(bytes, checksum);
  if (reading.kind !== 'ok') return 0;
  const { scan } = reading;
  let known = scan.lastSequence;
  if (scan.tail.kind !== 'damaged') return known;
  const test = createFrameTest(asBuffer(bytes), scan.header.salt, checksum);
  for (let offset = scan.end; offset < bytes.length; offset++) {
    const frame = test(offset);
    if (frame !== null) known = Math.max(known, frame.sequence + frame.transactions - 1);
  }
  return known;
};

/** The number of the last save that any file here speaks of, damaged or not: what a candidate lacks is counted from it. */
export const lastKnownSequence = (place: Place): number => {
  const files = storeFilesIn(place);
  const known = [
    ...files.images.map((generation) => ({
      bytes: bytesOf(place, imagePath(place.dir, generation)),
      of: trailerSequence,
    })),
    ...files.journals.map((generation) => ({
      bytes: bytesOf(place, journalPath(place.dir, generation)),
      of: journalSequence,
    })),
  ].map(({ bytes, of }) => (bytes === null ? 0 : of(bytes, place.checksum)));
  const lastSave = readLastSave(place);
  return Math.max(0, ...known, lastSave.kind === 'mark' ? lastSave.mark.sequence : 0);
};
