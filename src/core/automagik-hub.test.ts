/** What the automagik-tools hub's migration guide promises, one test a capability (docs/capabilities.md names them by id). */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migratedHome, type MigratedHome } from './testing/migrated-home.ts';
import { openTestApp, passphrase, tempHome } from './testing/test-app.ts';

let hub: MigratedHome;
beforeAll(async () => {
  hub = await migratedHome('automagik-hub');
});
afterAll(() => hub.end());

const set = (key: string, value: string | number | boolean | string[]) =>
  hub.app().call('settings.apply', { changes: [{ key, op: 'set', value }], reason: 'by hand' });
const state = async () => (await hub.app().get('home.status', {})).state;
/** A plan for a home whose .env holds this text; null: there is none. */
const planFor = async (text: string | null) => {
  const home = tempHome('automagik-hub');
  const env = join(home.homeDir, '.env');
  if (text === null) rmSync(env);
  else writeFileSync(env, text);
  const app = await openTestApp(home);
  const plan = await app.get('migration.plan', { definition: 'automagik-hub' });
  await app.close();
  home.remove();
  return plan;
};

describe('the .env file', () => {
  test('H15 H38 H63 it is read once, and everything has the hub’s own name and type', async () => {
    expect([hub.run.definition, hub.run.verification?.ok]).toEqual(['automagik-hub', true]);
    expect(
      Object.fromEntries(hub.run.items.map((item) => [item.target?.key, item.secret ? 'secret' : item.preview])),
    ).toEqual({
      bind_address: '0.0.0.0',
      port: 8884,
      database_path: 'data/hub.db',
      allowed_origins: ['http://localhost:3000', 'https://hub.example.test'],
      enable_hsts: false,
      super_admin_emails: ['admin@example.test', 'second@example.test'],
      workos_client_id: 'client_fake_01',
      workos_api_key: 'secret',
      workos_authkit_domain: 'https://auth.example.test',
      'google_oauth.default.client_id': 'fake.apps.example.test',
      'google_oauth.default.client_secret': 'secret',
    });
  });
  test('H44 H45 H46 H47 H48 H50 H51 H53 each key by its name, with where it came from', async () => {
    const shown = await Promise.all(
      ['database_path', 'bind_address', 'port', 'allowed_origins', 'enable_hsts', 'super_admin_emails'].map(
        async (key) => {
          const { value, file, line } = await hub.app().get('settings.get', { key });
          return [key, value, file, line];
        },
      ),
    );
    expect(shown).toEqual([
      ['database_path', 'data/hub.db', '.env', 3],
      ['bind_address', '0.0.0.0', '.env', 1],
      ['port', 8884, '.env', 2],
      ['allowed_origins', ['http://localhost:3000', 'https://hub.example.test'], '.env', 4],
      ['enable_hsts', false, '.env', 5],
      ['super_admin_emails', ['admin@example.test', 'second@example.test'], '.env', 7],
    ]);
  });
  test('H52 H54 keys and passwords are secret, also after they are set by hand', async () => {
    expect(await hub.reveal('workos_api_key')).toBe('sk_test_fake_workos');
    const first = await hub.app().call(
      'settings.apply',
      {
        changes: [
          { key: 'workos_api_key', op: 'set', value: 'sk_live_another' },
          { key: 'workos_cookie_password', op: 'set', value: 'a session password of 40 characters or so' },
        ],
        reason: 'rotated',
      },
      { passphrase },
    );
    expect(first.ok).toBe(true);
    const { settings } = await hub.app().get('settings.list', { prefix: 'workos_api_key' });
    expect(settings.map((one) => [one.secret, one.set, one.value])).toEqual([[true, true, null]]);
    expect(await hub.reveal('workos_api_key')).toBe('sk_live_another');
    const { changes } = await hub.app().get('audit.list', { key: 'workos_api_key' });
    expect(JSON.stringify(changes)).not.toMatch(/sk_live_another|sk_test_fake/u);
  });
  test('H23 the session password is generated where nobody gave one, seen by no door', async () => {
    const changes = [{ key: 'workos_cookie_password', op: 'generate' as const }];
    const made = await hub.app().call('settings.apply', { changes, reason: 'missing' }, { passphrase });
    expect(made.ok && made.data.changes).toMatchObject([
      { key: 'workos_cookie_password', old: null, new: null, secret: true, set: true, same: false },
    ]);
    const first = await hub.reveal('workos_cookie_password');
    expect(first).toMatch(/^[\w-]{43}$/u);
    expect(JSON.stringify(made)).not.toContain(first);
    await hub.app().call('settings.apply', { changes, reason: 'another' }, { passphrase });
    expect(await hub.reveal('workos_cookie_password')).not.toBe(first);
    expect(await hub.app().call('settings.apply', { changes: [{ key: 'port', op: 'generate' }], reason: 'x' })).toEqual(
      {
        ok: false,
        error: {
          type: 'SettingInvalid',
          key: 'port',
          problem: 'is no secret: only a secret can be generated',
          invalid: [{ key: 'port', problem: 'is no secret: only a secret can be generated' }],
        },
      },
    );
  });
  test.each([
    ['no file', null, []],
    ['an empty file', '', []],
    ['only comments', '# HUB_PORT=1\n# WORKOS_API_KEY=x\n', []],
    [
      'a database elsewhere, and the older Google names',
      'HUB_DATABASE_URL=postgresql://a:b@db.example.test/hub\nGOOGLE_CLIENT_ID=g\nGOOGLE_CLIENT_SECRET=s\n',
      [
        ['database_url', 'create', true],
        ['google_oauth.default.client_id', 'create', false],
        ['google_oauth.default.client_secret', 'create', true],
      ],
    ],
    [
      'a port that is none, which aborted the hub: kept as text and pointed out',
      'HUB_PORT=eighty\n',
      [['port', 'create', false]],
    ],
  ] as const)('%s', async (_, text, expected) => {
    const plan = await planFor(text);
    expect(plan.items.map((item) => [item.target?.key, item.action, item.secret])).toEqual(expected);
    expect(plan.items.some((item) => item.reason?.includes('kept as it is') === true)).toBe(
      text?.includes('eighty') === true,
    );
  });
  test('two names for one list that disagree are reported', async () => {
    const plan = await planFor('SUPER_ADMIN_EMAILS=a@example.test\nWORKOS_SUPER_ADMIN_EMAILS=b@example.test\n');
    expect(plan.warnings.join('\n')).toMatch(/super_admin_emails/u);
  });
});

