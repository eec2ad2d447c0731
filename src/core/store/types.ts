/**
 * What the rest of core sees of the store. Only `engine.ts` behind it knows sql.js; everything here is plain data and
 * functions. Queries are built with Kysely (`sql.ts`) and run synchronously, so that `transact` cannot await.
 */
import type { CompiledQuery } from 'kysely';
import type { HoldfastError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import type { Steps } from './steps.ts';

export type SqlValue = string | number | Uint8Array | null;

/** Runs compiled queries. Throws only on bugs (bad SQL), never for missing rows. */
export type Reader = {
  all: <R>(query: CompiledQuery<R>) => R[];
  first: <R>(query: CompiledQuery<R>) => R | undefined;
};

/** A Reader that also writes; every statement lands in the journal with its parameters. */
export type Tx = Reader & {
  run: (query: CompiledQuery<unknown>) => void;
};

export type StepsOptions = {
  /** Rows go that others could point at, too many to look for each time: the caller made sure that none does. */
  removesMany?: boolean;
};

/** A notice of the open: a torn tail set aside, a mode that could not be set … */
export type StoreNotice = { id: string; severity: 'info' | 'warning' | 'error'; message: string; at: string };

export type StoreInfo = {
  /** Random id given at creation; part of every ciphertext's associated data. */
  storeId: string;
  generation: number;
  /** Number of the last transaction on disk. */
  sequence: number;
  imageBytes: number;
  journalBytes: number;
  schemaVersion: number;
  /** Path of the image file. */
  imagePath: string;
};

export type Store = {
  readonly mode: 'owner' | 'reader';
  info: () => StoreInfo;
  notices: () => StoreNotice[];
  /** Waits until no round is under way: nobody sees what is not on disk. `fn` must not await. */
  read: <T>(fn: (db: Reader) => T) => Promise<T>;
  /**
   * Queues `fn` into the next round. It runs in its own savepoint; a refused result or a throw rolls back only that.
   * The answer comes after the round's journal frame is on disk. `fn` must not await and may run only once.
   * Errors: `ReadOnly`, `DiskFull`, `DiskError`, `OutcomeUnknown`, or what `fn` refused with.
   */
  transact: <T>(fn: (tx: Tx) => Result<T>) => Promise<Result<T>>;
  /** The same for work of seconds: alone in its round, with turns of the event loop between its steps. Queries wait. */
  transactInSteps: <T>(fn: (tx: Tx) => Steps<Result<T>>, how?: StepsOptions) => Promise<Result<T>>;
  /** Called after each round that changed something, once its answers are out. Returns the unsubscriber. */
  onCommit: (listener: () => void) => () => void;
  /** Why it writes no more (or never did); null while it does. */
  readOnly: () => string | null;
  /** Writes no more from now on; the first reason stays. Only opening it again helps. */
  stop: (reason: string) => void;
  /** A consistent copy of the database, between rounds: a plain SQLite file. */
  exportImage: () => Promise<Uint8Array>;
  /** Folds the journal into a new image generation (`store.md`). */
  checkpoint: () => Promise<Result<void>>;
  /** `abandoned`: the folder is not its own any more, so not even the mark of the last save is written there.
   *  Idempotent; waits for the running round. Does not remove the lock (its holder does). */
  close: (how?: 'abandoned') => Promise<void>;
};

/** Why a store could not be opened; all are expected. */
export type OpenError = Extract<
  HoldfastError,
  {
    type:
      | 'NotFound'
      | 'StoreDamaged'
      | 'StoreFromNewerApp'
      | 'UpgradeNeeded'
      | 'Unreadable'
      | 'ReadOnly'
      | 'DiskFull'
      | 'DiskError';
  }
>;

export type OpenStoreOptions = {
  /** The `.holdfast` folder. Must exist. */
  dir: string;
  /** `owner` may append (the caller holds the lock); `reader` never writes anything, not even a repair. */
  mode: 'owner' | 'reader';
  /** Create a new store when there is none and the folder holds no store file at all. Only with `owner`. */
  create: boolean;
  fs: StoreFs;
  now: () => string;
  newId: () => string;
  /** `sync`: the CLI and shutdown; `async`: the app (the event loop stays free). */
  flush: 'sync' | 'async';
};

/** An open file of the store's file system. Offsets and lengths in bytes. */
export type StoreFile = {
  /** Writes all bytes at `position` or throws the errno error; a short write is an error here. */
  write: (bytes: Uint8Array, position: number) => void;
  read: (length: number, position: number) => Uint8Array;
  size: () => number;
  inode: () => number;
  truncate: (size: number) => void;
  /** fdatasync. */
  flushSync: () => void;
  flush: () => Promise<void>;
  close: () => void;
};

/** All file calls of the store: the one seam for fault injection. Errors are thrown with their errno `code`. */
export type StoreFs = {
  /** `create` = O_CREAT|O_EXCL|O_NOFOLLOW with mode 0600; `append` and `read` = O_NOFOLLOW on an existing file. */
  open: (path: string, how: 'create' | 'append' | 'read') => StoreFile;
  readFile: (path: string) => Uint8Array;
  /** The same without blocking; each piece is told, in order, while the next is being read. */
  readFileInPieces: (
    path: string,
    onPiece: (piece: Uint8Array, position: number, total: number) => void,
  ) => Promise<Uint8Array>;
  list: (dir: string) => string[];
  exists: (path: string) => boolean;
  /** Of the path itself, not of an open file: sees a file that was replaced or appended to behind the store's back. */
  stat: (path: string) => { size: number; inode: number; modifiedMs: number };
  makeDir: (path: string) => void;
  rename: (from: string, to: string) => void;
  remove: (path: string) => void;
  /** fsync of the folder. */
  flushDir: (dir: string) => void;
  /** The same without blocking. */
  flushDirLater: (dir: string) => Promise<void>;
  freeBytes: (dir: string) => number;
};
