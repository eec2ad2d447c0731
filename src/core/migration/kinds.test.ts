/** Every kind of target: what each place becomes, what is quarantined, what comes back, what a second run does. */
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contract/json.ts';
import { openOwnHome, outcomes, type OwnHome } from './testing/own-home.ts';

let own: OwnHome;
afterEach(() => own.remove());
const open = async (definition: JsonObject, files: { [file: string]: string }): Promise<void> => {
  own = await openOwnHome(definition, files);
};
const source = (file: string, to: JsonObject, more: JsonObject = {}): JsonObject => ({
  file,
  format: file.includes('.env') ? 'env' : 'json',
  to,
  ...more,
});

describe('settings', () => {
  it('take other names, and the types that the catalog declares where nothing is lost', async () => {
    await open(
      {
        sources: [
          source('.env', { kind: 'settings', prefix: 'env', rename: { HUB_PORT: 'port', ORIGINS: 'net.origins' } }),
        ],
        catalog: {
          port: { type: 'integer', minimum: 1024 },
          'net.origins': { type: 'array', items: { type: 'string' } },
          'env.RATIO': { type: 'number' },
          'env.ON': { type: 'boolean' },
          'env.OLD': { type: 'integer' },
          'env.ZERO': { type: 'integer' },
          'env.BIG': { type: 'integer' },
          'env.NONE': { type: 'integer' },
          'env.LOOSE': { type: 'array', items: { type: 'string' } },
        },
      },
      {
        '.env': [
          'HUB_PORT=80',
          'ORIGINS=http://a,http://b',
          'RATIO=0.5',
          'ON=true',
          'OLD=007',
          'ZERO=-0',
          'BIG=9007199254740993',
          'NONE=',
          'LOOSE="a, b"',
          'PLAIN=12',
        ].join('\n'),
      },
    );
    expect(outcomes(await own.plan())).toMatchObject({
      '.env:HUB_PORT': 'create setting port: must be at least 1024; kept as it is',
      '.env:ORIGINS': 'create setting net.origins',
      '.env:OLD': 'create setting env.OLD: must be a whole number; kept as it is',
    });
    await own.migrate();
    expect(await own.stored('setting')).toEqual({
      port: 80,
      'net.origins': ['http://a', 'http://b'],
      'env.RATIO': 0.5,
      'env.ON': true,
      'env.OLD': '007',
      'env.ZERO': '-0',
      'env.BIG': '9007199254740993',
      'env.NONE': '',
      'env.LOOSE': ['a', 'b'],
      'env.PLAIN': '12',
    });
    expect((await own.plan()).totals).toMatchObject({ unchanged: 10, update: 0, conflict: 0 });
  });

  it('without a prefix need names of their own, and two names for one setting are told apart', async () => {
    await open(
      {
        sources: [
          source('a.json', { kind: 'settings', prefix: '' }),
          source('.env', { kind: 'settings', prefix: '', rename: { OLD_NAME: 'id', NEW_NAME: 'id' } }),
        ],
      },
      { 'a.json': '[1]', '.env': 'OLD_NAME=a\nNEW_NAME=b\nOTHER=c' },
    );
    expect(outcomes(await own.plan())).toEqual({
      'a.json:': 'quarantine: an object was expected here',
      '.env:OLD_NAME': 'conflict setting id: NEW_NAME (line 2) has another value for it',
      '.env:NEW_NAME': 'conflict setting id: OLD_NAME (line 1) has another value for it',
      '.env:OTHER': 'create setting OTHER',
    });
    const run = await own.migrate({ choices: { '.env:NEW_NAME': 'file' } });
    expect([run.verification?.ok, await own.stored('setting')]).toEqual([true, { id: 'b', OTHER: 'c' }]);
  });
});

