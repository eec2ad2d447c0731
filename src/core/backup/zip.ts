/**
 * Zip files of one strict form (PKWARE APPNOTE 6.3, no zip64, no comments, no gaps, native deflate), so that any `unzip`
 * opens ours and the reader can refuse everything else: it checks each byte of structure against what the writer would
 * have written, bounds every length before allocating, and never trusts a name it was not told to expect.
 */
import { Buffer } from 'node:buffer';
import { constants, deflateRaw, inflateRaw, type Zlib } from 'node:zlib';
import { digestOf } from './digest.ts';

/** `stored` parts stand uncompressed. `mode`: permission bits, kept in the archive. */
export type ZipEntry = { name: string; bytes: Uint8Array; mode: number; stored?: boolean };
export type ZipPart = { name: string; bytes: Uint8Array; mode: number };

export type ZipLimits = { maxEntries: number; maxEntryBytes: number; maxTotalBytes: number };

type Fields = {
  name: Buffer;
  method: number;
  /** MS-DOS date and time, as one number: date in the upper half. */
  time: number;
  crc: number;
  packed: number;
  size: number;
  mode: number;
  offset: number;
};

const localBytes = 30;
const centralBytes = 46;
const endBytes = 22;
const max32 = 0xffffffff;
/** Names are UTF-8. */
const flags = 0x0800;
const needs = 20;
/** Made on Unix: the upper half of the external attributes is the mode. */
const madeBy = (3 << 8) | 20;
const regularFile = 0o100000;

const dosTime = (at: string): number => {
  const time = new Date(at);
  const year = Math.min(Math.max(time.getUTCFullYear(), 1980), 2107);
  const date = ((year - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  return date * 0x10000 + clock;
};

const writeCommon = (record: Buffer, at: number, fields: Fields): void => {
  record.writeUInt16LE(needs, at);
  record.writeUInt16LE(flags, at + 2);
  record.writeUInt16LE(fields.method, at + 4);
  record.writeUInt32LE(fields.time, at + 6);
  record.writeUInt32LE(fields.crc, at + 10);
  record.writeUInt32LE(fields.packed, at + 14);
  record.writeUInt32LE(fields.size, at + 18);
  record.writeUInt16LE(fields.name.length, at + 22);
};

const localRecord = (fields: Fields): Buffer => {
  const record = Buffer.alloc(localBytes);
  record.writeUInt32LE(0x04034b50, 0);
  writeCommon(record, 4, fields);
  return Buffer.concat([record, fields.name]);
};

const centralRecord = (fields: Fields): Buffer => {
  const record = Buffer.alloc(centralBytes);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(madeBy, 4);
  writeCommon(record, 6, fields);
  record.writeUInt32LE(((regularFile | fields.mode) << 16) >>> 0, 38);
  record.writeUInt32LE(fields.offset, 42);
  return Buffer.concat([record, fields.name]);
};

const endRecord = (entries: number, centralSize: number, centralOffset: number): Buffer => {
  const record = Buffer.alloc(endBytes);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(centralSize, 12);
  record.writeUInt32LE(centralOffset, 16);
  return record;
};

/** Each piece is packed by a thread of its own; a piece larger than this shrinks hardly better. */
const pieceBytes = 1024 * 1024;
/** Each holds half a megabyte of its own while it works. */
const atOnce = 8;

const deflatePiece = (bytes: Uint8Array, finishFlush: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // The quickest level: a store of mostly text shrinks to a fifth or so at any level, and a backup should not take long.
    deflateRaw(bytes, { level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024, finishFlush }, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });

/** One deflate stream in pieces: each but the last ends at a byte with a flush (RFC 1951, a stored block of no bytes). */
const deflate = async (bytes: Uint8Array): Promise<Buffer> => {
  const packed: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += atOnce * pieceBytes) {
    const pieces: Promise<Buffer>[] = [];
    for (let from = at; from === at || (from < bytes.length && from < at + atOnce * pieceBytes); from += pieceBytes) {
      const end = from + pieceBytes;
      pieces.push(
        deflatePiece(bytes.subarray(from, end), end < bytes.length ? constants.Z_FULL_FLUSH : constants.Z_FINISH),
      );
    }
    packed.push(...(await Promise.all(pieces)));
  }
  return Buffer.concat(packed);
};

/** Null when the bytes are not one whole deflate stream of exactly `size` bytes. */
const inflate = (packed: Uint8Array, size: number): Promise<Buffer | null> =>
  new Promise((resolve) => {
    const done = (error: Error | null, result: Buffer): void => {
      if (error !== null) {
        resolve(null);
        return;
      }
      // With `info` Node answers {buffer, engine}; its types do not know.
      const { buffer, engine } = result as unknown as { buffer: Buffer; engine: Zlib };
      resolve(buffer.length === size && engine.bytesWritten === packed.length ? buffer : null);
    };
    // One byte more than allowed must already fail; zlib wants at least 1.
    inflateRaw(
      packed,
      { info: true, maxOutputLength: Math.max(size, 1), chunkSize: Math.min(Math.max(size, 64), 1024 * 1024) },
      done,
    );
  });

export const writeZip = async (entries: readonly ZipEntry[], at: string): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const [packed, { crc }] = await Promise.all([
      entry.stored === true ? entry.bytes : deflate(entry.bytes),
      digestOf(entry.bytes),
    ]);
    const fields: Fields = {
      name: Buffer.from(entry.name, 'utf8'),
      method: entry.stored === true ? 0 : 8,
      time: dosTime(at),
      crc,
      packed: packed.length,
      size: entry.bytes.length,
      mode: entry.mode & 0o777,
      offset,
    };
    if (entry.bytes.length >= max32 || offset + packed.length >= max32)
      throw new Error('a part is too large for this archive format');
    const local = localRecord(fields);
    pieces.push(local, packed);
    central.push(centralRecord(fields));
    offset += local.length + packed.length;
  }
  const directory = Buffer.concat(central);
  return new Uint8Array(Buffer.concat([...pieces, directory, endRecord(entries.length, directory.length, offset)]));
};

