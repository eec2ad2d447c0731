/**
 * The renderer build, as an exact list made at start. A request picks an entry of the list or nothing; no path is ever
 * built from a request. Symbolic links and unknown kinds of files are left out.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

export type StaticFile = { type: string; bytes: Uint8Array };

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** By URL path, with `/` for `index.html`; empty when there is no build. A few megabytes; read once. */
export const readStaticFiles = (rendererDir: string): ReadonlyMap<string, StaticFile> => {
  const files = new Map<string, StaticFile>();
  const walk = (dir: string, urlPath: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      const url = `${urlPath}/${entry.name}`;
      const type = types[extname(entry.name)];
      if (entry.isDirectory()) walk(path, url);
      else if (entry.isFile() && type !== undefined) files.set(url, { type, bytes: readFileSync(path) });
    }
  };
  if (existsSync(rendererDir)) walk(rendererDir, '');
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
};
