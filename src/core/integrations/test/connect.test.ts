/** Steps of a test against servers of this machine: plain, encrypted, silent, refusing, and names that do not exist. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { tryTarget, type Watch } from './connect.ts';
import type { HttpRequest, Target } from './target.ts';
import { selfMade } from './testing/self-made.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const listen = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** A port where nothing listens any more. */
const deadPort = async (): Promise<number> => {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const question: HttpRequest = {
  method: 'GET',
  path: '/me',
  host: 'localhost',
  headers: { authorization: 'Bearer never-shown' },
  body: null,
  expect: null,
};
const target = (port: number, more: Partial<Target> = {}): Target => ({
  host: 'localhost',
  port,
  tls: false,
  verify: true,
  request: null,
  ...more,
});
const run = async (to: Target, watch: Partial<Watch> = {}): Promise<string[] | null> => {
  const steps = await tryTarget(to, {
    signal: new AbortController().signal,
    stepMs: 5_000,
    onStep: () => undefined,
    ...watch,
  });
  const place = String(to.port);
  return steps?.map((one) => `${one.step} ${one.result}: ${one.message.replaceAll(place, 'PORT')}`) ?? null;
};
const answering = (status: number, headers: { [name: string]: string } = {}) => {
  const seen: IncomingMessage[] = [];
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(request);
    response.writeHead(status, headers).end('the body is not read');
  };
  return { seen, handler };
};

const skipsTls = 'tls skipped: the connection begins without encryption';

describe('a test', () => {
  it('passes name and TCP of a plain server', async () => {
    const port = await listen(createServer());
    const steps = await run(target(port));
    expect(steps?.[0]).toMatch(/^name passed: localhost is /u);
    expect(steps?.slice(1)).toEqual([
      'tcp passed: connected to localhost:PORT',
      skipsTls,
      'request skipped: its type says no question to ask; the credentials were not tried',
    ]);
    expect((await run(target(port, { host: '127.0.0.1' })))?.[0]).toBe('name skipped: 127.0.0.1 is an address already');
  });

  it('stops at a name that nobody knows', async () => {
    const steps = await run(target(443, { host: 'nobody.invalid', tls: true }));
    expect(steps).toHaveLength(1);
    expect(steps?.[0]).toMatch(/^name failed: nobody\.invalid:PORT: the name /u);
  });

  it('stops at a port where nothing listens', async () => {
    const steps = await run(target(await deadPort(), { host: '127.0.0.1' }));
    expect(steps?.slice(1)).toEqual(['tcp failed: 127.0.0.1:PORT: nothing listens there (connection refused)']);
  });

  it('refuses a self-made certificate unless verify_ssl is off', async () => {
    const { handler, seen } = answering(200);
    const port = await listen(createHttps(selfMade, handler));
    const strict = await run(target(port, { tls: true, request: question }));
    expect(strict?.at(-1)).toBe(
      'tls failed: localhost:PORT: the certificate is self-made; switch verify_ssl off if that is meant',
    );
    expect(seen).toEqual([]);
    const lax = await run(target(port, { tls: true, verify: false, request: question }));
    expect(lax?.at(-2)).toBe('tls passed: TLSv1.3, certificate not checked, as verify_ssl says');
    expect(lax?.at(-1)).toBe('request passed: answered 200');
    expect(seen.map((one) => one.headers.authorization)).toEqual(['Bearer never-shown']);
  });

  it('says so when the server does not speak TLS', async () => {
    const { handler } = answering(200);
    const port = await listen(createHttp(handler));
    const steps = await run(target(port, { tls: true }));
    expect(steps?.at(-1)).toMatch(
      /^tls failed: localhost:PORT: (?:it does not speak TLS there|the other side closed)/u,
    );
  });

  it.each([
    [200, 'passed: answered 200'],
    [401, 'failed: localhost:PORT: the credentials were refused (401)'],
    [403, 'failed: localhost:PORT: the credentials were refused (403)'],
    [404, 'failed: localhost:PORT: it answered 404'],
    [500, 'failed: localhost:PORT: it answered 500'],
  ])('judges the answer %i', async (status, said) => {
    const { handler } = answering(status);
    const steps = await run(target(await listen(createHttp(handler)), { request: question }));
    expect(steps?.at(-1)).toBe(`request ${said}`);
  });

  it('takes the statuses that the type expects, and no other', async () => {
    const { handler } = answering(405);
    const port = await listen(createHttp(handler));
    expect((await run(target(port, { request: { ...question, expect: [405] } })))?.at(-1)).toBe(
      'request passed: answered 405',
    );
    const other = await run(target(port, { request: { ...question, expect: [200] } }));
    expect(other?.at(-1)).toBe('request failed: localhost:PORT: it answered 405');
  });

  it('follows no redirect, so that no other host gets the credentials', async () => {
    const other = answering(200);
    const otherPort = await listen(createHttp(other.handler));
    const { handler } = answering(302, { location: `http://127.0.0.1:${String(otherPort)}/steal` });
    const steps = await run(target(await listen(createHttp(handler)), { request: question }));
    expect(steps?.at(-1)).toContain('redirects are not followed');
    expect(steps?.at(-1)).not.toContain('steal');
    expect(other.seen).toEqual([]);
  });

  it('ends a step when its time is over', async () => {
    const steps = await run(target(await listen(createServer()), { host: '127.0.0.1', request: question }), {
      stepMs: 50,
    });
    expect(steps?.at(-1)).toBe('request failed: 127.0.0.1:PORT: no answer within 0.05 s');
  });

  it('stops at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const server = createServer(() => cancel.abort());
    expect(await run(target(await listen(server), { request: question }), { signal: cancel.signal })).toBeNull();
  });

  it('never says what was sent or answered', async () => {
    const server = createServer((socket) => socket.end('never-shown is no HTTP\r\n\r\n'));
    const steps = await run(target(await listen(server), { request: question }));
    expect(steps?.at(-1)).toBe('request failed: localhost:PORT: its answer is not HTTP');
    expect(JSON.stringify(steps)).not.toContain('never-shown');
  });
});
