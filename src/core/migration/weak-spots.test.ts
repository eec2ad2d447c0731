/**
 * The weak spots of the five migrators that the applications brought along, each as a test of ours. The letter in front is
 * the application: D DeepTempo, R Incident RAG, O OpsBrain, H Automagik Hub, A Analytics Engine.
 */
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { openTestApp } from '../testing/test-app.ts';
import { openSample, outcomes, type OwnHome } from './testing/own-home.ts';

let own: OwnHome;
afterEach(() => own.remove());
const open = async (sample: string): Promise<void> => {
  own = await openSample(sample);
};
const legacy = (file: string): string => readFileSync(join(own.home.homeDir, file), 'utf8');
const get = (key: string) => own.app().get('settings.get', { key });
const set = (key: string, value: JsonValue) =>
  own.app().get('settings.apply', { changes: [{ key, op: 'set', value }] }, own.credential());

/** All bytes under `.holdfast/`. */
const storeBytes = (dir = join(own.home.homeDir, '.holdfast')): Buffer =>
  Buffer.concat(
    readdirSync(dir, { withFileTypes: true }).map((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return storeBytes(path);
      return entry.isFile() ? readFileSync(path) : Buffer.alloc(0);
    }),
  );

describe('D: DeepTempo', () => {
  it('D: a file that cannot be read is an error with its place, never the defaults', async () => {
    await open('deeptempo');
    await own.migrate();
    await set('general.theme', 'light');
    own.write('general_config.json', '{"theme": "dark", ');
    const run = await own.migrate();
    expect(run.sources.find((source) => source.file === 'general_config.json')).toMatchObject({
      status: 'unreadable',
      error: { line: 1 },
    });
    expect([(await get('general.theme')).value, (await get('general.demo_mode')).source]).toEqual(['light', 'file']);
  });

  it('D: every integration and field that comes in leaves an entry in the log', async () => {
    await open('deeptempo');
    await own.migrate();
    const logged = new Set<string>();
    for (const type of ['integration', 'field']) {
      const { changes } = await own.app().get('audit.list', { type, limit: 100 });
      for (const one of changes) logged.add(`${type} ${one.key}`);
    }
    const stored = [
      ...Object.keys(await own.stored('integration')).map((key) => `integration ${key}`),
      ...Object.keys(await own.stored('field')).map((key) => `field ${key}`),
    ];
    expect(stored.filter((one) => !logged.has(one))).toEqual([]);
    expect(stored).toHaveLength(19);
  });

  it('D: where a secret differs, both are named, the store’s stays and the file is not touched', async () => {
    await open('deeptempo');
    await own.migrate();
    await set('env.GITHUB_TOKEN', 'ghp_mine');
    own.write('.env', legacy('.env').replace(/(GITHUB_TOKEN=).*$/mu, '$1ghp_theirs'));
    const before = legacy('.env');
    expect(await own.app().call('migration.run', {})).toMatchObject({
      error: { type: 'Conflict', items: [{ file: '.env', path: 'GITHUB_TOKEN', key: 'env.GITHUB_TOKEN' }] },
    });
    const run = await own.migrate({ onConflict: 'store' });
    const shown = await own.app().get('settings.reveal', { key: 'env.GITHUB_TOKEN' });
    expect([run.totals.skip, shown.value, legacy('.env') === before]).toEqual([1, 'ghp_mine', true]);
  });
});

