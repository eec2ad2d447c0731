/** The sample homes through the whole app: plan, run, second run, refusals. Real store, real keys, real files. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '../../contract/commands.ts';
import type { MigrationResult } from '../../contract/migration.ts';
import type { Clock } from '../clock.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let clock: Clock;
const start = async (sample: string | null): Promise<void> => {
  home = tempHome(sample);
  clock = steppingClock();
  app = await openTestApp(home, 'cli', clock);
};
beforeEach(() => start('deeptempo'));
afterEach(async () => {
  await app.close();
  home.remove();
});

// A recovery code instead of a passphrase: the same way through the keys, without the cost of scrypt.
const protect = { recoveryCode: true };
let credential = { recoveryCode: '' };
const migrate = async (input: Partial<Input<'migration.run'>> = {}) => {
  const run = await app.get('migration.run', { protect, ...input });
  credential = { recoveryCode: run.recoveryCode ?? '' };
  return run;
};
const path = (file: string): string => join(home.homeDir, file);
const write = (file: string, text: string): void => writeFileSync(path(file), text);
const reopen = async (): Promise<void> => {
  await app.close();
  app = await openTestApp(home, 'cli', clock);
};

/** Bytes, mode and time of every file outside `.holdfast/`. */
const fingerprint = (dir = home.homeDir): unknown =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.name !== '.holdfast')
    .map((entry) => {
      const full = join(dir, entry.name);
      if (entry.isDirectory()) return [entry.name, fingerprint(full)];
      const stat = statSync(full, { bigint: true });
      return [
        entry.name,
        createHash('sha256').update(readFileSync(full)).digest('hex'),
        stat.mode,
        stat.mtimeNs,
        stat.ctimeNs,
      ];
    });

const brief = (plan: MigrationResult, file: string) =>
  plan.items
    .filter((item) => item.file === file)
    .map((item) => [item.path, item.target?.key ?? null, item.target?.kind ?? null, item.action, item.preview]);
const reasons = (plan: Pick<MigrationResult, 'items'>) =>
  Object.fromEntries(plan.items.map((item) => [`${item.file}:${item.path}`, [item.action, item.reason]]));