describe('states and the wizard', () => {
  test('H6 H7 H8 NO_DATABASE until the first run, which makes the store; asking makes nothing', async () => {
    const home = tempHome('automagik-hub');
    const app = await openTestApp(home);
    expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
    await app.get('migration.backup', { protect: { passphrase } });
    const between = (await app.get('home.status', {})).state;
    await app.get('migration.run', {}, { passphrase });
    expect([between, (await app.get('home.status', {})).state]).toEqual(['EMPTY_DATABASE', 'UNCONFIGURED']);
    await app.close();
    home.remove();
  });
  test('H59 H60 a clean slate: the answers lead straight to CONFIGURED, and app_mode unconfigured asks again (H60)', async () => {
    const home = tempHome('automagik-hub');
    const app = await openTestApp(home);
    const answers = { app_mode: 'workos', super_admin_emails: ['boss@example.test'], port: 9000 };
    const done = await app.get('setup.apply', { answers, protect: { passphrase } });
    expect([done.state, (await app.get('home.status', {})).state]).toEqual(['CONFIGURED', 'CONFIGURED']);
    expect(await app.get('settings.get', { key: 'port' })).toMatchObject({ value: 9000, source: 'wizard' });
    const mode = (value: string) => ({
      changes: [{ key: 'app_mode', op: 'set' as const, value }],
      reason: 'set up again',
    });
    await app.get('settings.apply', mode('unconfigured'));
    expect((await app.get('home.status', {})).state).toBe('UNCONFIGURED');
    await app.get('settings.apply', mode('local'));
    expect((await app.get('home.status', {})).state).toBe('CONFIGURED');
    await app.close();
    home.remove();
  });
  test('H9 H37 H41 after the migration the mode is still unconfigured, and the wizard asks for it', async () => {
    expect([await state(), await hub.valueOf('app_mode')]).toEqual(['UNCONFIGURED', 'unconfigured']);
    const { questions } = await hub.app().get('setup.questions', {});
    expect(questions.map(({ key, required }) => [key, required]).slice(0, 3)).toEqual([
      ['app_mode', true],
      ['local_admin_email', false],
      ['super_admin_emails', false],
    ]);
    expect(questions[0]).toMatchObject({
      default: 'workos',
      proposedBy: 'workos_client_id',
      schema: { enum: ['local', 'workos'] },
    });
    expect(questions.find((one) => one.key === 'port')).toMatchObject({ kind: 'port', default: 8884 });
    expect(questions.find((one) => one.key === 'workos_api_key')).toMatchObject({ secret: true, default: null });
  });
  test('H10 H21 H55 choosing a mode and an administrator makes it CONFIGURED', async () => {
    expect((await set('local_admin_email', 'not an address')).ok).toBe(false);
    await hub.app().get('settings.apply', {
      changes: [
        { key: 'app_mode', op: 'set', value: 'local' },
        { key: 'local_admin_email', op: 'set', value: 'me@example.test' },
      ],
      reason: 'set-up',
    });
    expect([await state(), await hub.valueOf('app_mode')]).toEqual(['CONFIGURED', 'local']);
    expect(await set('app_mode', 'cloud')).toMatchObject({
      ok: false,
      error: { type: 'SettingInvalid', problem: 'must be one of unconfigured, local, workos' },
    });
  });
});

