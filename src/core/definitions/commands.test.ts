/** The commands about definitions: listed by fit, shown as written, every problem told, inferred without values, saved with care. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contract/json.ts';
import { openTestApp, passphrase, resourcesDir, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
const openOn = async (sample: string | null): Promise<void> => {
  home = tempHome(sample);
  app = await openTestApp(home);
};
beforeEach(() => openOn('generic'));
afterEach(async () => {
  await app.close();
  home.remove();
});

const small: JsonObject = { id: 'mine', title: 'Mine', version: 1, sources: [] };
const file = (name: string, text: string): string => {
  const path = join(home.root, name);
  writeFileSync(path, text);
  return app.files.register('session-cli', { path, name, use: 'read' });
};
const inHome = (path: string): string => join(home.homeDir, path);

describe('list and show', () => {
  it('put what fits this home first, and say where each comes from', async () => {
    mkdirSync(join(home.configDir, 'definitions'), { recursive: true });
    writeFileSync(
      join(home.configDir, 'definitions/mine.json'),
      JSON.stringify({ ...small, recognise: [{ file: 'shortcuts.json', score: 5 }] }),
    );
    const { definitions } = await app.get('definition.list', {});
    expect(definitions.map(({ id, origin, score, current }) => [id, origin, score, current])).toEqual([
      ['mine', 'own', 5, false],
      ['generic', 'built-in', 2, false],
      ['analytics-engine', 'built-in', 0, false],
      ['automagik-hub', 'built-in', 0, false],
      ['deeptempo', 'built-in', 0, false],
      ['incident-rag', 'built-in', 0, false],
      ['opsbrain', 'built-in', 0, false],
    ]);
    expect(definitions[0]).toMatchObject({ file: 'definitions/mine.json', why: ['shortcuts.json'] });
  });

  it('name the one that the home was migrated with', async () => {
    await app.get('migration.run', { protect: { passphrase } });
    const { definitions } = await app.get('definition.list', {});
    expect(definitions.filter((one) => one.current).map((one) => one.id)).toEqual(['generic']);
  });

  it('give a definition as its file says it', async () => {
    const shown = await app.get('definition.show', { id: 'opsbrain' });
    const text = readFileSync(join(resourcesDir, 'definitions/opsbrain.json'), 'utf8');
    expect(shown.definition).toEqual(JSON.parse(text));
    expect(shown).toMatchObject({ id: 'opsbrain', origin: 'built-in', collections: 2 });
    expect(await app.call('definition.show', { id: 'nothing' })).toMatchObject({
      ok: false,
      error: { type: 'NotFound', what: 'definition', name: 'nothing' },
    });
  });

  it('answer without a home', async () => {
    const bare = await openTestApp({ homeDir: home.homeDir, configDir: home.configDir });
    await bare.close();
    expect((await bare.call('definition.list', {})).ok).toBe(true);
    expect(await bare.call('definition.infer', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  });
});

describe('check', () => {
  it('tells every problem with its place', async () => {
    const text = JSON.stringify({ ...small, version: 0, sources: [{ file: '../x', format: 'yaml', to: {} }] }, null, 1);
    const checked = await app.get('definition.check', { file: file('bad.json', text) });
    expect(checked).toMatchObject({ file: 'bad.json', ok: false, id: null });
    expect(checked.problems.map(({ path, line }) => [path, line])).toEqual(
      expect.arrayContaining([
        ['version', 4],
        ['sources/0/file', 7],
        ['sources/0/format', 8],
      ]),
    );
  });

  it('accepts a sound one, and says when it takes the place of a built-in', async () => {
    const text = JSON.stringify({ ...small, id: 'deeptempo', catalog: { 'a.b': { type: 'string' } } });
    expect(await app.get('definition.check', { file: file('good.json', text) })).toEqual({
      file: 'good.json',
      ok: true,
      problems: [],
      id: 'deeptempo',
      title: 'Mine',
      settings: 1,
      notes: ['It replaces the built-in definition deeptempo.'],
    });
  });

  it('tells where JSON ends to be JSON, and that a file is not there', async () => {
    const broken = await app.get('definition.check', { file: file('broken.json', '{\n "id": "x",,\n}') });
    expect(broken.problems.map(({ path, line }) => [path, line])).toEqual([['', 2]]);
    const gone = app.files.register('session-cli', { path: inHome('gone.json'), name: 'gone.json', use: 'read' });
    expect(await app.call('definition.check', { file: gone })).toMatchObject({
      ok: false,
      error: { type: 'NotFound' },
    });
  });
});

describe('infer', () => {
  it('gives types, groups, titles and secrets of the sample home, and no value of it', async () => {
    const { definition, files, secrets } = await app.get('definition.infer', {});
    expect(definition).toMatchObject({
      id: 'home',
      title: 'Home',
      version: 1,
      recognise: [
        { file: 'settings.json', keys: ['window', 'recent.files', 'telemetry'], score: 30 },
        { file: 'shortcuts.json', score: 10 },
        { file: '.env', keys: ['API_URL', 'API_SECRET'], score: 30 },
      ],
      sources: [
        { file: 'settings.json', format: 'json', to: { kind: 'settings', prefix: 'settings' } },
        { file: 'shortcuts.json', format: 'json', to: { kind: 'settings', prefix: 'shortcuts' } },
        { file: '.env', format: 'env', to: { kind: 'settings', prefix: 'env' } },
      ],
      categories: [
        { id: 'settings', title: 'Settings' },
        { id: 'shortcuts', title: 'Shortcuts' },
        { id: 'env', title: 'Environment' },
      ],
      catalog: {
        'settings.window.width': { type: 'integer', title: 'Width', 'x-category': 'settings' },
        'settings.window.maximized': { type: 'boolean', title: 'Maximized' },
        'settings["recent.files"]': { type: 'array', items: { type: 'string' }, title: 'Recent files' },
        'settings.telemetry': { title: 'Telemetry', 'x-category': 'settings' },
        'settings.ratio': { type: 'number' },
        'settings.apiToken': { type: 'string', 'x-secret': true },
        shortcuts: { type: 'array', title: 'Shortcuts', 'x-category': 'shortcuts' },
        'env.API_URL': { type: 'string', format: 'url', title: 'API URL', 'x-category': 'env' },
        'env.API_SECRET': { type: 'string', 'x-secret': true },
      },
    });
    expect(secrets.map((one) => one.key)).toEqual(['settings.apiToken', 'env.API_SECRET']);
    expect(files.map((one) => [one.file, one.status, one.settings])).toEqual([
      ['settings.json', 'read', 9],
      ['shortcuts.json', 'read', 1],
      ['.env', 'read', 2],
    ]);
    const text = JSON.stringify(definition);
    for (const value of ['tok-fake', 'fake-generic', 'example.test', '1280', 'palette.open', 'a.txt'])
      expect([value, text.includes(value)]).toEqual([value, false]);
  });

  it('reads types out of a .env, ports, places and addresses', async () => {
    writeFileSync(
      inHome('.env'),
      'PORT=8080\nDEBUG=true\nRATIO=0.5\nFLAG=1\nZIP=01234\nDATA=/var/data\nADMIN=a@example.test\nBIG=12345678901234567890\n',
    );
    const { definition } = await app.get('definition.infer', {});
    const catalog = definition['catalog'] as Record<string, JsonObject>;
    const shown = Object.entries(catalog).flatMap(([key, entry]) => {
      const rest = Object.entries(entry).filter(([name]) => name !== 'title' && name !== 'x-category');
      return key.startsWith('env.') ? [[key.slice(4), Object.fromEntries(rest)]] : [];
    });
    expect(Object.fromEntries(shown)).toEqual({
      PORT: { type: 'integer', minimum: 1, maximum: 65535 },
      DEBUG: { type: 'boolean' },
      RATIO: { type: 'number' },
      FLAG: { type: 'integer' },
      ZIP: { type: 'string' },
      DATA: { type: 'string', 'x-kind': 'path' },
      ADMIN: { type: 'string', format: 'email' },
      BIG: { type: 'string' },
    });
  });

  it('takes folders, leaves caches and lock files alone, and says what it could not read', async () => {
    const files: Record<string, string> = {
      'config/app.v2.json': '{"theme": "dark"}',
      'config/deep/net.json': '{"proxy": {"port": 3128}}',
      'config/.env': 'LEVEL=info\n',
      'cache/index.json': '{"a": 1}',
      'node_modules/x/package.json': '{"a": 1}',
      'package-lock.json': '{"a": 1}',
      'logs/today.json': '{"a": 1}',
      'broken.json': '{"a": ',
      'star*.json': '{"a": 1}',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(inHome(name.split('/').slice(0, -1).join('/')), { recursive: true });
      writeFileSync(inHome(name), text);
    }
    const { definition, files: told } = await app.get('definition.infer', {});
    expect(Object.keys(definition['catalog'] as JsonObject)).toEqual(
      expect.arrayContaining(['config["app.v2"].theme', 'config.deep.net.proxy.port', 'config.env.LEVEL']),
    );
    expect(told.filter((one) => one.status !== 'read').map((one) => [one.file, one.status])).toEqual([
      ['broken.json', 'unreadable'],
      ['star*.json', 'left-out'],
    ]);
    expect(JSON.stringify(definition['sources'])).not.toMatch(/cache|package|logs/u);
    expect(definition['leaveAlone']).toEqual(expect.arrayContaining(['**/logs/*', '**/cache/*']));
    // What is inferred can be used as it is, and gives the same settings as before.
    const before = await app.get('migration.plan', { definition: 'generic' });
    await app.get('definition.save', { definition, where: 'home' });
    const after = await app.get('migration.plan', {});
    expect(after.definition).toBe('home');
    const keys = (plan: typeof before) =>
      plan.items.filter((item) => item.file !== 'star*.json').map((item) => item.target?.key);
    expect(keys(after)).toEqual(keys(before));
  });

  it('takes no id that another definition has', async () => {
    await app.close();
    home.remove();
    await openOn('deeptempo');
    const named = { ...home, homeDir: join(home.root, 'deeptempo') };
    mkdirSync(named.homeDir);
    writeFileSync(join(named.homeDir, 'a.json'), '{"x": 1}');
    const other = await openTestApp(named);
    expect((await other.get('definition.infer', {})).definition['id']).toBe('deeptempo-2');
    await other.close();
  });
});

describe('save', () => {
  it('writes the home’s own, whole and private, before there is a store, whose state stays what it was', async () => {
    const saved = await app.get('definition.save', { definition: small, where: 'home' });
    expect(saved).toMatchObject({ id: 'mine', file: '.holdfast/definition.json', replaced: null, audited: false });
    expect(JSON.parse(readFileSync(inHome('.holdfast/definition.json'), 'utf8'))).toEqual(small);
    expect(readdirSync(inHome('.holdfast'))).toEqual(['definition.json']);
    expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
  });

  it('stands in the audit log where there is a store', async () => {
    await app.get('migration.run', { protect: { passphrase } });
    const saved = await app.get('definition.save', { definition: small, where: 'home', reason: 'own titles' });
    expect(saved.audited).toBe(true);
    const [newest] = (await app.get('audit.list', { text: 'own titles' })).changes;
    expect(newest).toMatchObject({ type: 'definition', key: 'mine', action: 'save', reason: 'own titles' });
  });

  it('replaces one that is there only when asked, and keeps it beside the new one', async () => {
    await app.get('definition.save', { definition: small, where: 'own' });
    const second = { ...small, version: 2 };
    const refused = await app.call('definition.save', { definition: second, where: 'own' });
    expect(refused).toMatchObject({
      ok: false,
      error: {
        type: 'Conflict',
        what: expect.stringContaining('definitions/mine.json already has a definition (mine, version 1)'),
      },
    });
    const dry = await app.get('definition.save', { definition: second, where: 'own', dryRun: true });
    expect(dry.replaced).toEqual({ id: 'mine', version: 1, kept: 'definitions/mine.json.previous' });
    const dir = join(home.configDir, 'definitions');
    expect(JSON.parse(readFileSync(join(dir, 'mine.json'), 'utf8'))).toEqual(small);
    await app.get('definition.save', { definition: second, where: 'own', replace: true });
    expect([
      JSON.parse(readFileSync(join(dir, 'mine.json'), 'utf8')),
      JSON.parse(readFileSync(join(dir, 'mine.json.previous'), 'utf8')),
    ]).toEqual([second, small]);
    expect((await app.get('definition.show', { id: 'mine' })).version).toBe(2);
  });

  it('refuses what does not pass the check, and writes nothing', async () => {
    const bad = await app.call('definition.save', { definition: { ...small, version: 0 }, where: 'home' });
    expect(bad).toMatchObject({ ok: false, error: { type: 'FileInvalid', problem: 'version must be at least 1' } });
    const both = { definition: small, file: file('x.json', JSON.stringify(small)), where: 'home' as const };
    expect(await app.call('definition.save', both)).toMatchObject({ ok: false, error: { type: 'InputInvalid' } });
    expect(existsSync(inHome('.holdfast'))).toBe(false);
  });

  it('leaves what was there when it cannot be written', async () => {
    await app.get('definition.save', { definition: small, where: 'own' });
    const dir = join(home.configDir, 'definitions');
    mkdirSync(join(dir, 'mine.json.previous'));
    const second = { definition: { ...small, version: 2 }, where: 'own' as const, replace: true };
    expect(await app.call('definition.save', second)).toMatchObject({ ok: false, error: { type: 'DiskError' } });
    expect(JSON.parse(readFileSync(join(dir, 'mine.json'), 'utf8'))).toEqual(small);
    expect(readdirSync(dir).toSorted()).toEqual(['mine.json', 'mine.json.previous']);
  });
});