const readFields = (zip: Buffer, at: number): Fields | null => {
  if (at + centralBytes > zip.length) return null;
  const nameLength = zip.readUInt16LE(at + 28);
  if (at + centralBytes + nameLength > zip.length) return null;
  const fields: Fields = {
    name: zip.subarray(at + centralBytes, at + centralBytes + nameLength),
    method: zip.readUInt16LE(at + 10),
    time: zip.readUInt32LE(at + 12),
    crc: zip.readUInt32LE(at + 16),
    packed: zip.readUInt32LE(at + 20),
    size: zip.readUInt32LE(at + 24),
    mode: (zip.readUInt32LE(at + 38) >>> 16) & 0o777,
    offset: zip.readUInt32LE(at + 42),
  };
  const canonical = centralRecord(fields);
  return canonical.equals(zip.subarray(at, at + canonical.length)) ? fields : null;
};

const readDirectory = (zip: Buffer, limits: ZipLimits): Fields[] | string => {
  if (zip.length < endBytes) return 'it is cut off';
  const endAt = zip.length - endBytes;
  const count = zip.readUInt16LE(endAt + 8);
  const [size, start] = [zip.readUInt32LE(endAt + 12), zip.readUInt32LE(endAt + 16)];
  if (!endRecord(count, size, start).equals(zip.subarray(endAt)) || start + size !== endAt)
    return 'its end is not that of an archive';
  if (count > limits.maxEntries) return 'it has more parts than it can have';
  const all: Fields[] = [];
  let at = start;
  for (let i = 0; i < count; i += 1) {
    const fields = readFields(zip, at);
    if (fields === null) return 'its directory is damaged';
    all.push(fields);
    at += centralBytes + fields.name.length;
  }
  return at === endAt ? all : 'its directory is damaged';
};

/** Every byte before the directory must belong to exactly one part, in order. */
const checkLayout = (zip: Buffer, all: readonly Fields[], limits: ZipLimits): string | null => {
  let at = 0;
  let total = 0;
  for (const fields of all) {
    const local = localRecord(fields);
    if (fields.offset !== at || !local.equals(zip.subarray(at, at + local.length)))
      return 'a part does not start where it should';
    if (fields.method !== 8 && (fields.method !== 0 || fields.packed !== fields.size))
      return 'a part is packed in an unknown way';
    if (fields.size > limits.maxEntryBytes) return 'a part is larger than it can be';
    total += fields.size;
    if (total > limits.maxTotalBytes) return 'its parts together are larger than they can be';
    at += local.length + fields.packed;
  }
  return at === zip.readUInt32LE(zip.length - endBytes + 16) ? null : 'its parts do not fill it';
};

/**
 * All parts, or what is wrong, in words. `isName` says which names may come; a name twice is refused. Sizes are checked
 * against the limits before anything is allocated.
 */
export const readZip = async (
  bytes: Uint8Array,
  limits: ZipLimits,
  isName: (name: string) => boolean,
): Promise<{ parts: ZipPart[] } | { problem: string }> => {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = readDirectory(zip, limits);
  if (typeof all === 'string') return { problem: all };
  const layout = checkLayout(zip, all, limits);
  if (layout !== null) return { problem: layout };
  const parts: ZipPart[] = [];
  const seen = new Set<string>();
  for (const fields of all) {
    const name = fields.name.toString('utf8');
    if (!isName(name) || seen.has(name) || !Buffer.from(name, 'utf8').equals(fields.name))
      return { problem: 'it has a part of an unexpected name' };
    seen.add(name);
    const start = fields.offset + localBytes + fields.name.length;
    const packed = zip.subarray(start, start + fields.packed);
    const plain = fields.method === 0 ? packed : await inflate(packed, fields.size);
    if (plain === null || (await digestOf(plain)).crc !== fields.crc) return { problem: `its part ${name} is damaged` };
    parts.push({ name, bytes: new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength), mode: fields.mode });
  }
  return { parts };
};
