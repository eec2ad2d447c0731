/**
 * Decides when the journal is folded and where: in a worker thread while an app stays open, in this thread for a
 * terminal command and where no thread can be had. One fold at a time; a fold that fails becomes a notice, never an
 * answer to a save.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { checkpoint, type CheckpointContext, type CheckpointState } from './checkpoint.ts';
import { crc32 } from './checksum.ts';
import type { Engine } from './engine.ts';
import { journalName } from './files.ts';
import { foldFromDisk } from './fold.ts';
import { foldInThread } from './fold-thread.ts';
import { realFs } from './fs.ts';
import type { JournalFile } from './journal-file.ts';
import type { StoreTuning } from './open.ts';
import type { Rounds } from './rounds.ts';
import type { OpenStoreOptions, StoreNotice } from './types.ts';

export type Folder = {
  fold: () => Promise<Result<void>>;
  /** To be told after each round that changed something. */
  afterSave: () => void;
  atClose: () => Promise<void>;
  /** No fold begins by itself any more. */
  stop: () => void;
};

export type FolderParts = {
  options: OpenStoreOptions;
  tuned: StoreTuning;
  engine: Engine;
  pinned: CheckpointContext['pinned'];
  /** Null for a reader. */
  journal: JournalFile | null;
  rounds: Rounds;
  notices: StoreNotice[];
  state: () => CheckpointState;
  setState: (state: CheckpointState) => void;
};

/** A thread opens the real files by itself: it cannot stand in for another file system or another checksum. */
const elsewhere = ({ options, tuned }: FolderParts): CheckpointContext['foldElsewhere'] => {
  const { fs, dir, flush } = options;
  const { checksum, foldProgram } = tuned;
  if (tuned.foldFromDisk) return (request) => foldFromDisk({ fs, dir, checksum }, request);
  if (flush === 'sync' || foldProgram === null || fs !== realFs || checksum !== crc32) return null;
  return (request) => foldInThread(foldProgram, request);
};

/** Runs `work` when it was not asked for again for `ms`. Never keeps the process alive. */
const createIdleTimer = (ms: number, work: () => void): { restart: () => void; stop: () => void } => {
  let timer: NodeJS.Timeout | null = null;
  return {
    restart: () => {
      // refresh() costs a tenth of a new timer, and saves pass here.
      if (timer !== null) timer.refresh();
      else timer = setTimeout(work, ms).unref();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
};

export const createFolder = (parts: FolderParts): Folder => {
  const { options, tuned, engine, pinned, journal, rounds, notices } = parts;
  let foldElsewhere = elsewhere(parts);
  let running: Promise<Result<void>> | null = null;
  /** What a fold that failed adds to the limits. */
  let patience = 0;
  let telling = false;
  const tell = (id: string, message: string): void => {
    notices.push({ id, severity: 'warning', message, at: options.now() });
  };
  const run = async (journalFile: JournalFile): Promise<Result<void>> => {
    const { fs, dir, flush } = options;
    const { aloneUntil, stop, stopped } = rounds;
    const place = { fs, dir, checksum: tuned.checksum };
    const onFallback: CheckpointContext['onFallback'] = (outcome) => {
      if (outcome.kind === 'broken') foldElsewhere = null;
      tell(`fold-${outcome.kind}`, fallbackMessages[outcome.kind](outcome.problem));
    };
    const from = { engine, journal: journalFile, pinned, foldElsewhere, onFallback };
    const folded = await checkpoint({ ...place, ...from, flush, aloneUntil, stop, stopped }, parts.state());
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
  const foldAndTell = async (): Promise<void> => {
    telling = true;
    // Nobody waits for this one: whatever goes wrong, a bug too, becomes a notice. Saves go on in the journal.
    const problem = await fold().then(
      (folded) => (folded.ok ? null : folded.error.type),
      (error: unknown) => String(error),
    );
    // It is tried again when the journal has grown by as much again.
    patience = problem === null ? 0 : bytes();
    if (problem !== null) tell('checkpoint-failed', failedMessage(journal, problem));
    telling = false;
  };
  const bytes = (): number => journal?.state().end ?? 0;
  const isDue = (limit: number): boolean =>
    bytes() > limit + patience && running === null && !telling && rounds.stopped() === null;
  const idle = createIdleTimer(tuned.idleMs, () => {
    if (isDue(tuned.foldIdleOverBytes)) void foldAndTell();
  });
  return {
    fold,
    afterSave: () => {
      if (isDue(tuned.foldOverBytes)) void foldAndTell();
      else if (foldElsewhere !== null && isDue(tuned.foldIdleOverBytes)) idle.restart();
    },
    atClose: async () => {
      idle.stop();
      await running;
      if (journal !== null && rounds.stopped() === null && bytes() > tuned.foldAtCloseOverBytes) await foldAndTell();
    },
    stop: idle.stop,
  };
};

const fallbackMessages = {
  broken: (problem: string) =>
    `the thread that folds the journal did not work (${problem}); it is done in the app's own thread until the next start`,
  unreadable: (problem: string) =>
    `what was saved does not read back as it was written (${problem}); a new image was made from memory. The disk may be failing: make a backup elsewhere`,
};

const failedMessage = (journal: JournalFile | null, problem: string): string =>
  `${journalName(journal?.state().generation ?? 0)} could not be folded into an image (${problem}); everything is saved, opening takes longer`;
