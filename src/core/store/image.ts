/**
 * The image: a plain SQLite file and 32 bytes that tell whether it is whole (docs/store.md). Writing one goes through a
 * temporary name, a flush, a second reading and a rename, so an image under its own name is always complete.
 */
import { asBuffer, readUint64, writeUint64 } from './bytes.ts';
import type { Checksum } from './checksum.ts';
import type { StoreFs } from './types.ts';

export const trailerBytes = 32;
const magic = Buffer.from('HFIMAGE1', 'latin1');

export const encodeTrailer = (database: Uint8Array, sequence: number, checksum: Checksum): Uint8Array => {
  const trailer = Buffer.alloc(trailerBytes);
  magic.copy(trailer, 0);
  writeUint64(trailer, database.length, 8);
  writeUint64(trailer, sequence, 16);
  trailer.writeUInt32LE(checksum(database), 24);
  trailer.writeUInt32LE(checksum(trailer.subarray(0, 28)), 28);
  return new Uint8Array(trailer);
};

export type ImageReading = { ok: true; database: Uint8Array; sequence: number } | { ok: false; problem: string };

/** The checksum of an image's database, from the file's pieces in their order. */
export const createImageSum = (
  checksum: Checksum,
): { add: (piece: Uint8Array, position: number, total: number) => void; value: () => number } => {
  let sum = checksum(new Uint8Array(0));
  return {
    add: (piece, position, total) => {
      const database = piece.subarray(0, Math.max(0, total - trailerBytes - position));
      if (database.length > 0) sum = checksum(database, sum);
    },
    value: () => sum,
  };
};

/** `database` is a view into `bytes`. `sum`: its checksum, where it is known already. */
export const readImage = (bytes: Uint8Array, checksum: Checksum, sum?: number): ImageReading => {
  const size = bytes.length - trailerBytes;
  if (size < 0) return { ok: false, problem: 'it is cut off' };
  const trailer = asBuffer(bytes.subarray(size));
  if (!trailer.subarray(0, 8).equals(magic)) return { ok: false, problem: 'its end is missing' };
  if (checksum(trailer.subarray(0, 28)) !== trailer.readUInt32LE(28))
    return { ok: false, problem: 'its trailer is damaged' };
  const sequence = readUint64(trailer, 16);
  if (readUint64(trailer, 8) !== size || sequence === null) return { ok: false, problem: 'its size is wrong' };
  const database = bytes.subarray(0, size);
  if ((sum ?? checksum(database)) !== trailer.readUInt32LE(24)) return { ok: false, problem: 'its checksum is wrong' };
  return { ok: true, database, sequence };
};

export type ImageToWrite = { path: string; temporaryPath: string; dir: string; database: Uint8Array; sequence: number };

/** Throws the file system's error, or `EIO` when the bytes read back differ; the target name is then untouched. */
export const writeImage = async (
  fs: StoreFs,
  image: ImageToWrite,
  checksum: Checksum,
  flush: 'sync' | 'async',
): Promise<void> => {
  const trailer = encodeTrailer(image.database, image.sequence, checksum);
  const file = createTemporary(fs, image.temporaryPath);
  try {
    file.write(image.database, 0);
    file.write(trailer, image.database.length);
    if (flush === 'sync') file.flushSync();
    else await file.flush();
    const total = image.database.length + trailerBytes;
    const back = file.size() === total ? readImage(file.read(total, 0), checksum) : null;
    if (back?.ok !== true || back.sequence !== image.sequence) throw readBackError(image.temporaryPath);
  } finally {
    file.close();
  }
  fs.rename(image.temporaryPath, image.path);
  fs.flushDir(image.dir);
};

/** A temporary name is nobody's data: what an interrupted run left there is replaced. */
export const createTemporary = (fs: StoreFs, path: string): ReturnType<StoreFs['open']> => {
  if (fs.exists(path)) fs.remove(path);
  return fs.open(path, 'create');
};

const readBackError = (path: string): Error =>
  Object.assign(new Error(`${path} does not read back as it was written`), { code: 'EIO', path });
