/** Integrations changed through the app: typed fields, secrets, one change set each, with undo and mirrored files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

const open: { app: TestApp; home: TempHome }[] = [];
afterEach(async () => {
  for (const { app, home } of open.splice(0)) {
    await app.close();
    home.remove();
  }
});

const migrated = async (sample = 'deeptempo') => {
  const home = tempHome(sample);
  const app = await openTestApp(home, 'window');
  open.push({ app, home });
  await app.get('migration.run', { protect: { passphrase }, onConflict: 'file' });
  const show = (id: string) => app.get('integration.show', { id });
  const ids = async () => (await app.get('integration.list', {})).integrations.map((one) => one.id);
  /** As the application reads it; the order of what is enabled says nothing. */
  const config = () => {
    const text = readFileSync(join(home.homeDir, 'integrations_config.json'), 'utf8');
    const read = JSON.parse(text) as { enabled_integrations: string[]; integrations: unknown };
    return { ...read, enabled_integrations: read.enabled_integrations.toSorted() };
  };
  return { app, home, show, ids, config };
};

describe('integration.apply', () => {
  it('changes fields, name and switch as one change set, with an audit row each', async () => {
    const { app, show } = await migrated();
    const changed = await app.get('integration.apply', {
      id: 'splunk',
      enabled: false,
      name: 'Splunk Prague',
      fields: [
        { field: 'url', op: 'set', value: 'https://splunk.example.net:8089' },
        { field: 'password', op: 'set', value: 'a-new-password' },
        { field: 'username', op: 'unset' },
      ],
      reason: 'moved',
    });
    expect(changed.changes.map(({ key, action, old, new: now, secret }) => [key, action, old, now, secret])).toEqual([
      [
        '',
        'update',
        { type: 'splunk', name: 'Splunk', enabled: true },
        { type: 'splunk', name: 'Splunk Prague', enabled: false },
        false,
      ],
      ['url', 'update', 'https://splunk.example.test:8089', 'https://splunk.example.net:8089', false],
      ['password', 'update', null, null, true],
      ['username', 'delete', 'soc-reader', null, false],
    ]);
    expect(await show('splunk')).toMatchObject({
      name: 'Splunk Prague',
      enabled: false,
      config: { url: 'https://splunk.example.net:8089', password: null },
    });
    const { changes } = await app.get('audit.list', { limit: 4 });
    expect(changes.every((one) => one.changeSet === changed.changeSet && one.reason === 'moved')).toBe(true);
    expect(changes.map((one) => `${one.type} ${one.key} ${one.action}`).toSorted()).toEqual([
      'field splunk.password update',
      'field splunk.url update',
      'field splunk.username delete',
      'integration splunk update',
    ]);
  });

  it('writes an audit row when one is enabled and when it is disabled', async () => {
    const { app } = await migrated();
    await app.get('integration.apply', { id: 'splunk', enabled: false });
    await app.get('integration.apply', { id: 'splunk', enabled: true });
    const again = await app.get('integration.apply', { id: 'splunk', enabled: true });
    expect(again).toMatchObject({ changeSet: null, changes: [{ action: 'unchanged' }] });
    const { changes } = await app.get('audit.list', { limit: 2, key: 'splunk' });
    expect(changes.map((one) => [one.action, one.old, one.new])).toMatchObject([
      ['update', { enabled: false }, { enabled: true }],
      ['update', { enabled: true }, { enabled: false }],
    ]);
  });

  it('names every field that does not fit, and writes nothing', async () => {
    const { app, show } = await migrated();
    const before = await show('splunk');
    expect(
      await app.call('integration.apply', {
        id: 'splunk',
        enabled: false,
        fields: [
          { field: 'url', op: 'set', value: 7 },
          { field: 'verify_ssl', op: 'set', value: 'maybe' },
          { field: 'usrname', op: 'set', value: 'x' },
          { field: 'verify_ssl', op: 'unset' },
        ],
      }),
    ).toMatchObject({
      ok: false,
      error: {
        type: 'InputInvalid',
        field: 'url',
        invalid: [
          { field: 'url', problem: 'must be a text' },
          { field: 'verify_ssl', problem: 'must be true or false' },
          { field: 'usrname', problem: 'is not a field of Splunk; did you mean username?' },
          { field: 'verify_ssl', problem: 'is changed twice' },
        ],
      },
    });
    expect(await show('splunk')).toEqual(before);
  });

  it('makes a new one of a known type, its secrets encrypted', async () => {
    const { app, show, home } = await migrated();
    expect(await app.call('integration.apply', { id: 'opsgenie', enabled: true })).toMatchObject({
      ok: false,
      error: { type: 'NotFound' },
    });
    expect(await app.call('integration.apply', { id: 'x', type: 'opsgeni', create: true })).toMatchObject({
      ok: false,
      error: { problem: 'there is no type of integration "opsgeni"; did you mean opsgenie?' },
    });
    const made = await app.get('integration.apply', {
      id: 'opsgenie',
      create: true,
      enabled: true,
      fields: [
        { field: 'api_key', op: 'set', value: 'never-in-clear-1' },
        { field: 'own_password', op: 'set', value: 'never-in-clear-2' },
      ],
    });
    expect(made.changes.map((one) => [one.key, one.action, one.secret])).toEqual([
      ['', 'create', false],
      ['api_key', 'create', true],
      ['own_password', 'create', true],
    ]);
    expect(await show('opsgenie')).toMatchObject({ type: 'opsgenie', enabled: true, config: { api_key: null } });
    await app.close();
    const files = ['store.db', 'journal'].map((name) => join(home.homeDir, '.holdfast', name));
    for (const file of files) {
      let bytes = '';
      try {
        bytes = readFileSync(file, 'latin1');
      } catch {
        continue;
      }
      expect(bytes).not.toContain('never-in-clear');
    }
  });

  it('answers Stale for what somebody else changed, and SecretsLocked while the keys are locked', async () => {
    const { app, show } = await migrated();
    const before = await show('splunk');
    const url = before.fields.find((one) => one.key === 'url');
    const edit = (value: string) =>
      app.call('integration.apply', {
        id: 'splunk',
        expect: { '': before.version, url: url?.version ?? null },
        fields: [{ field: 'url', op: 'set', value }],
      });
    expect(await edit('https://one.example')).toMatchObject({ ok: true });
    expect(await edit('https://two.example')).toMatchObject({ ok: false, error: { type: 'Stale', keys: ['url'] } });
    await app.get('secret.lock', {});
    const set = (dryRun: boolean) =>
      app.call('integration.apply', { id: 'splunk', dryRun, fields: [{ field: 'password', op: 'set', value: 'xyz' }] });
    expect(await set(true)).toMatchObject({ ok: true, data: { dryRun: true, changeSet: null } });
    expect(await set(false)).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    expect(
      await app.call('integration.apply', {
        id: 'splunk',
        reason: 'the new one is hunter22',
        fields: [{ field: 'password', op: 'set', value: 'hunter22' }],
      }),
    ).toMatchObject({ ok: false, error: { type: 'InputInvalid', field: 'reason' } });
  });

  it('reaches fields inside objects by their path, and stores profiles of a connector service (A45)', async () => {
    const { app, ids, show } = await migrated('analytics-engine');
    const [id = ''] = await ids();
    await app.get('integration.apply', {
      id: 'conn_new',
      type: 'sql_postgres',
      create: true,
      name: 'Warehouse',
      fields: [
        { field: 'host', op: 'set', value: 'db.example.org' },
        { field: 'credentials.username', op: 'set', value: 'reader' },
        { field: 'credentials.password', op: 'set', value: 's3cret-pass' },
      ],
    });
    expect(await show('conn_new')).toMatchObject({
      name: 'Warehouse',
      type: 'sql_postgres',
      config: { host: 'db.example.org', 'credentials.username': 'reader', 'credentials.password': null },
    });
    expect(
      await app.call('integration.apply', {
        id: 'conn_new',
        create: true,
        fields: [{ field: 'credentials', op: 'set', value: 'flat' }],
      }),
    ).toMatchObject({
      ok: false,
      error: { problem: 'is a group that holds credentials.password' },
    });
    expect(await ids()).toContain(id);
    expect(await ids()).toContain('conn_new');
  });
});

