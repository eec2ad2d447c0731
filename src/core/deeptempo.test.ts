/** What DeepTempo's migration guide promises, one test a capability (docs/capabilities.md names them by id). */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../contract/commands.ts';
import { steppingClock } from './testing/clock.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from './testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let dryRun: Output<'migration.plan'>;
let run: Output<'migration.run'>;
let before: Record<string, string>;

/** Path -> hash, size, mode and time of every file of the home, `.holdfast/` left out. */
const filesOf = (dir: string, under = ''): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(dir, under), { withFileTypes: true })
      .filter((entry) => entry.name !== '.holdfast')
      .flatMap((entry) => {
        const path = join(under, entry.name);
        if (entry.isDirectory()) return Object.entries(filesOf(dir, path));
        const { size, mode, mtimeMs } = statSync(join(dir, path));
        const hash = createHash('sha256')
          .update(readFileSync(join(dir, path)))
          .digest('hex');
        return [[path, `${hash} ${String(size)} ${String(mode)} ${String(mtimeMs)}`]];
      }),
  );

beforeAll(async () => {
  home = tempHome('deeptempo');
  before = filesOf(home.homeDir);
  app = await openTestApp(home);
  dryRun = await app.get('migration.plan', {});
  expect(existsSync(join(home.homeDir, '.holdfast'))).toBe(false);
  run = await app.get('migration.run', { protect: { passphrase }, reason: 'first migration' });
});

afterAll(async () => {
  await app.close();
  home.remove();
});

const valueOf = async (key: string) => (await app.get('settings.get', { key })).value;
const status = (result: { sources: { file: string; status: string }[] }) =>
  Object.fromEntries(result.sources.map(({ file, status: one }) => [file, one]));

describe('legacy files', () => {
  test('D7 general settings', async () => {
    expect(await valueOf('general')).toEqual({
      auto_start_sync: false,
      show_notifications: true,
      theme: 'dark',
      enable_keyring: false,
      demo_mode: false,
    });
  });
  test('D8 theme, and its disagreement with general.theme is reported', async () => {
    expect(await valueOf('theme.theme')).toBe('light');
    expect(run.warnings.join('\n')).toMatch(/theme\.theme/u);
  });
  test('D9 integrations with their fields', async () => {
    const { integrations } = await app.get('integration.list', {});
    expect(integrations.map(({ id, enabled }) => [id, enabled])).toEqual(
      expect.arrayContaining([
        ['virustotal', true],
        ['splunk', true],
        ['misp', true],
        ['jira', false],
        ['slack', false],
      ]),
    );
    expect(integrations).toHaveLength(5);
    expect(integrations.find((one) => one.id === 'splunk')?.config).toEqual({
      url: 'https://splunk.example.test:8089',
      username: 'soc-reader',
      password: null,
      verify_ssl: true,
    });
  });
  test('D10 S3', async () => {
    expect(await valueOf('s3')).toEqual({
      bucket_name: 's3://tempo-findings/prod',
      region: 'eu-central-1',
      findings_path: 'findings/',
      cases_path: 'cases/',
      parquet_prefix: 'parquet/2026',
      auth_method: 'profile',
      aws_profile: 'soc',
    });
  });
  test('D11 approval', async () => {
    expect(await valueOf('approval.force_manual_approval')).toBe(true);
  });
  test('D12 .env: every key is a secret, and the file stays', async () => {
    const { settings } = await app.get('settings.list', { prefix: 'env' });
    expect(settings.filter((one) => one.set).map(({ key, secret, value }) => [key, secret, value])).toEqual(
      expect.arrayContaining([
        ['env.CLAUDE_API_KEY', true, null],
        ['env.AWS_SECRET_ACCESS_KEY', true, null],
        ['env.GITHUB_TOKEN', true, null],
      ]),
    );
    const revealed = await app.get('settings.reveal', { key: 'env.AWS_SECRET_ACCESS_KEY' }, { passphrase });
    expect(revealed.value).toBe('fake/aws+secret=with#hash');
  });
  test('what must be left alone is listed and untouched; no legacy file is written', () => {
    expect(status(run)).toMatchObject({
      'mcp-config.json': 'left-alone',
      'data/pending_actions.json': 'left-alone',
      'general_config.json': 'read',
      '.env': 'read',
    });
    expect(filesOf(home.homeDir)).toEqual(before);
  });
  test('what no rule covers is kept aside with its place', () => {
    expect(
      run.items
        .filter((item) => item.action === 'quarantine')
        .map(({ file, path, target }) => ({ file, path, target })),
    ).toEqual([{ file: 'integrations_config.json', path: 'enabled_integrations[3]', target: null }]);
  });
});

