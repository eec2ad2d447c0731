/**
 * Runs one fold in a worker thread, so that the event loop stays free whatever the image's size. Whatever goes wrong
 * with the thread itself is an outcome, not an exception: the store then folds in its own thread.
 */
import type { Worker } from 'node:worker_threads';
import type { FoldOutcome, FoldRequest } from './fold.ts';
import { startThread } from './thread.ts';

export type ThreadOutcome =
  | FoldOutcome
  /** The thread did not start, or died. `problem`: a clause without a full stop. */
  | { kind: 'broken'; problem: string };

/** `program`: absolute path of the built `checkpoint-worker`. */
export const foldInThread = (program: string, request: FoldRequest): Promise<ThreadOutcome> =>
  new Promise((resolve) => {
    let worker: Worker;
    try {
      worker = startThread(program, { workerData: request });
    } catch (error) {
      resolve({ kind: 'broken', problem: String(error) });
      return;
    }
    worker.once('message', (outcome: FoldOutcome) => {
      resolve(outcome);
    });
    worker.once('error', (error: unknown) => {
      resolve({ kind: 'broken', problem: String(error) });
    });
    worker.once('exit', (code) => {
      resolve({ kind: 'broken', problem: `it ended with code ${String(code)} and without an answer` });
    });
  });