describe('plan of the deeptempo sample', () => {
  it('maps every file as the definition says', async () => {
    const plan = await app.get('migration.plan', {});
    expect(plan.definition).toBe('deeptempo');
    expect(plan.sources.map((source) => [source.file, source.status])).toEqual([
      ['general_config.json', 'read'],
      ['theme_config.json', 'read'],
      ['approval_config.json', 'read'],
      ['s3_config.json', 'read'],
      ['integrations_config.json', 'read'],
      ['.env', 'read'],
      ['data/pending_actions.json', 'left-alone'],
      ['data/workflow_status.json', 'left-alone'],
      ['mcp-config.json', 'left-alone'],
    ]);
    expect(brief(plan, 'general_config.json')).toEqual([
      ['auto_start_sync', 'general.auto_start_sync', 'setting', 'create', false],
      ['show_notifications', 'general.show_notifications', 'setting', 'create', true],
      ['theme', 'general.theme', 'setting', 'create', 'dark'],
      ['enable_keyring', 'general.enable_keyring', 'setting', 'create', false],
      ['demo_mode', 'general.demo_mode', 'setting', 'create', false],
    ]);
    expect(brief(plan, 'theme_config.json')).toEqual([['theme', 'theme.theme', 'setting', 'create', 'light']]);
    expect(brief(plan, 'approval_config.json')).toEqual([
      ['force_manual_approval', 'approval.force_manual_approval', 'setting', 'create', true],
    ]);
    expect(
      plan.items
        .filter((item) => item.file === '.env')
        .every((item) => item.secret && item.preview === undefined && item.target?.kind === 'secret'),
    ).toBe(true);
    expect(plan.items.filter((item) => item.file === '.env').map((item) => item.target?.key)).toEqual([
      'env.CLAUDE_API_KEY',
      'env.AWS_ACCESS_KEY_ID',
      'env.AWS_SECRET_ACCESS_KEY',
      'env.GITHUB_TOKEN',
      'env.POSTGRESQL_CONNECTION_STRING',
      'env.VIRUSTOTAL_API_KEY',
    ]);
    expect(plan.warnings).toEqual([
      'The application keeps the same fact twice and its files disagree: general.theme is "dark" (general_config.json:4), theme.theme is "light" (theme_config.json:2). Both are kept.',
    ]);
    expect(plan.totals).toEqual({ create: 42, update: 0, unchanged: 0, skip: 0, conflict: 0, quarantine: 1 });
  });

  it('maps five integrations, three of them enabled, and quarantines the one without fields', async () => {
    const plan = await app.get('migration.plan', {});
    const items = plan.items.filter((item) => item.file === 'integrations_config.json');
    expect(items.filter((item) => item.action === 'quarantine')).toEqual([
      {
        file: 'integrations_config.json',
        path: 'enabled_integrations[3]',
        line: 2,
        column: 60,
        target: null,
        action: 'quarantine',
        reason: 'enabled, but there are no fields for it under integrations',
        secret: false,
      },
    ]);
    expect(
      items
        .filter((item) => /^integrations\.\w+$/u.test(item.path))
        .map((item) => [item.path, item.line, item.preview]),
    ).toEqual([
      ['integrations.virustotal', 4, { type: 'virustotal', name: 'VirusTotal', enabled: true }],
      ['integrations.splunk', 5, { type: 'splunk', name: 'Splunk', enabled: true }],
      ['integrations.misp', 11, { type: 'misp', name: 'MISP', enabled: true }],
      ['integrations.jira', 12, { type: 'jira', name: 'Jira', enabled: false }],
      ['integrations.slack', 13, { type: 'slack', name: 'Slack', enabled: false }],
    ]);
    expect(items.filter((item) => item.secret).map((item) => item.target?.key)).toEqual([
      'virustotal.api_key',
      'splunk.password',
      'misp.api_key',
      'jira.api_token',
      'slack.bot_token',
    ]);
  });

  it('creates nothing and changes nothing', async () => {
    const before = fingerprint();
    await app.get('migration.plan', {});
    await app.get('home.find', {});
    await app.get('setup.questions', {});
    expect(existsSync(path('.holdfast'))).toBe(false);
    expect(fingerprint()).toEqual(before);
  });
});

