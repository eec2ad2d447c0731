/**
 * Starts worker threads. The build makes the program of each one an entry, `<name>-worker.js`, beside the other entries;
 * this module may end up there or in the folder of shared chunks below. From sources there is none: Node does not run
 * TypeScript, so whoever asks must be able to do without.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** The absolute path, or null where no such worker was built. */
export const workerFile = (name: string): string | null => {
  const file = `${name}-worker.js`;
  const places = [join(import.meta.dirname, file), join(import.meta.dirname, '..', file)];
  return places.find((path) => existsSync(path)) ?? null;
};

/**
 * A thread that ends while V8 compiles for it beside it waits for that compiler, which waits for the thread to collect
 * garbage (nodejs/node#54918): neither the thread nor, later, the program ever ends. Seen in every second Electron with
 * Maglev, and in one of ten without it. So no compiler of V8 works beside the thread that it compiles for.
 */
const compilersInTheThread = ['--no-maglev', '--no-concurrent-sparkplug', '--no-concurrent-recompilation'];

/**
 * `program`: what `workerFile` gave. The thread gets no arguments of this process, since a flag that a thread does not
 * know would keep it from starting, and no environment. Throws when it cannot be started.
 */
export const startThread = (program: string, options: Pick<WorkerOptions, 'workerData' | 'transferList'>): Worker => {
  for (const flag of compilersInTheThread) setFlagsFromString(flag);
  return new Worker(program, { ...options, execArgv: [], env: {} });
};
