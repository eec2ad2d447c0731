/**
 * Asks a socket whether its owner lives. Only a refused or missing socket is dead; somebody who accepts and says nothing
 * is alive. Process ids and file times are never looked at.
 */
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { checkPrivateDir, ownUid } from './address.ts';

export type Probe =
  | { state: 'dead' }
  | { state: 'answers' }
  /** Connected, but nothing came within the time. */
  | { state: 'silent' }
  /** It went away (or withdrew) while we asked: look again. */
  | { state: 'closed' }
  /** The socket cannot be trusted or reached, for a reason that does not mean dead. */
  | { state: 'barred'; problem: string };

export const isDeadCode = (code: string | undefined): boolean => code === 'ECONNREFUSED' || code === 'ENOENT';

/** Null when the socket's folder may be used. */
export const barredFolder = (socketPath: string): Probe | null => {
  const folder = checkPrivateDir(dirname(socketPath), ownUid());
  if (folder.ok) return null;
  const code = folder.error.type === 'DiskError' ? folder.error.code : 'EIO';
  return code === 'ENOENT'
    ? { state: 'dead' }
    : { state: 'barred', problem: `the folder of its socket cannot be trusted (${code})` };
};

export const probeOwner = (socketPath: string, silentAfterMs: number): Promise<Probe> => {
  const barred = barredFolder(socketPath);
  if (barred !== null) return Promise.resolve(barred);
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (probe: Probe): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(probe);
    };
    // The immediate lets an answer in that came while this process itself was held up.
    const timer = setTimeout(() => setImmediate(() => settle({ state: 'silent' })), silentAfterMs);
    socket.once('data', () => settle({ state: 'answers' }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isDeadCode(error.code)) settle({ state: 'dead' });
      else if (error.code === 'EAGAIN') settle({ state: 'silent' });
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') settle({ state: 'closed' });
      else settle({ state: 'barred', problem: `its socket cannot be reached (${error.code ?? 'EIO'})` });
    });
    socket.once('close', () => settle({ state: 'closed' }));
  });
};
