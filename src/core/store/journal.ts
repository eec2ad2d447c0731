/**
 * The journal file: a 64-byte header and frames, one frame a round (docs/store.md). Pure: bytes in, bytes out. It says
 * what is intact, what is an unfinished end and what is damage; it never decides what to do about it.
 */
import { asBuffer, readUint64, writeUint64 } from './bytes.ts';
import type { Checksum } from './checksum.ts';

export const journalHeaderBytes = 64;
export const frameHeaderBytes = 24;
export const journalVersion = 1;
const magic = Buffer.from('HFJRNL1\n', 'latin1');
const saltBytes = 16;
export const storeTagBytes = 8;
/** A transaction is at least its end mark: bounds the count before anything is read. */
const leastTransactionBytes = 1;

export type JournalHeader = {
  salt: Uint8Array;
  generation: number;
  /** Number of the last transaction before this journal: what image `generation` holds. */
  baseSequence: number;
  /** CRC of the last frame (or header) of the journal before; 0 in the first journal: ties the chain together. */
  previousJournalCrc: number;
  /** First bytes of SHA-256 of the store id: a file of another store does not pass. */
  storeTag: Uint8Array;
};

export const encodeJournalHeader = (header: JournalHeader, checksum: Checksum): { bytes: Uint8Array; crc: number } => {
  const bytes = Buffer.alloc(journalHeaderBytes);
  magic.copy(bytes, 0);
  bytes.writeUInt32LE(journalVersion, 8);
  bytes.writeUInt32LE(header.previousJournalCrc, 12);
  bytes.set(header.salt.subarray(0, saltBytes), 16);
  writeUint64(bytes, header.generation, 32);
  writeUint64(bytes, header.baseSequence, 40);
  bytes.set(header.storeTag.subarray(0, storeTagBytes), 48);
  const crc = checksum(bytes.subarray(0, 60));
  bytes.writeUInt32LE(crc, 60);
  return { bytes, crc };
};

export type HeaderReading =
  | { kind: 'ok'; header: JournalHeader; crc: number }
  | { kind: 'newer'; version: number }
  | { kind: 'bad'; problem: string };

export const decodeJournalHeader = (bytes: Uint8Array, checksum: Checksum): HeaderReading => {
  if (bytes.length < journalHeaderBytes) return { kind: 'bad', problem: 'its header is cut off' };
  const buffer = asBuffer(bytes);
  if (!buffer.subarray(0, 8).equals(magic)) return { kind: 'bad', problem: 'it is not a journal' };
  const crc = buffer.readUInt32LE(60);
  if (checksum(buffer.subarray(0, 60)) !== crc) return { kind: 'bad', problem: 'its header is damaged' };
  const version = buffer.readUInt32LE(8);
  if (version > journalVersion) return { kind: 'newer', version };
  const generation = readUint64(buffer, 32);
  const baseSequence = readUint64(buffer, 40);
  if (version !== journalVersion || generation === null || baseSequence === null) {
    return { kind: 'bad', problem: 'its header makes no sense' };
  }
  const header = {
    salt: new Uint8Array(bytes.subarray(16, 16 + saltBytes)),
    generation,
    baseSequence,
    previousJournalCrc: buffer.readUInt32LE(12),
    storeTag: new Uint8Array(bytes.subarray(48, 48 + storeTagBytes)),
  };
  return { kind: 'ok', header, crc };
};

/** What seals one journal's frames. */
export type FrameSealer = {
  /** Fills in the 24 bytes kept free at the start of `frame` and gives its CRC. */
  seal: (frame: Buffer, first: { sequence: number; previousCrc: number; transactions: number }) => number;
};

const frameCrc = (salt: Uint8Array, checksum: Checksum): ((frame: Buffer) => number) => {
  const saltCrc = checksum(salt);
  return (frame) => checksum(frame.subarray(8), checksum(frame.subarray(0, 4), saltCrc));
};

