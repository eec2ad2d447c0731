/**
 * The store as the rest of core uses it (types.ts): opens or creates the files, runs rounds, folds the journal when it
 * has grown. Everything that was answered with `ok` is on disk; everything read was on disk before.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Place } from './chain.ts';
import { checkpoint, type CheckpointState } from './checkpoint.ts';
import { crc32, type Checksum } from './checksum.ts';
import { createStoreFiles } from './create.ts';
import { errnoOf, unreadable, writeError } from './failures.ts';
import { imagePath, journalName, journalPath, shownPath } from './files.ts';
import { openJournalFile, type JournalFile } from './journal-file.ts';
import { currentSchema, openLatest, storeTag, type Opened } from './ladder.ts';
import { createRounds, type Rounds } from './rounds.ts';
import type { OpenError, OpenStoreOptions, Store, StoreNotice } from './types.ts';

/** A journal over this is folded after a round; over the smaller one, when its owner closes the store. */
const foldOverBytes = 1024 * 1024;
const foldAtCloseOverBytes = 256 * 1024;

export type StoreTuning = { checksum: Checksum; foldOverBytes: number; foldAtCloseOverBytes: number };
const tuning: StoreTuning = { checksum: crc32, foldOverBytes, foldAtCloseOverBytes };

/** Errors are `OpenError`s; a failed open leaves every file as it was. */
export const openStore = (options: OpenStoreOptions): Promise<Result<Store>> => openTunedStore(options, {});

/** For the store's own tests: smaller limits, and checksums taken away. */
export const openTunedStore = async (
  options: OpenStoreOptions,
  changes: Partial<StoreTuning>,
): Promise<Result<Store>> => {
  const tuned = { ...tuning, ...changes };
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
const readPinned = (opened: Opened): ((generation: number) => boolean) => {
  const text = opened.engine.value(`SELECT value FROM meta WHERE key = 'pinned_generations'`);
  const match = typeof text === 'string' ? /^(\d+)-(\d+)$/u.exec(text) : null;
  if (match === null) return () => false;
  const [oldest, newest] = [Number(match[1]), Number(match[2])];
  return (generation) => generation >= oldest && generation <= newest;
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
      folder.foldIfLarge();
    },
  });
  const folder = createFolder({
    options,
    tuned,
    opened,
    journal,
    rounds,
    notices,
    state: () => state,
    setState: (next) => {
      state = next;
    },
  });
  const close = async (): Promise<void> => {
    try {
      await rounds.idle();
      await folder.atClose();
    } finally {
      rounds.stop('the store is closed');
      await rounds.idle();
      engine.close();
      journal?.close();
    }
  };
  const position = (): { generation: number; sequence: number; end: number } =>
    journal?.state() ?? { generation: opened.journal.generation, sequence: opened.sequence, end: opened.journal.end };
  const openOnly = <T>(work: () => Promise<T>): Promise<T> =>
    closing === null ? work() : Promise.reject(new Error('The store is closed'));
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
    transact: (fn) => {
      if (closing !== null) return Promise.resolve(fail({ type: 'ReadOnly', reason: 'the store is closed' }));
      return rounds.transact(fn);
    },
    onCommit: rounds.onCommit,
    exportImage: () => openOnly(() => rounds.alone(() => engine.exportBytes())),
    checkpoint: () => openOnly(() => folder.fold()),
    close: () => (closing ??= close()),
  };
};

type Folder = { fold: () => Promise<Result<void>>; foldIfLarge: () => void; atClose: () => Promise<void> };

/** Decides when to fold; one at a time. */
const createFolder = (parts: {
  options: OpenStoreOptions;
  tuned: StoreTuning;
  opened: Opened;
  journal: JournalFile | null;
  rounds: Rounds;
  notices: StoreNotice[];
  state: () => CheckpointState;
  setState: (state: CheckpointState) => void;
}): Folder => {
  const { options, tuned, opened, journal, rounds, notices } = parts;
  const pinned = readPinned(opened);
  let running: Promise<Result<void>> | null = null;
  let foldOver = tuned.foldOverBytes;
  const run = async (journalFile: JournalFile): Promise<Result<void>> => {
    const { fs, dir, flush } = options;
    const { alone, stop, stopped } = rounds;
    const context = {
      fs,
      dir,
      flush,
      checksum: tuned.checksum,
      engine: opened.engine,
      journal: journalFile,
      alone,
      stop,
      stopped,
      pinned,
    };
    const folded = await checkpoint(context, parts.state());
    if (!folded.ok) return folded;
    parts.setState(folded.data);
    return ok(undefined);
  };
  const fold = async (): Promise<Result<void>> => {
    const reason = rounds.stopped();
    if (journal === null || reason !== null)
      return fail({ type: 'ReadOnly', reason: reason ?? 'it was opened for reading' });
    running ??= run(journal).finally(() => {
      running = null;
    });
    return running;
  };
  let telling = false;
  const foldAndTell = async (bytes: number): Promise<void> => {
    telling = true;
    // Nobody waits for this one: whatever goes wrong, a bug too, becomes a notice. Saves go on in the journal.
    const problem = await fold().then(
      (folded) => (folded.ok ? null : folded.error.type),
      (error: unknown) => String(error),
    );
    // It is tried again when the journal has grown by as much again.
    foldOver = problem === null ? tuned.foldOverBytes : bytes + tuned.foldOverBytes;
    if (problem !== null) notices.push(foldNotice(options, journal, problem));
    telling = false;
  };
  return {
    fold,
    foldIfLarge: () => {
      const bytes = journal?.state().end ?? 0;
      if (running === null && !telling && rounds.stopped() === null && bytes > foldOver) void foldAndTell(bytes);
    },
    atClose: async () => {
      await running;
      if (journal !== null && rounds.stopped() === null && journal.state().end > tuned.foldAtCloseOverBytes) {
        await foldAndTell(journal.state().end);
      }
    },
  };
};

const foldNotice = ({ now }: OpenStoreOptions, journal: JournalFile | null, problem: string): StoreNotice => ({
  id: 'checkpoint-failed',
  severity: 'warning',
  message: `${journalName(journal?.state().generation ?? 0)} could not be folded into an image (${problem}); everything is saved, opening takes longer`,
  at: now(),
});
