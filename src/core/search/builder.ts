/**
 * Makes the indexes of an owner's log while nobody waits: reads entries in slices of a few milliseconds, keeps the words
 * of the newest range in memory, writes a file when a range is full. A file that cannot be written is no harm: its range
 * is read entry by entry when something is looked for.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { newestEntry } from '../audit/queries.ts';
import { errnoOf } from '../store/failures.ts';
import type { Store, StoreFs } from '../store/types.ts';
import { createDraft, type Draft } from './draft.ts';
import { rangeMark, wordsBetween } from './entry-words.ts';
import { lastOf, rangeEntries } from './hits.ts';
import { indexName, isLeftover, rangeOfName, writeIndex } from './index-file.ts';
import { createPauses } from './pauses.ts';

export type BuilderParts = {
  store: Store;
  fs: StoreFs;
  dir: string;
  /** Looked at before each file is written or removed. */
  mayWrite: () => boolean;
  /** A file under the right name that turned out wrong. */
  isBad: (range: number) => boolean;
  onWritten: (range: number) => void;
  log: (line: string) => void;
  /** How often it looks whether something was saved. */
  lookEveryMs?: number;
};

export type Builder = {
  /** The range that grows, as far as it was read. */
  draft: () => Draft | null;
  /** Indexes everything there is now; one run at a time. */
  catchUp: () => Promise<void>;
  /** There is something to make again. */
  wake: () => void;
  /** Everything is to be made again: entries were removed. */
  restart: () => void;
  stop: () => Promise<void>;
};

const sliceMs = 4;
const defaultLookEveryMs = 1000;
/** An index must not take the last of a disk away from what cannot be made again. */
const spareBytes = 64 * 1024 * 1024;

/** Its owner gave the store up in the midst of a run: the next one begins anew. */
const isClosed = (error: unknown): boolean => error instanceof Error && error.message === 'The store is closed';

export const createBuilder = (parts: BuilderParts): Builder => {
  const { store, fs, dir, mayWrite } = parts;
  const pauses = createPauses();
  let draft: Draft | null = null;
  let running: Promise<void> | null = null;
  const state = { stopped: false };
  let writes = true;
  let slice = 128;
  /** How often entries were removed: what was read before is not written. */
  let removals = 0;

  const fill = async (into: Draft, to: number): Promise<void> => {
    while (into.upTo() < to && !state.stopped) {
      const [from, last] = [into.upTo() + 1, Math.min(to, into.upTo() + slice)];
      const started = performance.now();
      into.add(await store.read((reader) => wordsBetween(reader, from, last)), last);
      const took = performance.now() - started;
      if (took > sliceMs) slice = Math.max(8, slice >> 1);
      else if (took < sliceMs / 2) slice = Math.min(1024, slice << 1);
      await pauses.pause();
    }
  };

  const write = async (full: Draft, mark: number): Promise<void> => {
    if (mark !== removals) return;
    const hash = await store.read((reader) => rangeMark(reader, full.range));
    if (hash === null || state.stopped || !mayWrite()) {
      writes = false;
      return;
    }
    try {
      if (fs.freeBytes(dir) < spareBytes) throw Object.assign(new Error('little room is left'), { code: 'ENOSPC' });
      await writeIndex({ fs, dir }, { range: full.range, hash, postings: full.postings }, pauses.pause);
      parts.onWritten(full.range);
    } catch (error) {
      const code = errnoOf(error);
      if (code === null) throw error;
      // Until the next start: a disk that refuses one file refuses the next.
      writes = false;
      parts.log(`${indexName(full.range)} was not written (${code}); searching reads these entries one by one`);
    }
  };

  const finish = async (unfinished: Draft): Promise<void> => {
    const mark = removals;
    await fill(unfinished, lastOf(unfinished.range));
    if (unfinished.isFull() && !state.stopped) await write(unfinished, mark);
  };

  /** What a run that was cut off left, and ranges that this log does not have. */
  const tidy = (newest: number): void => {
    for (const name of fs.list(dir)) {
      const range = rangeOfName(name);
      if ((isLeftover(name) || (range !== null && lastOf(range) > newest)) && mayWrite()) fs.remove(join(dir, name));
    }
  };

  /** The newest full range without a good file. */
  const missing = (tail: number): number | null => {
    const names = new Set(fs.list(dir));
    for (let range = tail - 1; range >= 0; range--)
      if (!names.has(indexName(range)) || parts.isBad(range)) return range;
    return null;
  };

  const work = async (): Promise<void> => {
    tidy(await store.read(newestEntry));
    while (!state.stopped && mayWrite()) {
      const newest = await store.read(newestEntry);
      const tail = Math.floor(newest / rangeEntries);
      const before = draft;
      if (before === null || before.range < tail) {
        if (before !== null && writes) await finish(before);
        draft = createDraft(tail);
      }
      if (draft !== null) await fill(draft, newest);
      if (draft === null) continue;
      const range = writes ? missing(tail) : null;
      if (range !== null) await finish(createDraft(range));
      else if ((await store.read(newestEntry)) === newest) return;
    }
  };

  const catchUp = (): Promise<void> => {
    running ??= work()
      .catch((error: unknown) => {
        writes = false;
        if (isClosed(error)) return;
        parts.log(`the search index was not made: ${errnoOf(error) ?? String(error)}`);
      })
      .finally(() => {
        running = null;
      });
    return running;
  };

  let due = true;
  const timer = setInterval(() => {
    if (due) void catchUp();
    due = false;
  }, parts.lookEveryMs ?? defaultLookEveryMs).unref();
  const unsubscribe = store.onCommit(() => {
    due = true;
  });
  return {
    draft: () => draft,
    catchUp,
    wake: () => {
      due = true;
    },
    restart: () => {
      removals += 1;
      draft = null;
      due = true;
    },
    stop: async () => {
      state.stopped = true;
      clearInterval(timer);
      unsubscribe();
      pauses.stop();
      await running;
    },
  };
};
