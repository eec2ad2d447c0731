/**
 * The browser door: an HTTP host on this machine's loopback that serves the renderer and the wire of
 * `contract/client.ts` to pages that were opened with a launch address. Listens on 127.0.0.1 only; no CORS, no cookies.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { userInfo } from 'node:os';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { maxUploadBytes } from '../contract/client.ts';
import { contentSecurityPolicy } from '../contract/csp.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { AppPort } from '../core/app-types.ts';
import { createApi } from './api.ts';
import { inspectRequest, type Limits, type Refused } from './gate.ts';
import { createSessions, type Session, type Sessions } from './sessions.ts';
import { readStaticFiles, type StaticFile } from './static-files.ts';

export type HostOptions = {
  /** 0 for any free one. */
  port: number;
  app: AppPort;
  rendererDir: string;
  /** A page asked to stop (its session has ended, its answer is out): close the host. */
  onStop: () => void;
  /** The actor of every change; the account's name unless given. */
  user?: string;
  limits?: Partial<Limits>;
  /** Only for development (`dev-pages.ts`): true when it answers the request. */
  devPages?: (incoming: IncomingMessage, response: ServerResponse, port: number) => boolean;
};

export type Host = {
  /** A launch address, good for one page. */
  url: string;
  port: number;
  /** Another launch address, good for one more page. */
  newLaunchUrl: () => string;
  /** Ends all sessions, removes their files, stops listening. Idempotent. The app stays open: it is the caller's. */
  close: () => Promise<void>;
};

const defaultLimits: Limits = { jsonBytes: 16 * 1024 * 1024, uploadBytes: maxUploadBytes };

const securityHeaders: readonly (readonly [string, string])[] = [
  ['content-security-policy', contentSecurityPolicy()],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
];

const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'owner';
  }
};

/** A refused connection ends with the answer, but for a body that is too large: its sender reads only once it was taken. */
const sendRefusal = (response: ServerResponse, refused: Refused): void => {
  const error = { type: 'Usage', message: `This request is refused: ${refused.problem}.` } as const;
  response.writeHead(refused.status, {
    'content-type': 'application/json',
    ...(refused.status === 413 ? {} : { connection: 'close' }),
  });
  response.end(JSON.stringify(fail(error)));
};

const sendStatic = (response: ServerResponse, file: StaticFile): void => {
  response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length });
  response.end(file.bytes);
};

/** The bound port, or why there is none. */
const listen = (server: ReturnType<typeof createServer>, port: number): Promise<Result<number>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'another program uses it'
          : error.code === 'EACCES'
            ? 'this account may not'
            : (error.code ?? 'EIO');
      resolve(fail({ type: 'Usage', message: `Port ${String(port)} cannot be used: ${why}.` }));
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      resolve(ok((server.address() as AddressInfo).port)),
    );
  });

type Parts = {
  options: HostOptions;
  limits: Limits;
  files: ReadonlyMap<string, StaticFile>;
  sessions: Sessions;
  api: ReturnType<typeof createApi>;
  port: () => number;
};

/** Gate first; then the list of files, or the wire. */
const createListener = ({ options, limits, files, sessions, api, port }: Parts) => {
  const sessionOf = new WeakMap<object, Session>();
  const runApi = getRequestListener(
    (request, env) => api.fetch(request, { ...(env as HttpBindings), session: sessionOf.get(env.incoming) ?? null }),
    { overrideGlobalObjects: false },
  );
  // What came behind a refused request on its connection is not looked at.
  const refusedSockets = new WeakSet<object>();
  return (incoming: IncomingMessage, response: ServerResponse): void => {
    if (refusedSockets.has(incoming.socket)) return;
    if (options.devPages?.(incoming, response, port()) === true) return;
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    const passed = inspectRequest(
      { method: incoming.method ?? '', url: incoming.url ?? '', rawHeaders: incoming.rawHeaders },
      { port: port(), limits, isStaticPath: (path) => files.has(path), findSession: sessions.find },
    );
    const file = passed.ok && passed.route === 'static' ? files.get(passed.path) : undefined;
    if (!passed.ok) {
      if (passed.status !== 413) refusedSockets.add(incoming.socket);
      sendRefusal(response, passed);
    } else if (file !== undefined) {
      sendStatic(response, file);
    } else {
      if (passed.session !== null) sessionOf.set(incoming, passed.session);
      void runApi(incoming, response);
    }
  };
};

/** Starts listening. The error is `Usage`: the port cannot be used, or there is no renderer build. */
export const startHost = async (options: HostOptions): Promise<Result<Host>> => {
  const { app } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const files = readStaticFiles(options.rendererDir);
  if (!files.has('/') && options.devPages === undefined) {
    return fail({
      type: 'Usage',
      message: `The pages are not built: ${options.rendererDir} has no index.html. Run "npm run build".`,
    });
  }
  const sessions = createSessions(app.dropSession);
  let port = 0;
  const api = createApi({
    app,
    sessions,
    limits,
    user: options.user ?? accountName(),
    hostName: () => `127.0.0.1:${String(port)}`,
    onStop: options.onStop,
  });
  const server = createServer(createListener({ options, limits, files, sessions, api, port: () => port }));
  const bound = await listen(server, options.port);
  if (!bound.ok) {
    sessions.endAll();
    return bound;
  }
  port = bound.data;
  // Uploads must not outlive the process where that can be helped.
  process.once('exit', sessions.endAll);
  const newLaunchUrl = (): string => `http://127.0.0.1:${String(port)}/#launch=${sessions.newLaunchCode()}`;
  let closed: Promise<void> | null = null;
  return ok({
    url: newLaunchUrl(),
    port,
    newLaunchUrl,
    close: () => {
      closed ??= new Promise((resolve) => {
        sessions.endAll();
        process.off('exit', sessions.endAll);
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  });
};
