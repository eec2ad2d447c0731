/**
 * Runs the work of `schema.*` in a worker thread, so that a door answers meanwhile and the person can cancel. From
 * sources there is no thread, and the same work runs here. A thread that dies leaves the store as it was, unless it had
 * begun to write: then the store is as it was or moved, and nobody knows before it is opened.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { fail, type Result } from '../../contract/result.ts';
import { schemaWorkCancelled } from '../store/upgrade.ts';
import { startThread, workerFile } from '../store/thread.ts';
import { answered, beginCancelling, createGate, hasBegunWriting, wasCancelled, type Gate } from './gate.ts';
import { doSchemaWork, type Asking, type SchemaAnswers, type SchemaInputs, type SchemaWork } from './work.ts';

export type WorkerStart = {
  kind: SchemaWork;
  input: SchemaInputs[SchemaWork];
  gate: Gate;
  /** Where seals come from. */
  port: MessagePort;
  seals: boolean;
};
export type FromWorker =
  { kind: 'seal'; head: Uint8Array } | { kind: 'done'; result: Result<SchemaAnswers[SchemaWork]> };

export type WorkOptions = {
  signal: AbortSignal;
  seal: Asking['seal'];
  /** Absolute path of the built `schema-worker`; null runs the work here. */
  program?: string | null;
};

/** What became of a thread that ended without an answer. */
const endedEarly = (gate: Gate, code: number): Result<never> => {
  if (wasCancelled(gate)) return fail(schemaWorkCancelled);
  if (hasBegunWriting(gate)) return fail({ type: 'OutcomeUnknown', what: 'the new schema' });
  const unmet = [`the thread that works on the schema ended with code ${String(code)} and without an answer`];
  return fail({ type: 'CheckUnmet', unmet });
};

const inThread = <K extends SchemaWork>(
  program: string,
  start: { kind: K; input: SchemaInputs[K] },
  { signal, seal }: WorkOptions,
): Promise<Result<SchemaAnswers[K]>> => {
  const gate = createGate();
  const { port1, port2 } = new MessageChannel();
  const workerData: WorkerStart = { ...start, gate, port: port2, seals: seal !== null };
  const worker = startThread(program, { workerData, transferList: [port2] });
  const cancel = (): void => {
    if (beginCancelling(gate)) void worker.terminate();
  };
  signal.addEventListener('abort', cancel, { once: true });
  return new Promise<Result<SchemaAnswers[K]>>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'done') {
        // The answer to this kind of work: the program gives back what it was asked for.
        resolve(message.result as Result<SchemaAnswers[K]>);
        return;
      }
      if (seal === null) return reject(new Error('a seal was asked for without keys'));
      port1.postMessage(seal(message.head));
      Atomics.add(gate, answered, 1);
      Atomics.notify(gate, answered);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => resolve(endedEarly(gate, code)));
  }).finally(() => {
    signal.removeEventListener('abort', cancel);
    port1.close();
  });
};

export const runSchemaWork = async <K extends SchemaWork>(
  kind: K,
  input: SchemaInputs[K],
  options: WorkOptions,
): Promise<Result<SchemaAnswers[K]>> => {
  const { signal, seal, program = workerFile('schema') } = options;
  if (signal.aborted) return fail(schemaWorkCancelled);
  if (program !== null) return inThread(program, { kind, input }, options);
  return doSchemaWork(kind, input, { mayWrite: () => !signal.aborted, seal });
};
