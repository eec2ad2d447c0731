/**
 * The files of the built renderer as `app://bundle/` answers them: looked up by exact path in what was read at start. A path
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

export type BundleFile = { type: string; bytes: Uint8Array<ArrayBuffer> };

/**
 * Request path -> file. Only types that a renderer build has. Read once: a build that comes meanwhile must not give this
 * process pages that it does not know.
 */
export const readBundle = (rendererDir: string): ReadonlyMap<string, BundleFile> => {
  const files = readdirSync(rendererDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && Object.hasOwn(contentTypes, extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
  const byPath = new Map(
    files.map((path) => [
      `/${relative(rendererDir, path).split(sep).join('/')}`,
      { type: contentTypes[extname(path)] ?? 'application/octet-stream', bytes: new Uint8Array(readFileSync(path)) },
    ]),
  );
  const index = byPath.get('/index.html');
  return index === undefined ? byPath : byPath.set('/', index);
};

/** Answers one request from the list: 200 with the policy, 404, or 405. */
export const answerFrom = (
  bundle: ReadonlyMap<string, BundleFile>,
  request: { method: string; url: string },
): Response => {
  const headers = { 'content-security-policy': contentSecurityPolicy(), 'x-content-type-options': 'nosniff' };
  const url = new URL(request.url);
  const file = url.host === 'bundle' ? bundle.get(url.pathname) : undefined;
  if (file === undefined) return new Response(null, { status: 404, headers });
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers });
  return new Response(file.bytes, { headers: { ...headers, 'content-type': file.type } });
};
