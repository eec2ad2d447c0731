/** Bundles and templates between real homes: D78 and D80 in docs/capabilities.md, and files that mean harm. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bundle } from './format.ts';
import { findCanariesIn } from '../secrets/testing/canary.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let other: TempHome;
let app: TestApp;
let there: TestApp;
let path: string;

const secrets = [
  'sk-fake-claude-3b7d',
  'AKIAFAKEFAKEFAKEFAKE',
  'fake/aws+secret=with#hash',
  'ghp_fake0000000000000000000000000000',
  'postgresql://deeptempo:fakepw@localhost:5432/deeptempo_soc',
  'splunk-fake-#pass word',
  'canary-in-a-plain-address',
];

/** Two homes, migrated once: each test works on copies of them. */
const made: { from: TempHome[] } = { from: [] };
beforeAll(async () => {
  for (const start of ['2026-03-01T09:00:00.000Z', '2026-03-02T09:00:00.000Z']) {
    const one = tempHome('deeptempo');
    const first = await openTestApp(one, 'cli', steppingClock(start));
    await first.get('migration.run', { protect: { passphrase } });
    await first.close();
    made.from.push(one);
  }
}, 60_000);
afterAll(() => {
  for (const one of made.from) one.remove();
});

const copyOf = (number: number): TempHome => {
  const copy = tempHome(null);
  cpSync(made.from[number]?.homeDir ?? '', copy.homeDir, { recursive: true });
  return copy;
};

beforeEach(async () => {
  [home, other] = [copyOf(0), copyOf(1)];
  path = join(home.root, 'team.json');
  app = await openTestApp(home, 'cli', steppingClock('2026-04-01T09:00:00.000Z'));
  there = await openTestApp(other, 'cli', steppingClock('2026-04-02T09:00:00.000Z'));
});
afterEach(async () => {
  await app.close();
  await there.close();
  home.remove();
  other.remove();
});

const unlock = (of: TestApp) => of.get('secret.unlock', { credential: { passphrase } });
const handle = (of: TestApp, use: 'read' | 'write', file = path): string =>
  of.files.register(testActor().session, { path: file, name: 'team.json', use });
const set = (of: TestApp, key: string, value: string | number | boolean) =>
  of.get('settings.apply', { changes: [{ key, op: 'set', value }], create: true });
const valueOf = async (of: TestApp, key: string) => (await of.get('settings.get', { key })).value;
const everything = async (of: TestApp) =>
  (await of.get('versions.at', { ref: 'now', limit: 10_000 })).entries
    .filter(({ kind }) => ['setting', 'integration', 'field', 'record'].includes(kind))
    .map(({ kind, key, value, secret }) => ({ kind, key, value, secret }));
const read = (): Bundle => JSON.parse(readFileSync(path, 'utf8')) as Bundle;
const importIt = (of: TestApp, how: { mode?: 'merge' | 'replace'; passphrase?: string; dryRun?: boolean } = {}) =>
  of.get('bundle.import', { file: handle(of, 'read'), reason: 'from the team', ...how });

