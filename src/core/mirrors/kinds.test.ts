/** Every kind of target is written back the way it was read: records, integrations, users, overrides, typed .env values. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, passphrase, type TestApp } from '../testing/test-app.ts';

const definition = {
  id: 'kinds',
  title: 'Kinds',
  version: 1,
  home: {},
  recognise: [{ file: 'goals.json', score: 90 }],
  sources: [
    {
      file: 'goals.json',
      format: 'json',
      to: { kind: 'records', collection: 'goals', layout: 'map', rename: { category: 'area' } },
    },
    { file: 'notes.json', format: 'json', to: { kind: 'records', collection: 'notes', layout: 'list', id: 'id' } },
    { file: 'clients/*.json', format: 'json', to: { kind: 'records', collection: 'clients', layout: 'file' } },
    { file: 'links.json', format: 'json', to: { kind: 'integrations', layout: 'enabled-list' } },
    {
      file: 'profiles/*.json',
      format: 'json',
      to: { kind: 'integrations', layout: 'file', name: 'title', type: 'kind', enabled: 'active' },
    },
    {
      file: 'people.json',
      format: 'json',
      to: { kind: 'users', layout: 'map', rename: { full_name: 'displayName' }, secret: ['token'] },
    },
    { file: 'mine.json', format: 'json', to: { kind: 'overrides', user: 'ann', prefix: 'app' } },
    { file: '.env', format: 'env', to: { kind: 'settings', prefix: '', rename: { HUB_PORT: 'port' } } },
  ],
  catalog: {
    port: { type: 'integer' },
    ORIGINS: { type: 'array', items: { type: 'string' } },
    HSTS: { type: 'boolean' },
  },
  collections: {
    goals: { title: 'Goals', schema: { type: 'object' } },
    notes: { title: 'Notes', schema: { type: 'object' } },
    clients: { title: 'Clients', schema: { type: 'object' } },
  },
  integrationTypes: {},
  leaveAlone: [],
  wizard: [],
};

/** What the file holds at first, and the same after somebody edited it. */
const files: Record<string, [string, string]> = {
  'goals.json': [
    '{\n  "sales_1": {"category": "SALES", "steps": ["a"],  "n": 1.0},\n  "ops": {"category": "OPS"}\n}\n',
    '{\n  "sales_1": {"category": "MORE", "steps": ["a", "b"],  "n": 2.5, "new": true},\n  "more": {"category": "X"}\n}\n',
  ],
  'notes.json': [
    '[\n  {"id": "a", "text": "one"},\n  {"id": "b", "text": "two"}\n]\n',
    '[\n  {"id": "a", "text": "1"},\n  {"id": "c", "text": "three"}\n]\n',
  ],
  'clients/one.json': ['{"name": "One", "modules": ["A"]}', '{"name": "Uno", "modules": ["A", "B"]}'],
  'links.json': [
    '{\n  "enabled_integrations": ["a", "ghost"],\n  "integrations": {\n    "a": { "url": "u", "api_key": "k-1234567890" },\n    "b": { "url": "v" }\n  }\n}\n',
    '{\n  "enabled_integrations": ["ghost", "b"],\n  "integrations": {\n    "a": { "url": "w" },\n    "b": { "url": "v", "more": 1 }\n  }\n}\n',
  ],
  'profiles/sql.json': [
    '{\n  "title": "SQL",\n  "kind": "sql",\n  "active": true,\n  "host": {"name": "h", "port": 1}\n}\n',
    '{\n  "title": "SQL two",\n  "kind": "sql",\n  "active": false,\n  "host": {"name": "h2"}\n}\n',
  ],
  'people.json': [
    '{"ann": {"full_name": "Ann", "role": "editor", "token": "t-secret-1"}, "bob": {"disabled": true}}\n',
    '{"ann": {"full_name": "Ann B", "role": "view"}, "cid": {"email": "c@example.test", "token": "t-secret-2"}}\n',
  ],
  'mine.json': ['{"theme": "dark", "size": {"w": 1}}', '{"theme": "light", "size": {"h": 2}}'],
  '.env': [
    '# hub\nHUB_PORT=8884\nORIGINS=a,b # both\nHSTS=false\nOTHER=x\n',
    '# hub\nHUB_PORT=9000\nORIGINS=a,b,c # both\nHSTS=true\nMORE=y\n',
  ],
};