describe('R: Incident RAG', () => {
  it('R: a key that no schema knows is kept', async () => {
    await open('incident-rag');
    await own.migrate();
    expect((await get('CUSTOM_TEAM_NOTE')).value).toBe('kept by hand, not in the schema');
  });

  it('R: each migration makes its own backup, before it writes', async () => {
    await open('incident-rag');
    const first = await own.migrate();
    own.write('.env', `${legacy('.env')}NEW=1\n`);
    const second = await own.migrate();
    expect([first.backup?.sealed, second.backup?.sealed]).toEqual([true, true]);
    expect(first.backup?.path).not.toBe(second.backup?.path);
    const manifest = (run: typeof first) => legacy(join(run.backup?.path ?? 'none', 'manifest.json'));
    expect(manifest(first)).not.toBe(manifest(second));
    // Nothing was written where the backup could not be: see interrupted.test.ts.
    expect(existsSync(join(own.home.homeDir, second.backup?.path ?? 'none', 'files.age'))).toBe(true);
  });

  it('R: stars are a value like any other, and a secret can be made empty', async () => {
    await open('incident-rag');
    await own.migrate();
    const reveal = async () => (await own.app().get('settings.reveal', { key: 'ANTHROPIC_API_KEY' })).value;
    await set('ANTHROPIC_API_KEY', '********');
    expect(await reveal()).toBe('********');
    await set('ANTHROPIC_API_KEY', '');
    expect(await reveal()).toBe('');
    await own.app().get('settings.apply', { changes: [{ key: 'ANTHROPIC_API_KEY', op: 'unset' }] });
    expect((await get('ANTHROPIC_API_KEY')).set).toBe(false);
  });

  it('R: a settings.json that cannot be read resets nothing, and its weaker file does not step in', async () => {
    await open('incident-rag');
    await own.migrate();
    own.write('data/settings.json', '');
    const run = await own.migrate();
    expect(outcomes(run)['.env:CONFIDENCE_THRESHOLD']).toBe(
      'skip setting CONFIDENCE_THRESHOLD: data/settings.json overrules it, and cannot be read now',
    );
    expect([(await get('CONFIDENCE_THRESHOLD')).value, (await get('DEBUG_MODE')).value]).toEqual([0.85, true]);
  });

  it('R: where .env beats settings.json for single keys, the plan says so and obeys', async () => {
    await open('incident-rag');
    own.write('.env', `${legacy('.env')}EMBEDDING_MODEL=from-env\n`);
    const plan = outcomes(await own.plan());
    expect([
      plan['.env:EMBEDDING_MODEL'],
      plan['data/settings.json:EMBEDDING_MODEL'],
      plan['.env:CONFIDENCE_THRESHOLD'],
    ]).toEqual([
      'create setting EMBEDDING_MODEL',
      'skip setting EMBEDDING_MODEL: .env overrules it',
      'skip setting CONFIDENCE_THRESHOLD: data/settings.json overrules it',
    ]);
    await own.migrate();
    const batch = await get('BATCH_SIZE');
    expect([batch.value, batch.type, (await get('CONFIDENCE_THRESHOLD')).value]).toEqual([64, 'integer', 0.85]);
  });
});

describe('O: OpsBrain', () => {
  const goal = async (id: string) => {
    const value = (await own.stored('record'))[`business_goals.${id}`];
    return isJsonObject(value) && isJsonObject(value['data']) ? value['data'] : {};
  };

  it('O: every token comes back from the store exactly as it stood in the file', async () => {
    await open('opsbrain');
    await own.migrate();
    const reveal = async (key: string) => (await own.app().get('settings.reveal', { key })).value;
    expect([
      await reveal('openai_api_key'),
      await reveal('slack_signing_secret'),
      await reveal('trello_token'),
    ]).toEqual(['sk-fake-opsbrain-1', 'fakesigning', 'trello-token-fake']);
  });

  it('O: a goal keeps its own dates, and a second run makes no new version of it', async () => {
    await open('opsbrain');
    await own.migrate();
    expect(await goal('sales_1')).toMatchObject({
      description: 'Reach 50k in Q1',
      created_date: '2025-12-01T09:00:00',
      last_updated: '2026-01-10T16:20:00',
    });
    const entries = async () => (await own.app().get('audit.list', { type: 'record', limit: 100 })).changes.length;
    const before = await entries();
    const again = await own.migrate();
    expect([before, await entries(), again.totals.create, again.totals.update]).toEqual([3, 3, 0, 0]);
  });

  it('O: the log is written, one entry for each goal and setting', async () => {
    await open('opsbrain');
    const run = await own.migrate();
    const { changes } = await own.app().get('audit.list', { action: 'create', limit: 200 });
    expect([changes.length, (await own.app().get('audit.verify', {})).ok]).toEqual([run.totals.create, true]);
  });

  it('O: an area keeps its spelling, under its new name alone', async () => {
    await open('opsbrain');
    await own.migrate();
    expect([
      (await goal('sales_1'))['area'],
      (await goal('sales_1'))['category'],
      (await goal('sales_1'))['progress'],
    ]).toEqual(['SALES', undefined, 35]);
  });

  it('O: one bad goal is named with its place and kept, and the others come in', async () => {
    await open('opsbrain');
    own.write('business_goals.json', legacy('business_goals.json').replace('"priority": 2', '"priority": 2e999'));
    const run = await own.migrate();
    expect(outcomes(run)['business_goals.json:process_1']).toMatch(
      /^quarantine: the number is too large to be kept \(line \d+, column \d+\)$/u,
    );
    expect([run.verification?.ok, Object.keys(await own.stored('record'))]).toEqual([
      true,
      ['business_goals.delivery_1', 'business_goals.sales_1'],
    ]);
  });
});

