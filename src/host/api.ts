/**
 * The routes of the wire in `contract/client.ts`. A request comes here only through the gate, with its session. Carries
 * calls to the app and answers back; adds no logic, and never takes a path from a request.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context as HonoContext } from 'hono';
import Type, { type Static, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { httpStatuses } from '../contract/errors.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { AppPort } from '../core/app-types.ts';
import type { Actor } from '../core/context.ts';
import { checkCall } from '../core/dispatch.ts';
import { openEventStream } from './event-stream.ts';
import type { Limits } from './gate.ts';
import { readText, saveBody } from './request-body.ts';
import type { Session, Sessions } from './sessions.ts';

export type ApiOptions = {
  app: AppPort;
  sessions: Sessions;
  limits: Limits;
  user: string;
  /** `127.0.0.1:port`, shown by the page. */
  hostName: () => string;
  /** After the answer to `/api/stop` is out. */
  onStop: () => void;
};

type Bindings = { Bindings: HttpBindings & { session: Session | null } };
type Ctx = HonoContext<Bindings>;

const Code = Type.Object({ code: Type.String({ maxLength: 200 }) }, { additionalProperties: false });
const Call = Type.Object(
  {
    name: Type.String({ maxLength: 100 }),
    input: Type.Unknown(),
    jobId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
  },
  { additionalProperties: false },
);
const Sink = Type.Object({ name: Type.String() }, { additionalProperties: false });
const Nothing = Type.Object({}, { additionalProperties: false });

const reply = (result: Result<unknown>, status?: number): Response =>
  Response.json(result, { status: status ?? (result.ok ? 200 : httpStatuses[result.error.type]) });

const refuse = (status: number, message: string): Response => reply(fail({ type: 'Usage', message }), status);

/** The body as the schema says, or the answer that refuses it. */
const readJson = async <T extends TSchema>(
  c: Ctx,
  schema: T,
  limitBytes: number,
): Promise<{ body: Static<T> } | { refused: Response }> => {
  const text = await readText(c.req.raw.body, limitBytes);
  if (text === null) return { refused: refuse(413, `The request is larger than ${String(limitBytes)} bytes.`) };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { refused: refuse(400, 'The request is not JSON.') };
  }
  return Value.Check(schema, body) ? { body } : { refused: refuse(400, 'The request has the wrong fields.') };
};

/** A plain name to show and to offer for a download; never part of a path. */
const isFileName = (name: string): boolean =>
  // Control characters are exactly what is looked for.
  name.length > 0 && name.length <= 255 && !/[/\\\u0000-\u001f\u007f]/u.test(name) && name !== '.' && name !== '..';

const badName = (): Response =>
  reply(fail({ type: 'InputInvalid', field: 'name', problem: 'it must be a plain file name' }));

/** The gate has checked that there is one. */
const sessionOf = (c: Ctx): Session => {
  if (c.env.session === null) throw new Error('A route was reached without a session');
  return c.env.session;
};

const callRoute = async (c: Ctx, options: ApiOptions): Promise<Response> => {
  const read = await readJson(c, Call, options.limits.jsonBytes);
  if ('refused' in read) return read.refused;
  const { name, input, jobId } = read.body;
  const actor: Actor = { user: options.user, role: 'admin', door: 'browser', session: sessionOf(c).id };
  // Dispatch checks again; what is wrong already (a path where a file handle belongs) never gets there.
  const checked = checkCall(name, input, actor.role);
  if (!checked.ok) return reply(checked);
  return reply(
    await options.app.dispatch({ name, input, actor, credential: null, ...(jobId === undefined ? {} : { jobId }) }),
  );
};

const eventsRoute = (c: Ctx, options: ApiOptions): Response => {
  const session = sessionOf(c);
  const stream = openEventStream(options.app.onEvent, () => session.onEnd.delete(stream.close));
  session.onEnd.add(stream.close);
  return new Response(stream.body, { headers: { 'content-type': 'text/event-stream' } });
};

const uploadRoute = async (c: Ctx, options: ApiOptions): Promise<Response> => {
  const session = sessionOf(c);
  const name = c.req.query('name') ?? '';
  if (!isFileName(name)) return badName();
  const path = session.newFilePath();
  if (!(await saveBody(c.req.raw.body, path, options.limits.uploadBytes))) {
    return refuse(413, `The file is larger than ${String(options.limits.uploadBytes)} bytes.`);
  }
  return reply(ok({ file: options.app.files.register(session.id, { path, name, use: 'read' }), name }));
};

const sinkRoute = async (c: Ctx, options: ApiOptions): Promise<Response> => {
  const read = await readJson(c, Sink, options.limits.jsonBytes);
  if ('refused' in read) return read.refused;
  const { name } = read.body;
  if (!isFileName(name)) return badName();
  const session = sessionOf(c);
  const sink = { path: session.newFilePath(), name };
  const file = options.app.files.register(session.id, { ...sink, use: 'write' });
  session.sinks.set(file, sink);
  return reply(ok({ file, name }));
};

const downloadRoute = (c: Ctx): Response => {
  const handle = c.req.param('file') ?? '';
  const sink = sessionOf(c).sinks.get(handle);
  const stat = sink === undefined ? undefined : statSync(sink.path, { throwIfNoEntry: false });
  if (sink === undefined || stat?.isFile() !== true)
    return reply(fail({ type: 'NotFound', what: 'download', name: handle }));
  return new Response(Readable.toWeb(createReadStream(sink.path)) as ReadableStream, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(stat.size),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(sink.name)}`,
    },
  });
};

const stopRoute = async (c: Ctx, options: ApiOptions): Promise<Response> => {
  const read = await readJson(c, Nothing, options.limits.jsonBytes);
  if ('refused' in read) return read.refused;
  options.sessions.end(sessionOf(c));
  c.env.outgoing.once('close', options.onStop);
  return reply(ok({ stopped: true }));
};

const sessionRoute = async (c: Ctx, options: ApiOptions): Promise<Response> => {
  const read = await readJson(c, Code, options.limits.jsonBytes);
  if ('refused' in read) return read.refused;
  const token = options.sessions.exchange(read.body.code);
  return token === null
    ? refuse(401, 'This launch address was used before, or is not of this host.')
    : reply(ok({ token, host: options.hostName() }));
};

export const createApi = (options: ApiOptions): Hono<Bindings> => {
  const api = new Hono<Bindings>();
  api.post('/api/session', (c) => sessionRoute(c, options));
  api.post('/api/call', (c) => callRoute(c, options));
  api.get('/api/events', (c) => eventsRoute(c, options));
  api.post('/api/files', (c) => uploadRoute(c, options));
  api.post('/api/sinks', (c) => sinkRoute(c, options));
  api.get('/api/files/:file', (c) => downloadRoute(c));
  api.post('/api/stop', (c) => stopRoute(c, options));
  api.onError((error) => {
    const logId = randomBytes(9).toString('base64url');
    // Name and frames only: a message may hold what was sent.
    process.stderr.write(
      `${logId} ${error.name}\n${(error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /u.test(line))
        .join('\n')}\n`,
    );
    return reply(fail({ type: 'Unexpected', logId }));
  });
  return api;
};
