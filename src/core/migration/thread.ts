/**
 * Runs the heavy part of a plan in a worker thread, so that a door answers meanwhile and a person can cancel: the thread
 * only reads, so ending it leaves everything as it was. A small home is quicker without one; from sources there is none,
 * and the same work runs here.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { fail, ok, type Result } from '../../contract/result.ts';
import { startThread, workerFile } from '../store/thread.ts';
import type { Scan } from './scan.ts';
import { doPlanWork, type Part, type PlanAnswers, type PlanInputs, type PlanWork } from './work.ts';

export type WorkerStart = { [K in PlanWork]: { kind: K; input: PlanInputs[K] } }[PlanWork];
export type FromWorker = { kind: 'part'; part: Part } | { kind: 'done'; answer: PlanAnswers[PlanWork] };

export type WorkOptions = {
  signal: AbortSignal;
  onPart?: (part: Part) => void;
  /** Absolute path of the built `migration-worker`; null runs the work here. */
  program: string | null;
};

const cancelled = fail({ type: 'Cancelled', what: 'Reading the files' });

/** Below this the start of a thread takes longer than the work. */
const mostFiles = 300;
const mostBytes = 1024 * 1024;

/** Where the files of a home are to be read: null for here. */
export const programFor = ({ files }: Scan): string | null => {
  const bytes = files.reduce((sum, one) => sum + one.sizeBytes, 0);
  return files.length > mostFiles || bytes > mostBytes ? workerFile('migration') : null;
};

/** What became of a thread that ended without an answer; it only read, so nothing is lost. */
const endedEarly = (why: string): Result<never> =>
  fail({ type: 'CheckUnmet', unmet: [`the thread that reads the files ${why}; nothing was changed`] });

const outOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/** The thread waits until each part was taken: thousands of them at once would be one long pause here. */
const askForMore = async (worker: Worker): Promise<void> => {
  await nextTurn();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage('more');
};

const inThread = <K extends PlanWork>(
  program: string,
  start: { kind: K; input: PlanInputs[K] },
  { signal, onPart }: WorkOptions,
): Promise<Result<PlanAnswers[K]>> => {
  const worker = startThread(program, { workerData: start });
  const cancel = (): void => void worker.terminate();
  signal.addEventListener('abort', cancel, { once: true });
  return new Promise<Result<PlanAnswers[K]>>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'done') {
        // The answer to this kind of work: the program gives back what it was asked for.
        resolve(ok(message.answer as PlanAnswers[K]));
        return;
      }
      if (signal.aborted) return;
      onPart?.(message.part);
      void askForMore(worker);
    });
    worker.once('error', (error) => {
      if (outOfMemory(error)) resolve(endedEarly('ran out of memory'));
      else reject(error);
    });
    worker.once('exit', (code) => {
      resolve(signal.aborted ? cancelled : endedEarly(`ended with code ${String(code)} and without an answer`));
    });
  }).finally(() => {
    signal.removeEventListener('abort', cancel);
  });
};

const here = async <K extends PlanWork>(
  kind: K,
  input: PlanInputs[K],
  { signal, onPart }: WorkOptions,
): Promise<Result<PlanAnswers[K]>> => {
  const parts = doPlanWork(kind, input);
  for (;;) {
    const step = await parts.next();
    if (signal.aborted) return cancelled;
    if (step.done === true) return ok(step.value);
    onPart?.(step.value);
    await nextTurn();
  }
};

/** Errors: `Cancelled`, and `CheckUnmet` when the thread died. */
export const runPlanWork = async <K extends PlanWork>(
  kind: K,
  input: PlanInputs[K],
  options: WorkOptions,
): Promise<Result<PlanAnswers[K]>> => {
  if (options.signal.aborted) return cancelled;
  return options.program === null ? here(kind, input, options) : inThread(options.program, { kind, input }, options);
};