describe('one file, one integration', () => {
  const definition = {
    sources: [
      source('profiles/*.json', { kind: 'integrations', layout: 'file', name: 'name', type: 'type', enabled: 'on' }),
    ],
    integrationTypes: { sql: { title: 'SQL', fields: { 'credentials.user': { type: 'string', 'x-secret': true } } } },
  };

  it('takes name, type and switch from its members, every other leaf as a field', async () => {
    await open(definition, {
      'profiles/a.b.json': JSON.stringify({
        name: 'Main',
        type: 'sql',
        on: false,
        credentials: { user: 'me', password: 'pw-1' },
        tables: ['x'],
        empty: {},
      }),
      'profiles/bare.json': '{}',
      'profiles/odd.json': '{"name": 5, "type": "sql", "on": "yes", "n": -0, "n2": 1, "n2": 2}',
      'profiles/list.json': '[]',
      'profiles/__proto__.json': '{"a": 1}',
    });
    expect(outcomes(await own.plan())).toEqual({
      'profiles/__proto__.json:': 'quarantine: the key "__proto__" is a trap in JavaScript',
      'profiles/a.b.json:': 'create integration a.b',
      'profiles/a.b.json:name': 'create integration a.b: the integration’s name',
      'profiles/a.b.json:type': 'create integration a.b: the integration’s type',
      'profiles/a.b.json:on': 'create integration a.b: the integration’s switch',
      'profiles/a.b.json:credentials.user': 'create integration ["a.b"].credentials.user',
      'profiles/a.b.json:credentials.password':
        'create integration ["a.b"].credentials.password: proposed as secret: its name says so',
      'profiles/a.b.json:tables': 'create integration ["a.b"].tables',
      'profiles/a.b.json:empty': 'create integration ["a.b"].empty',
      'profiles/bare.json:': 'create integration bare: an integration that the definition does not know; kept as it is',
      'profiles/list.json:': 'quarantine: an integration is an object of fields',
      'profiles/odd.json:': 'create integration odd',
      'profiles/odd.json:name': 'quarantine: a text was expected here',
      'profiles/odd.json:type': 'create integration odd: the integration’s type',
      'profiles/odd.json:on': 'quarantine: true or false was expected here',
      'profiles/odd.json:n': 'quarantine: negative zero would become zero',
      'profiles/odd.json:n2': 'create integration odd.n2',
    });
    const run = await own.migrate();
    expect([run.verification?.ok, await own.stored('integration'), await own.stored('field')]).toEqual([
      true,
      {
        'a.b': { type: 'sql', name: 'Main', enabled: false },
        bare: { type: 'bare', name: 'Bare', enabled: true },
        odd: { type: 'sql', name: 'SQL', enabled: false },
      },
      {
        '["a.b"].credentials.user': '***',
        '["a.b"].credentials.password': '***',
        '["a.b"].tables': ['x'],
        '["a.b"].empty': {},
        'odd.n2': 2,
      },
    ]);
    expect((await own.plan()).totals).toEqual({ ...run.totals, create: 0, unchanged: run.totals.create });
  });

  it('left out as a whole takes its fields along, in this run and the next', async () => {
    await open(definition, { 'profiles/x.json': '{"name": "X", "host": "h"}', 'profiles/y.json': '{"host": "h"}' });
    const run = await own.migrate({ choices: { 'profiles/x.json:': 'skip' } });
    expect([run.totals.skip, await own.stored('integration'), await own.stored('field')]).toEqual([
      3,
      { y: { type: 'y', name: 'Y', enabled: true } },
      { 'y.host': 'h' },
    ]);
    expect((await own.plan()).totals).toMatchObject({ create: 0, unchanged: 5 });
  });
});

