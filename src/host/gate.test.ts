import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionHeader } from '../contract/client.ts';
import { inspectRequest, type GateOptions } from './gate.ts';

const files = ['/', '/index.html', '/assets/index-a1.js'];
const options: GateOptions<string> = {
  port: 4000,
  limits: { jsonBytes: 100, uploadBytes: 1000 },
  isStaticPath: (path) => files.includes(path),
  findSession: (token) => (token === 'right' ? 'session' : null),
};
const rawHeaders = ['Host', '127.0.0.1:4000', 'Sec-Fetch-Site', 'same-origin', sessionHeader, 'right'];
const posted = [
  ...rawHeaders,
  'Origin',
  'http://127.0.0.1:4000',
  'Content-Type',
  'application/json',
  'Content-Length',
  '10',
];

test('what a page of ours sends passes', () => {
  expect(inspectRequest({ method: 'POST', url: '/api/call', rawHeaders: posted }, options)).toEqual({
    ok: true,
    route: 'call',
    path: '/api/call',
    session: 'session',
  });
  expect(
    inspectRequest(
      { method: 'GET', url: '/', rawHeaders: ['host', 'localhost:4000', 'sec-fetch-site', 'none'] },
      options,
    ),
  ).toEqual({
    ok: true,
    route: 'static',
    path: '/',
    session: null,
  });
  expect(inspectRequest({ method: 'POST', url: '/api/files?name=a%20b.hfb', rawHeaders: posted }, options)).toEqual({
    ok: true,
    route: 'upload',
    path: '/api/files',
    session: 'session',
  });
});

test('of all addresses only the listed files and routes pass', () => {
  const handle = `file_${'a'.repeat(32)}`;
  const known = new Set([...files, '/api/events', `/api/files/${handle}`]);
  const piece = fc.constantFrom(
    '/',
    '//',
    '..',
    '.',
    '%2e',
    '%2f',
    '%00',
    '\\',
    '\0',
    '?',
    '#',
    '@',
    ':',
    'index.html',
    'assets',
    'index-a1.js',
    'api',
    'events',
    'files',
    handle,
    'http://127.0.0.1:4000',
  );
  const url = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.constantFrom(...known),
  );
  fc.assert(
    fc.property(url, (text) => {
      const passed = inspectRequest({ method: 'GET', url: text, rawHeaders }, options);
      // An empty query is the address without it.
      expect({ text, passed: passed.ok }).toEqual({ text, passed: known.has(text.replace(/\?$/u, '')) });
    }),
    { numRuns: 5000, seed: 7 },
  );
});

test('of all hosts, origins and senders only our own pass', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '127.0.0.1:4000',
      'localhost:4000',
      '127.0.0.1:4001',
      '127.1:4000',
      '[::1]:4000',
      '127.0.0.1:4000@evil.example',
      'LOCALHOST:4000',
    ),
  );
  const site = fc.constantFrom('same-origin', 'none', 'same-site', 'cross-site', 'SAME-ORIGIN', '');
  fc.assert(
    fc.property(text, text, site, (host, origin, from) => {
      const headers = [
        'host',
        host,
        'origin',
        `http://${origin}`,
        'sec-fetch-site',
        from,
        ...posted.slice(4, 6),
        ...posted.slice(8),
      ];
      const passed = inspectRequest({ method: 'POST', url: '/api/call', rawHeaders: headers }, options).ok;
      const isOurs =
        (host === '127.0.0.1:4000' || host === 'localhost:4000') && origin === host && from === 'same-origin';
      expect({ host, origin, from, passed }).toEqual({ host, origin, from, passed: isOurs });
    }),
    { numRuns: 5000, seed: 7 },
  );
});