export const createFrameSealer = (salt: Uint8Array, checksum: Checksum): FrameSealer => {
  const crcOf = frameCrc(salt, checksum);
  return {
    seal: (frame, { sequence, previousCrc, transactions }) => {
      frame.writeUInt32LE(frame.length - frameHeaderBytes, 0);
      writeUint64(frame, sequence, 8);
      frame.writeUInt32LE(previousCrc, 16);
      frame.writeUInt32LE(transactions, 20);
      const crc = crcOf(frame);
      frame.writeUInt32LE(crc, 4);
      return crc;
    },
  };
};

export type Frame = { offset: number; sequence: number; transactions: number; payload: Uint8Array; crc: number };

export type JournalScan = {
  header: JournalHeader;
  headerCrc: number;
  frames: Frame[];
  /** Where the next frame goes: just after the last intact one. */
  end: number;
  lastSequence: number;
  lastCrc: number;
  /** `torn`: bytes after `end`, and nothing intact among them. `damaged`: an intact frame comes after a bad one. */
  tail: { kind: 'clean' } | { kind: 'torn'; bytes: number } | { kind: 'damaged'; problem: string };
};

type FrameTest = (offset: number) => Frame | null;

/** A frame counts only when its length fits the file, its CRC is right and the sequence is possible. */
export const createFrameTest = (bytes: Buffer, salt: Uint8Array, checksum: Checksum): FrameTest => {
  const crcOf = frameCrc(salt, checksum);
  return (offset) => {
    const room = bytes.length - offset - frameHeaderBytes;
    if (room < leastTransactionBytes) return null;
    const size = bytes.readUInt32LE(offset);
    if (size < leastTransactionBytes || size > room) return null;
    const transactions = bytes.readUInt32LE(offset + 20);
    if (transactions < 1 || transactions > size) return null;
    const sequence = readUint64(bytes, offset + 8);
    if (sequence === null) return null;
    const frame = bytes.subarray(offset, offset + frameHeaderBytes + size);
    const crc = bytes.readUInt32LE(offset + 4);
    if (crcOf(frame) !== crc) return null;
    return { offset, sequence, transactions, payload: frame.subarray(frameHeaderBytes), crc };
  };
};

/** The header's reading, or every intact frame from the start and what follows them. */
export const scanJournal = (
  bytes: Uint8Array,
  checksum: Checksum,
): { kind: 'ok'; scan: JournalScan } | Exclude<HeaderReading, { kind: 'ok' }> => {
  const reading = decodeJournalHeader(bytes, checksum);
  if (reading.kind !== 'ok') return reading;
  const buffer = asBuffer(bytes);
  const test = createFrameTest(buffer, reading.header.salt, checksum);
  const frames: Frame[] = [];
  let end = journalHeaderBytes;
  let lastSequence = reading.header.baseSequence;
  let lastCrc = reading.crc;
  for (;;) {
    const frame = test(end);
    if (frame === null || frame.sequence !== lastSequence + 1 || buffer.readUInt32LE(end + 16) !== lastCrc) break;
    frames.push(frame);
    end += frameHeaderBytes + frame.payload.length;
    lastSequence += frame.transactions;
    lastCrc = frame.crc;
  }
  const tail = tailOf(buffer, end, test);
  return {
    kind: 'ok',
    scan: { header: reading.header, headerCrc: reading.crc, frames, end, lastSequence, lastCrc, tail },
  };
};

/**
 * Looks for an intact frame at every offset after `end`: a damaged length gives no hint where the next one starts. What
 * is no frame has an impossible length almost everywhere, so hardly any checksum is computed.
 */
const tailOf = (bytes: Buffer, end: number, test: FrameTest): JournalScan['tail'] => {
  if (end === bytes.length) return { kind: 'clean' };
  for (let offset = end; offset + frameHeaderBytes < bytes.length; offset++) {
    if (test(offset) !== null) {
      return {
        kind: 'damaged',
        problem: `an intact save lies at byte ${String(offset)}, after a bad one at ${String(end)}`,
      };
    }
  }
  return { kind: 'torn', bytes: bytes.length - end };
};
