/**
 * The program of the checkpoint's worker thread: one fold on the real file system, one answer, then it ends. It shares
 * no memory with the store and never sees a save that is under way.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from './checksum.ts';
import { foldFromDisk, type FoldRequest } from './fold.ts';
import { realFs } from './fs.ts';

const request = workerData as FoldRequest;
const place = { fs: realFs, dir: request.retirement.dir, checksum: crc32 };
// A rejection ends the thread with its error, which the store turns into a notice.
const outcome = await foldFromDisk(place, request);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(outcome);
