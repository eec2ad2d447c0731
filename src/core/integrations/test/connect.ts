/**
 * One connection, step by step: name, TCP, TLS, request. All steps use the same connection, so that what was checked is
 * what gets the credentials. Redirects are never followed. Messages are made of codes, never of what was sent or answered.
 */
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TestStep, TestStepName } from '../../../contract/integrations.ts';
import type { HttpRequest, Target } from './target.ts';

export type Watch = {
  signal: AbortSignal;
  /** Time limit of each step. */
  stepMs: number;
  onStep: (step: TestStepName) => void;
};

/** Thrown inside a step: its sentence is what the person reads. */
class StepFailed extends Error {}

const causes: { [code: string]: string } = {
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name service did not answer',
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ECONNRESET: 'the other side closed the connection',
  EPIPE: 'the other side closed the connection',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'it did not answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-made; switch verify_ssl off if that is meant',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate comes from an authority this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes from an authority this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an authority this machine does not know',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  EPROTO: 'it does not speak TLS there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there',
};

const causeOf = (error: unknown): string => {
  if (error instanceof StepFailed) return error.message;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (Object.hasOwn(causes, code)) return causes[code] ?? code;
  if (code.startsWith('HPE_')) return 'its answer is not HTTP';
  return code === '' ? 'it failed for a reason the system did not name' : `it failed (${code})`;
};

/** Settles with the work, or rejects as soon as the signal fires; the work itself may go on unheard. */
const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(new StepFailed('stopped'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    return void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

const opened = <S extends Socket>(socket: S, event: string): Promise<S> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new StepFailed('the other side closed the connection')));
    socket.once(event, () => {
      socket.removeAllListeners('close');
      resolve(socket);
    });
  });

/** Every address of a name is tried, as browsers do, before it counts as failed. */
const connectAny = async (hosts: readonly string[], port: number, signal: AbortSignal): Promise<Socket> => {
  let last: unknown = new StepFailed('the name has no address');
  for (const host of hosts) {
    const socket = connect({ host, port });
    try {
      await untilAborted(opened(socket, 'connect'), signal);
      return socket;
    } catch (error) {
      socket.destroy();
      last = error;
      if (signal.aborted) break;
    }
  }
  throw last;
};

const ask = (socket: Socket, what: HttpRequest): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => socket,
      method: what.method,
      path: what.path,
      headers: { accept: '*/*', 'user-agent': 'Holdfast', ...what.headers, host: what.host, connection: 'close' },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.end(what.body ?? undefined);
  });

const judge = (status: number, expect: readonly number[] | null): string => {
  const fits = expect === null ? status >= 200 && status <= 299 : expect.includes(status);
  if (fits) return `answered ${String(status)}`;
  if (status === 401 || status === 403) throw new StepFailed(`the credentials were refused (${String(status)})`);
  if (status >= 300 && status <= 399)
    throw new StepFailed(
      `it answered ${String(status)}, a redirect, and redirects are not followed; set the final address`,
    );
  throw new StepFailed(`it answered ${String(status)}`);
};

/** `null`: the person stopped it. */
export const tryTarget = async (target: Target, watch: Watch): Promise<TestStep[] | null> => {
  const steps: TestStep[] = [];
  const open: Socket[] = [];
  const place = `${target.host}:${String(target.port)}`;
  const skip = (step: TestStepName, message: string): void => void steps.push({ step, result: 'skipped', message });
  const run = async <T>(
    step: TestStepName,
    work: (signal: AbortSignal) => Promise<T>,
    say: (value: T) => string,
  ): Promise<T> => {
    watch.onStep(step);
    const limit = AbortSignal.timeout(watch.stepMs);
    const signal = AbortSignal.any([watch.signal, limit]);
    try {
      const value = await untilAborted(work(signal), signal);
      steps.push({ step, result: 'passed', message: say(value) });
      return value;
    } catch (error) {
      const late = limit.aborted && !watch.signal.aborted;
      const message = late ? `no answer within ${String(watch.stepMs / 1000)} s` : causeOf(error);
      steps.push({ step, result: 'failed', message: `${place}: ${message}` });
      throw error;
    }
  };
  const keep = <S extends Socket>(socket: S): S => {
    // An error that comes when nobody waits any more is nobody's.
    socket.on('error', () => undefined);
    open.push(socket);
    return socket;
  };
  const work = async (): Promise<void> => {
    let hosts = [target.host];
    if (isIP(target.host) !== 0) skip('name', `${target.host} is an address already`);
    else {
      const found = await run(
        'name',
        () => lookup(target.host, { all: true }),
        (all) => `${target.host} is ${all.map((one) => one.address).join(', ')}`,
      );
      hosts = found.map((one) => one.address);
    }
    let socket = await run(
      'tcp',
      async (signal) => keep(await connectAny(hosts, target.port, signal)),
      () => `connected to ${place}`,
    );
    if (target.tls) {
      const servername = isIP(target.host) === 0 ? target.host : '';
      const plain = socket;
      socket = await run(
        'tls',
        () =>
          opened(
            keep(connectTls({ socket: plain, servername, host: target.host, rejectUnauthorized: target.verify })),
            'secureConnect',
          ),
        (tls) =>
          `${tls.getProtocol() ?? 'TLS'}, ${target.verify ? 'certificate checked' : 'certificate not checked, as verify_ssl says'}`,
      );
    } else skip('tls', 'the connection begins without encryption');
    const { request } = target;
    if (request === null) return skip('request', 'its type says no question to ask; the credentials were not tried');
    return void (await run(
      'request',
      async () => judge(await ask(socket, request), request.expect),
      (said) => said,
    ));
  };
  try {
    await work();
  } catch (error) {
    // A failed step is among the steps; anything else is a bug.
    if (steps.at(-1)?.result !== 'failed') throw error;
  } finally {
    for (const socket of open) socket.destroy();
  }
  return watch.signal.aborted ? null : steps;
};
