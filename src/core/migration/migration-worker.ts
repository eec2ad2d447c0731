/** The program of the plans' worker thread: reads files, hands over what it read part by part, and ends. It has no keys. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, WorkerStart } from './thread.ts';
import { doPlanWork, type Part } from './work.ts';

// The starting side's own type: nobody else starts this program.
const { kind, input } = workerData as WorkerStart;

const tell = (message: FromWorker, handOver: ArrayBuffer[] = []): void => {
  parentPort?.postMessage(message, handOver);
};

/** The files' bytes fill their own memory: handed over instead of copied. */
const bytesOf = ({ sources }: Part): ArrayBuffer[] =>
  sources.flatMap(({ opened }) =>
    opened.status === 'read' && opened.bytes.buffer instanceof ArrayBuffer ? [opened.bytes.buffer] : [],
  );

const parts = doPlanWork(kind, input);
/** One part is made while the one before it is taken. */
let taken: Promise<unknown> = Promise.resolve();
for (;;) {
  const step = await parts.next();
  await taken;
  if (step.done === true) {
    tell({ kind: 'done', answer: step.value });
    break;
  }
  if (parentPort !== null) taken = once(parentPort, 'message');
  tell({ kind: 'part', part: step.value }, bytesOf(step.value));
}