describe('between homes', () => {
  it('carries settings, integrations and records into another home, previewed and undone (D80, H67)', async () => {
    await set(app, 'general.theme', 'light');
    await set(app, 'own.extra', 7);
    await app.get('integration.apply', {
      id: 'splunk',
      enabled: false,
      fields: [{ field: 'url', op: 'set', value: 'https://splunk.example.org:8089' }],
    });
    await app.get('records.put', { collection: 'notes', id: 'one', data: { title: 'One' }, create: true });
    const written = await app.get('bundle.export', { file: handle(app, 'write'), title: 'The team' });
    expect(written).toMatchObject({ title: 'The team', definition: { id: 'deeptempo' }, counts: { secrets: 0 } });
    const before = await everything(there);
    const preview = await importIt(there, { dryRun: true });
    expect(preview).toMatchObject({ dryRun: true, changeSet: null, mode: 'merge', left: [], notes: [] });
    expect(preview.changes.map(({ kind, key }) => `${kind} ${key}`).toSorted()).toEqual([
      'field splunk.url',
      'integration splunk',
      'record notes.one',
      'setting general.theme',
      'setting own.extra',
    ]);
    expect(await everything(there)).toEqual(before);
    const done = await importIt(there);
    expect(done.changes).toEqual(preview.changes);
    expect(await everything(there)).toEqual(await everything(app));
    expect((await there.get('audit.list', { action: 'import' })).changes).toMatchObject([
      { type: 'bundle', key: 'team.json', reason: 'from the team', changeSet: done.changeSet },
    ]);
    expect(await importIt(there)).toMatchObject({ changeSet: null, changes: [] });
    await there.get('settings.undo', {});
    expect(await everything(there)).toEqual(before);
    expect(await there.get('audit.verify', {})).toMatchObject({ ok: true });
  });

  it('merges without removing, or replaces what the bundle tells of, and keeps secrets that it cannot know (D80)', async () => {
    await app.get('bundle.export', { file: handle(app, 'write') });
    await set(there, 'own.local', 'kept');
    await set(there, 'general.theme', 'light');
    await there.get('records.put', { collection: 'notes', id: 'mine', data: { title: 'Mine' }, create: true });
    await importIt(there);
    expect(await valueOf(there, 'own.local')).toBe('kept');
    expect(await valueOf(there, 'general.theme')).toBe('dark');
    const replaced = await importIt(there, { mode: 'replace' });
    expect(replaced.changes.map(({ key, action }) => `${action} ${key}`).toSorted()).toEqual([
      'delete notes.mine',
      'delete own.local',
    ]);
    expect(await everything(there)).toEqual(await everything(app));
    expect(await there.get('settings.get', { key: 'env.GITHUB_TOKEN' })).toMatchObject({ set: true });
  });

  it('keeps to the groups that it was asked for, also when it replaces', async () => {
    await set(app, 'general.theme', 'light');
    await set(app, 's3.region', 'eu-west-1');
    await app.get('bundle.export', { file: handle(app, 'write'), only: ['general'] });
    await set(there, 'own.local', 'kept');
    const replaced = await importIt(there, { mode: 'replace' });
    expect(replaced.changes.map(({ key }) => key)).toEqual(['general.theme']);
    expect(read().only).toEqual(['general']);
  });

  it('compares with a bundle, and picks from it', async () => {
    await set(app, 'general.theme', 'light');
    await app.get('bundle.export', { file: handle(app, 'write') });
    const found = await there.get('versions.diff', { a: 'now', b: 'bundle:team.json', file: handle(there, 'read') });
    expect(found.changes.filter(({ secret }) => !secret)).toMatchObject([
      { key: 'general.theme', action: 'update', old: 'dark', new: 'light' },
    ]);
    // A secret that is left out is one that nobody can compare.
    expect(found.changes.find(({ key }) => key === 'env.GITHUB_TOKEN')).toMatchObject({ secret: true, set: true });
    await there.get('versions.pick', { from: 'bundle:x', keys: ['general'], file: handle(there, 'read') });
    expect(await valueOf(there, 'general.theme')).toBe('light');
  });
});

