/** A folder that no definition knows: everything is taken as it is, secrets are found, and a definition can be made of it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedHome, type MigratedHome } from './testing/migrated-home.ts';

let any: MigratedHome;
beforeAll(async () => {
  any = await migratedHome('generic', (dir) => {
    mkdirSync(join(dir, 'plugins/spell'), { recursive: true });
    writeFileSync(join(dir, 'plugins/spell/config.json'), '{"language": "de"}');
    mkdirSync(join(dir, 'cache'));
    writeFileSync(join(dir, 'cache/pages.json'), '{"a": 1}');
  });
});
afterAll(() => any.end());

test('every value of every file is a setting under the file’s name', async () => {
  expect([any.run.definition, any.run.verification?.ok, any.run.totals.quarantine]).toEqual(['generic', true, 0]);
  expect([
    await any.valueOf('settings.window.width'),
    await any.valueOf('settings["recent.files"]'),
    await any.valueOf('settings.telemetry'),
    await any.valueOf('settings.empty'),
    await any.valueOf('env.API_URL'),
  ]).toEqual([1280, ['/home/me/a.txt', '/home/me/b.txt'], null, {}, 'https://api.example.test']);
});

test('a file whose root is a list is one value', async () => {
  expect(await any.valueOf('shortcuts')).toEqual([
    { keys: 'Ctrl+K', command: 'palette.open' },
    { keys: 'Ctrl+S', command: 'file.save' },
  ]);
});

test('secrets are found by their names', async () => {
  const { settings } = await any.app().get('settings.list', {});
  expect(settings.filter((one) => one.secret).map((one) => [one.key, one.value])).toEqual([
    ['env.API_SECRET', null],
    ['settings.apiToken', null],
  ]);
  expect([await any.reveal('env.API_SECRET'), await any.reveal('settings.apiToken')]).toEqual([
    'fake-generic-secret',
    'tok-fake-generic-aa11',
  ]);
});

test('files in folders are taken too, a cache is left alone', async () => {
  expect(await any.valueOf('plugins.spell.config.language')).toBe('de');
  expect(any.run.sources.find((one) => one.file === 'cache/pages.json')?.status).toBe('left-alone');
});

test('what is inferred takes over: the same settings, now with types, titles and groups', async () => {
  const app = any.app();
  const { id, definition } = await app.get('definition.infer', {});
  await app.get('definition.save', { definition, where: 'home', reason: 'its own titles' });
  const plan = await app.get('migration.plan', { definition: id });
  expect(plan.totals).toMatchObject({ create: 0, update: 0, conflict: 0, quarantine: 0 });
  await app.get('migration.run', { definition: id });
  expect((await app.get('home.status', {})).definition).toBe(id);
  const { settings } = await app.get('settings.list', { prefix: 'settings.window' });
  expect(settings.map((one) => [one.key, one.title, one.kind, one.known])).toEqual([
    ['settings.window.width', 'Width', 'integer', true],
    ['settings.window.height', 'Height', 'integer', true],
    ['settings.window.maximized', 'Maximized', 'boolean', true],
  ]);
  const refused = await app.call('settings.apply', {
    changes: [{ key: 'settings.window.width', op: 'set', value: 'wide' }],
  });
  expect(refused).toMatchObject({ ok: false, error: { type: 'SettingInvalid', problem: 'must be a whole number' } });
});
