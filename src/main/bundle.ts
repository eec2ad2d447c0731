/**
 * The files of the built renderer as `app://bundle/` answers them: looked up by exact path in a list made at start. A path
 * in a request is never joined to a folder. Pure of Electron, so that it is tested as it runs.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { contentSecurityPolicy } from '../contract/csp.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** Request path -> file. Only types that a renderer build has. */
export const listBundle = (rendererDir: string): ReadonlyMap<string, string> => {
  const files = readdirSync(rendererDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && Object.hasOwn(contentTypes, extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  const byPath = new Map(files.map((path) => [`/${relative(rendererDir, path).split(sep).join('/')}`, path]));
  const index = byPath.get('/index.html');
  return index === undefined ? byPath : byPath.set('/', index);
};

/** Answers one request from the list: 200 with the policy, 404, or 405. */
export const answerFrom = (bundle: ReadonlyMap<string, string>, request: { method: string; url: string }): Response => {
  const headers = { 'content-security-policy': contentSecurityPolicy(), 'x-content-type-options': 'nosniff' };
  const url = new URL(request.url);
  const path = url.host === 'bundle' ? bundle.get(url.pathname) : undefined;
  if (path === undefined) return new Response(null, { status: 404, headers });
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers });
  const type = contentTypes[extname(path)] ?? 'application/octet-stream';
  return new Response(readFileSync(path), { headers: { ...headers, 'content-type': type } });
};