describe('secrets', () => {
  it('are left out by name, also what only looks like one, and nothing of them is in the file (D80)', async () => {
    // What was kept in clear stays so, whatever it becomes; out of the home it does not go.
    await set(app, 'own.address', 'none');
    await set(app, 'own.address', 'https://anna:canary-in-a-plain-address@example.org/');
    const written = await app.get('bundle.export', { file: handle(app, 'write') });
    expect(written.leftOut.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['env.GITHUB_TOKEN', 'env.CLAUDE_API_KEY', 'splunk.password', 'own.address']),
    );
    expect(findCanariesIn('bundle', readFileSync(path), secrets)).toEqual([]);
    const fresh = tempHome(null);
    const empty = await openTestApp(fresh, 'cli', steppingClock('2026-05-01T09:00:00.000Z'));
    writeFileSync(join(fresh.homeDir, 'app.json'), '{"a":1}');
    await empty.get('migration.run', { protect: { passphrase } });
    expect((await importIt(empty, { dryRun: true })).missing).toEqual(
      expect.arrayContaining([{ kind: 'setting', key: 'env.GITHUB_TOKEN' }]),
    );
    await empty.close();
    fresh.remove();
  });

  it('come along only under a passphrase, and open only with it (D80)', async () => {
    await unlock(app);
    await unlock(there);
    await app.get('settings.apply', {
      changes: [{ key: 'env.GITHUB_TOKEN', op: 'set', value: 'ghp_fake1111111111111111111111111111' }],
    });
    const own = 'another passphrase for the team';
    await app.get('bundle.export', { file: handle(app, 'write'), passphrase: own });
    expect(
      findCanariesIn('bundle', readFileSync(path), [...secrets, 'ghp_fake1111111111111111111111111111', own]),
    ).toEqual([]);
    const file = handle(there, 'read');
    expect(await there.call('bundle.import', { file })).toMatchObject({ error: { type: 'SecretsLocked' } });
    expect(await there.call('bundle.import', { file, passphrase: 'wrong' })).toMatchObject({
      error: { type: 'WrongKey', needs: 'the passphrase that was given when the bundle was made' },
    });
    const done = await importIt(there, { passphrase: own });
    expect(done.changes).toMatchObject([{ key: 'env.GITHUB_TOKEN', secret: true, old: null, new: null, same: false }]);
    expect((await there.get('settings.reveal', { key: 'env.GITHUB_TOKEN' })).value).toBe(
      'ghp_fake1111111111111111111111111111',
    );
    const cut = read();
    const age = cut.secrets?.age ?? '';
    writeFileSync(
      path,
      JSON.stringify({ ...cut, secrets: { count: 1, age: age.replace(/.{20}\n-----END/u, '\n-----END') } }),
    );
    expect(await there.call('bundle.import', { file, passphrase: own })).toMatchObject({
      error: { type: 'FileInvalid', problem: 'its secrets were changed or cut off' },
    });
  }, 60_000);

  it('leave only by the hand of an admin', async () => {
    const editor = { ...testActor(), role: 'edit' as const };
    const call = (more: object) =>
      app.dispatch({
        name: 'bundle.export',
        input: { file: handle(app, 'write'), ...more },
        actor: editor,
        credential: null,
      });
    expect(await call({ passphrase: 'some passphrase' })).toMatchObject({ error: { type: 'Forbidden' } });
    expect(existsSync(path)).toBe(false);
    expect(await call({})).toMatchObject({ ok: true });
  });

  it('that stand in clear in a bundle somebody wrote are encrypted here', async () => {
    await unlock(there);
    const bundle = { format: 'holdfast-bundle', version: 1, settings: { 'env.GITHUB_TOKEN': 'ghp_by_hand' } };
    writeFileSync(path, JSON.stringify(bundle));
    expect((await importIt(there)).changes).toMatchObject([{ key: 'env.GITHUB_TOKEN', secret: true, new: null }]);
    expect((await there.get('settings.reveal', { key: 'env.GITHUB_TOKEN' })).value).toBe('ghp_by_hand');
  });
});

