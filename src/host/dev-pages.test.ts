import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createDevPages } from './dev-pages.ts';
import { startHost } from './host.ts';
import { createBuild, createTestApp } from './testing/app.ts';
import { rawRequest, sendRaw } from './testing/raw-http.ts';

test('in development pages come from the development server, and the wire stays guarded', async () => {
  const vite = createServer((incoming, response) => {
    response.setHeader('content-type', 'text/javascript');
    response.end(`vite has ${incoming.url ?? ''} for ${incoming.headers.host ?? ''}`);
  }).listen(0, '127.0.0.1');
  await once(vite, 'listening');
  const viteUrl = `http://127.0.0.1:${String((vite.address() as AddressInfo).port)}`;
  const { rootDir, rendererDir } = createBuild();
  const app = createTestApp();
  const started = await startHost({
    port: 0,
    app,
    rendererDir,
    onStop: () => undefined,
    devPages: createDevPages(viteUrl),
  });
  if (!started.ok) throw new Error('not started');
  const { port, close } = started.data;
  const host = `127.0.0.1:${String(port)}`;
  const get = (url: string, headers = {}) =>
    sendRaw(port, rawRequest('GET', url, { host, connection: 'close', ...headers }));
  const page = await get('/@vite/client?t=1');
  expect([page.status, page.body, page.headers.get('content-type')]).toEqual([
    200,
    `vite has /@vite/client?t=1 for ${viteUrl.slice(7)}`,
    'text/javascript',
  ]);
  expect((await get('/', { host: `evil.example:${String(port)}` })).status).toBe(421);
  expect((await get('/api/events', { 'sec-fetch-site': 'same-origin' })).status).toBe(401);
  expect((await get('//evil.example/')).status).toBe(400);
  vite.close();
  vite.closeAllConnections();
  expect((await get('/')).status).toBe(502);
  await close();
  rmSync(rootDir, { recursive: true, force: true });
});
