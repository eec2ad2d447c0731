/**
 * Messages over a stream: one JSON document a line, of bounded length, checked against a schema before anyone sees it.
 * A line that is too long or wrong ends the connection; nothing is guessed or skipped.
 */
import type { Socket } from 'node:net';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

export const maxLineBytes = 64 * 1024 * 1024;

/** False when the message is over the limit and was not sent. A peer that does not read is cut off, not buffered for. */
export const sendMessage = (socket: Socket, message: unknown, limitBytes = maxLineBytes): boolean => {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > limitBytes) return false;
  if (socket.writableLength > limitBytes) socket.destroy();
  else if (socket.writable) socket.write(line);
  return true;
};

/** Calls `onMessage` for each whole line until the socket ends or sends something that is not a `schema` message. */
export const receiveMessages = <T extends TSchema>(
  socket: Socket,
  schema: T,
  onMessage: (message: Static<T>) => void,
  limitBytes = maxLineBytes,
): void => {
  let parts: Buffer[] = [];
  let partBytes = 0;
  const take = (piece: Buffer): void => {
    parts.push(piece);
    partBytes += piece.length;
    if (partBytes > limitBytes) socket.destroy();
  };
  const finishLine = (): void => {
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    partBytes = 0;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      socket.destroy();
      return;
    }
    if (Value.Check(schema, message)) onMessage(message);
    else socket.destroy();
  };
  socket.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0 && !socket.destroyed; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      if (!socket.destroyed) finishLine();
      start = end + 1;
    }
    if (!socket.destroyed && start < chunk.length) take(chunk.subarray(start));
  });
};