describe('what does not fit', () => {
  it('stays out with the reason, the rest goes ahead: other applications, other versions, locks (D80)', async () => {
    await app.get('bundle.export', { file: handle(app, 'write') });
    const bundle = read();
    await there.get('settings.lock', { key: 's3.region', reason: 'agreed' });
    writeFileSync(
      path,
      JSON.stringify({
        ...bundle,
        definition: { id: 'deeptempo', title: 'DeepTempo', version: 99 },
        settings: {
          'general.theme': 'purple',
          's3.region': 'us-east-1',
          'general.show_notifications': false,
          'general.theme.shade': 1,
        },
        integrations: [{ id: 'new-one', type: 'no-such-type', name: 'New', enabled: true, fields: {} }],
        records: { notes: [{ id: 'late', data: {}, expiresAt: 'tomorrow' }] },
      }),
    );
    const done = await importIt(there);
    expect(done.changes).toMatchObject([{ key: 'general.show_notifications', new: false }]);
    expect(done.left.map(({ key }) => key).toSorted()).toEqual([
      'general.theme',
      'general.theme.shade',
      'new-one',
      'notes.late',
      's3.region',
    ]);
    expect(done.left.find(({ key }) => key === 's3.region')?.problem).toContain('agreed');
    expect(done.notes[0]).toContain('version 99');
    const strange = { ...bundle, definition: { id: 'else', title: 'Else', version: 1 }, settings: { 'x.y': 1 } };
    writeFileSync(path, JSON.stringify({ ...strange, integrations: undefined, records: undefined }));
    const foreign = await importIt(there);
    expect(foreign.left).toMatchObject([{ key: 'x.y', problem: 'this application knows no such setting' }]);
    expect(foreign.unknown).toEqual([{ kind: 'setting', key: 'x.y' }]);
    await there.get('bundle.import', { file: handle(there, 'read'), create: true });
    expect(await valueOf(there, 'x.y')).toBe(1);
  });

  it.each([
    ['older', 0],
    ['newer', 99],
  ])('says per key what the %s version of the definition has and this one has not (D80, H67)', async (age, version) => {
    await app.get('bundle.export', { file: handle(app, 'write') });
    const bundle = read();
    const of = { ...bundle.definition, id: 'deeptempo', title: 'DeepTempo', version };
    const github = bundle.integrations?.find(({ id }) => id === 'github');
    const strange = {
      ...bundle,
      definition: of,
      settings: { 'general.theme': 'light', 'general.renamed_since': true, 's3.region': 'eu-central-1' },
      integrations: [
        { id: 'github', type: 'github', name: 'GitHub', enabled: true, ...github, fields: { gone_field: 'x' } },
        { id: 'other', type: 'gone-type', name: 'Other', enabled: true, fields: {} },
      ],
      records: { gone_collection: [{ id: 'one', data: { a: 1 } }] },
    };
    writeFileSync(path, JSON.stringify(strange));
    const seen = await importIt(there, { dryRun: true });
    expect(seen.notes).toMatchObject([expect.stringContaining(`${age} than version`)]);
    const why = Object.fromEntries(seen.left.map(({ key, problem }) => [key, problem]));
    expect(why['general.renamed_since']).toContain(`DeepTempo here has no such setting; the bundle is of the ${age}`);
    expect(why['other']).toContain('no such type of integration as gone-type');
    expect(why['gone_collection.one']).toContain('no such collection as gone_collection');
    expect(why['github.gone_field']).toContain('is not a field of');
    expect(seen.unknown.map(({ key }) => key).toSorted()).toEqual(Object.keys(why).toSorted());
    expect(seen.same).toContainEqual({ kind: 'setting', key: 's3.region' });
    expect(seen.changes.map(({ key }) => key)).toContain('general.theme');
    // Asked for, they come along, each as itself.
    const file = handle(there, 'read');
    const all = await there.get('bundle.import', { file, create: true, dryRun: true });
    expect(all.left).toEqual([]);
    expect(all.changes.map(({ key }) => key)).toEqual(expect.arrayContaining(['general.renamed_since', 'other']));
  });

  it('names what was set here after the bundle was made, and by whom (D80)', async () => {
    await app.get('bundle.export', { file: handle(app, 'write') });
    await set(app, 'general.theme', 'light');
    const seen = await app.get('bundle.import', { file: handle(app, 'read'), dryRun: true });
    expect(seen.conflicts).toMatchObject([{ kind: 'setting', key: 'general.theme', actor: testActor().user }]);
    // Another home's own choice from before is no conflict, and what a migration brought is nobody's choice.
    expect((await importIt(there, { dryRun: true })).conflicts).toEqual([]);
  });

  const good = { format: 'holdfast-bundle', version: 1, settings: {} };
  it.each([
    ['nothing', '', 'the file is empty'],
    ['no JSON', '{"format": holdfast}', 'was expected'],
    ['a list', '[]', 'this is not a bundle'],
    ['another document', '{"format":"else"}', 'bundle export'],
    ['a newer format', JSON.stringify({ ...good, version: 2, future: true }), 'update Holdfast'],
    ['a strange version', JSON.stringify({ ...good, version: '1' }), 'version must be a number'],
    ['an unknown member', JSON.stringify({ ...good, settngs: {} }), 'settngs'],
    ['settings in a list', JSON.stringify({ ...good, settings: [] }), 'settings must be an object'],
    ['a wrong integration', JSON.stringify({ ...good, integrations: [{ id: 'a' }] }), 'integrations.0 must have'],
    ['a trap', '{"format":"holdfast-bundle","version":1,"settings":{"a":{"__proto__":{"x":1}}}}', 'trap'],
    ['a repeated key', '{"format":"holdfast-bundle","version":1,"settings":{"a":1,"a":2}}', 'stands there twice'],
    [
      'a number too large',
      '{"format":"holdfast-bundle","version":1,"settings":{"a":9007199254740993}}',
      'would lose digits',
    ],
    ['half a character', '{"format":"holdfast-bundle","version":1,"settings":{"a":"\\ud800"}}', 'half of a character'],
    ['great depth', `{"format":"holdfast-bundle","version":1,"settings":{"a":${'['.repeat(5000)}`, 'nested'],
    [
      'the same record twice',
      JSON.stringify({
        ...good,
        records: {
          n: [
            { id: 'a', data: 1 },
            { id: 'a', data: 2 },
          ],
        },
      }),
      'twice',
    ],
    ['bytes', '\xff\xfe\x00', 'UTF-8'],
  ])('refuses %s with what and where, and writes nothing', async (_, text, words) => {
    const before = await everything(there);
    writeFileSync(path, text, text.startsWith('\xff') ? 'latin1' : 'utf8');
    const result = await there.call('bundle.import', { file: handle(there, 'read') });
    expect(result).toMatchObject({ ok: false, error: { type: 'FileInvalid', file: 'team.json' } });
    expect(JSON.stringify(result)).toContain(words);
    expect(await everything(there)).toEqual(before);
  });

  it('says in which line, and refuses what is no file or too large before reading it', async () => {
    writeFileSync(path, '{\n  "format": "holdfast-bundle",\n  "version": 1,\n  "settings": 5\n}\n');
    const ask = () => there.call('bundle.show', { file: handle(there, 'read') });
    expect(await ask()).toMatchObject({ error: { type: 'FileInvalid', line: 4 } });
    truncateSync(path, 65 * 1024 * 1024);
    expect(await ask()).toMatchObject({ error: { type: 'FileInvalid', problem: 'the file is larger than 64 MiB' } });
    path = home.root;
    expect(await ask()).toMatchObject({ error: { type: 'FileInvalid', problem: 'this is not a file' } });
    path = join(home.root, 'none.json');
    expect(await ask()).toMatchObject({ error: { type: 'NotFound' } });
  });
});

