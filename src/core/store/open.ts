/**
 * The store as the rest of core uses it (types.ts): opens or creates the files, runs rounds, folds the journal when it
 * has grown. Everything that was answered with `ok` is on disk; everything read was on disk before.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import type { CheckpointState } from './checkpoint.ts';
import { crc32, type Checksum } from './checksum.ts';
import { createStoreFiles } from './create.ts';
import { errnoOf, unreadable, writeError } from './failures.ts';
import { imagePath, journalPath, shownPath } from './files.ts';
import { createFolder } from './folder.ts';
import { openJournalFile, type JournalFile } from './journal-file.ts';
import { writeLastSave } from './last-save.ts';
import { currentSchema, openLatest, storeTag, type Opened } from './ladder.ts';
import type { Retirement } from './retire.ts';
import { createRounds, type Rounds } from './rounds.ts';
import type { OpenError, OpenStoreOptions, Store, StoreNotice } from './types.ts';
import { workerFile } from './thread.ts';

const MiB = 1024 * 1024;

export type StoreTuning = {
  checksum: Checksum;
  /** A journal over this is folded after a round, whatever goes on. */
  foldOverBytes: number;
  /** Over this, once nothing was saved for `idleMs`; only where the event loop stays free meanwhile. */
  foldIdleOverBytes: number;
  idleMs: number;
  /** Over this, when its owner closes the store. */
  foldAtCloseOverBytes: number;
  /** The program that folds in a thread; null folds in this one. */
  foldProgram: string | null;
  /** Folds in this thread by reading back what is on disk, as the program does: for any file system. */
  foldFromDisk: boolean;
};

const tuning = (): StoreTuning => ({
  checksum: crc32,
  foldOverBytes: 4 * MiB,
  foldIdleOverBytes: MiB,
  idleMs: 500,
  foldAtCloseOverBytes: MiB / 4,
  foldProgram: workerFile('checkpoint'),
  foldFromDisk: false,
});

/** Errors are `OpenError`s; a failed open leaves every file as it was. */
export const openStore = (options: OpenStoreOptions): Promise<Result<Store>> => openTunedStore(options, {});

/** For the store's own tests: smaller limits, and checksums taken away. */
export const openTunedStore = async (
  options: OpenStoreOptions,
  changes: Partial<StoreTuning>,
): Promise<Result<Store>> => {
  const tuned = { ...tuning(), ...changes };
  const place = { fs: options.fs, dir: options.dir, checksum: tuned.checksum };
  const request = { ...place, now: options.now, grow: options.mode === 'owner', schema: currentSchema };
  let opened = await openLatest(request);
  if (!opened.ok && opened.error.type === 'NotFound' && options.create && options.mode === 'owner') {
    const created = await createWhereFolderIs(options, place);
    if (!created.ok) return created;
    opened = await openLatest(request);
  }
  if (!opened.ok) return opened;
  const journal = options.mode === 'owner' ? openForSaving(options, tuned, opened.data) : ok(null);
  if (!journal.ok) {
    opened.data.engine.close();
    return journal;
  }
  return ok(assemble(options, tuned, opened.data, journal.data));
};

const createWhereFolderIs = async (options: OpenStoreOptions, place: Place): Promise<Result<void>> => {
  const { fs, dir, now, newId } = options;
  try {
    if (!fs.exists(dir)) return fail({ type: 'NotFound', what: 'store', name: '.holdfast' });
  } catch (error) {
    return fail(unreadable(error, dir, dir));
  }
  return createStoreFiles({ ...place, now, newId });
};

const rightsMissing = new Set(['EACCES', 'EPERM', 'EROFS']);

const openForSaving = (options: OpenStoreOptions, { checksum }: StoreTuning, opened: Opened): Result<JournalFile> => {
  const { fs, dir, now } = options;
  const path = journalPath(dir, opened.journal.generation);
  try {
    return ok(openJournalFile({ fs, dir, now, checksum, storeTag: storeTag(opened.storeId) }, opened));
  } catch (error) {
    const code = errnoOf(error);
    if (code !== null && rightsMissing.has(code)) {
      return fail({
        type: 'ReadOnly',
        reason: `${shownPath(dir, path)} cannot be written (${code})`,
      } satisfies OpenError);
    }
    return fail(writeError(error, { what: 'the journal', dir, path, bytes: null }));
  }
};

