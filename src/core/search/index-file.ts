/**
 * The index of one range of entries: `search-<n>.db`, a plain SQLite file with a trailer like an image's. Each word has
 * the places of its entries, 16 bits each, or, when it is in many, one bit for every place. It is disposable: whatever is wrong with one, it is made again from the log.
 */
import { join } from 'node:path';
import { crc32 } from '../store/checksum.ts';
import { openEngine, type Engine } from '../store/engine.ts';
import { readImage, writeImage } from '../store/image.ts';
import type { StoreFs } from '../store/types.ts';
import { addAll, findAll, lastOf, mark, noHits, rangeEntries, type Hits } from './hits.ts';
import { wordsFormat } from './words.ts';

export const indexName = (range: number): string => `search-${String(range)}.db`;
export const indexPath = (dir: string, range: number): string => join(dir, indexName(range));

const namePattern = /^search-(0|[1-9]\d{0,9})\.db$/u;
/** The range that a file's name stands for. */
export const rangeOfName = (name: string): number | null => {
  const match = namePattern.exec(name);
  return match === null ? null : Number(match[1]);
};
export const isLeftover = (name: string): boolean => /^search-.*\.tmp$/u.test(name);

/** Which words there are depends on this build's rules and on its tables of characters. */
const formatText = `${String(wordsFormat)} ${process.versions['unicode'] ?? ''}`;
/** SQLite's default would be 2 MB for each file. */
const cacheKiB = 64;
const afterEveryWord = '\u{10ffff}';

export type Postings = Map<string, number[]>;

export type WordIndex = { find: (words: readonly string[]) => Hits | null };
export type OpenIndex = WordIndex & {
  /** The chain's hash at the end of its range, in hex. */
  hash: string;
  bytes: number;
  close: () => void;
};

const wordsAtOnce = 400;

/** Writes the words in slices with `pause` between them. Throws the file system's error; the name is then untouched. */
export const writeIndex = async (
  place: { fs: StoreFs; dir: string },
  index: { range: number; hash: string; postings: Postings },
  pause: () => Promise<void>,
): Promise<void> => {
  const { fs, dir } = place;
  const path = indexPath(dir, index.range);
  const database = await databaseOf(index, pause);
  const image = { path, temporaryPath: `${path}.tmp`, dir, database, sequence: lastOf(index.range) };
  // Losing a file that can be made again is no loss: nobody waits for the folder.
  await writeImage({ ...fs, flushDir: () => undefined }, image, crc32, 'async');
};

const databaseOf = async (
  { hash, postings }: { hash: string; postings: Postings },
  pause: () => Promise<void>,
): Promise<Uint8Array> => {
  const engine = await openEngine(null, { grow: false });
  try {
    engine.exec(`CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE word (text TEXT PRIMARY KEY, places BLOB NOT NULL) STRICT, WITHOUT ROWID`);
    engine.control('begin');
    engine.run('INSERT INTO about VALUES (?, ?), (?, ?)', ['format', formatText, 'hash', hash]);
    const words = [...postings.keys()].toSorted();
    await pause();
    for (let i = 0; i < words.length; i += wordsAtOnce) {
      for (const word of words.slice(i, i + wordsAtOnce)) insertWord(engine, word, postings.get(word) ?? []);
      await pause();
    }
    engine.control('commit');
    return engine.exportBytes();
  } finally {
    engine.close();
  }
};

const bitmapBytes = rangeEntries / 8;

/** Always shorter than a bitmap, or one. */
const encode = (places: readonly number[]): Uint8Array => {
  if (places.length * 2 >= bitmapBytes) {
    const hits = noHits();
    for (const place of places) mark(hits, place);
    return hits;
  }
  const bytes = new Uint8Array(places.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [i, place] of places.entries()) view.setUint16(i * 2, place, true);
  return bytes;
};

const insertWord = (engine: Engine, word: string, places: readonly number[]): void => {
  engine.run('INSERT INTO word VALUES (?, ?)', [word, encode(places)]);
};

/** Null for a file that is damaged, of another build or another range. Throws the file system's error. */
export const openIndex = async (fs: StoreFs, dir: string, range: number): Promise<OpenIndex | null> => {
  const reading = readImage(fs.readFile(indexPath(dir, range)), crc32);
  if (!reading.ok || reading.sequence !== lastOf(range)) return null;
  const engine = await openEngine(reading.database, { grow: false, own: true });
  const about = aboutOf(engine);
  if (about?.get('format') !== formatText) {
    engine.close();
    return null;
  }
  engine.exec(`PRAGMA cache_size = -${String(cacheKiB)}`);
  return {
    hash: about.get('hash') ?? '',
    bytes: reading.database.length,
    find: (words) => findAll(words, (word) => lookUp(engine, word)),
    close: engine.close,
  };
};

/** Null where the file is no index: its checksum may be right all the same. */
const aboutOf = (engine: Engine): Map<string, string> | null => {
  try {
    return new Map(engine.rows('SELECT name, value FROM about').map(([name, value]) => [String(name), String(value)]));
  } catch {
    return null;
  }
};

const lookUp = (engine: Engine, start: string): Hits | null => {
  const rows = engine.all('SELECT places FROM word WHERE text >= ? AND text < ?', [start, start + afterEveryWord]);
  if (rows.length === 0) return null;
  const hits = noHits();
  for (const { places } of rows) {
    if (!(places instanceof Uint8Array)) continue;
    if (places.length === bitmapBytes) addAll(hits, places);
    else for (let i = 0; i + 1 < places.length; i += 2) mark(hits, (places[i] ?? 0) | ((places[i + 1] ?? 0) << 8));
  }
  return hits;
};
