/** `integration.test` through the app: what it sends, what it keeps, and what it never says or saves. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createPlain, type AddressInfo, type Server } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestApp, passphrase, tempHome, testActor, type TestApp } from '../../testing/test-app.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const listen = async (server: Server): Promise<string> => {
  closers.push(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
};

const web = async (status: number) => {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.writeHead(status).end();
  });
  return { seen, url: await listen(server) };
};

const definition = {
  id: 'tickets',
  title: 'Tickets',
  version: 1,
  recognise: [{ file: 'integrations.json', score: 900 }],
  sources: [{ file: 'integrations.json', format: 'json', to: { kind: 'integrations', layout: 'enabled-list' } }],
  integrationTypes: {
    desk: {
      title: 'Desk',
      fields: {
        url: { type: 'string', format: 'url' },
        token: { type: 'string', 'x-secret': true },
        note: { type: 'string', 'x-secret': true },
      },
      test: { url: '{url}/me', headers: { authorization: 'Bearer {token}' } },
    },
  },
};
const token = 'tok-3f81ac99';

const opened = async (url: string): Promise<TestApp> => {
  const home = tempHome(null);
  mkdirSync(join(home.configDir, 'definitions'), { recursive: true });
  writeFileSync(join(home.configDir, 'definitions', 'tickets.json'), JSON.stringify(definition));
  const fields = { url, token, note: 'not-needed' };
  const file = { enabled_integrations: ['desk'], integrations: { desk: fields } };
  writeFileSync(join(home.homeDir, 'integrations.json'), JSON.stringify(file));
  const app = await openTestApp(home, 'window');
  closers.unshift(async () => {
    await app.close();
    home.remove();
  });
  await app.get('migration.run', { definition: 'tickets', protect: { passphrase } });
  return app;
};
const lastTest = async (app: TestApp) => (await app.get('integration.show', { id: 'desk' })).lastTest;

describe('integration.test', () => {
  it('asks what the definition says and keeps the result as an audit event (D48)', async () => {
    const { url, seen } = await web(200);
    const app = await opened(url);
    expect(await lastTest(app)).toBeNull();
    const before = await app.get('integration.show', { id: 'desk' });
    const tested = await app.get('integration.test', { id: 'desk' });
    expect(tested).toMatchObject({ ok: true, unsaved: false, message: 'answered 200' });
    expect(tested.steps.map((one) => `${one.step} ${one.result}`)).toEqual([
      'address passed',
      'name skipped',
      'tcp passed',
      'tls skipped',
      'request passed',
    ]);
    expect(seen.map((one) => [one.method, one.url, one.headers.authorization])).toEqual([
      ['GET', '/me', `Bearer ${token}`],
    ]);
    const { unsaved, id, ...kept } = tested;
    expect([unsaved, id]).toEqual([false, 'desk']);
    expect(await lastTest(app)).toEqual({ ...kept, outdated: false });
    const { changes } = await app.get('audit.list', { limit: 1 });
    expect(changes[0]).toMatchObject({ type: 'integration', key: 'desk', action: 'test' });
    expect(JSON.stringify(changes)).not.toContain(token);
    expect((await app.get('integration.show', { id: 'desk' })).fields).toEqual(before.fields);
    expect((await app.get('integration.counts', {})).worked).toBe(1);
  });

  it('is outdated once a field or the switch changed', async () => {
    const app = await opened((await web(401)).url);
    await app.get('integration.test', { id: 'desk' });
    expect(await lastTest(app)).toMatchObject({ ok: false, outdated: false });
    expect((await lastTest(app))?.message).toContain('the credentials were refused (401)');
    await app.get('integration.apply', { id: 'desk', fields: [{ field: 'token', op: 'set', value: 'another-one' }] });
    expect(await lastTest(app)).toMatchObject({ ok: false, outdated: true });
  });

  it('tries what a form holds, beside the saved secrets, and saves none of it', async () => {
    const saved = await web(500);
    const typed = await web(200);
    const app = await opened(saved.url);
    const fields = [{ field: 'url', op: 'set' as const, value: typed.url }];
    expect(await app.get('integration.test', { id: 'desk', fields })).toMatchObject({ ok: true, unsaved: true });
    expect(typed.seen[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(saved.seen).toEqual([]);
    expect(await app.get('integration.show', { id: 'desk' })).toMatchObject({
      lastTest: null,
      config: { url: saved.url },
    });
    const fresh = [...fields, { field: 'token', op: 'set' as const, value: 'typed-secret' }];
    await app.get('integration.test', { id: 'new', type: 'desk', fields: fresh });
    expect(typed.seen[1]?.headers.authorization).toBe('Bearer typed-secret');
    expect(await app.call('integration.show', { id: 'new' })).toMatchObject({ error: { type: 'NotFound' } });
    expect(JSON.stringify(await app.get('audit.list', {}))).not.toContain('typed-secret');
  });

  it('names what does not fit before anything is sent', async () => {
    const { url, seen } = await web(200);
    const app = await opened(url);
    expect(
      await app.call('integration.test', { id: 'desk', fields: [{ field: 'url', op: 'set', value: 7 }] }),
    ).toMatchObject({ error: { type: 'InputInvalid', field: 'url' } });
    expect(await app.call('integration.test', { id: 'nothing' })).toMatchObject({ error: { type: 'NotFound' } });
    const unset = await app.get('integration.test', { id: 'desk', fields: [{ field: 'token', op: 'unset' }] });
    expect(unset).toMatchObject({ ok: false, message: 'token is not set' });
    await app.get('secret.lock', {});
    expect(await app.call('integration.test', { id: 'desk' })).toMatchObject({ error: { type: 'SecretsLocked' } });
    expect(seen).toEqual([]);
  });

  it('shows no secret that lies in an address', async () => {
    const app = await opened('http://127.0.0.1:1');
    const fields = [
      { field: 'url', op: 'set' as const, value: 'https://{token}' },
      { field: 'token', op: 'set' as const, value: 'hunter22.invalid' },
    ];
    const tested = await app.get('integration.test', { id: 'desk', fields });
    expect(JSON.stringify(tested)).not.toContain('hunter22');
  });

  it('can be cancelled, and then leaves nothing', async () => {
    const app = await opened('http://127.0.0.1:1');
    const actor = testActor('window');
    let cancelled: Promise<unknown> = Promise.resolve();
    const silent = createPlain(() => {
      cancelled = app.dispatch({ name: 'job.cancel', input: { jobId: 'job_1' }, actor, credential: null });
    });
    const fields = [{ field: 'url', op: 'set' as const, value: await listen(silent) }];
    const stopped = await app.dispatch({
      name: 'integration.test',
      input: { id: 'desk', fields },
      actor,
      credential: null,
      jobId: 'job_1',
    });
    await cancelled;
    expect(stopped).toEqual({ ok: false, error: { type: 'Cancelled', what: 'The test of desk' } });
    const { changes } = await app.get('audit.list', { limit: 1 });
    expect(changes[0]?.action).not.toBe('test');
  });

  it('is not for somebody who may only look', async () => {
    const app = await opened('http://127.0.0.1:1');
    const actor = { ...testActor('window'), role: 'view' as const };
    expect(
      await app.dispatch({ name: 'integration.test', input: { id: 'desk' }, actor, credential: null }),
    ).toMatchObject({ error: { type: 'Forbidden' } });
  });
});
