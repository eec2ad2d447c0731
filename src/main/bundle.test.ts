import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contentSecurityPolicy } from '../contract/csp.ts';
import { answerFrom, readBundle } from './bundle.ts';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-bundle-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
mkdirSync(join(dir, 'renderer', 'assets'), { recursive: true });
writeFileSync(join(dir, 'secret.json'), '{}');
writeFileSync(join(dir, 'renderer', 'index.html'), '<!doctype html>');
writeFileSync(join(dir, 'renderer', 'assets', 'index-1.js'), 'let a;');
writeFileSync(join(dir, 'renderer', 'notes.bak'), 'no');
const bundle = readBundle(join(dir, 'renderer'));

const ask = (url: string, method = 'GET'): Response => answerFrom(bundle, { url, method });

test('the list holds the build, by exact path', () => {
  expect([...bundle.keys()].toSorted()).toEqual(['/', '/assets/index-1.js', '/index.html']);
});

test('a file comes with its type, the policy, and no guessing', async () => {
  const answer = ask('app://bundle/assets/index-1.js?v=1');
  expect({ status: answer.status, body: await answer.text(), headers: Object.fromEntries(answer.headers) }).toEqual({
    status: 200,
    body: 'let a;',
    headers: {
      'content-security-policy': contentSecurityPolicy(),
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    },
  });
  expect((await ask('app://bundle/').text()).startsWith('<!doctype')).toBe(true);
});

test('a newer build beside a running window does not reach its pages', async () => {
  writeFileSync(join(dir, 'renderer', 'index.html'), 'newer');
  expect((await ask('app://bundle/').text()).startsWith('<!doctype')).toBe(true);
});

test('nothing outside the list, by no spelling, and nothing but reading', () => {
  const attacks = [
    'app://bundle/../secret.json',
    'app://bundle/%2e%2e/secret.json',
    'app://bundle/..%2fsecret.json',
    'app://bundle/assets/..%5c..%5csecret.json',
    'app://bundle//index.html',
    'app://bundle/INDEX.HTML',
    'app://bundle/notes.bak',
    'app://bundle/assets',
    'app://bundle/index.html%00.js',
    'app://other/index.html',
    `app://bundle${dir}/secret.json`,
  ];
  expect(attacks.map((url) => ask(url).status)).toEqual(attacks.map(() => 404));
  expect(['POST', 'PUT', 'DELETE'].map((method) => ask('app://bundle/index.html', method).status)).toEqual([
    405, 405, 405,
  ]);
});