describe('migrating', () => {
  test('D14 only the backup of the files', async () => {
    const other = tempHome('deeptempo');
    const fresh = await openTestApp(other);
    const backup = await fresh.get('migration.backup', { protect: { passphrase } });
    expect(backup.backup).toMatchObject({ files: 6, sealed: true });
    expect((await fresh.get('home.status', {})).counts.settings).toBe(0);
    await fresh.close();
    other.remove();
  });
  test('D19 the dry run says what the real run does', () => {
    expect({ items: dryRun.items, totals: dryRun.totals, sources: dryRun.sources, digest: dryRun.planDigest }).toEqual({
      items: run.items,
      totals: run.totals,
      sources: run.sources,
      digest: run.planDigest,
    });
    expect([dryRun.runId, dryRun.backup, dryRun.verification]).toEqual([null, null, null]);
  });
  test('D20 D22 D23 the real run backs the files up first, byte for byte, in a folder with its time', () => {
    expect(run.backup?.path).toMatch(/^\.holdfast\/backups\/pre_migration_\d{8}_\d{6}$/u);
    const manifest = JSON.parse(readFileSync(join(home.homeDir, run.backup?.path ?? '', 'manifest.json'), 'utf8')) as {
      files: { path: string; sha256: string }[];
    };
    const hashes = Object.fromEntries(manifest.files.map((file) => [file.path, file.sha256]));
    for (const file of [
      'general_config.json',
      'theme_config.json',
      'integrations_config.json',
      'approval_config.json',
      's3_config.json',
      '.env',
    ]) {
      expect(before[file]?.startsWith(hashes[file] ?? 'missing')).toBe(true);
    }
  });
  test('D13 D24 sections become settings, secrets and integrations, verified with counts', () => {
    const kinds = run.items.filter((item) => item.action === 'create').map((item) => item.target?.kind ?? '');
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect({ setting: count('setting'), secret: count('secret') }).toEqual({ setting: 14, secret: 6 });
    expect(run.verification?.ok).toBe(true);
    expect(run.totals).toMatchObject({ conflict: 0, quarantine: 1, create: kinds.length });
  });
  test('a second run changes nothing', async () => {
    const second = await app.get('migration.plan', {});
    expect(second.totals).toMatchObject({ create: 0, update: 0, conflict: 0 });
  });
});

describe('looking', () => {
  test('D1 D25 D26 D61 every setting in one list with value and type, ordered by type and key', async () => {
    const { settings, categories } = await app.get('settings.list', {});
    expect(settings.find((one) => one.key === 'general.show_notifications')).toMatchObject({
      value: true,
      type: 'boolean',
      source: 'file',
      file: 'general_config.json',
      line: 3,
    });
    expect(categories.map((one) => one.count).reduce((a, b) => a + b, 0)).toBe(settings.length);
    const within = settings.filter((one) => one.category === settings[0]?.category);
    expect(settings.slice(0, within.length)).toEqual(within);
  });
  test('D41 D42 D43 D44 each record keeps key, value, description, type, who and when', async () => {
    const [setting] = (await app.get('settings.list', { prefix: 'approval.force_manual_approval' })).settings;
    expect(setting).toMatchObject({
      key: 'approval.force_manual_approval',
      value: true,
      default: false,
      changedBy: 'tester',
    });
    expect(setting?.description).not.toBe('');
    expect(setting?.changedAt).toMatch(/^2026-03-01T/u);
    const { categories } = await app.get('settings.list', {});
    const ids = categories.map((one) => one.id);
    const ofKeys = await Promise.all(
      ['general.theme', 'approval.force_manual_approval', 'theme.theme'].map(
        async (key) => (await app.get('settings.list', { prefix: key })).settings[0]?.category,
      ),
    );
    expect(new Set(ofKeys).size).toBe(3);
    expect(ids).toEqual(expect.arrayContaining(ofKeys));
  });
  test('D27 D46 D47 D59 D62 integrations with type, name and enabled flag; only the enabled ones', async () => {
    const { integrations } = await app.get('integration.list', { enabled: true });
    expect(integrations.map((one) => one.id).sort()).toEqual(['misp', 'splunk', 'virustotal']);
    expect(await app.get('integration.show', { id: 'misp' })).toMatchObject({
      id: 'misp',
      type: 'misp',
      name: 'MISP',
      enabled: true,
    });
    expect(await app.call('integration.show', { id: 'shodan' })).toMatchObject({
      ok: false,
      error: { type: 'NotFound' },
    });
  });
  test('D56 one value by key, and the default where none is stored', async () => {
    expect(await app.get('settings.get', { key: 'general.theme' })).toMatchObject({
      value: 'dark',
      source: 'file',
      type: 'string',
    });
    expect(await app.get('settings.explain', { key: 'general.theme' })).toMatchObject({
      layers: [
        { source: 'default', wins: false },
        { source: 'file', value: 'dark', file: 'general_config.json', wins: true },
      ],
    });
  });
  test('the ledger tells where each value came from and where each line went', async () => {
    const { entries } = await app.get('migration.ledger', { key: 'general.theme' });
    expect(entries).toMatchObject([
      {
        file: 'general_config.json',
        path: 'theme',
        line: 4,
        target: { kind: 'setting', key: 'general.theme' },
        action: 'create',
      },
    ]);
    expect(
      (await app.get('migration.ledger', { file: 'integrations_config.json' })).entries.some(
        (entry) => entry.action === 'quarantine',
      ),
    ).toBe(true);
  });
});

