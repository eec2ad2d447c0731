/** The point "tested" of the retire checklist: enabled integrations must have worked since the migration. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openOwnHome, openSample, type OwnHome } from './testing/own-home.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const web = async (): Promise<string> => {
  const server: Server = createServer((_, response) => void response.writeHead(200).end());
  closers.push(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
};

const kept = (own: OwnHome): OwnHome => {
  closers.push(own.remove);
  return own;
};

const tested = async (own: OwnHome): Promise<{ met: boolean; detail: string } | undefined> => {
  const { checks } = await own.app().get('migration.retire', { dryRun: true }, own.credential());
  const point = checks.find((one) => one.name === 'tested');
  return point === undefined ? undefined : { met: point.met, detail: point.detail };
};

const definition = {
  recognise: [{ file: 'integrations.json', score: 900 }],
  sources: [{ file: 'integrations.json', format: 'json', to: { kind: 'integrations', layout: 'enabled-list' } }],
  integrationTypes: {
    desk: { title: 'Desk', fields: { url: { type: 'string', format: 'url' } }, test: { url: '{url}/me' } },
  },
};

describe('retiring wants integrations that work (D34)', () => {
  it('names the enabled ones without a test, and is content once each of them worked as it is saved', async () => {
    const desk = { url: await web() };
    const file = { enabled_integrations: ['desk'], integrations: { desk, shelf: { url: 'http://127.0.0.1:9' } } };
    const own = kept(await openOwnHome(definition, { 'integrations.json': JSON.stringify(file) }));
    await own.migrate();
    const open = { met: false, detail: 'no test since the migration that worked: desk' };
    expect(await tested(own)).toEqual(open);
    const refused = await own.app().call('migration.retire', {}, own.credential());
    expect(refused.ok ? null : refused.error).toMatchObject({
      type: 'CheckUnmet',
      unmet: expect.arrayContaining(['tested (no test since the migration that worked: desk)']),
    });

    await own.app().get('integration.test', { id: 'desk' }, own.credential());
    expect(await tested(own)).toEqual({
      met: true,
      detail: 'every enabled integration worked in a test since the migration',
    });

    const dead = [{ field: 'url', op: 'set' as const, value: 'http://127.0.0.1:1' }];
    await own.app().get('integration.apply', { id: 'desk', fields: dead });
    expect(await tested(own)).toEqual(open);
    expect((await own.app().get('integration.test', { id: 'desk' }, own.credential())).ok).toBe(false);
    expect(await tested(own)).toEqual(open);

    await own.app().get('integration.apply', { id: 'desk', enabled: false });
    expect((await tested(own))?.met).toBe(true);
  });

  it('has nothing to say where no integration is enabled', async () => {
    const own = kept(await openSample('opsbrain'));
    await own.migrate();
    expect(await tested(own)).toEqual({ met: true, detail: 'no integration is enabled, so there is none to test' });
  });
});
