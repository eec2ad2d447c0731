/** Built-in definitions are sound, own ones win and are refused with a place, kinds, words and secret names are as promised. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contract/json.ts';
import { categoryOf, entryFor, titleOf, validateValue } from './catalog.ts';
import { settingKindOf } from './kind.ts';
import { loadDefinitions } from './load.ts';
import { checkDefinition, parseDefinition } from './parse.ts';
import { firstProblem } from './problems.ts';
import { recogniseHome } from './recognise.ts';
import { secretByName, secretReason } from './secret-names.ts';
import type { Definition } from './types.ts';

const resourcesDir = resolve(import.meta.dirname, '../../../resources');
const schema = JSON.parse(readFileSync(join(resourcesDir, 'definitions/definition.schema.json'), 'utf8')) as JsonObject;
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-definitions-'));
  mkdirSync(join(root, 'home/.holdfast'), { recursive: true });
  mkdirSync(join(root, 'config/definitions'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const load = async (): Promise<Definition[]> => {
  const loaded = await loadDefinitions({ homeDir: join(root, 'home'), configDir: join(root, 'config'), resourcesDir });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return loaded.data;
};
const builtIn = async (id: string): Promise<Definition> => {
  const found = (await load()).find((one) => one.id === id);
  if (found === undefined) throw new Error(`no definition ${id}`);
  return found;
};
const parse = (value: unknown) => parseDefinition(Buffer.from(JSON.stringify(value, null, 2)), 'mine.json', schema);
const small = { id: 'mine', title: 'Mine', version: 1, sources: [] };

describe('loading', () => {
  it('gives the built-in definitions', async () => {
    expect((await load()).map((one) => one.id)).toEqual(ids);
  });

  it('lets the home’s own win over the user’s own, and both over the built-in of the same id', async () => {
    const write = (path: string, id: string, title: string): void =>
      writeFileSync(join(root, path), JSON.stringify({ ...small, id, title }));
    write('config/definitions/a.json', 'deeptempo', 'from the user');
    write('config/definitions/b.json', 'mine', 'from the user');
    write('home/.holdfast/definition.json', 'mine', 'from the home');
    const loaded = await load();
    expect(loaded.slice(0, 2).map((one) => [one.id, one.title])).toEqual([
      ['mine', 'from the home'],
      ['deeptempo', 'from the user'],
    ]);
    expect(loaded.filter((one) => one.id === 'mine' || one.id === 'deeptempo')).toHaveLength(2);
  });

  it('refuses a bad one with its place', async () => {
    writeFileSync(
      join(root, 'config/definitions/bad.json'),
      '{\n  "id": "mine",\n  "title": "Mine",\n  "version": "1",\n  "sources": []\n}',
    );
    expect(
      await loadDefinitions({ homeDir: join(root, 'home'), configDir: join(root, 'config'), resourcesDir }),
    ).toEqual({
      ok: false,
      error: {
        type: 'FileInvalid',
        file: 'definitions/bad.json',
        problem: 'version must be a whole number',
        line: 4,
        column: 3,
      },
    });
  });

  it.each([
    [
      'a path out of the home',
      { sources: [{ file: '../other.json', format: 'json', to: { kind: 'settings', prefix: 'a' } }] },
      /sources\/0\/file must be a path inside the home/u,
    ],
    [
      'a misspelt member',
      { sources: [{ file: 'a.json', format: 'json', to: { kind: 'settings', prefx: 'a' } }] },
      /prefix|prefx/u,
    ],
    ['an unknown keyword of ours', { catalog: { 'a.b': { type: 'string', 'x-sekret': true } } }, /x-sekret/u],
    ['an unknown type', { catalog: { 'a.b': { type: 'strng' } } }, /catalog\/a\.b\/type/u],
    [
      'a default that does not fit',
      { catalog: { 'a.b': { type: 'integer', minimum: 1, default: 0 } } },
      /default must be at least 1/u,
    ],
    [
      'a secret with a default',
      { catalog: { 'a.b': { type: 'string', 'x-secret': true, default: 'x' } } },
      /a secret has no default/u,
    ],
    [
      'a category that is not there',
      { catalog: { 'a.b': { type: 'string', 'x-category': 'none' } } },
      /one of the categories/u,
    ],
    ['a question without a setting', { wizard: [{ key: 'a.c' }] }, /must be in the catalog/u],
    [
      'a layout that .env cannot have',
      { sources: [{ file: '.env', format: 'env', to: { kind: 'integrations', layout: 'enabled-list' } }] },
      /format must be json/u,
    ],
    ['a key that is none', { catalog: { 'a..b': { type: 'string' } } }, /is not a setting key/u],
    [
      'a rename to something that is no key',
      { sources: [{ file: '.env', format: 'env', to: { kind: 'settings', prefix: '', rename: { HOST: 'a b' } } }] },
      /sources\/0\/to\/rename\/HOST must be a setting key/u,
    ],
    [
      'a renamed path that no file has',
      { sources: [{ file: '.env', format: 'env', to: { kind: 'settings', prefix: '', rename: { 'a b': 'x' } } }] },
      /is not a path in the file/u,
    ],
    [
      'folders that are half a segment',
      { sources: [{ file: '*/a.json', format: 'json', to: { kind: 'settings', prefix: 'x{folders}' } }] },
      /is not a setting key/u,
    ],
    [
      'a collection that is not declared',
      { sources: [{ file: 'a.json', format: 'json', to: { kind: 'records', collection: 'goals', layout: 'map' } }] },
      /must be one of the collections, and goals is none/u,
    ],
    [
      'a list of records without the member that holds the id',
      {
        collections: { goals: { title: 'Goals', schema: {} } },
        sources: [{ file: 'a.json', format: 'json', to: { kind: 'records', collection: 'goals', layout: 'list' } }],
      },
      /sources\/0\/to must have id/u,
    ],
    [
      'a member for the id where the name is the id',
      {
        collections: { goals: { title: 'Goals', schema: {} } },
        sources: [
          { file: 'a.json', format: 'json', to: { kind: 'records', collection: 'goals', layout: 'map', id: 'x' } },
        ],
      },
      /to\/id is only for the layout list/u,
    ],
    [
      'two members with one new name',
      {
        collections: { goals: { title: 'Goals', schema: {} } },
        sources: [
          {
            file: 'a.json',
            format: 'json',
            to: { kind: 'records', collection: 'goals', layout: 'map', rename: { a: 'c', b: 'c' } },
          },
        ],
      },
      /must not give two members the name c/u,
    ],
    [
      'a column that no document has',
      { collections: { goals: { title: 'Goals', schema: { properties: { a: {} } }, columns: ['b'] } } },
      /columns\/0 must be a member of the schema, and b is none/u,
    ],
    [
      'an order of files that no source reads',
      { precedence: { files: ['.env'] } },
      /precedence\/files\/0 must be a file of the sources/u,
    ],
    [
      'a requirement of an unknown setting',
      { catalog: { 'a.b': { type: 'string', 'x-requires': { key: 'a.c' } } } },
      /x-requires\/key must be one that is described, and a\.c is not/u,
    ],
    [
      'a requirement that can never be met',
      {
        catalog: {
          'a.b': { type: 'string', 'x-requires': { key: 'a.c', equals: 5 } },
          'a.c': { type: 'string', enum: ['x'] },
        },
      },
      /x-requires\/equals must be/u,
    ],
    [
      'a choice that its own type refuses',
      { catalog: { 'a.b': { type: 'string', enum: ['x', 5] } } },
      /enum\/1 must be a text/u,
    ],
    [
      'an integration file that is a .env',
      { sources: [{ file: 'a/*.env', format: 'env', to: { kind: 'integrations', layout: 'file' } }] },
      /format must be json/u,
    ],
    [
      'a prefix that is none',
      { sources: [{ file: 'a.json', format: 'json', to: { kind: 'settings', prefix: 'a.' } }] },
      /is not a setting key/u,
    ],
  ])('refuses %s', (_, part, problem) => {
    const result = parse({ ...small, ...part });
    expect(
      result.ok ? 'accepted' : result.error.type === 'FileInvalid' ? result.error.problem : result.error.type,
    ).toMatch(problem);
  });

  it('refuses a repeated key and a trap', () => {
    const text = '{"id": "mine", "title": "Mine", "version": 1, "sources": [],\n "catalog": {"a.b": {}, "a.b": {}}}';
    expect(parseDefinition(Buffer.from(text), 'mine.json', schema)).toEqual({
      ok: false,
      error: {
        type: 'FileInvalid',
        file: 'mine.json',
        problem: 'the key "a.b" stands there twice',
        line: 2,
        column: 25,
      },
    });
    expect(parseDefinition(Buffer.from('{"__proto__": {"id": "x"}}'), 'mine.json', schema).ok).toBe(false);
  });
});