describe('values', () => {
  test('H22 H57 the port has limits, a list of administrators is checked one by one', async () => {
    const told = async (key: string, value: string | number | string[]) => {
      const result = await set(key, value);
      return result.ok ? 'saved' : result.error.type === 'SettingInvalid' ? result.error.problem : result.error.type;
    };
    expect([
      await told('port', 80),
      await told('port', 9090),
      await told('super_admin_emails', ['a@example.test', 'b']),
      await told('super_admin_emails', ['a@example.test', 'b@example.test']),
    ]).toEqual(['must be at least 1024', 'saved', 'must be an e-mail address (at [1])', 'saved']);
  });
  test('H25 H42 H43 H49 everything that the hub keeps has a place, with its default', async () => {
    const { settings } = await hub.app().get('settings.list', {});
    const shown = (key: string) => {
      const one = settings.find((setting) => setting.key === key);
      return [one?.kind, one?.default];
    };
    expect(
      ['app_mode', 'setup_completed', 'database_path', 'port', 'allowed_origins', 'enable_hsts', 'csp_report_uri'].map(
        shown,
      ),
    ).toEqual([
      ['enum', 'unconfigured'],
      ['boolean', false],
      ['path', 'data/hub.db'],
      ['port', 8884],
      ['list', ['*']],
      ['boolean', true],
      ['url', null],
    ]);
    expect(settings.find((one) => one.key === 'encryption_key_salt')).toMatchObject({ secret: false, critical: true });
  });
  test('H58 H62 H65 a change of the administrators is there at once and after a restart, and the log tells who made it', async () => {
    await set('super_admin_emails', ['only@example.test']);
    expect(await hub.valueOf('super_admin_emails')).toEqual(['only@example.test']);
    const app = await hub.reopen();
    expect((await app.get('settings.get', { key: 'super_admin_emails' })).value).toEqual(['only@example.test']);
    const [newest] = (await app.get('audit.list', { key: 'super_admin_emails' })).changes;
    expect(newest).toMatchObject({ actor: 'tester', new: ['only@example.test'], reason: 'by hand' });
  });
});
