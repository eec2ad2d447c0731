/** What the journal's parts share: the journal that takes the saves now, and what writing to it can come to. */
import type { HoldfastError } from '../../contract/errors.ts';
import type { Checksum } from './checksum.ts';
import type { Recorder } from './journal-record.ts';
import type { FrameSealer } from './journal.ts';
import type { StoreFile, StoreFs } from './types.ts';

/** Why nothing more may be appended, as `ReadOnly` tells it. */
export type Stop = { error: HoldfastError; readOnly: string };

export type WriteOutcome =
  | { kind: 'written' }
  /** Nothing of it is on disk; the next save may try again. */
  | { kind: 'refused'; error: HoldfastError }
  /** It is unknown what is on disk, or the file is not ours any more. */
  | { kind: 'stopped'; stop: Stop };

export type Flush = 'sync' | 'async';

export type JournalFileOptions = {
  fs: StoreFs;
  dir: string;
  checksum: Checksum;
  storeTag: Uint8Array;
  now: () => string;
};

export type Current = {
  generation: number;
  path: string;
  file: StoreFile;
  sealer: FrameSealer;
  recorder: Recorder;
  baseSequence: number;
  sequence: number;
  /** Where the next frame goes. */
  end: number;
  tornBytes: number;
  lastCrc: number;
};