describe('remove, duplicate, undo', () => {
  it('a removed one comes back whole with undo, secrets too, and goes again with redo', async () => {
    const { app, ids, show } = await migrated();
    const before = await show('splunk');
    const removed = await app.get('integration.remove', { id: 'splunk' });
    expect(removed.changes.every((one) => one.action === 'delete')).toBe(true);
    expect(await ids()).not.toContain('splunk');
    await app.get('settings.undo', {});
    const back = await show('splunk');
    expect(back.config).toEqual(before.config);
    expect(back.fields.map((one) => one.set)).toEqual(before.fields.map((one) => one.set));
    await app.get('settings.redo', {});
    expect(await ids()).not.toContain('splunk');
    expect(await app.call('integration.remove', { id: 'splunk' })).toMatchObject({ error: { type: 'NotFound' } });
  });

  it('a copy is switched off and has the secrets only when asked', async () => {
    const { app, show } = await migrated();
    await app.get('integration.duplicate', { id: 'splunk', as: 'splunk-two' });
    const bare = await show('splunk-two');
    expect(bare).toMatchObject({ name: 'Splunk (copy)', type: 'splunk', enabled: false });
    expect(bare.config['password']).toBeUndefined();
    const copied = await app.get('integration.duplicate', { id: 'splunk', as: 'splunk-three', secrets: true });
    expect(JSON.stringify(copied)).not.toContain('value');
    expect((await show('splunk-three')).config).toEqual((await show('splunk')).config);
    expect(await app.call('integration.duplicate', { id: 'splunk', as: 'splunk-two' })).toMatchObject({
      error: { type: 'InputInvalid', field: 'as' },
    });
  });

  it('a restore brings the integrations of the backup back', async () => {
    const { app, show } = await migrated();
    const before = await show('splunk');
    const { path } = await app.get('backup.create', {});
    await app.get('integration.apply', { id: 'splunk', enabled: false, fields: [{ field: 'password', op: 'unset' }] });
    await app.get('backup.restore', { backup: { path } });
    expect((await show('splunk')).config).toEqual(before.config);
    expect((await show('splunk')).enabled).toBe(true);
  });
});