describe('records', () => {
  const collections = {
    goals: {
      title: 'Goals',
      schema: {
        type: 'object',
        properties: { progress: { type: 'integer', maximum: 100 }, code: { 'x-secret': true } },
      },
      expiresAfterDays: 30,
    },
  };
  const map = { kind: 'records', collection: 'goals', layout: 'map', rename: { category: 'area' } };
  const goals = (to: JsonObject = map): JsonObject => ({ collections, sources: [source('goals.json', to)] });

  it('of a map keep their ids, take new names, and are quarantined whole with the place of the problem', async () => {
    await open(goals(), {
      'goals.json': [
        '{',
        '  "a": {"category": "SALES", "progress": 35},',
        '  "b.c": {"progress": 300},',
        '  "q\\"x": {},',
        '  "": {},',
        '  "__proto__": {},',
        '  "deep": {"ok": [1, {"n": 12345678901234567890}]},',
        '  "trap": {"__proto__": {"x": 1}},',
        '  "twice": {"x": 1, "x": 2},',
        '  "two": {"category": "a", "area": "b"},',
        '  "text": "no document",',
        '  "dup": {"n": 1},',
        '  "dup": {"n": 2},',
        '  "coded": {"code": "0000"},',
        '  "wordy": {"password": "hunter2"}',
        '}',
      ].join('\n'),
    });
    const plain = 'records are kept in clear, so say that it is plain, or leave it here';
    const plan = await own.plan();
    expect(plan.items.map((item) => [item.path, item.line, item.target?.key ?? null, item.reason])).toEqual([
      ['a', 2, 'goals.a', undefined],
      ['["b.c"]', 3, 'goals["b.c"]', 'must be at most 100 (at progress); kept as it is'],
      ['["q\\"x"]', 4, 'goals["q\\"x"]', undefined],
      ['[""]', 5, null, 'the document has no id'],
      ['__proto__', 6, null, 'the key "__proto__" is a trap in JavaScript'],
      ['deep', 7, null, 'the whole number is beyond 2^53 and would lose digits (line 7, column 28)'],
      ['trap', 8, null, 'the key "__proto__" is a trap in JavaScript (line 8, column 12)'],
      ['twice', 9, null, 'the key "x" stands there twice (line 9, column 21)'],
      ['two', 10, null, 'two members would have the same name in the record'],
      ['text', 11, null, 'a document is an object'],
      ['dup', 12, null, 'the key stands again in line 13, and that one counts'],
      ['dup', 13, 'goals.dup', undefined],
      ['coded', 14, null, `code is secret; ${plain}`],
      ['wordy', 15, null, `password looks secret: its name says so; ${plain}`],
    ]);
    const run = await own.migrate({ choices: { 'goals.json:wordy': 'plain' } });
    expect(run.verification?.checks.find((check) => check.name === 'records')).toMatchObject({ ok: true, expected: 5 });
    const records = await own.stored('record');
    expect(Object.keys(records)).toEqual(['goals.a', 'goals.dup', 'goals.wordy', 'goals["b.c"]', 'goals["q\\"x"]']);
    expect(records['goals.a']).toMatchObject({ data: { area: 'SALES', progress: 35 } });
    const again = await own.plan();
    expect(again.totals).toEqual({ create: 0, update: 0, unchanged: 5, skip: 0, conflict: 0, quarantine: 9 });
  });

  it('expire counted from their import, and only a changed document is imported again', async () => {
    await open(goals(), { 'goals.json': '{"a": {"n": 1}, "b": {"n": 1}}' });
    await own.migrate();
    const first = await own.stored('record');
    const importedAt = (await own.app().get('audit.list', { action: 'migrate' })).changes[0]?.at ?? '';
    const days =
      (Date.parse(JSON.parse(JSON.stringify(first['goals.a'])).expiresAt) - Date.parse(importedAt)) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    own.write('goals.json', '{"b": {"n": 2},\n "a": {"n": 1}}');
    const plan = await own.plan();
    expect(outcomes(plan)).toEqual({
      'goals.json:b': 'update record goals.b: changed in the file since the last import',
      'goals.json:a': 'unchanged record goals.a',
    });
    await own.migrate();
    const second = await own.stored('record');
    expect([second['goals.a'], second['goals.b']]).toEqual([
      first['goals.a'],
      { data: { n: 2 }, expiresAt: expect.any(String) as string },
    ]);
  });

  it('of a list are known by a member; the first of two with one id counts', async () => {
    await open(goals({ kind: 'records', collection: 'goals', layout: 'list', id: 'key' }), {
      'goals.json': '[{"key": "a", "n": 1},\n {"key": "a", "n": 2},\n {"key": 7},\n {"n": 1},\n 5,\n {"key": "7"}]',
    });
    expect(outcomes(await own.plan())).toEqual({
      'goals.json:[0]': 'create record goals.a',
      'goals.json:[1]': 'quarantine: line 1 has a document with this id already',
      'goals.json:[2]': 'create record goals.7',
      'goals.json:[3]': 'quarantine: the document has no key to be known by',
      'goals.json:[4]': 'quarantine: the document has no key to be known by',
      'goals.json:[5]': 'quarantine: line 3 has a document with this id already',
    });
  });

  it.each([
    ['map', '[{"a": 1}]', 'an object of documents by id was expected'],
    ['file', '[{"a": 1}]', 'a document is an object'],
    ['list', '{"a": {}}', 'a list of documents was expected'],
  ])('a root that does not fit the layout %s is quarantined whole', async (layout, text, reason) => {
    const id = layout === 'list' ? { id: 'id' } : {};
    await open(goals({ kind: 'records', collection: 'goals', layout, ...id }), { 'goals.json': text });
    expect(outcomes(await own.plan())).toEqual({ 'goals.json:': `quarantine: ${reason}` });
    expect((await own.migrate()).verification?.ok).toBe(true);
  });

  it('two files with one id are a conflict, settled by choice or by rule', async () => {
    const to = { kind: 'records', collection: 'goals', layout: 'file' };
    const files = {
      'a/x.json': '{"n": 1, "m": 1}',
      'b/x.json': '{"n": 2}',
      'a/y.json': '{"n": 1, "m": 1}',
      'b/y.json': '{"m": 1, "n": 1}',
    };
    await open({ collections, sources: [source('a/*.json', to), source('b/*.json', to)] }, files);
    expect(outcomes(await own.plan())).toEqual({
      'a/x.json:': 'conflict record goals.x: b/x.json has another value for it',
      'a/y.json:': 'create record goals.y',
      'b/x.json:': 'conflict record goals.x: a/x.json has another value for it',
      'b/y.json:': 'skip record goals.y: the same value as in a/y.json',
    });
    expect(await own.app().call('migration.run', { definition: 'own', protect: { recoveryCode: true } })).toMatchObject(
      {
        error: { type: 'Conflict', items: [{ key: 'goals.x' }, { key: 'goals.x' }] },
      },
    );
    const run = await own.migrate({ onConflict: 'file' });
    expect([run.verification?.ok, (await own.stored('record'))['goals.x']]).toMatchObject([true, { data: { n: 2 } }]);
    expect((await own.plan()).totals).toMatchObject({ unchanged: 4, conflict: 0 });
  });

  it('10,000 of them come in at once, and again as unchanged', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`id_${String(i)}`, { n: i }]));
    await open(goals(), { 'goals.json': JSON.stringify(many) });
    const run = await own.migrate();
    expect([run.totals.create, run.verification?.ok]).toEqual([10_000, true]);
    expect((await own.plan()).totals).toMatchObject({ unchanged: 10_000, create: 0 });
  });
});