describe('run of the deeptempo sample', () => {
  it('writes what the plan said, verified, with a proven backup, and leaves the files as they were', async () => {
    for (const file of readdirSync(home.homeDir).filter((name) => name.endsWith('.json')))
      utimesSync(path(file), 1_700_000_000, 1_700_000_000);
    const before = fingerprint();
    const plan = await app.get('migration.plan', {});
    const run = await migrate({ expect: plan.planDigest, reason: 'moving in' });
    expect(run.items).toEqual(plan.items);
    expect(run.verification).toEqual({
      ok: true,
      checks: [
        { name: 'settings', ok: true, expected: 14, found: 14 },
        { name: 'secrets', ok: true, expected: 11, found: 11 },
        { name: 'integrations', ok: true, expected: 5, found: 5 },
        { name: 'fields', ok: true, expected: 9, found: 9 },
        { name: 'values', ok: true, expected: 39, found: 39 },
        { name: 'types', ok: true, expected: 39, found: 39 },
        { name: 'ledger', ok: true, expected: 43, found: 43 },
        { name: 'quarantine', ok: true, expected: 1, found: 1 },
        { name: 'round-trip', ok: true, expected: 6, found: 6 },
      ],
    });
    expect(run.backup).toMatchObject({ files: 6, sealed: true });
    expect(run.backup?.path).toMatch(/^\.holdfast\/backups\/pre_migration_\d{8}_\d{6}$/u);
    expect(fingerprint()).toEqual(before);
    await reopen();
    const status = await app.get('home.status', {});
    expect([
      status.state,
      status.definition,
      status.counts.settings,
      status.counts.secrets,
      status.counts.integrations,
      status.drift,
    ]).toEqual(['CONFIGURED', 'deeptempo', 20, 11, 5, []]);
    const theme = await app.get('settings.get', { key: 'theme.theme' });
    expect([theme.value, theme.source, theme.file, theme.line]).toEqual(['light', 'file', 'theme_config.json', 2]);
    const secret = await app.get('settings.reveal', { key: 'env.AWS_SECRET_ACCESS_KEY' }, credential);
    expect(secret.value).toBe('fake/aws+secret=with#hash');
    const { integrations } = await app.get('integration.list', { enabled: true });
    expect(integrations.map((one) => one.id)).toEqual(['misp', 'splunk', 'virustotal']);
    const { changes } = await app.get('audit.list', { action: 'migrate' });
    expect(changes.map((one) => [one.action, one.source, one.reason])).toEqual([['migrate', 'migration', 'moving in']]);
    expect((await app.get('audit.verify', {})).ok).toBe(true);
  });

  it('tells in the ledger where everything went', async () => {
    const { runId } = await migrate();
    const { entries } = await app.get('migration.ledger', { file: 'integrations_config.json' });
    expect(
      entries
        .filter((entry) => entry.action === 'quarantine')
        .map((entry) => [entry.path, entry.target, entry.runId === runId]),
    ).toEqual([['enabled_integrations[3]', null, true]]);
    const { entries: splunk } = await app.get('migration.ledger', { key: 'splunk' });
    expect(splunk.map((entry) => [entry.path, entry.target?.kind, entry.target?.key, entry.line])).toEqual([
      ['enabled_integrations[1]', 'integration', 'splunk', 2],
      ['integrations.splunk', 'integration', 'splunk', 5],
      ['integrations.splunk.url', 'integration', 'splunk.url', 6],
      ['integrations.splunk.username', 'integration', 'splunk.username', 7],
      ['integrations.splunk.password', 'integration', 'splunk.password', 8],
      ['integrations.splunk.verify_ssl', 'integration', 'splunk.verify_ssl', 9],
    ]);
  });

  it('leaves no secret in clear under .holdfast', async () => {
    await migrate();
    await reopen();
    const secrets = [
      'sk-fake-claude-3b7d',
      'fake/aws+secret',
      'ghp_fake',
      'fakepw',
      'vt-fake-1f6c0a55',
      'splunk-fake-#pass',
      'misp-fake',
      'jira-fake',
      'xoxb-fake',
    ];
    const bytesUnder = (dir: string): Buffer[] =>
      readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
        if (entry.isDirectory()) return bytesUnder(join(dir, entry.name));
        return entry.isFile() ? [readFileSync(join(dir, entry.name))] : [];
      });
    const all = Buffer.concat(bytesUnder(path('.holdfast')));
    expect(all.length).toBeGreaterThan(10_000);
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  });

  it('changes nothing in a second run', async () => {
    await migrate();
    const plan = await app.get('migration.plan', {});
    expect(plan.totals).toEqual({ create: 0, update: 0, unchanged: 42, skip: 0, conflict: 0, quarantine: 1 });
    const before = (await app.get('home.status', {})).counts.changes;
    const run = await app.get('migration.run', {});
    expect([run.totals, run.verification?.ok, (await app.get('home.status', {})).counts.changes]).toEqual([
      plan.totals,
      true,
      before,
    ]);
  });
});

