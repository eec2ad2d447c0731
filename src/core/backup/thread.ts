/**
 * Runs the heavy part of a backup in a worker thread, so that a door answers meanwhile and a person can cancel: the thread
 * has bytes only, so ending it leaves nothing behind. From sources there is no thread, and the same work runs here.
 */
import { fail, type Result } from '../../contract/result.ts';
import { startThread, workerFile } from '../store/thread.ts';
import type { Tell } from './age-file.ts';
import { doBackupWork, type BackupAnswers, type BackupInputs, type BackupWork } from './work.ts';

export type WorkerStart = { [K in BackupWork]: { kind: K; input: BackupInputs[K] } }[BackupWork];
export type FromWorker =
  { kind: 'progress'; share: number } | { kind: 'done'; result: Result<BackupAnswers[BackupWork]> };

export type WorkOptions = {
  signal?: AbortSignal;
  tell?: Tell;
  /** Absolute path of the built `backup-worker`; null runs the work here. */
  program?: string | null;
};

const cancelled = fail({ type: 'Cancelled', what: 'Work on the backup' });

/** It saw no file, so nothing is half done: mostly too little memory for a copy of the store. */
const endedEarly = (why: string): Result<never> =>
  fail({
    type: 'CheckUnmet',
    unmet: [
      `the thread that works on the backup ended without an answer (${why}); close other programs to free memory, and try again`,
    ],
  });

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/** Bytes that fill their own memory are handed over instead of copied: a copy of a large store would be a pause. */
const handedOver = (input: BackupInputs[BackupWork]): ArrayBuffer[] => {
  const large = 'store' in input ? input.store : input.bytes;
  const { buffer } = large;
  return buffer instanceof ArrayBuffer && buffer.byteLength === large.byteLength ? [buffer] : [];
};

const inThread = <K extends BackupWork>(
  program: string,
  start: { kind: K; input: BackupInputs[K] },
  { signal, tell }: WorkOptions,
): Promise<Result<BackupAnswers[K]>> => {
  const worker = startThread(program, { workerData: start, transferList: handedOver(start.input) });
  const cancel = (): void => void worker.terminate();
  signal?.addEventListener('abort', cancel, { once: true });
  return new Promise<Result<BackupAnswers[K]>>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'progress') tell?.(message.share);
      // The answer to this kind of work: the program gives back what it was asked for.
      else resolve(message.result as Result<BackupAnswers[K]>);
    });
    worker.once('error', (error) => {
      if (isOutOfMemory(error)) resolve(endedEarly('out of memory'));
      else reject(error);
    });
    worker.once('exit', (code) => {
      resolve(signal?.aborted === true ? cancelled : endedEarly(`code ${String(code)}`));
    });
  }).finally(() => {
    signal?.removeEventListener('abort', cancel);
  });
};

/**
 * The bytes that are given are gone from the caller's memory afterwards, where there is a thread. Errors: `Cancelled`,
 * `CheckUnmet` when the thread died, and those of the work.
 */
export const runBackupWork = async <K extends BackupWork>(
  kind: K,
  input: BackupInputs[K],
  options: WorkOptions = {},
): Promise<Result<BackupAnswers[K]>> => {
  const { signal, tell, program = workerFile('backup') } = options;
  const isCancelled = (): boolean => signal?.aborted === true;
  if (isCancelled()) return cancelled;
  if (program !== null) return inThread(program, { kind, input }, options);
  const done = await doBackupWork(kind, input, (share) => tell?.(share));
  return isCancelled() ? cancelled : done;
};
