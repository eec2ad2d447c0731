/**
 * The open journal of the owner: appends frames, and changes over to the next generation. It checks before each append
 * that the file is still the one it knows, cuts an unfinished end only then (after copying it to quarantine), and takes
 * a failed write back. It never flushes by itself: the round does, and decides what a failed flush means.
 */
import { basename, join } from 'node:path';
import type { HoldfastError } from '../../contract/errors.ts';
import { errnoOf, writeError } from './failures.ts';
import { journalName, journalPath, quarantineDir } from './files.ts';
import { createTemporary } from './image.ts';
import type { Current, Flush, JournalFileOptions, Stop, WriteOutcome } from './journal-current.ts';
import { nextJournal } from './journal-next.ts';
import { createFrameSealer } from './journal.ts';
import { createRecorder, type Recorder } from './journal-record.ts';
import type { Opened } from './ladder.ts';
import type { StoreFs } from './types.ts';

export type JournalFile = {
  recorder: Recorder;
  state: () => { generation: number; baseSequence: number; sequence: number; end: number; lastCrc: number };
  /** Writes the recorder's frame. It counts only after a flush and `confirm`. */
  write: () => WriteOutcome;
  flushSync: () => void;
  flush: () => Promise<void>;
  confirm: () => void;
  /** Checks the file and cuts an unfinished end: what `write` does first, for a checkpoint. */
  tidy: () => WriteOutcome;
  /** Makes the journal of the next generation and appends there from now on. Between rounds, alone. */
  changeOver: (flush: Flush) => Promise<WriteOutcome>;
  close: () => void;
};

const what = 'the save';

/**
 * Opens the newest journal for appending. What was read from it may still be on its way to the disk (its writer was
 * killed), so file and folder are flushed before anyone sees it. Throws the file system's error.
 */
export const openJournalFile = (options: JournalFileOptions, opened: Opened): JournalFile => {
  const { fs, dir, checksum } = options;
  const { journal } = opened;
  const path = journalPath(dir, journal.generation);
  const file = fs.open(path, 'append');
  try {
    file.flushSync();
    fs.flushDir(dir);
  } catch (error) {
    file.close();
    throw error;
  }
  return createJournalFile(options, {
    generation: journal.generation,
    path,
    file,
    sealer: createFrameSealer(journal.salt, checksum),
    recorder: createRecorder(journal.texts),
    baseSequence: journal.baseSequence,
    sequence: opened.sequence,
    end: journal.end,
    tornBytes: journal.tornBytes,
    lastCrc: journal.lastCrc,
  });
};

const createJournalFile = (options: JournalFileOptions, first: Current): JournalFile => {
  const { fs, dir } = options;
  let current = first;
  /** Of the frame that is written but not confirmed. */
  let pending: { bytes: number; crc: number; transactions: number } | null = null;
  const tidy = (): WriteOutcome => {
    const stop = foreignChange(fs, current);
    if (stop !== null) return { kind: 'stopped', stop };
    return current.tornBytes === 0 ? { kind: 'written' } : cutTornTail(options, current);
  };
  return {
    get recorder() {
      return current.recorder;
    },
    state: () => ({
      generation: current.generation,
      baseSequence: current.baseSequence,
      sequence: current.sequence,
      end: current.end,
      lastCrc: current.lastCrc,
    }),
    tidy,
    write: () => {
      const ready = tidy();
      if (ready.kind !== 'written') return ready;
      const { file, end, recorder, sealer } = current;
      const frame = recorder.frame();
      const transactions = recorder.transactions();
      const crc = sealer.seal(frame, { sequence: current.sequence + 1, previousCrc: current.lastCrc, transactions });
      try {
        file.write(frame, end);
      } catch (error) {
        return takeBack(current, writeError(error, { what, dir, path: current.path, bytes: frame.length }));
      }
      pending = { bytes: frame.length, crc, transactions };
      return { kind: 'written' };
    },
    flushSync: () => {
      current.file.flushSync();
    },
    flush: () => current.file.flush(),
    confirm: () => {
      if (pending === null) throw new Error('There is no written frame to confirm');
      current.end += pending.bytes;
      current.lastCrc = pending.crc;
      current.sequence += pending.transactions;
      pending = null;
    },
    changeOver: async (flush) => {
      const next = await nextJournal(options, current, flush);
      if (next.kind !== 'written') return next;
      current.file.close();
      current = next.current;
      return { kind: 'written' };
    },
    close: () => {
      current.file.close();
    },
  };
};

/** The second line behind the lock: one stat of the path sees an append, a truncation and a replaced or missing file. */
const foreignChange = (fs: StoreFs, current: Current): Stop | null => {
  const name = basename(current.path);
  let problem: string;
  try {
    const found = fs.stat(current.path);
    const size = current.end + current.tornBytes;
    if (found.inode === current.file.inode() && found.size === size) return null;
    problem =
      found.inode === current.file.inode()
        ? `${name} was changed by another process`
        : `${name} was replaced by another process`;
  } catch (error) {
    const code = errnoOf(error);
    if (code === null) throw error;
    problem = code === 'ENOENT' ? `${name} was removed by another process` : `${name} cannot be looked at (${code})`;
  }
  return { error: { type: 'ReadOnly', reason: problem }, readOnly: problem };
};

const unknown = (readOnly: string): WriteOutcome => ({
  kind: 'stopped',
  stop: { error: { type: 'OutcomeUnknown', what }, readOnly },
});

/** A failed write may have left bytes. They go, on disk too, so that a save that was refused never comes back. */
const takeBack = (current: Current, error: HoldfastError): WriteOutcome => {
  try {
    current.file.truncate(current.end);
    current.file.flushSync();
  } catch (second) {
    if (errnoOf(second) === null) throw second;
    return unknown('a failed save could not be taken back');
  }
  return { kind: 'refused', error };
};

/** Copies what is no save to quarantine, then cuts it. Until the copy is on disk nothing is cut. */
const cutTornTail = ({ fs, dir, now }: JournalFileOptions, current: Current): WriteOutcome => {
  const folder = quarantineDir(dir);
  const stamp = now().replaceAll(/[^0-9TZ]/gu, '');
  const path = join(folder, `${journalName(current.generation)}.${String(current.end)}.${stamp}.tail`);
  const failed = (error: unknown): WriteOutcome => ({
    kind: 'refused',
    error: writeError(error, { what: 'the unfinished save', dir, path, bytes: current.tornBytes }),
  });
  try {
    if (!fs.exists(folder)) {
      fs.makeDir(folder);
      fs.flushDir(dir);
    }
    copyTail(fs, current, path);
    fs.flushDir(folder);
  } catch (error) {
    return failed(error);
  }
  try {
    current.file.truncate(current.end);
  } catch (error) {
    return failed(error);
  }
  try {
    current.file.flushSync();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return unknown('the disk did not confirm that an unfinished save was cut');
  }
  current.tornBytes = 0;
  return { kind: 'written' };
};

const copyTail = (fs: StoreFs, current: Current, path: string): void => {
  // A copy of an earlier attempt that failed half-way is incomplete: make it anew, from the same bytes.
  const copy = createTemporary(fs, path);
  try {
    copy.write(current.file.read(current.tornBytes, current.end), 0);
    copy.flushSync();
  } finally {
    copy.close();
  }
};