let root: string;
let app: TestApp;
const path = (file: string): string => join(root, 'home', file);
const read = (file: string): string => readFileSync(path(file), 'utf8');

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-kinds-')));
  for (const [file, [text]] of Object.entries(files)) {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  }
  mkdirSync(join(root, 'config', 'definitions'), { recursive: true });
  writeFileSync(join(root, 'config', 'definitions', 'kinds.json'), JSON.stringify(definition));
  app = await openTestApp({ homeDir: join(root, 'home'), configDir: join(root, 'config') }, 'window');
  await app.get('migration.run', { definition: 'kinds', protect: { passphrase } });
  for (const file of Object.keys(files)) await app.get('mirror.set', { file, on: true, yes: true });
});
afterAll(async () => {
  await app.close();
  rmSync(root, { recursive: true, force: true });
});

const stateOf = async (file: string) =>
  (await app.get('mirror.list', {})).mirrors.find((one) => one.file === file)?.state;

/** Blanks and the order of members are the file's own; a value that comes back goes to the end. */
const meaning = (file: string): unknown => {
  if (file === '.env') return read(file).split('\n').toSorted();
  const value = JSON.parse(read(file)) as unknown;
  if (file !== 'links.json') return value;
  const links = value as { enabled_integrations: string[] };
  return { ...links, enabled_integrations: links.enabled_integrations.toSorted() };
};

describe('a mirrored file of every kind', () => {
  it.each(Object.keys(files))('%s: taken over from the file and undone, it says what it said before', async (file) => {
    const [before, after] = files[file] ?? ['', ''];
    expect(read(file)).toBe(before);
    expect(await stateOf(file)).toBe('in-step');
    const said = meaning(file);
    writeFileSync(path(file), after);
    const taken = await app.get('mirror.repair', { file, take: 'file' });
    expect(taken.mirror).toMatchObject({ state: 'in-step', reason: null });
    expect(taken.changes).toBeGreaterThan(0);
    expect(read(file)).toBe(after);
    await app.get('settings.undo', {});
    expect([file, await stateOf(file)]).toEqual([file, 'in-step']);
    expect(meaning(file)).toEqual(said);
    await app.get('settings.redo', {});
    expect([file, await stateOf(file)]).toEqual([file, 'in-step']);
    await app.get('settings.undo', {});
    expect(meaning(file)).toEqual(said);
  });

  it('writes a record that is changed, added and deleted', async () => {
    await app.get('records.put', { collection: 'goals', id: 'ops', data: { area: 'NEW', n: 7 } });
    expect(JSON.parse(read('goals.json'))).toMatchObject({ ops: { category: 'NEW', n: 7 } });
    await app.get('records.put', { collection: 'goals', id: 'third', data: { area: 'Z' }, create: true });
    await app.get('records.delete', { collection: 'goals', ids: ['sales_1'] });
    expect(Object.keys(JSON.parse(read('goals.json')) as object)).toEqual(['ops', 'third']);
    expect(await stateOf('goals.json')).toBe('in-step');
  });

  it('never removes a file by itself: it says so instead', async () => {
    await app.get('records.delete', { collection: 'clients', ids: ['one'] });
    expect(await stateOf('clients/one.json')).toBe('behind');
    expect(read('clients/one.json')).not.toBe('');
    await app.get('settings.undo', {});
    expect(await stateOf('clients/one.json')).toBe('in-step');
  });
});