describe('templates', () => {
  it('are kept by name for every home, without secrets (D78)', async () => {
    await set(app, 'general.theme', 'light');
    await app.get('template.save', { name: 'quiet start', title: 'For the night', only: ['general'] });
    expect(await app.call('template.save', { name: 'quiet start' })).toMatchObject({ error: { type: 'CheckUnmet' } });
    await app.get('template.save', { name: 'all', replace: true });
    const folder = join(home.configDir, 'templates');
    for (const name of ['quiet start', 'all'])
      expect(findCanariesIn(name, readFileSync(join(folder, `${name}.json`)), secrets)).toEqual([]);
    // The other home of the same account has the same folder.
    mkdirSync(join(other.configDir, 'templates'), { recursive: true });
    writeFileSync(join(other.configDir, 'templates', 'quiet.json'), readFileSync(join(folder, 'quiet start.json')));
    writeFileSync(join(other.configDir, 'templates', 'torn.json'), '{"format":');
    const listed = await there.get('template.list', {});
    expect(listed.templates).toMatchObject([
      { name: 'quiet', problem: null, bundle: { title: 'For the night', counts: { secrets: 0 } } },
      { name: 'torn', bundle: null, problem: expect.stringContaining('torn:1') as string },
    ]);
    expect((await there.get('template.apply', { name: 'quiet', dryRun: true })).changes).toMatchObject([
      { key: 'general.theme', old: 'dark', new: 'light' },
    ]);
    await there.get('template.apply', { name: 'quiet' });
    expect(await valueOf(there, 'general.theme')).toBe('light');
    const compared = await there.get('versions.diff', { a: 'now', b: 'bundle:quiet', prefix: 'general' });
    expect(compared.changes).toEqual([]);
    await there.get('template.remove', { name: 'quiet' });
    expect(await there.call('template.apply', { name: 'quiet' })).toMatchObject({ error: { type: 'NotFound' } });
  });

  it('go out as a file and come in from one, never with a secret (D78, D80)', async () => {
    await unlock(app);
    await app.get('template.save', { name: 'look', only: ['general'], parts: ['settings'] });
    await app.get('bundle.export', { file: handle(app, 'write'), template: 'look' });
    expect(Object.keys(read().settings ?? {}).every((key) => key.startsWith('general.'))).toBe(true);
    expect([read().integrations, read().records]).toEqual([undefined, undefined]);
    const both = await app.call('bundle.export', { file: handle(app, 'write'), template: 'look', only: ['s3'] });
    expect(both).toMatchObject({ ok: false, error: { type: 'InputInvalid', field: 'template' } });
    // One with an age part and with secrets that somebody wrote into it in clear.
    await app.get('bundle.export', { file: handle(app, 'write'), passphrase: 'a passphrase of the team' });
    writeFileSync(
      path,
      JSON.stringify({
        ...read(),
        settings: { 'general.theme': 'light', 'claude.api_key': secrets[0] },
        integrations: [{ id: 'aws', type: 'aws', name: 'A', enabled: true, fields: { secret_key: secrets[2] } }],
      }),
    );
    const kept = await app.get('template.save', { name: 'team', file: handle(app, 'read'), title: 'Team' });
    expect(kept).toMatchObject({ title: 'Team', counts: { settings: 1, secrets: 0 } });
    expect(kept.leftOut.map(({ key }) => key)).toEqual(expect.arrayContaining(['claude.api_key', 'aws.secret_key']));
    const file = readFileSync(join(home.configDir, 'templates', 'team.json'));
    expect(findCanariesIn('team.json', file, secrets)).toEqual([]);
    expect((await app.get('template.apply', { name: 'team', dryRun: true })).changes).toMatchObject([
      { key: 'general.theme', new: 'light' },
      { kind: 'integration', key: 'aws' },
    ]);
  });

  it('have names that are no paths', async () => {
    for (const name of ['../x', 'a/b', '', '.', 'a\\b', '-x', 'x.', 'a\0'])
      expect(await app.call('template.save', { name })).toMatchObject({ error: { type: 'InputInvalid' } });
  });
});

