/**
 * Development only: pages come from Vite's own server through the host, so that hot reload works in a browser. Its
 * scripts are inline and open a web socket, so the policy is looser here; nothing but the development entry uses this.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const policyFor = (viteUrl: URL): string =>
  [
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://${viteUrl.host}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const forward = async (url: URL, viteUrl: URL, response: ServerResponse): Promise<void> => {
  try {
    const answer = await fetch(url, { redirect: 'error' });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/octet-stream',
      'content-security-policy': policyFor(viteUrl),
      'content-length': bytes.length,
      'cache-control': 'no-store',
    });
    response.end(bytes);
  } catch {
    response.writeHead(502, { 'content-type': 'text/plain' });
    response.end('The development server of the pages does not answer.');
  }
};

/** Answers GETs outside `/api/` that name this host; everything else goes on to the gate. */
export const createDevPages = (
  rendererUrl: string,
): ((incoming: IncomingMessage, response: ServerResponse, port: number) => boolean) => {
  const viteUrl = new URL(rendererUrl);
  return (incoming, response, port) => {
    const path = incoming.url ?? '';
    const { host } = incoming.headers;
    const isOurs = host === `127.0.0.1:${String(port)}` || host === `localhost:${String(port)}`;
    if (
      incoming.method !== 'GET' ||
      !isOurs ||
      !path.startsWith('/') ||
      path.startsWith('//') ||
      path.startsWith('/api/')
    )
      return false;
    void forward(new URL(path, viteUrl), viteUrl, response);
    return true;
  };
};
