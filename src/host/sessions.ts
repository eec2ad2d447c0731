/**
 * Who may talk to the host: launch codes (used once, each for one session), session tokens, and the private temporary
 * folder of a session's uploads and downloads, which goes with it. Secrets are kept only as hashes.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Session = {
  id: string;
  /** A new path in the session's own folder (0700); the file is not made. */
  newFilePath: () => string;
  /** Downloads to come, by handle. */
  sinks: Map<string, { path: string; name: string }>;
  /** Called when the session ends. */
  onEnd: Set<() => void>;
};

export type Sessions = {
  newLaunchCode: () => string;
  /** The new session's token; null for a code that is unknown or used. */
  exchange: (code: string) => string | null;
  find: (token: string) => Session | null;
  end: (session: Session) => void;
  endAll: () => void;
};

const hash = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** 256 bits, URL-safe. */
const newSecret = (): string => randomBytes(32).toString('base64url');

/** Looks at every entry whatever it finds, so that time tells nothing. */
const indexOfSecret = (hashes: readonly Buffer[], secret: string): number => {
  const wanted = hash(secret);
  return hashes.reduce((found, one, i) => (timingSafeEqual(one, wanted) ? i : found), -1);
};

/** More codes than this that nobody used: the oldest ends. */
const maxOpenCodes = 16;

export const createSessions = (dropSession: (session: string) => void): Sessions => {
  const tempDir = mkdtempSync(join(tmpdir(), 'holdfast-host-'));
  const codes: Buffer[] = [];
  const sessions: { tokenHash: Buffer; session: Session }[] = [];

  const createSession = (): Session => {
    const id = `browser_${randomBytes(12).toString('base64url')}`;
    const dir = join(tempDir, id);
    mkdirSync(dir, { mode: 0o700 });
    return { id, newFilePath: () => join(dir, randomBytes(12).toString('hex')), sinks: new Map(), onEnd: new Set() };
  };
  const end = (session: Session): void => {
    const index = sessions.findIndex((one) => one.session === session);
    if (index < 0) return;
    sessions.splice(index, 1);
    for (const listener of session.onEnd) listener();
    dropSession(session.id);
    rmSync(join(tempDir, session.id), { recursive: true, force: true });
  };
  return {
    newLaunchCode: () => {
      const code = newSecret();
      codes.push(hash(code));
      if (codes.length > maxOpenCodes) codes.shift();
      return code;
    },
    exchange: (code) => {
      const index = indexOfSecret(codes, code);
      if (index < 0) return null;
      codes.splice(index, 1);
      const token = newSecret();
      sessions.push({ tokenHash: hash(token), session: createSession() });
      return token;
    },
    find: (token) => {
      const hashes = sessions.map((one) => one.tokenHash);
      return sessions[indexOfSecret(hashes, token)]?.session ?? null;
    },
    end,
    endAll: () => {
      for (let next = sessions[0]; next !== undefined; next = sessions[0]) end(next.session);
      codes.length = 0;
      rmSync(tempDir, { recursive: true, force: true });
    },
  };
};
