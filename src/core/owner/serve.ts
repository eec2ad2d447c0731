/**
 * The owner's side: answers other Holdfast processes of the same user on this machine (the private socket folder is the
 * boundary). Carries calls to the app and answers back; decides nothing about them.
 */
import type { Socket } from 'node:net';
import { contractPrint } from '../../contract/build.ts';
import { protocolVersion } from '../../contract/client.ts';
import type { HoldfastEvent } from '../../contract/events.ts';
import { fail, type Failure, type Result } from '../../contract/result.ts';
import type { AppCall } from '../app-types.ts';
import type { CallerFile } from '../context.ts';
import { receiveMessages, sendMessage } from './frames.ts';
import { storeLocked, type Lock } from './lock.ts';
import { ClientMessage, versionDiffers, type Hello, type OwnerMessage } from './messages.ts';

/** `signal` aborts when the caller cancels this call's job or its process goes away. */
export type Peer = { id: string; signal: AbortSignal };

export type ServeOptions = {
  /** Asked for each new client, as the store's id may come later than the lock. */
  hello: () => Hello;
  /** The call's session is the client's own, prefixed with the peer: two processes never share one. */
  onCall: (call: AppCall, peer: Peer) => Promise<Result<unknown>>;
  onEvent: (listener: (event: HoldfastEvent) => void) => () => void;
  registerFile: (session: string, file: CallerFile) => string;
  /** The client's process went away. */
  dropSession: (session: string) => void;
};

const refusal = (ours: Hello, theirs: Hello, lock: Lock): Failure | null => {
  if (versionDiffers(ours, theirs)) {
    return fail({ type: 'OwnerVersionDiffers', ours: theirs.appVersion, theirs: ours.appVersion });
  }
  const sameStore = ours.storeId === null || theirs.storeId === null || ours.storeId === theirs.storeId;
  if (ours.homeDir === theirs.homeDir && sameStore) return null;
  return storeLocked(lock.address, `it has another home open (${ours.homeDir})`);
};

/** Ends a connection once what was said has gone out; a peer that does not read is not waited for. */
const endSocket = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) {
      resolve();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end();
  });

/** A peer's calls under way. */
const createRunning = () => {
  const jobs = new Map<{ jobId: string | undefined; abort: AbortController }, Promise<void>>();
  return {
    start: (jobId: string | undefined, run: (signal: AbortSignal) => Promise<void>): void => {
      const job = { jobId, abort: new AbortController() };
      // Not before it is listed: the app may close this server from inside the call.
      const ended = Promise.resolve().then(() => run(job.abort.signal));
      jobs.set(
        job,
        ended.finally(() => jobs.delete(job)),
      );
    },
    cancel: (isMeant: (jobId: string | undefined) => boolean): void => {
      for (const job of jobs.keys()) if (isMeant(job.jobId)) job.abort.abort();
    },
    settled: (): Promise<unknown> => Promise.all(jobs.values()),
  };
};

/** Gives the function that says goodbye, once the peer's running calls are answered. */
const servePeer = (socket: Socket, id: string, lock: Lock, options: ServeOptions): (() => Promise<void>) => {
  const send = (message: OwnerMessage): boolean => sendMessage(socket, message);
  const running = createRunning();
  const sessions = new Set<string>();
  let lastId = 0;
  let isClosing = false;
  let stopEvents: (() => void) | null = null;
  const sessionOf = (session: string): string => {
    const own = `${id}:${session}`;
    sessions.add(own);
    return own;
  };
  const answer = (callId: number, result: Result<unknown>): void => {
    if (!send({ type: 'answer', id: callId, result })) {
      send({ type: 'answer', id: callId, result: fail({ type: 'Unexpected', logId: 'answer over 64 MiB' }) });
    }
  };
  const greet = (theirs: Hello): void => {
    const ours = options.hello();
    const refused = refusal(ours, theirs, lock);
    if (refused === null) {
      send({ type: 'hello', hello: ours });
      stopEvents = options.onEvent((event) => send({ type: 'event', event }));
    } else {
      send({ type: 'refuse', error: refused.error });
      socket.end();
    }
  };
  const take = (message: Exclude<ClientMessage, { type: 'hello' }>): void => {
    if (message.type === 'call') {
      const { name, input, credential, jobId } = message;
      const actor = { ...message.actor, session: sessionOf(message.actor.session) };
      const call: AppCall = { name, input, actor, credential, ...(jobId === undefined ? {} : { jobId }) };
      running.start(jobId, async (signal) => answer(message.id, await options.onCall(call, { id, signal })));
    } else if (message.type === 'cancel') {
      running.cancel((jobId) => jobId === message.jobId);
    } else {
      const file = { path: message.path, name: message.name, use: message.use };
      answer(message.id, { ok: true, data: options.registerFile(sessionOf(message.session), file) });
    }
  };
  receiveMessages(socket, ClientMessage, (message) => {
    if (isClosing) return;
    if ('id' in message) lastId = message.id;
    if (message.type !== 'hello' && stopEvents !== null) take(message);
    else if (message.type === 'hello' && stopEvents === null) greet(message.hello);
    else socket.destroy();
  });
  socket.on('close', () => {
    stopEvents?.();
    running.cancel(() => true);
    for (const session of sessions) options.dropSession(session);
  });
  return async () => {
    isClosing = true;
    await running.settled();
    if (stopEvents !== null) send({ type: 'bye', lastId });
    await endSocket(socket);
  };
};

export type OwnerServer = {
  /** Takes no more calls, waits for the running ones, answers them and says goodbye. Before the store is closed. */
  close: () => Promise<void>;
};

/** Answers clients until closed. `onCall` must not throw (dispatch answers bugs as `Unexpected`). */
export const serveOwner = (lock: Lock, options: ServeOptions): OwnerServer => {
  const goodbyes = new Map<Socket, () => Promise<void>>();
  let peers = 0;
  let isClosing = false;
  lock.onConnection((socket) => {
    // Not greeted: it finds the lock released, or the next owner.
    if (isClosing) return;
    peers += 1;
    goodbyes.set(socket, servePeer(socket, `peer${String(peers)}`, lock, options));
    socket.on('close', () => goodbyes.delete(socket));
  });
  return {
    close: async () => {
      isClosing = true;
      await Promise.all([...goodbyes.values()].map((sayGoodbye) => sayGoodbye()));
    },
  };
};

/** What both sides say first. */
export const createHello = (about: { appVersion: string; homeDir: string; storeId: string | null }): Hello => ({
  ...about,
  protocolVersion,
  contract: contractPrint,
});