describe('users and their own values', () => {
  it('keep what is known of a user, secrets encrypted beside it, and nobody gets a right that no file gave', async () => {
    await open(
      {
        sources: [
          source('users.json', {
            kind: 'users',
            layout: 'map',
            rename: { name: 'displayName', pw: 'password' },
            secret: ['pw'],
          }),
          source('prefs/*.json', { kind: 'overrides', user: '{stem}', prefix: 'ui' }),
          source('.env', { kind: 'overrides', user: 'system', prefix: '' }),
        ],
        catalog: { WORKERS: { type: 'integer' }, 'ui.token': { type: 'string', 'x-secret': true } },
      },
      {
        'users.json': JSON.stringify({
          'a.b': { name: 'Ann', displayName: 'Twice', role: 'admin', pw: 'pw-123' },
          root: { role: 'root', disabled: 'yes', shoe: 42 },
          none: {},
          odd: [],
        }),
        'prefs/a.b.json': '{"theme": "dark", "token": "t-1", "n": -0}',
        'prefs/list.json': '[1]',
        '.env': 'WORKERS=4',
      },
    );
    expect(outcomes(await own.plan())).toEqual({
      'users.json:["a.b"]': 'create user a.b',
      'users.json:["a.b"].name': 'create user a.b',
      'users.json:["a.b"].displayName': 'quarantine: another member is the user’s displayName already',
      'users.json:["a.b"].role': 'create user a.b',
      'users.json:["a.b"].pw': 'create user ["a.b"].password',
      'users.json:root': 'create user root',
      'users.json:root.role': 'quarantine: viewer, editor or admin was expected here',
      'users.json:root.disabled': 'quarantine: true or false was expected here',
      'users.json:root.shoe': 'quarantine: no rule of the definition covers this',
      'users.json:none': 'create user none',
      'users.json:odd': 'quarantine: a user is an object',
      'prefs/a.b.json:theme': 'create override ["a.b"].ui.theme',
      'prefs/a.b.json:token': 'create override ["a.b"].ui.token',
      'prefs/a.b.json:n': 'quarantine: negative zero would become zero',
      'prefs/list.json:': 'create override list.ui',
      '.env:WORKERS': 'create override system.WORKERS',
    });
    const run = await own.migrate();
    expect(
      run.verification?.checks.filter((check) => check.expected > 0).map((check) => [check.name, check.found]),
    ).toEqual([
      ['secrets', 2],
      ['users', 3],
      ['overrides', 3],
      ['values', 8],
      ['types', 8],
      ['ledger', 16],
      ['quarantine', 6],
      ['round-trip', 4],
    ]);
    const nobody = { displayName: null, email: null, role: 'viewer', disabled: false };
    expect([await own.stored('user'), await own.stored('user-field'), await own.stored('override')]).toEqual([
      { 'a.b': { ...nobody, displayName: 'Ann', role: 'admin' }, none: nobody, root: nobody },
      { '["a.b"].password': '***' },
      { '["a.b"].ui.theme': 'dark', '["a.b"].ui.token': '***', 'list.ui': [1], 'system.WORKERS': 4 },
    ]);
    own.write('users.json', '{"root": {"role": "editor"}}');
    own.write('prefs/a.b.json', '{"theme": "light", "token": "t-1"}');
    expect(outcomes(await own.plan({ choices: { 'prefs/a.b.json:theme': 'store' } }))).toEqual({
      'users.json:root': 'update user root: changed in the file since the last import',
      'users.json:root.role': 'update user root: changed in the file since the last import',
      'prefs/a.b.json:theme': 'skip override ["a.b"].ui.theme: Holdfast’s value is kept by your choice',
      'prefs/a.b.json:token': 'unchanged override ["a.b"].ui.token',
      'prefs/list.json:': 'unchanged override list.ui',
      '.env:WORKERS': 'unchanged override system.WORKERS',
    });
  });
});
