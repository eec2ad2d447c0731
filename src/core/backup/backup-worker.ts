/** The program of the backups' worker thread: one piece of work over bytes, one answer, then it ends. It sees no file. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, WorkerStart } from './thread.ts';
import { doBackupWork } from './work.ts';

// The starting side's own type: nobody else starts this program.
const start = workerData as WorkerStart;

const tell = (message: FromWorker, handOver: ArrayBuffer[] = []): void => {
  parentPort?.postMessage(message, handOver);
};

let told = 0;
const progress = (share: number): void => {
  if (share < told + 0.05) return;
  told = share;
  tell({ kind: 'progress', share });
};

const result = await doBackupWork(start.kind, start.input, progress);
const large = !result.ok ? null : 'bytes' in result.data ? result.data.bytes : result.data.store;
const own = large !== null && large.buffer instanceof ArrayBuffer && large.byteLength === large.buffer.byteLength;
tell({ kind: 'done', result }, own ? [large.buffer] : []);