describe('three ways', () => {
  const edit = (key: string, value: boolean | string) =>
    app.get('settings.apply', { changes: [{ key, op: 'set', value }] });
  const general = (part: object): void =>
    write(
      'general_config.json',
      JSON.stringify({
        auto_start_sync: false,
        show_notifications: true,
        theme: 'dark',
        enable_keyring: false,
        demo_mode: false,
        ...part,
      }),
    );
  const outcome = async () => {
    const plan = await app.get('migration.plan', {});
    const all = Object.entries(reasons(plan)).filter(
      ([, [action, reason]]) => action !== 'quarantine' && (action !== 'unchanged' || /since|both/u.test(reason ?? '')),
    );
    return Object.fromEntries(all);
  };
  beforeEach(async () => {
    await migrate();
  });

  it('file unchanged: what Holdfast says stays, changed or removed', async () => {
    await edit('general.theme', 'light');
    await app.get('settings.apply', { changes: [{ key: 's3.region', op: 'unset' }] });
    expect(await outcome()).toEqual({
      'general_config.json:theme': ['unchanged', 'changed in Holdfast since; the file has not changed'],
      's3_config.json:region': ['unchanged', 'removed in Holdfast since; it stays removed'],
    });
    await app.get('migration.run', {});
    expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('light');
    expect(
      (await app.call('settings.get', { key: 's3.region' })).ok &&
        (await app.get('settings.get', { key: 's3.region' })).source,
    ).toBe('default');
    // And so it stays in the third run, whose last import is the second.
    expect(await outcome()).toEqual({
      'general_config.json:theme': ['unchanged', 'changed in Holdfast since; the file has not changed'],
      's3_config.json:region': ['unchanged', 'removed in Holdfast since; it stays removed'],
    });
  });

  it('file changed, Holdfast not: update; both: conflict; both alike: unchanged', async () => {
    general({ theme: 'light', demo_mode: true, auto_start_sync: true, show_notifications: false });
    await edit('general.demo_mode', true);
    await edit('general.enable_keyring', true);
    await app.get('settings.apply', { changes: [{ key: 'general.show_notifications', op: 'unset' }] });
    expect(await outcome()).toEqual({
      'general_config.json:auto_start_sync': ['update', 'changed in the file since the last import'],
      'general_config.json:show_notifications': [
        'conflict',
        'changed in the file and removed in Holdfast since the last import',
      ],
      'general_config.json:theme': ['update', 'changed in the file since the last import'],
      'general_config.json:enable_keyring': ['unchanged', 'changed in Holdfast since; the file has not changed'],
      'general_config.json:demo_mode': ['unchanged', 'changed to the same value in both'],
    });
  });

  it('conflicts stop the run with their items, and nothing is written', async () => {
    general({ demo_mode: true, theme: 'light' });
    await edit('general.theme', 'light');
    await edit('general.demo_mode', true);
    await edit('general.demo_mode', false);
    await edit('s3.region', 'us-west-2');
    write('s3_config.json', readFileSync(path('s3_config.json'), 'utf8').replace('eu-central-1', 'eu-west-1'));
    const before = await app.get('home.status', {});
    expect(await app.call('migration.run', {})).toMatchObject({
      ok: false,
      error: {
        type: 'Conflict',
        items: [
          {
            file: 's3_config.json',
            path: 'region',
            key: 's3.region',
            reason: 'changed in the file and in Holdfast since the last import',
          },
        ],
      },
    });
    const after = await app.get('home.status', {});
    expect([after.store?.auditHead, after.counts]).toEqual([before.store?.auditHead, before.counts]);
  });

  it.each([
    ['file', 'eu-west-1'],
    ['store', 'us-west-2'],
  ] as const)('a conflict is settled for the %s, by rule or by choice, and stays settled', async (side, value) => {
    await edit('s3.region', 'us-west-2');
    write('s3_config.json', readFileSync(path('s3_config.json'), 'utf8').replace('eu-central-1', 'eu-west-1'));
    const plan = await app.get('migration.plan', { choices: { 's3_config.json:region': side } });
    expect(reasons(plan)['s3_config.json:region']?.[0]).toBe(side === 'file' ? 'update' : 'skip');
    await app.get('migration.run', { onConflict: side });
    expect((await app.get('settings.get', { key: 's3.region' })).value).toBe(value);
    const again = await app.get('migration.run', {});
    expect([
      again.totals.unchanged,
      again.totals.conflict,
      (await app.get('settings.get', { key: 's3.region' })).value,
    ]).toEqual([42, 0, value]);
  });

  it('compares secrets by fingerprint, and asks for the keys when it has to', async () => {
    await reopen();
    expect((await app.get('migration.plan', {})).totals.unchanged).toBe(42);
    write('.env', readFileSync(path('.env'), 'utf8').replace('sk-fake-claude-3b7d', 'sk-fake-claude-new'));
    expect(await app.call('migration.plan', {})).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    await app.get('secret.unlock', { credential });
    expect(await outcome()).toEqual({ '.env:CLAUDE_API_KEY': ['update', 'changed in the file since the last import'] });
    await app.get('migration.run', {});
    expect((await app.get('settings.reveal', { key: 'env.CLAUDE_API_KEY' })).value).toBe('sk-fake-claude-new');
  });

  it('keeps the value of a key that the file lost, and says so', async () => {
    write('theme_config.json', '{}');
    const plan = await app.get('migration.plan', {});
    expect(plan.warnings).toEqual(['theme_config.json no longer has theme; Holdfast keeps the value.']);
    await app.get('migration.run', {});
    expect((await app.get('settings.get', { key: 'theme.theme' })).value).toBe('light');
  });
});