describe('a mirrored integrations file', () => {
  it('follows switch, fields, new ones, removal and undo', async () => {
    const { app, config } = await migrated();
    const before = config();
    await app.get('mirror.set', { file: 'integrations_config.json', on: true, yes: true });
    const off = await app.get('integration.apply', { id: 'splunk', enabled: false });
    expect(off.notMirrored).toEqual([]);
    expect(config()).toMatchObject({ enabled_integrations: expect.not.arrayContaining(['splunk']) as unknown });
    await app.get('settings.undo', {});
    expect(config()).toEqual(before);
    await app.get('integration.apply', {
      id: 'opsgenie',
      create: true,
      enabled: true,
      fields: [{ field: 'api_key', op: 'set', value: 'key-for-opsgenie' }],
    });
    expect(config()).toMatchObject({
      enabled_integrations: expect.arrayContaining(['opsgenie']) as unknown,
      integrations: { opsgenie: { api_key: 'key-for-opsgenie' } },
    });
    await app.get('integration.remove', { id: 'opsgenie' });
    expect(config()).toEqual(before);
    await app.get('settings.undo', {});
    await app.get('settings.undo', {});
    expect(config()).toEqual(before);
    expect((await app.get('migration.drift', {})).files).toEqual([]);
  });

  it('is named while it is not mirrored', async () => {
    const { app } = await migrated();
    const off = await app.get('integration.apply', { id: 'splunk', enabled: false });
    expect(off.notMirrored).toEqual(['integrations_config.json']);
  });
});

describe('integration.counts', () => {
  it('counts by type, with those that are enabled (D65)', async () => {
    const { app } = await migrated();
    await app.get('integration.duplicate', { id: 'splunk', as: 'splunk-two' });
    const counts = await app.get('integration.counts', {});
    const { integrations } = await app.get('integration.list', {});
    expect(counts.total).toBe(integrations.length);
    expect(counts.enabled).toBe(integrations.filter((one) => one.enabled).length);
    expect(counts.types.find((one) => one.type === 'splunk')).toEqual({
      type: 'splunk',
      title: 'Splunk',
      total: 2,
      enabled: 1,
      worked: 0,
      failed: 0,
      untested: 2,
    });
  });
});
