/**
 * Makes journals: a store's first, and the one that takes the saves of the next generation. Under its own name a journal
 * is complete and on disk from the start; one that could not be finished is removed again.
 */
import { randomBytes } from 'node:crypto';
import type { HoldfastError } from '../../contract/errors.ts';
import { errnoOf, writeError } from './failures.ts';
import { journalPath, temporaryPath } from './files.ts';
import { createTemporary } from './image.ts';
import type { Current, Flush, JournalFileOptions, WriteOutcome } from './journal-current.ts';
import {
  createFrameSealer,
  decodeJournalHeader,
  encodeJournalHeader,
  journalHeaderBytes,
  type JournalHeader,
} from './journal.ts';
import { createRecorder } from './journal-record.ts';

export const newSalt = (): Uint8Array => new Uint8Array(randomBytes(16));

/** Creates a journal under its own name, complete and on disk. Throws the file system's error. */
export const createJournal = async (
  { fs, dir, checksum }: Pick<JournalFileOptions, 'fs' | 'dir' | 'checksum'>,
  header: JournalHeader,
  flush: Flush,
): Promise<{ crc: number }> => {
  const path = journalPath(dir, header.generation);
  const { bytes, crc } = encodeJournalHeader(header, checksum);
  const file = createTemporary(fs, temporaryPath(path));
  try {
    file.write(bytes, 0);
    if (flush === 'sync') file.flushSync();
    else await file.flush();
    const back = decodeJournalHeader(file.read(journalHeaderBytes, 0), checksum);
    if (back.kind !== 'ok' || back.crc !== crc) {
      throw Object.assign(new Error(`${path} does not read back as it was written`), { code: 'EIO', path });
    }
  } finally {
    file.close();
  }
  fs.rename(temporaryPath(path), path);
  if (flush === 'sync') fs.flushDir(dir);
  else await fs.flushDirLater(dir);
  return { crc };
};

/** The journal of the next generation, from the present one's last save on. */
export const nextJournal = async (
  options: JournalFileOptions,
  current: Current,
  flush: Flush,
): Promise<{ kind: 'written'; current: Current } | Exclude<WriteOutcome, { kind: 'written' }>> => {
  const { fs, dir, checksum, storeTag } = options;
  const generation = current.generation + 1;
  const path = journalPath(dir, generation);
  const salt = newSalt();
  const header = { salt, generation, baseSequence: current.sequence, previousJournalCrc: current.lastCrc, storeTag };
  try {
    const { crc } = await createJournal(options, header, flush);
    const file = fs.open(path, 'append');
    const start = {
      baseSequence: current.sequence,
      sequence: current.sequence,
      end: journalHeaderBytes,
      tornBytes: 0,
      lastCrc: crc,
    };
    const sealer = createFrameSealer(salt, checksum);
    return { kind: 'written', current: { generation, path, file, sealer, recorder: createRecorder([]), ...start } };
  } catch (error) {
    return withdraw(
      options,
      path,
      writeError(error, { what: 'the next journal', dir, path, bytes: journalHeaderBytes }),
    );
  }
};

/** A next journal must not lie about while saves go on in the present one: the two would contradict each other. */
const withdraw = (
  { fs, dir }: JournalFileOptions,
  path: string,
  error: HoldfastError,
): Exclude<WriteOutcome, { kind: 'written' }> => {
  try {
    for (const name of [path, temporaryPath(path)]) if (fs.exists(name)) fs.remove(name);
    fs.flushDir(dir);
  } catch (second) {
    if (errnoOf(second) === null) throw second;
    return { kind: 'stopped', stop: { error, readOnly: 'the next journal could be neither finished nor removed' } };
  }
  return { kind: 'refused', error };
};