describe('choices', () => {
  it('leave out, mark as secret or plain, and hold in the next run', async () => {
    const choices = {
      'general_config.json:demo_mode': 'skip',
      's3_config.json:aws_profile': 'secret',
      '.env:AWS_ACCESS_KEY_ID': 'plain',
      'integrations_config.json:integrations.jira': 'skip',
    } as const;
    const run = await migrate({ choices });
    expect([run.totals.skip, run.verification?.ok]).toEqual([6, true]);
    const { settings } = await app.get('settings.list', {});
    const view = (key: string) => settings.find((one) => one.key === key);
    expect([
      view('general.demo_mode')?.source,
      view('s3.aws_profile')?.secret,
      view('env.AWS_ACCESS_KEY_ID')?.secret,
      view('env.AWS_ACCESS_KEY_ID')?.value,
    ]).toEqual(['default', true, false, 'AKIAFAKEFAKEFAKEFAKE']);
    expect((await app.get('integration.list', {})).integrations.map((one) => one.id)).toEqual([
      'misp',
      'slack',
      'splunk',
      'virustotal',
    ]);
    const again = await app.get('migration.run', {});
    expect([again.totals, (await app.get('settings.list', { prefix: 's3.aws_profile' })).settings[0]?.secret]).toEqual([
      { create: 0, update: 0, unchanged: 42, skip: 0, conflict: 0, quarantine: 1 },
      true,
    ]);
    const taken = await app.get('migration.run', { choices: { 'general_config.json:demo_mode': 'file' } });
    expect([taken.totals.create, (await app.get('settings.get', { key: 'general.demo_mode' })).source]).toEqual([
      1,
      'file',
    ]);
  });

  it('that name nothing are pointed out', async () => {
    const plan = await app.get('migration.plan', { choices: { 'general_config.json:them': 'skip' } });
    expect(plan.warnings.at(-1)).toBe(
      'No value of the files is named general_config.json:them; the choice has no effect.',
    );
  });
});

describe('refusals', () => {
  it('a plan that no longer fits names the file that changed; nothing is written', async () => {
    const plan = await app.get('migration.plan', {});
    write('s3_config.json', '{"region": "eu-west-1"}');
    expect(await app.call('migration.run', { protect, expect: plan.planDigest })).toEqual({
      ok: false,
      error: { type: 'PlanOutdated', changed: ['s3_config.json'] },
    });
    expect(existsSync(path('.holdfast'))).toBe(false);
    const now = await app.get('migration.plan', {});
    expect(
      await app.call('migration.run', {
        protect,
        expect: now.planDigest,
        choices: { 's3_config.json:region': 'skip' },
      }),
    ).toEqual({
      ok: false,
      error: { type: 'PlanOutdated', changed: ['the definition or the choices'] },
    });
  });

  it('without keys and without a way to make some nothing is written', async () => {
    expect(await app.call('migration.run', {})).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    expect(existsSync(path('.holdfast'))).toBe(false);
  });

  it('an unknown definition is not found', async () => {
    expect(await app.call('migration.plan', { definition: 'nope' })).toEqual({
      ok: false,
      error: { type: 'NotFound', what: 'definition', name: 'nope' },
    });
  });

  it('one bad file does not stop the others; its place is told', async () => {
    write('s3_config.json', '{\n  "region": "eu",\n  oops\n}');
    const run = await migrate();
    expect(run.sources.find((source) => source.file === 's3_config.json')).toMatchObject({
      status: 'unreadable',
      error: { message: 'a key in double quotes was expected here, not "o"', line: 3, column: 3 },
    });
    expect([run.backup?.files, run.verification?.ok, run.items.some((item) => item.file === 's3_config.json')]).toEqual(
      [6, true, false],
    );
  });

  it('when no file can be read the error has the first one’s place', async () => {
    await app.close();
    home.remove();
    await start(null);
    write('settings.json', '{"a": 1,}');
    const error = {
      ok: false,
      error: {
        type: 'FileInvalid',
        file: 'settings.json',
        problem: 'a key in double quotes was expected here, not "}"',
        line: 1,
        column: 9,
      },
    };
    expect([await app.call('migration.run', { protect }), await app.call('migration.plan', {})]).toEqual([
      error,
      error,
    ]);
    expect(existsSync(path('.holdfast'))).toBe(false);
  });

  it('an empty home has an empty plan, and nothing to migrate', async () => {
    await app.close();
    home.remove();
    await start(null);
    expect(await app.get('migration.plan', {})).toMatchObject({
      definition: 'generic',
      items: [],
      totals: { create: 0 },
    });
    expect(await app.call('migration.run', { protect })).toMatchObject({ ok: false, error: { type: 'FileInvalid' } });
    expect(existsSync(path('.holdfast'))).toBe(false);
  });
});

