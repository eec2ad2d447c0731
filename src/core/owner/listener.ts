/**
 * The owner's end of the socket, bound before the lock file is published. Connections that come before the lock is
 * really held stay unanswered; those that come before the store is open are told `alive` and wait.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { fail, ok, type Result } from '../../contract/result.ts';
import { sendMessage } from './frames.ts';

export type Listener = {
  /** The lock is held: answer `alive` from now on. */
  open: () => void;
  /** Hands over every connection, those that waited first. Once only. */
  onConnection: (take: (socket: Socket) => void) => void;
  /** Removes the socket and ends all connections. Idempotent. */
  close: () => Promise<void>;
};

const listen = (server: Server, path: string): Promise<Result<void>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(
        fail({ type: 'DiskError', what: 'The socket for other Holdfast processes', code: error.code ?? 'EIO', path }),
      );
    });
    server.listen(path, () => resolve(ok(undefined)));
  });

export const openListener = async (path: string): Promise<Result<Listener>> => {
  const sockets = new Set<Socket>();
  let isOpen = false;
  let take: ((socket: Socket) => void) | null = null;
  const greet = (socket: Socket): void => {
    sendMessage(socket, { type: 'alive' });
    take?.(socket);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    // A peer that vanished shows as 'close'; the error itself tells nothing more.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (isOpen) greet(socket);
  });
  const listening = await listen(server, path);
  if (!listening.ok) return listening;
  let closed: Promise<void> | null = null;
  return ok({
    open: () => {
      isOpen = true;
      for (const socket of sockets) greet(socket);
    },
    onConnection: (listener) => {
      take = listener;
      for (const socket of sockets) listener(socket);
    },
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      return closed;
    },
  });
};
