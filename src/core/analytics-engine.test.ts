/** What AnalyticsEngine's migration guide promises, one test a capability (docs/capabilities.md names them by id). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../contract/json.ts';
import { migratedHome, type MigratedHome } from './testing/migrated-home.ts';

let engine: MigratedHome;
beforeAll(async () => {
  engine = await migratedHome('analytics-engine');
});
afterAll(() => engine.end());

const file = (path: string): JsonObject =>
  JSON.parse(readFileSync(join(engine.home.homeDir, path), 'utf8')) as JsonObject;

describe('migrating', () => {
  test('A41 A42 A48 the home is recognised by itself, everything is taken over, verified, and there after a restart', async () => {
    expect([engine.run.definition, engine.run.verification?.ok]).toEqual(['analytics-engine', true]);
    const { counts } = await (await engine.reopen()).get('home.status', {});
    expect([counts.integrations, counts.records]).toEqual([2, 2]);
  });
  test('A2 A4 A28 a connector profile becomes an integration, connection string and password secret', async () => {
    const profile = await engine.app().get('integration.show', { id: 'test-sql-connection' });
    expect(profile).toMatchObject({ name: 'Test SQL Server', type: 'sql', enabled: true });
    const fields = Object.fromEntries(profile.fields.map((one) => [one.key, one.secret ? 'secret' : one.value]));
    expect(fields).toMatchObject({
      connection_string: 'secret',
      'credentials.username': 'testuser',
      'credentials.password': 'secret',
      'schema_info.tables': ['orders', 'customers'],
      'schema_info.columns.orders': ['id', 'total'],
      test_status: 'success',
      last_tested: '2025-12-21T06:20:48Z',
    });
    expect(JSON.stringify(profile)).not.toMatch(/fake-testpass|Server=localhost/u);
  });
  test('A29 A50 the profiles are listed, also the one with nothing but a name', async () => {
    const { integrations } = await engine.app().get('integration.list', {});
    expect(integrations.map((one) => [one.id, one.name, one.type])).toEqual([
      ['persist-test', 'Persistence Test', 'sql'],
      ['test-sql-connection', 'Test SQL Server', 'sql'],
    ]);
  });
  test('A5 A7 A31 A46 a client', async () => {
    const client = await engine.app().get('records.get', { collection: 'client_configs', id: 'test-client-001' });
    expect([client.data, client.problems]).toEqual([file('client_configs/test-client-001.json'), []]);
    expect(client.data).toMatchObject({ modules: ['SCOR', 'CRM'], license_type: 'professional' });
  });
  test('A8 A10 A47 a proposal', async () => {
    const proposal = await engine.app().get('records.get', { collection: 'service_proposals', id: 'prop-001' });
    expect([proposal.data, proposal.problems]).toEqual([file('service_proposals/prop-001.json'), []]);
    expect(proposal.createdAt).toMatch(/^2026-03-01T/u);
  });
  test('what the code says otherwise than the guide is taken without complaint: types of profiles, signed proposals', async () => {
    const other = await migratedHome('analytics-engine', (dir) => {
      const profile = { name: 'P', type: 'sql_postgres', host: 'db', port: 5432, username: 'u', password: 'pw-fake' };
      writeFileSync(join(dir, 'connector_profiles/pg.json'), JSON.stringify(profile));
      writeFileSync(join(dir, 'connector_profiles/odd.json'), JSON.stringify({ name: 'O', type: 'mainframe', pin: 1 }));
      const proposal = { client_id: 'c', status: 'signed', proposal_type: 'consulting' };
      writeFileSync(join(dir, 'service_proposals/p2.json'), JSON.stringify(proposal));
    });
    const { integrations } = await other.app().get('integration.list', {});
    expect(integrations.map((one) => [one.id, one.type])).toEqual(
      expect.arrayContaining([
        ['pg', 'sql_postgres'],
        ['odd', 'mainframe'],
      ]),
    );
    const password = integrations.find((one) => one.id === 'pg')?.fields.find((one) => one.key === 'password');
    expect(password).toMatchObject({ secret: true, set: true, value: null });
    const signed = await other.app().get('records.get', { collection: 'service_proposals', id: 'p2' });
    expect([signed.data, signed.problems]).toMatchObject([{ status: 'signed' }, []]);
    await other.end();
  });
});

describe('afterwards', () => {
  test('A30 A32 a new client and a new proposal, checked by their schemas', async () => {
    const app = engine.app();
    const client = { client_name: 'Second', license_type: 'basic', modules: [], preferences: {} };
    await app.get('records.put', { collection: 'client_configs', id: 'second', data: client });
    const proposal = { client_id: 'second', proposal_type: 'consulting', status: 'draft', pricing: { total: 900 } };
    await app.get('records.put', { collection: 'service_proposals', id: 'prop-002', data: proposal });
    expect((await app.get('records.get', { collection: 'client_configs', id: 'second' })).data).toEqual(client);
    const wrong = { ...client, license_type: 'platinum' };
    const refused = await app.call('records.put', { collection: 'client_configs', id: 'third', data: wrong });
    expect(refused.ok).toBe(false);
  });
  test('A52 A53 proposals found by a member, also one inside another', async () => {
    const ids = async (field: string, value: string | number) =>
      (
        await engine.app().get('records.list', { collection: 'service_proposals', where: [{ field, value }] })
      ).records.map((one) => one.id);
    const { collections } = await engine.app().get('records.collections', {});
    expect(collections.find((one) => one.id === 'service_proposals')?.columns).toEqual([
      'client_id',
      'proposal_type',
      'status',
    ]);
    expect([await ids('status', 'draft'), await ids('pricing.total', 48000)]).toEqual([
      ['prop-001', 'prop-002'],
      ['prop-001'],
    ]);
  });
});