describe('changing', () => {
  test('D29 D30 D31 D57 a toggled setting is saved with its reason, persists, and stands in the audit log', async () => {
    await app.get('settings.apply', {
      changes: [{ key: 'general.show_notifications', op: 'set', value: false }],
      reason: 'quiet nights',
    });
    await app.close();
    app = await openTestApp(home, 'cli', steppingClock('2026-03-05T09:00:00.000Z'));
    expect(await valueOf('general.show_notifications')).toBe(false);
    const { changes } = await app.get('audit.list', { limit: 10 });
    expect(changes[0]).toMatchObject({
      key: 'general.show_notifications',
      old: true,
      new: false,
      actor: 'tester',
      reason: 'quiet nights',
      action: 'update',
    });
  });
  test('D4 D28 D49 D50 D51 D60 D63 D64 who changed what, when, why and through which door: create, update, delete', async () => {
    const change = (value: boolean) => ({
      changes: [{ key: 'approval.force_manual_approval', op: 'set' as const, value }],
    });
    await app.get('settings.apply', { ...change(false), reason: 'incident over' });
    await app.get('settings.apply', {
      changes: [{ key: 'approval.force_manual_approval', op: 'unset' }],
      reason: 'as it was',
    });
    const { changes } = await app.get('audit.list', { key: 'approval', limit: 10 });
    expect(
      changes.map(({ action, old, new: now, actor, source, reason }) => ({
        action,
        old,
        new: now,
        actor,
        source,
        reason,
      })),
    ).toEqual([
      { action: 'delete', old: false, new: null, actor: 'tester', source: 'cli', reason: 'as it was' },
      { action: 'update', old: true, new: false, actor: 'tester', source: 'cli', reason: 'incident over' },
      { action: 'create', old: null, new: true, actor: 'tester', source: 'migration', reason: 'first migration' },
    ]);
    expect(await app.get('settings.get', { key: 'approval.force_manual_approval' })).toMatchObject({
      value: false,
      source: 'default',
    });
    expect((await app.get('audit.list', { limit: 2 })).changes).toHaveLength(2);
    expect((await app.get('audit.list', { type: 'integration' })).changes).toHaveLength(5);
  });
  test('a value removed here stays removed when the files are read again', async () => {
    const again = await app.get('migration.plan', {});
    expect(again.totals).toMatchObject({ create: 0, update: 0 });
  });
  test('after a change the application still reads its own file, and status says so', async () => {
    expect((await app.get('home.status', {})).filesBehind).toEqual(['approval_config.json', 'general_config.json']);
  });
  test('D6 the log and the settings can be searched', async () => {
    expect((await app.get('audit.list', { text: 'quiet nights' })).changes.map((one) => one.key)).toEqual([
      'general.show_notifications',
    ]);
    expect((await app.get('audit.list', { text: '100%' })).changes).toEqual([]);
    expect((await app.get('audit.facets', {})).actions).toEqual(expect.arrayContaining(['create', 'delete', 'update']));
  });
});
