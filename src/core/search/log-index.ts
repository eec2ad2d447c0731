/**
 * The index of one home's log, as far as there is one: files of full ranges, opened when they are first asked and held
 * while memory allows, and the owner's draft of the newest range. A file counts only when its chain hash is the log's.
 */
import { errnoOf } from '../store/failures.ts';
import type { Store, StoreFs } from '../store/types.ts';
import { createBuilder, type Builder } from './builder.ts';
import { rangeMark } from './entry-words.ts';
import { lastOf, type Hits } from './hits.ts';
import { indexPath, openIndex, rangeOfName, type OpenIndex } from './index-file.ts';

export type Looked = {
  /** Null when no entry has all the words. */
  hits: Hits | null;
  /** The last entry that was looked up; later ones of the range are to be read. */
  upTo: number;
};

export type LogIndex = {
  /** Null when the range has no index. */
  look: (store: Store, range: number, words: readonly string[]) => Promise<Looked | null>;
  /** Every entry up to here is in an index. */
  indexedUpTo: (store: Store) => number;
  /** From now on the indexes of this store are made and kept, until it is closed or another one is. */
  keep: (store: Store) => void;
  /** Entries were removed: files and what is in memory still hold their words. All are made again. */
  forget: (store: Store) => Promise<void>;
  /** Makes everything that is missing; nothing without `keep`. */
  catchUp: () => Promise<void>;
  close: () => Promise<void>;
};

/** Where there is no home, and so no log. */
export const noIndex: LogIndex = {
  look: () => Promise.resolve(null),
  indexedUpTo: () => 0,
  keep: () => undefined,
  forget: () => Promise.resolve(),
  catchUp: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

export type LogIndexParts = {
  fs: StoreFs;
  dir: string;
  mayWrite: () => boolean;
  log: (line: string) => void;
  /** For tests: how often the builder looks whether something was saved. */
  lookEveryMs?: number;
  /** Files held open, in bytes; the longest unused are closed first. */
  holdBytes?: number;
};

const defaultHoldBytes = 96 * 1024 * 1024;

/** What was found out for one opened store. */
type Known = { names: Set<number>; checked: Set<number> };

export const createLogIndex = (parts: LogIndexParts): LogIndex => {
  const { fs, dir, mayWrite, log } = parts;
  const holdBytes = parts.holdBytes ?? defaultHoldBytes;
  /** The longest unused first. */
  const held = new Map<number, Promise<OpenIndex | null>>();
  const sizes = new Map<number, number>();
  const bad = new Set<number>();
  const known = new WeakMap<Store, Known>();
  let kept: { store: Store; builder: Builder } | null = null;

  const knownOf = (store: Store): Known => {
    let found = known.get(store);
    if (found === undefined) {
      found = { names: new Set(namesIn()), checked: new Set() };
      known.set(store, found);
    }
    return found;
  };

  const namesIn = (): number[] => {
    try {
      return fs.list(dir).flatMap((name) => rangeOfName(name) ?? []);
    } catch {
      // The store's own reading tells what is wrong with its folder.
      return [];
    }
  };

  const drop = async (range: number): Promise<void> => {
    const opened = held.get(range);
    held.delete(range);
    sizes.delete(range);
    (await opened)?.close();
  };

  const makeRoom = async (): Promise<void> => {
    let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const range of Array.from(held.keys())) {
      if (bytes <= holdBytes || held.size <= 1) return;
      bytes -= sizes.get(range) ?? 0;
      await drop(range);
    }
  };

  const read = async (range: number): Promise<OpenIndex | null> => {
    try {
      const opened = await openIndex(fs, dir, range);
      if (opened !== null) sizes.set(range, opened.bytes);
      return opened;
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      return null;
    }
  };

  const open = async (range: number): Promise<OpenIndex | null> => {
    let opening = held.get(range);
    const isNew = opening === undefined;
    opening ??= read(range);
    held.delete(range);
    held.set(range, opening);
    if (isNew) {
      await opening;
      await makeRoom();
    }
    return opening;
  };

  /** Null when there is no good file; one that is not is told to the builder. */
  const indexOf = async (store: Store, range: number): Promise<OpenIndex | null> => {
    const about = knownOf(store);
    if (!about.names.has(range) || bad.has(range)) return null;
    const opened = await open(range);
    if (opened !== null && about.checked.has(range)) return opened;
    const hash = opened === null ? null : await store.read((reader) => rangeMark(reader, range));
    if (opened !== null && hash !== null && hash === opened.hash) {
      about.checked.add(range);
      return opened;
    }
    bad.add(range);
    kept?.builder.wake();
    await drop(range);
    return null;
  };

  const draftOf = (store: Store) => (kept?.store === store ? kept.builder.draft() : null);

  const look = async (store: Store, range: number, words: readonly string[]): Promise<Looked | null> => {
    const draft = draftOf(store);
    if (draft?.range === range) return { hits: draft.find(words), upTo: draft.upTo() };
    const index = await indexOf(store, range);
    return index === null ? null : { hits: index.find(words), upTo: lastOf(range) };
  };
  let turn: Promise<unknown> = Promise.resolve();

  return {
    // One at a time: making room for one must not close what another is about to use.
    look: (store, range, words) => {
      const looked = turn.then(() => look(store, range, words));
      turn = looked.catch(() => undefined);
      return looked;
    },
    indexedUpTo: (store) => {
      const { names } = knownOf(store);
      let range = 0;
      while (names.has(range) && !bad.has(range)) range += 1;
      const draft = draftOf(store);
      return draft?.range === range ? draft.upTo() : range === 0 ? 0 : lastOf(range - 1);
    },
    keep: (store) => {
      if (kept?.store === store) return;
      void kept?.builder.stop();
      bad.clear();
      const onWritten = (range: number): void => {
        bad.delete(range);
        void drop(range);
        const about = knownOf(store);
        about.names.add(range);
        about.checked.delete(range);
      };
      const looks = parts.lookEveryMs === undefined ? {} : { lookEveryMs: parts.lookEveryMs };
      const isBad = (range: number): boolean => bad.has(range);
      const builder = createBuilder({ store, fs, dir, mayWrite, isBad, onWritten, log, ...looks });
      kept = { store, builder };
    },
    forget: async (store) => {
      const about = knownOf(store);
      kept?.builder.restart();
      for (const range of namesIn()) {
        await drop(range);
        about.names.delete(range);
        about.checked.delete(range);
        try {
          if (mayWrite()) fs.remove(indexPath(dir, range));
        } catch (error) {
          if (errnoOf(error) === null) throw error;
          bad.add(range);
        }
      }
      kept?.builder.wake();
    },
    catchUp: async () => kept?.builder.catchUp(),
    close: async () => {
      await kept?.builder.stop();
      kept = null;
      await Promise.all([...held.keys()].map(drop));
    },
  };
};
