/**
 * The mark of the last confirmed save, in its own small file (`last-save`, docs/store.md): a journal that was cut exactly
 * at the end of an earlier save looks complete, only this tells. It is written when a store is closed or folded, never
 * with a save, and not flushed: it speaks only of saves that are on disk already. A mark that is missing, stale or
 * unwritable costs nothing but this one proof, so it never fails an open or a close.
 */
import { join } from 'node:path';
import { asBuffer, readUint64, writeUint64 } from './bytes.ts';
import type { ChainJournal, Place } from './chain.ts';
import { errnoOf } from './failures.ts';
import { journalName } from './files.ts';
import { storeTagBytes } from './journal.ts';

export type LastSave = {
  /** The journal that the save is in; its own number, and its frame's checksum (the header's before any save). */
  generation: number;
  sequence: number;
  crc: number;
  storeTag: Uint8Array;
};

export const lastSaveName = 'last-save';
const markBytes = 40;
const magic = Buffer.from('HFSAVED1', 'latin1');

const encode = (mark: LastSave, { checksum }: Place): Uint8Array => {
  const bytes = Buffer.alloc(markBytes);
  magic.copy(bytes, 0);
  writeUint64(bytes, mark.generation, 8);
  writeUint64(bytes, mark.sequence, 16);
  bytes.writeUInt32LE(mark.crc, 24);
  bytes.set(mark.storeTag.subarray(0, storeTagBytes), 28);
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 36)), 36);
  return new Uint8Array(bytes);
};

export type LastSaveReading =
  { kind: 'mark'; mark: LastSave } | { kind: 'none' } | { kind: 'unusable'; problem: string };

const decode = (bytes: Uint8Array, { checksum }: Place): LastSaveReading => {
  const buffer = asBuffer(bytes);
  // Its name outlived a power loss and its bytes did not: it was never written whole.
  if (buffer.every((byte) => byte === 0)) return { kind: 'none' };
  const generation = buffer.length === markBytes ? readUint64(buffer, 8) : null;
  const sequence = buffer.length === markBytes ? readUint64(buffer, 16) : null;
  const whole = generation !== null && sequence !== null && buffer.subarray(0, 8).equals(magic);
  if (!whole || checksum(buffer.subarray(0, 36)) !== buffer.readUInt32LE(36))
    return { kind: 'unusable', problem: 'it is damaged' };
  const storeTag = new Uint8Array(bytes.subarray(28, 36));
  return { kind: 'mark', mark: { generation, sequence, crc: buffer.readUInt32LE(24), storeTag } };
};

/** Read it before the journals: their owner may save, and mark, meanwhile. */
export const readLastSave = (place: Place): LastSaveReading => {
  try {
    return decode(place.fs.readFile(join(place.dir, lastSaveName)), place);
  } catch (error) {
    const code = errnoOf(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? { kind: 'none' } : { kind: 'unusable', problem: `it cannot be read (${code})` };
  }
};

/** Why these journals cannot be all there was; null when they can. */
export const missingSaves = ({ mark }: { mark: LastSave }, journals: readonly ChainJournal[]): string | null => {
  const last = journals.at(-1);
  if (last === undefined) return null;
  const { lastSequence } = last.scan;
  if (lastSequence < mark.sequence) {
    const name = journalName(last.generation);
    return `${name} ends with save ${String(lastSequence)}, but save ${String(mark.sequence)} was confirmed: what came after is missing`;
  }
  const scan = journals.find(({ generation }) => generation === mark.generation)?.scan;
  if (scan === undefined) return null;
  const frame = scan.frames.find(({ sequence, transactions }) => sequence + transactions - 1 === mark.sequence);
  const crc = mark.sequence === scan.header.baseSequence ? scan.headerCrc : frame?.crc;
  return crc === mark.crc
    ? null
    : `${journalName(mark.generation)} holds another save ${String(mark.sequence)} than the one that was confirmed`;
};

/** Only of saves that are on disk. */
export const writeLastSave = (place: Place, mark: LastSave): void => {
  const path = join(place.dir, lastSaveName);
  try {
    const file = place.fs.open(path, place.fs.exists(path) ? 'append' : 'create');
    try {
      if (file.size() > markBytes) file.truncate(0);
      file.write(encode(mark, place), 0);
    } finally {
      file.close();
    }
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
};
