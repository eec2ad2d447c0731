/**
 * The first look at every request, on its raw form: who sent it, to which name, for what. What does not pass never
 * reaches a route or the app. Pure: no I/O, no state.
 */
import { sessionHeader } from '../contract/client.ts';

export type RawRequest = { method: string; url: string; rawHeaders: readonly string[] };

type ApiRoute = 'session' | 'call' | 'events' | 'upload' | 'sink' | 'download' | 'stop';
type Rule = { route: ApiRoute; method: 'GET' | 'POST'; body: 'none' | 'json' | 'bytes' };

export type Limits = { jsonBytes: number; uploadBytes: number };

export type GateOptions<S> = {
  port: number;
  limits: Limits;
  isStaticPath: (path: string) => boolean;
  /** Must compare in constant time. */
  findSession: (token: string) => S | null;
};

export type Passed<S> = { ok: true; route: ApiRoute | 'static'; path: string; session: S | null };
export type Refused = { ok: false; status: number; problem: string };

const rulesByPath: Readonly<Record<string, readonly Rule[]>> = {
  '/api/session': [{ route: 'session', method: 'POST', body: 'json' }],
  '/api/call': [{ route: 'call', method: 'POST', body: 'json' }],
  '/api/events': [{ route: 'events', method: 'GET', body: 'none' }],
  '/api/files': [{ route: 'upload', method: 'POST', body: 'bytes' }],
  '/api/sinks': [{ route: 'sink', method: 'POST', body: 'json' }],
  '/api/stop': [{ route: 'stop', method: 'POST', body: 'json' }],
};
const downloadRules: readonly Rule[] = [{ route: 'download', method: 'GET', body: 'none' }];
const downloadPath = /^\/api\/files\/file_[A-Za-z0-9_-]{16,64}$/u;

const refuse = (status: number, problem: string): Refused => ({ ok: false, status, problem });

/** Header by lower-case name; null when one that decides something came twice. */
const singleHeaders = (rawHeaders: readonly string[]): Map<string, string> | null => {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (headers.has(name) && decisive.has(name)) return null;
    headers.set(name, rawHeaders[i + 1] ?? '');
  }
  return headers;
};
const decisive = new Set([
  'host',
  'origin',
  sessionHeader,
  'content-type',
  'content-length',
  'transfer-encoding',
  'sec-fetch-site',
]);

/** `/a/b?c` -> path and query; null for whatever is not plain: absolute, `//`, `..`, escapes, backslashes, control characters. */
const splitUrl = (url: string): { path: string; query: string } | null => {
  const match = /^((?:\/[A-Za-z0-9_.-]*)+)(?:\?([A-Za-z0-9%._~!'()*&=+-]*))?$/u.exec(url);
  const path = match?.[1] ?? '';
  const isPlain = path !== '' && !path.includes('//') && !path.split('/').some((part) => part === '.' || part === '..');
  return isPlain ? { path, query: match?.[2] ?? '' } : null;
};

/** A page of ours says `same-origin`; typing the address says `none`; everything else comes from another page. */
const checkSender = (headers: Map<string, string>, host: string, isStatic: boolean, method: string): Refused | null => {
  const site = headers.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && !(isStatic && site === 'none'))
    return refuse(403, 'it came from another page');
  const origin = headers.get('origin');
  if (origin !== undefined) return origin === `http://${host}` ? null : refuse(403, 'its origin is not this host');
  // Browsers leave Origin out of a same-origin GET, and then say so in Sec-Fetch-Site.
  if (isStatic || (method === 'GET' && site === 'same-origin')) return null;
  return refuse(403, 'it has no origin');
};

const checkBody = (headers: Map<string, string>, rule: Rule, limits: Limits): Refused | null => {
  const length = headers.get('content-length');
  const hasBody = headers.has('transfer-encoding') || (length !== undefined && length !== '0');
  if (rule.body === 'none') return hasBody ? refuse(400, 'it has a body') : null;
  const type = (headers.get('content-type') ?? '').toLowerCase();
  const isForm = type.startsWith('multipart/') || type.startsWith('application/x-www-form-urlencoded');
  if (rule.body === 'json' ? !/^application\/json(?:; ?charset=utf-8)?$/u.test(type) : isForm)
    return refuse(415, 'its content type is wrong');
  const limit = rule.body === 'json' ? limits.jsonBytes : limits.uploadBytes;
  return Number(length ?? 0) > limit ? refuse(413, `it is larger than ${String(limit)} bytes`) : null;
};

export const inspectRequest = <S>(request: RawRequest, options: GateOptions<S>): Passed<S> | Refused => {
  const headers = singleHeaders(request.rawHeaders);
  if (headers === null) return refuse(400, 'a header came twice');
  const host = headers.get('host') ?? '';
  if (host !== `127.0.0.1:${String(options.port)}` && host !== `localhost:${String(options.port)}`)
    return refuse(421, 'its host is not this host');
  const url = splitUrl(request.url);
  if (url === null) return refuse(400, 'its address is not plain');
  const isStatic = options.isStaticPath(url.path);
  const rules = downloadPath.test(url.path) ? downloadRules : rulesByPath[url.path];
  if (!isStatic && rules === undefined) return refuse(404, 'there is no such page');
  const rule = rules?.find((one) => one.method === request.method);
  if (isStatic ? request.method !== 'GET' : rule === undefined) return refuse(405, 'its method is wrong');
  if (url.query !== '' && rule?.route !== 'upload') return refuse(400, 'its address has a query');
  const sender = checkSender(headers, host, isStatic, request.method);
  if (sender !== null) return sender;
  if (rule === undefined) return { ok: true, route: 'static', path: url.path, session: null };
  const session = rule.route === 'session' ? null : options.findSession(headers.get(sessionHeader) ?? '');
  if (session === null && rule.route !== 'session') return refuse(401, 'it belongs to no session');
  return checkBody(headers, rule, options.limits) ?? { ok: true, route: rule.route, path: url.path, session };
};