describe('H: Automagik Hub', () => {
  it('H: a secret stays one when it is set, and a value is checked', async () => {
    await open('automagik-hub');
    await own.migrate();
    await set('workos_api_key', 'sk_test_another_one');
    const shown = await get('workos_api_key');
    expect([shown.secret, shown.value, storeBytes().includes('sk_test_another_one')]).toEqual([true, null, false]);
    expect(await own.app().call('settings.apply', { changes: [{ key: 'port', op: 'set', value: 80 }] })).toMatchObject({
      error: { type: 'SettingInvalid', key: 'port' },
    });
  });

  it('H: another machine opens the secrets with the recovery code alone', async () => {
    await open('automagik-hub');
    await own.migrate();
    const home = { homeDir: join(own.home.root, 'moved'), configDir: join(own.home.root, 'other-config') };
    cpSync(own.home.homeDir, home.homeDir, {
      recursive: true,
      filter: (path) => !/owner-\d+$/u.test(path),
    });
    const app = await openTestApp(home, 'cli', { now: () => '2027-01-01T00:00:00.000Z', newId: () => 'elsewhere' });
    const shown = await app.get('settings.reveal', { key: 'workos_api_key' }, own.credential());
    await app.close();
    expect(shown.value).toBe('sk_test_fake_workos');
  });

  it('H: what the file does not say is not imported; the one default shows; two names for one fact are compared', async () => {
    await open('automagik-hub');
    own.write(
      '.env',
      'HUB_HOST=0.0.0.0\nSUPER_ADMIN_EMAILS=a@example.test\nWORKOS_SUPER_ADMIN_EMAILS=b@example.test\n',
    );
    const run = await own.migrate();
    const hsts = await get('enable_hsts');
    expect([hsts.source, hsts.value, (await get('bind_address')).value]).toEqual(['default', true, '0.0.0.0']);
    expect(run.warnings.join(' ')).toContain('The application keeps the same fact twice and its files disagree');
    own.write('.env', legacy('.env').replace('HUB_HOST', 'HUB_ENABLE_HSTS=false\nHUB_HOST'));
    await own.migrate();
    expect((await get('enable_hsts')).value).toBe(false);
  });

  it.each(['eighty', '80'])('H: port %s stops nothing and is pointed out; nobody is invented', async (port) => {
    await open('automagik-hub');
    own.write('.env', `HUB_PORT=${port}\n`);
    const run = await own.migrate();
    expect([run.verification?.ok, run.totals.create]).toEqual([true, 1]);
    expect(outcomes(run)['.env:HUB_PORT']).toMatch(/^create setting port: must be .*; kept as it is$/u);
    expect([(await get('super_admin_emails')).source, await own.stored('user')]).toEqual(['default', {}]);
  });
});

describe('A: Analytics Engine', () => {
  it('A: the password of a profile is encrypted like its connection string, and the files are backed up first', async () => {
    await open('analytics-engine');
    const run = await own.migrate();
    const fields = await own.stored('field');
    expect([
      fields['test-sql-connection.connection_string'],
      fields['test-sql-connection.credentials.password'],
      storeBytes().includes('fake-testpass'),
    ]).toEqual(['***', '***', false]);
    expect([run.backup?.files, run.backup?.sealed, Object.keys(await own.stored('integration'))]).toEqual([
      4,
      true,
      ['persist-test', 'test-sql-connection'],
    ]);
  });

  it('A: words that the code has and the schema has not are kept as they are', async () => {
    await open('analytics-engine');
    const file = 'service_proposals/prop-001.json';
    own.write(file, legacy(file).replace('"draft"', '"signed"'));
    own.write(
      'connector_profiles/persist-test.json',
      '{"name": "Pg", "type": "sql_postgres", "host": "h", "port": 5432}',
    );
    const run = await own.migrate();
    expect(run.totals.quarantine).toBe(0);
    expect((await own.stored('record'))['service_proposals.prop-001']).toMatchObject({ data: { status: 'signed' } });
    expect([
      (await own.stored('integration'))['persist-test'],
      (await own.stored('field'))['persist-test.port'],
    ]).toEqual([{ type: 'sql_postgres', name: 'Pg', enabled: true }, 5432]);
  });
});
