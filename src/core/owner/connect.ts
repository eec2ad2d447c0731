/**
 * The client's side: sends commands to the process that owns the home. A call whose answer never came is never sent
 * again from here; a write then answers `OutcomeUnknown`, and the audit log tells.
 */
import { connect, type Socket } from 'node:net';
import { commands, isCommandName } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import type { HoldfastEvent } from '../../contract/events.ts';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import type { AppCall } from '../app-types.ts';
import type { CallerFile } from '../context.ts';
import type { OwnerAddress } from './address.ts';
import { receiveMessages, sendMessage } from './frames.ts';
import { defaultSilentAfterMs, storeLocked } from './lock.ts';
import { OwnerMessage, versionDiffers, type ClientMessage, type Hello } from './messages.ts';
import { barredFolder, isDeadCode } from './probe.ts';

export type OwnerClient = {
  readonly owner: OwnerAddress;
  readonly hello: Hello;
  /** False once the owner went away or `close` was called. */
  isOpen: () => boolean;
  /**
   * When the owner goes away: `OutcomeUnknown` for a write it may have made (never send that again), and `StoreLocked`
   * with `isOpen()` false for a read, or a write it certainly did not look at (claim the home again and ask there).
   */
  call: (call: AppCall) => Promise<Result<unknown>>;
  /** Cancels this client's running calls with that job id. */
  cancel: (jobId: string) => void;
  /** Makes a file of this process known to the owner, for calls of the same session; gives the owner's handle. */
  registerFile: (session: string, file: CallerFile) => Promise<Result<string>>;
  on: (listener: (event: HoldfastEvent) => void) => () => void;
  onClose: (listener: () => void) => void;
  /** Ends the connection; the owner cancels jobs that still run for it. */
  close: () => void;
};

export type ConnectOptions = {
  /** How long a connected owner may say nothing. */
  silentAfterMs?: number;
  /** How long an owner that answers may take to open its store. */
  openWithinMs?: number;
};

type Waiting = { name: string; mayWrite: boolean; resolve: (result: Result<unknown>) => void };

const mayWrite = (name: string, input: unknown): boolean => {
  if (!isCommandName(name)) return true;
  const dryRun = typeof input === 'object' && input !== null && 'dryRun' in input && input.dryRun === true;
  return commands[name].access === 'write' && !dryRun;
};

const createClient = (socket: Socket, owner: OwnerAddress, hello: Hello) => {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: HoldfastEvent) => void>();
  const closeListeners = new Set<() => void>();
  let lastId = 0;
  let isOpen = true;
  const gone = (): Failure => storeLocked(owner, 'it ended before it answered; nothing was changed by this call');
  const ask = (name: string, writes: boolean, message: (id: number) => ClientMessage): Promise<Result<unknown>> =>
    new Promise((resolve) => {
      if (!isOpen) {
        resolve(gone());
        return;
      }
      lastId += 1;
      const id = lastId;
      waiting.set(id, { name, mayWrite: writes, resolve });
      if (sendMessage(socket, message(id))) return;
      waiting.delete(id);
      resolve(fail({ type: 'InputInvalid', field: '', problem: 'it is larger than 64 MiB' }));
    });
  socket.on('close', () => {
    isOpen = false;
    for (const one of waiting.values()) {
      one.resolve(
        one.mayWrite
          ? fail({ type: 'OutcomeUnknown', what: `"${one.name}" (the process that has this home open ended)` })
          : gone(),
      );
    }
    waiting.clear();
    for (const listener of closeListeners) listener();
  });
  const onMessage = (message: OwnerMessage): void => {
    if (message.type === 'event') for (const listener of listeners) listener(message.event);
    if (message.type === 'bye') {
      isOpen = false;
      for (const [id, one] of waiting) if (id > message.lastId) one.mayWrite = false;
      socket.end();
    }
    if (message.type === 'answer') {
      waiting.get(message.id)?.resolve(message.result);
      waiting.delete(message.id);
    }
  };
  const client: OwnerClient = {
    owner,
    hello,
    isOpen: () => isOpen,
    call: ({ name, input, actor, credential, jobId }) =>
      ask(name, mayWrite(name, input), (id) => ({
        type: 'call',
        id,
        name,
        input: input ?? null,
        actor,
        credential,
        ...(jobId === undefined ? {} : { jobId }),
      })),
    cancel: (jobId) => {
      sendMessage(socket, { type: 'cancel', jobId } satisfies ClientMessage);
    },
    registerFile: async (session, file) => {
      const answer = await ask('file', false, (id) => ({
        type: 'file',
        id,
        session,
        path: file.path,
        name: file.name,
        use: file.use,
      }));
      return answer.ok ? ok(String(answer.data)) : answer;
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => {
      closeListeners.add(listener);
    },
    close: () => socket.destroy(),
  };
  return { client, onMessage };
};

/**
 * Connects and exchanges hellos. `NotFound` means that the owner is gone (acquire the lock again); `StoreLocked` that
 * it is silent, still opening, or refuses this home; `OwnerVersionDiffers` that it speaks another protocol.
 */
export const connectOwner = (
  owner: OwnerAddress,
  hello: Hello,
  options: ConnectOptions = {},
): Promise<Result<OwnerClient>> => {
  const gone = fail({ type: 'NotFound', what: 'running Holdfast for this home', name: owner.socketPath });
  const barred = barredFolder(owner.socketPath);
  if (barred !== null) return Promise.resolve(barred.state === 'barred' ? storeLocked(owner, barred.problem) : gone);
  return new Promise((resolve) => {
    const socket = connect(owner.socketPath);
    let deliver: ((message: OwnerMessage) => void) | null = null;
    const giveUp = (failure: Failure): void => {
      clearTimeout(timer);
      if (deliver === null) socket.destroy();
      resolve(failure);
    };
    /** Which process to end is known on this side only. */
    const refused = (error: HoldfastError): Failure =>
      fail(error.type === 'OwnerVersionDiffers' ? { ...error, pid: owner.pid } : error);
    // The immediate lets an answer in that came while this process itself was held up.
    const startTimer = (ms: number, problem: string): NodeJS.Timeout => {
      const own = setTimeout(() => setImmediate(() => timer === own && giveUp(storeLocked(owner, problem))), ms);
      return own;
    };
    let timer = startTimer(options.silentAfterMs ?? defaultSilentAfterMs, 'it is running but does not answer');
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isGone = isDeadCode(error.code) || error.code === 'ECONNRESET' || error.code === 'EPIPE';
      giveUp(isGone ? gone : storeLocked(owner, `its socket cannot be reached (${error.code ?? 'EIO'})`));
    });
    socket.on('close', () => giveUp(gone));
    receiveMessages(socket, OwnerMessage, (message) => {
      if (deliver !== null) deliver(message);
      else if (message.type === 'refuse') giveUp(refused(message.error));
      else if (message.type === 'alive') {
        clearTimeout(timer);
        timer = startTimer(options.openWithinMs ?? 60_000, 'it is still opening the store');
        sendMessage(socket, { type: 'hello', hello } satisfies ClientMessage);
      } else if (message.type === 'hello') {
        // An owner from before there was a contract print does not look itself.
        if (versionDiffers(hello, message.hello)) {
          giveUp(refused({ type: 'OwnerVersionDiffers', ours: hello.appVersion, theirs: message.hello.appVersion }));
          return;
        }
        clearTimeout(timer);
        const made = createClient(socket, owner, message.hello);
        deliver = made.onMessage;
        resolve(ok(made.client));
      }
    });
  });
};