/** Generations kept by a schema step as the way back: "oldest-newest" in meta. */
const readPinned = (opened: Opened): Retirement['pinned'] => {
  const text = opened.engine.value(`SELECT value FROM meta WHERE key = 'pinned_generations'`);
  const match = typeof text === 'string' ? /^(\d+)-(\d+)$/u.exec(text) : null;
  return match === null ? null : { oldest: Number(match[1]), newest: Number(match[2]) };
};

const assemble = (
  options: OpenStoreOptions,
  tuned: StoreTuning,
  opened: Opened,
  journal: JournalFile | null,
): Store => {
  const { engine } = opened;
  const notices: StoreNotice[] = [...opened.notices];
  let state: CheckpointState = { image: opened.image, badImages: opened.badImages };
  let closing: Promise<void> | null = null;
  const rounds: Rounds = createRounds({
    engine,
    journal,
    flush: options.flush,
    readOnly: journal === null ? 'it was opened for reading' : null,
    afterSave: () => {
      folder.afterSave();
    },
  });
  const folder = createFolder({
    options,
    tuned,
    engine: opened.engine,
    pinned: readPinned(opened),
    journal,
    rounds,
    notices,
    state: () => state,
    setState: (next) => {
      state = next;
      if (journal !== null) markLastSave(options, tuned, opened, journal);
    },
  });
  const close = async (how?: 'abandoned'): Promise<void> => {
    try {
      await rounds.idle();
      await folder.atClose();
    } finally {
      folder.stop();
      rounds.stop('the store is closed');
      await rounds.idle();
      engine.close();
      if (journal !== null && how !== 'abandoned') markLastSave(options, tuned, opened, journal);
      journal?.close();
    }
  };
  const position = (): { generation: number; sequence: number; end: number } =>
    journal?.state() ?? { generation: opened.journal.generation, sequence: opened.sequence, end: opened.journal.end };
  const openOnly = <T>(work: () => Promise<T>): Promise<T> =>
    closing === null ? work() : Promise.reject(new Error('The store is closed'));
  const unlessClosed = <T>(write: () => Promise<Result<T>>): Promise<Result<T>> =>
    closing === null ? write() : Promise.resolve(fail({ type: 'ReadOnly', reason: 'the store is closed' }));
  return {
    mode: options.mode,
    info: () => ({
      storeId: opened.storeId,
      generation: position().generation,
      sequence: position().sequence,
      imageBytes: state.image.fileBytes,
      journalBytes: position().end,
      schemaVersion: opened.schemaVersion,
      imagePath: imagePath(options.dir, state.image.generation),
    }),
    notices: () => [...notices],
    read: (fn) => openOnly(() => rounds.read(fn)),
    transact: (fn) => unlessClosed(() => rounds.transact(fn)),
    transactInSteps: (fn, how) => unlessClosed(() => rounds.transactInSteps(fn, how)),
    onCommit: rounds.onCommit,
    readOnly: rounds.stopped,
    stop: rounds.stop,
    exportImage: () => openOnly(() => rounds.alone(() => engine.exportBytes())),
    checkpoint: () => openOnly(() => folder.fold()),
    close: (how) => (closing ??= close(how)),
  };
};

/** A journal that is cut at a save's end from now on is missed at the next open. */
const markLastSave = (
  { fs, dir }: OpenStoreOptions,
  { checksum }: StoreTuning,
  { storeId }: Opened,
  journal: JournalFile,
): void => {
  const { generation, sequence, lastCrc } = journal.state();
  writeLastSave({ fs, dir, checksum }, { generation, sequence, crc: lastCrc, storeTag: storeTag(storeId) });
};
