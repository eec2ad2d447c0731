/**
 * The program of the schema's worker thread: one piece of work on the real files, one answer, then it ends. It never has
 * the keys: for the seal of the log it asks the thread that does, and waits.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { answered, beginWriting } from './gate.ts';
import type { FromWorker, WorkerStart } from './thread.ts';
import { doSchemaWork } from './work.ts';

// The starting side's own type: nobody else starts this program.
const { kind, input, gate, port, seals } = workerData as WorkerStart;

const tell = (message: FromWorker): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(message);
};

const askForSeal = (head: Uint8Array): Uint8Array => {
  const before = Atomics.load(gate, answered);
  tell({ kind: 'seal', head });
  Atomics.wait(gate, answered, before);
  const answer: { message: Uint8Array } | undefined = receiveMessageOnPort(port);
  if (answer === undefined) throw new Error('the seal of the log was not answered');
  return answer.message;
};

const asking = { mayWrite: () => beginWriting(gate), seal: seals ? askForSeal : null };
// A rejection ends the thread with its error, which the starting side throws again.
tell({ kind: 'done', result: await doSchemaWork(kind, input, asking) });