describe('the generic sample', () => {
  beforeEach(async () => {
    await app.close();
    home.remove();
    await start('generic');
  });

  it('gives one setting per leaf, secrets by name', async () => {
    const plan = await app.get('migration.plan', {});
    expect(plan.definition).toBe('generic');
    expect(plan.items.map((item) => [item.file, item.target?.key, item.secret, item.preview])).toEqual([
      ['settings.json', 'settings.window.width', false, 1280],
      ['settings.json', 'settings.window.height', false, 800],
      ['settings.json', 'settings.window.maximized', false, false],
      ['settings.json', 'settings["recent.files"]', false, ['/home/me/a.txt', '/home/me/b.txt']],
      ['settings.json', 'settings.telemetry', false, null],
      ['settings.json', 'settings.timeoutMs', false, 1500],
      ['settings.json', 'settings.ratio', false, 0.25],
      ['settings.json', 'settings.apiToken', true, undefined],
      ['settings.json', 'settings.empty', false, {}],
      [
        'shortcuts.json',
        'shortcuts',
        false,
        [
          { keys: 'Ctrl+K', command: 'palette.open' },
          { keys: 'Ctrl+S', command: 'file.save' },
        ],
      ],
      ['.env', 'env.API_URL', false, 'https://api.example.test'],
      ['.env', 'env.API_SECRET', true, undefined],
    ]);
  });

  it('keeps null, {}, lists and dotted names as they are', async () => {
    await migrate();
    const settings = await app.get('settings.get', { key: 'settings' });
    expect(settings.value).toEqual({
      window: { width: 1280, height: 800, maximized: false },
      'recent.files': ['/home/me/a.txt', '/home/me/b.txt'],
      telemetry: null,
      timeoutMs: 1500,
      ratio: 0.25,
      apiToken: null,
      empty: {},
    });
  });

  it('two files with one setting are a conflict until somebody says which', async () => {
    write('env.json', '{"API_URL": "https://other.example.test"}');
    const plan = await app.get('migration.plan', {});
    expect([reasons(plan)['env.json:API_URL'], reasons(plan)['.env:API_URL']]).toEqual([
      ['conflict', '.env has another value for it'],
      ['conflict', 'env.json has another value for it'],
    ]);
    expect(await app.call('migration.run', { protect })).toMatchObject({ ok: false, error: { type: 'Conflict' } });
    expect(existsSync(path('.holdfast'))).toBe(false);
    await migrate({ choices: { 'env.json:API_URL': 'file' } });
    expect((await app.get('settings.get', { key: 'env.API_URL' })).value).toBe('https://other.example.test');
    const again = await app.get('migration.run', {});
    expect([again.totals.conflict, again.totals.update, again.totals.create]).toEqual([0, 0, 0]);
  });
});