const ids = ['analytics-engine', 'automagik-hub', 'deeptempo', 'generic', 'incident-rag', 'opsbrain'];

describe.each(ids)('%s', (id) => {
  it('passes the check that an own definition must pass', () => {
    const file = join(resourcesDir, 'definitions', `${id}.json`);
    expect(checkDefinition(readFileSync(file), schema).problems).toEqual([]);
  });

  it('has words for people on every setting, field, collection and member', async () => {
    const definition = await builtIn(id);
    const bare = Object.entries(definition.catalog).filter(
      ([, entry]) => entry.title === undefined || entry.description === undefined || entry['x-category'] === undefined,
    );
    const fields = Object.values(definition.integrationTypes).flatMap((type) => Object.entries(type.fields));
    const members = Object.values(definition.collections).flatMap((one) =>
      Object.entries(one.schema['properties'] as Record<string, JsonObject>),
    );
    expect([bare, fields.filter(([, entry]) => entry.title === undefined)]).toEqual([[], []]);
    expect(members.filter(([, entry]) => entry['title'] === undefined)).toEqual([]);
  });

  it('says of everything that is called a key, token or password whether it is secret', async () => {
    const definition = await builtIn(id);
    const entries = [
      ...Object.entries(definition.catalog),
      ...Object.values(definition.integrationTypes).flatMap((type) => Object.entries(type.fields)),
    ];
    const silent = entries.filter(
      ([name, entry]) =>
        entry.type === 'string' && entry['x-secret'] === undefined && /key|token|password|secret/iu.test(name),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('uses each category, and names only those', async () => {
    const definition = await builtIn(id);
    if (Object.keys(definition.catalog).length === 0) return;
    const used = new Set(Object.values(definition.catalog).map((entry) => entry['x-category']));
    const familiar = Object.values(definition.families).map((entry) => entry['x-category']);
    expect(
      definition.categories.map((one) => one.id).filter((one) => !used.has(one) && !familiar.includes(one)),
    ).toEqual([]);
  });
});

describe('deeptempo', () => {
  it('has the defaults that the application inserts', async () => {
    const { catalog } = await builtIn('deeptempo');
    const defaults = Object.fromEntries(
      Object.entries(catalog).flatMap(([key, entry]) => (entry.default === undefined ? [] : [[key, entry.default]])),
    );
    expect(defaults).toEqual({
      'general.auto_start_sync': false,
      'general.show_notifications': true,
      'general.theme': 'dark',
      'general.enable_keyring': false,
      'general.demo_mode': false,
      'theme.theme': 'dark',
      'approval.force_manual_approval': false,
    });
  });

  it('knows keys of its families, and no others', async () => {
    const definition = await builtIn('deeptempo');
    expect([
      entryFor(definition, 'env.SOMETHING_NEW')?.['x-secret'],
      entryFor(definition, 'env'),
      entryFor(definition, 'environment.x'),
      entryFor(definition, 'constructor'),
    ]).toEqual([true, null, null, null]);
    expect([
      categoryOf(definition, 's3.region'),
      categoryOf(definition, 'env.NEW'),
      categoryOf(definition, 'own.thing'),
      categoryOf(null, 'api_url.x'),
    ]).toEqual([
      { id: 's3', title: 'Storage (S3)' },
      { id: 'env', title: 'Environment' },
      { id: 'own', title: 'Own' },
      { id: 'api_url', title: 'API URL' },
    ]);
  });
});

describe('recognising', () => {
  it('finds the definition of each sample home, and says why', async () => {
    const definitions = await load();
    for (const id of ids)
      expect((await recogniseHome(join(resourcesDir, 'sample-homes', id), definitions))[0]?.definition.id).toBe(id);
    const best = async (sample: string) =>
      (await recogniseHome(join(resourcesDir, 'sample-homes', sample), definitions)).map((one) => [
        one.definition.id,
        one.score,
      ]);
    expect(await best('deeptempo')).toEqual([
      ['deeptempo', 135],
      ['generic', 2],
    ]);
    expect(await best('generic')).toEqual([['generic', 2]]);
    expect(await recogniseHome(join(root, 'home'), definitions)).toEqual([]);
  });

  it('takes no damaged file for a sign whose name anybody may use', async () => {
    mkdirSync(join(root, 'home/data'));
    writeFileSync(join(root, 'home/data/settings.json'), '{"CONFIDENCE_THRESHOLD');
    writeFileSync(join(root, 'home/.env'), Buffer.from([0xff, 0xfe, 0x00]));
    const found = await recogniseHome(join(root, 'home'), await load());
    expect(found.map((one) => one.definition.id)).toEqual(['generic']);
  });

  it('still recognises a damaged file by its name, with half the weight', async () => {
    writeFileSync(join(root, 'home/general_config.json'), '{"auto_start');
    const found = await recogniseHome(join(root, 'home'), await load());
    expect(found.map((one) => [one.definition.id, one.score, one.why])).toEqual([
      ['deeptempo', 20, ['general_config.json']],
      ['generic', 1, ['general_config.json']],
    ]);
  });
});

describe('words', () => {
  it.each([
    [{ type: 'integer', minimum: 1 }, 0, 'must be at least 1'],
    [{ type: 'integer', maximum: 9 }, 10, 'must be at most 9'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, 'must be more than 0'],
    [{ type: 'number', exclusiveMaximum: 1 }, 1, 'must be less than 1'],
    [{ type: 'integer', multipleOf: 5 }, 7, 'must be a multiple of 5'],
    [{ enum: ['dark', 'light'] }, 'blue', 'must be one of dark, light'],
    [{ enum: [1, null, ''] }, 2, 'must be one of 1, null, ""'],
    [{ type: 'boolean' }, 'yes', 'must be true or false'],
    [{ type: 'string' }, 5, 'must be a text'],
    [{ type: 'integer' }, 1.5, 'must be a whole number'],
    [{ type: ['string', 'null'] }, 5, 'must be a text or null'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, true, 'must be a text or a whole number'],
    [{ type: 'string', minLength: 1 }, '', 'must not be empty'],
    [{ type: 'string', maxLength: 2 }, 'abc', 'must have at most 2 characters'],
    [{ type: 'string', format: 'url' }, 'no', 'must be an address such as https://example.org'],
    [{ type: 'string', format: 'email' }, 'no', 'must be an e-mail address'],
    [{ type: 'string', pattern: '^a' }, 'b', 'must match ^a'],
    [{ type: 'array', items: { type: 'string' } }, ['a', 1], 'must be a text (at [1])'],
    [{ type: 'array', maxItems: 1 }, [1, 2], 'must have at most 1 entry'],
    [{ type: 'array', uniqueItems: true }, [1, 1], 'must not hold the same entry twice'],
    [{ type: 'object', required: ['a'] }, {}, 'must have a'],
    [{ type: 'object', properties: { a: {} }, additionalProperties: false }, { b: 1 }, 'is not allowed here (at b)'],
    [{ type: 'integer', minimum: 1 }, 5, null],
    [{}, { anything: [1] }, null],
  ])('%j with %j: %s', (entry, value, problem) => {
    expect(firstProblem(entry, value)).toBe(problem);
  });

  it('validates by key, and lets what it does not know pass', async () => {
    const definition = await builtIn('deeptempo');
    expect([
      validateValue(definition, 'general.theme', 'blue'),
      validateValue(definition, 'general.theme', 'light'),
      validateValue(definition, 'x.y', 5),
      validateValue(definition, 'env.NEW', 5),
    ]).toEqual(['must be one of dark, light', null, null, 'must be a text']);
  });

  it.each([
    ['general.auto_start_sync', 'Auto start sync'],
    ['settings.timeoutMs', 'Timeout milliseconds'],
    ['env.API_URL', 'API URL'],
    ['settings["recent.files"]', 'Recent files'],
    ['settings.apiToken', 'API token'],
    ['verify_ssl', 'Verify SSL'],
  ])('calls %s "%s"', (key, title) => {
    expect(titleOf(key)).toBe(title);
  });
});

describe('kinds', () => {
  it.each([
    [{ type: 'boolean' }, false, 'boolean'],
    [{ type: 'integer' }, 5, 'integer'],
    [{ type: 'integer', minimum: 1, maximum: 65535 }, 5, 'port'],
    [{ type: 'number' }, 0.5, 'number'],
    [{ type: 'string' }, 'a', 'string'],
    [{ type: 'string' }, 'a\nb', 'text'],
    [{ type: 'string', enum: ['a'] }, 'a', 'enum'],
    [{ type: 'string', format: 'url' }, '', 'url'],
    [{ type: 'string', format: 'email' }, '', 'email'],
    [{ type: 'string', 'x-kind': 'path' }, '', 'path'],
    [{ type: 'string', 'x-secret': true }, '', 'secret'],
    [{ type: 'array', items: { type: 'string' } }, [], 'list'],
    [{ type: 'array', items: { type: 'object' } }, [], 'json'],
    [{ type: ['string', 'null'] }, null, 'string'],
    [{ type: ['string', 'integer'] }, 1, 'json'],
    [{ type: 'object' }, {}, 'json'],
    [{}, null, 'json'],
    [{}, ['a', 'b'], 'list'],
    [{}, [{ keys: 'Ctrl+K' }], 'json'],
    [{}, 0.25, 'number'],
    [{}, 1500, 'integer'],
    [{}, 'x', 'string'],
    [{}, true, 'boolean'],
  ])('%j holding %j is edited as %s', (entry, value, kind) => {
    expect(settingKindOf(entry as JsonObject, value)).toBe(kind);
  });
});

describe('secret names', () => {
  it.each([
    ['settings.apiToken', 'tok-fake'],
    ['env.API_SECRET', 'x'],
    ['env.NOTION_API_KEY', 'x'],
    ['db.password', 'x'],
    ['db.passwordHash', 'x'],
    ['AWS_ACCESS_KEY_ID', 'x'],
    ['secrets.database', 'x'],
    ['env.DATABASE_URL', 'postgresql://postgres:fake@db.example.test:6543/postgres'],
    ['a.connection', 'Server=db;User Id=sa;Password=hunter2;'],
    ['a.value', 'ghp_fake0000000000000000000000000000'],
    ['a.value', 'q7Rk2Lw9ZxPb4Vn8TyGh1MsD'],
    ['a.pem', '-----BEGIN RSA PRIVATE KEY-----\nabc'],
    ['a.list', [{ name: 'x', token: 'y' }]],
    ['a.pin_password', 1234],
  ])('%s is proposed as secret', (name, value) => {
    expect([name, secretByName(name, value)]).toEqual([name, true]);
  });

  it.each([
    ['env.API_URL', 'https://api.example.test'],
    ['llm.max_tokens', 4096],
    ['llm.token_limit', 4096],
    ['ui.show_password', true],
    ['jira.project_key', 'SOC'],
    ['ssh.public_key', 'ssh-ed25519 AAAA'],
    ['shortcuts', [{ keys: 'Ctrl+K', command: 'palette.open' }]],
    ['map.key', 'Ctrl+K'],
    ['a.id', '123e4567-e89b-12d3-a456-426614174000'],
    ['a.model', 'claude-sonnet-4-20250514'],
    ['a.path', '/home/me/Documents/Some Folder/With2Things3And4'],
    ['settings.telemetry', null],
    ['oauth.token_url', 'https://auth.example.test/token'],
    ['tls.key_file', '/etc/ssl/server.key'],
    ['a.url', 'https://example.test/a:b@c'],
  ])('%s is not', (name, value) => {
    expect([name, secretReason(name, value)]).toEqual([name, null]);
  });
});