describe('the support bundle', () => {
  it('tells what helps and no value, secret, folder or account (D83)', async () => {
    await set(app, 'own.word', 'canary-plain-value');
    await app.get('support.bundle', { file: handle(app, 'write') });
    const text = readFileSync(path, 'utf8');
    const parts = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(parts)).toEqual(
      expect.arrayContaining(['app', 'system', 'definition', 'status', 'checks', 'migrations', 'settings', 'log']),
    );
    expect(parts['system']).toMatchObject({ platform: process.platform });
    expect(findCanariesIn('support', Buffer.from(text), [...secrets, 'canary-plain-value', 'eu-central-1'])).toEqual(
      [],
    );
    for (const word of [home.homeDir, home.root, home.configDir]) expect(text).not.toContain(word);
    expect(text).toContain('own.word');
    expect(text).toContain('<home>');
  });

  it('is made of a home whose store cannot be read, too (D83)', async () => {
    await app.close();
    const dir = join(home.homeDir, '.holdfast');
    for (const name of readdirSync(dir)) if (/^(?:image|journal)-/u.test(name)) writeFileSync(join(dir, name), 'torn');
    app = await openTestApp(home, 'cli', steppingClock('2026-06-01T09:00:00.000Z'));
    await app.get('support.bundle', { file: handle(app, 'write') });
    expect(readFileSync(path, 'utf8')).toContain('StoreDamaged');
  });
});