describe('setup', () => {
  it('migrates, answers, backs up and gives the code once', async () => {
    await app.get('setup.save-draft', { draft: { page: 'essentials', choices: { '.env:GITHUB_TOKEN': 'skip' } } });
    const { questions } = await app.get('setup.questions', {});
    expect(
      questions.map((question) => [question.key, question.kind, question.required, question.default, question.secret]),
    ).toEqual([
      ['approval.force_manual_approval', 'boolean', false, true, false],
      ['general.show_notifications', 'boolean', false, true, false],
    ]);
    const done = await app.get('setup.apply', {
      protect: { recoveryCode: true },
      answers: { 'general.show_notifications': false },
    });
    expect([
      done.state,
      done.migration.verification?.ok,
      done.backup?.sealed,
      typeof done.recoveryCode,
      done.migration.warnings.length,
    ]).toEqual(['CONFIGURED', true, true, 'string', 1]);
    const answered = await app.get('settings.get', { key: 'general.show_notifications' });
    expect([answered.value, answered.source]).toEqual([false, 'wizard']);
    expect(await app.get('setup.draft', {})).toEqual({ draft: null });
  });

  it('refuses answers that do not fit before anything is written', async () => {
    expect(
      await app.call('setup.apply', { protect, answers: { 'general.theme': 'blue', 'general.nope': 1 } }),
    ).toMatchObject({
      ok: false,
      error: {
        type: 'SettingInvalid',
        invalid: [
          { key: 'general.theme', problem: 'must be one of dark, light' },
          { key: 'general.nope', problem: 'is not a setting of this application' },
        ],
      },
    });
    expect(existsSync(path('.holdfast'))).toBe(false);
  });

  it('sets an empty home up', async () => {
    await app.close();
    home.remove();
    await start(null);
    const done = await app.get('setup.apply', { protect });
    expect([done.migration.definition, done.state, done.backup?.sealed]).toEqual(['generic', 'CONFIGURED', true]);
  });

  it('keeps a draft outside the home, private, and without anything secret', async () => {
    await app.get('setup.save-draft', {
      draft: {
        page: 'protect',
        passphrase: 'hunter2',
        protect: { kind: 'passphrase', passphrase: 'hunter2' },
        answers: {
          'general.theme': 'light',
          'env.CLAUDE_API_KEY': 'sk-x',
          'own.thing': 'ghp_fake0000000000000000000000000000',
        },
        choices: { '.env:GITHUB_TOKEN': 'skip' },
        recoveryCode: 'ABCD',
      },
    });
    expect(await app.get('setup.draft', {})).toEqual({
      draft: { page: 'protect', answers: { 'general.theme': 'light' }, choices: { '.env:GITHUB_TOKEN': 'skip' } },
    });
    const [name = ''] = readdirSync(join(home.configDir, 'drafts'));
    expect([
      /^[0-9a-f]{16}\.json$/u.test(name),
      statSync(join(home.configDir, 'drafts', name)).mode & 0o777,
      existsSync(path('.holdfast')),
    ]).toEqual([true, 0o600, false]);
  });
});

describe('backup only', () => {
  it('copies the legacy files encrypted, imports nothing and is in the log', async () => {
    const done = await app.get('migration.backup', { protect });
    expect([done.backup?.files, done.backup?.sealed, done.runId, (await app.get('home.status', {})).state]).toEqual([
      6,
      true,
      null,
      'EMPTY_DATABASE',
    ]);
    expect((await app.get('audit.list', { action: 'backup' })).changes.map((one) => one.key)).toEqual([
      done.backup?.path,
    ]);
    const run = await app.get('migration.run', {});
    expect(run.verification?.ok).toBe(true);
  });
});

describe('home.find', () => {
  it('lists files with their use and the definitions that fit', async () => {
    write('notes.txt', 'x');
    write('extra.json', '{}');
    const found = await app.get('home.find', {});
    expect([
      found.definition,
      found.definitions.map((one) => one.id),
      found.files.map((one) => [one.file, one.use]),
    ]).toEqual([
      'deeptempo',
      ['deeptempo', 'generic'],
      [
        ['.env', 'source'],
        ['approval_config.json', 'source'],
        ['data/pending_actions.json', 'left-alone'],
        ['data/workflow_status.json', 'left-alone'],
        ['extra.json', 'unknown'],
        ['general_config.json', 'source'],
        ['integrations_config.json', 'source'],
        ['mcp-config.json', 'left-alone'],
        ['notes.txt', 'unknown'],
        ['s3_config.json', 'source'],
        ['theme_config.json', 'source'],
      ],
    ]);
    expect((await app.get('migration.plan', {})).warnings.at(-1)).toBe(
      'DeepTempo has no rule for extra.json: left as it is.',
    );
  });
});
