/** Mirrored files through the app: what a save changes is what the application reads, and nothing is ever overwritten unseen. */
import {
  chmodSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../contract/json.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { steppingClock } from '../testing/clock.ts';

const open: { app: TestApp; home: TempHome }[] = [];
afterEach(async () => {
  for (const { app, home } of open.splice(0)) {
    await app.close();
    home.remove();
  }
});

const migrated = async (sample = 'deeptempo', door: 'cli' | 'window' = 'window') => {
  const home = tempHome(sample);
  const app = await openTestApp(home, door);
  open.push({ app, home });
  await app.get('migration.run', { protect: { passphrase }, onConflict: 'file' });
  const path = (file: string): string => join(home.homeDir, file);
  const read = (file: string): string => readFileSync(path(file), 'utf8');
  const set = (key: string, value: JsonValue, create = false) =>
    app.get('settings.apply', { changes: [{ op: 'set', key, value }], create });
  const unset = (key: string) => app.get('settings.apply', { changes: [{ op: 'unset', key }] });
  const mirror = (file: string) => app.get('mirror.set', { file, on: true, yes: true });
  const stateOf = async (file: string) => {
    const { mirrors } = await app.get('mirror.list', {});
    const found = mirrors.find((one) => one.file === file);
    return found === undefined ? null : { state: found.state, reason: found.reason };
  };
  return { home, app, path, read, set, unset, mirror, stateOf };
};

const inStep = { state: 'in-step', reason: null };

describe('a mirrored file', () => {
  it('has every change of its values, and every other byte as it was (D32)', async () => {
    const { read, set, unset, mirror, stateOf, app } = await migrated();
    const before = read('general_config.json');
    const theme = read('theme_config.json');
    expect(await mirror('general_config.json')).toMatchObject({ on: true, state: 'in-step', secrets: 0 });
    expect(read('general_config.json')).toBe(before);
    await set('general.theme', 'light');
    expect(read('general_config.json')).toBe(before.replace('"theme": "dark"', '"theme": "light"'));
    expect(read('theme_config.json')).toBe(theme);
    await unset('general.demo_mode');
    await app.get('settings.undo', {});
    await app.get('settings.undo', {});
    expect(JSON.parse(read('general_config.json'))).toEqual(JSON.parse(before));
    expect(await stateOf('general_config.json')).toEqual(inStep);
    expect(await stateOf('theme_config.json')).toEqual({ state: 'off', reason: null });
  });

  it('gets what changed before it was turned on, and nothing more once it is off again', async () => {
    const { read, set, mirror, app } = await migrated();
    const before = read('general_config.json');
    await set('general.theme', 'light');
    expect(read('general_config.json')).toBe(before);
    await mirror('general_config.json');
    expect(read('general_config.json')).toContain('"theme": "light"');
    await app.get('mirror.set', { file: 'general_config.json', on: false });
    await set('general.theme', 'dark');
    expect(read('general_config.json')).toContain('"theme": "light"');
    await mirror('general_config.json');
    expect(read('general_config.json')).toBe(before);
  });

  it('keeps mode and comments of a .env file and writes secrets into it in clear only after a yes', async () => {
    const { app, home, path, read, set, unset, stateOf } = await migrated();
    chmodSync(path('.env'), 0o640);
    const before = read('.env');
    const refused = await app.call('mirror.set', { file: '.env', on: true });
    expect(refused).toMatchObject({
      ok: false,
      error: { type: 'CheckUnmet', unmet: [expect.stringContaining('in clear in .env')] },
    });
    expect(await app.get('mirror.set', { file: '.env', on: true, yes: true })).toMatchObject({
      state: 'in-step',
      on: true,
    });
    await set('env.CLAUDE_API_KEY', 'sk-new # value');
    expect(read('.env')).toBe(before.replace('sk-fake-claude-3b7d', '"sk-new # value"'));
    await set('env.NEW_KEY', 'fresh', true);
    await unset('env.GITHUB_TOKEN');
    expect(read('.env')).toMatch(/\nNEW_KEY=fresh\n$/u);
    expect(read('.env')).not.toContain('GITHUB_TOKEN');
    expect(read('.env')).toContain('# DeepTempo credentials\n');
    expect(statSync(path('.env')).mode & 0o777).toBe(0o640);
    expect(await stateOf('.env')).toEqual(inStep);
    expect(readdirSync(home.homeDir).filter((name) => name.includes('holdfast-new'))).toEqual([]);
  });

  it('is behind while a secret in it changed and the keys are locked, and made good by the unlock', async () => {
    const { app, read, set, mirror, stateOf } = await migrated();
    const { changeSet } = await set('env.CLAUDE_API_KEY', 'sk-second');
    expect(changeSet).not.toBeNull();
    await app.get('secret.lock', {});
    await mirror('.env');
    expect(await stateOf('.env')).toEqual({ state: 'behind', reason: expect.stringContaining('locked') });
    expect(read('.env')).not.toContain('sk-second');
    await app.get('secret.unlock', { credential: { passphrase } });
    expect(await stateOf('.env')).toEqual(inStep);
    expect(read('.env')).toContain('CLAUDE_API_KEY=sk-second\n');
    // What is not secret, and secrets that did not change, need no key.
    await app.get('secret.lock', {});
    await app.get('settings.apply', { changes: [{ op: 'unset', key: 'env.VIRUSTOTAL_API_KEY' }] });
    expect(await stateOf('.env')).toEqual(inStep);
    expect(read('.env')).not.toContain('VIRUSTOTAL');
  });

  it('writes integrations: fields, and the list of what is switched on', async () => {
    const { read, mirror, app, stateOf } = await migrated();
    const file = 'integrations_config.json';
    const before = read(file);
    await mirror(file);
    expect(read(file)).toBe(before);
    expect(await stateOf(file)).toEqual(inStep);
    const listed = await app.get('integration.list', {});
    expect(listed.integrations.length).toBeGreaterThan(2);
  });
});

describe('what stands in the way', () => {
  it('of a file that somebody else changed: it is diverged and stays as it is (D32)', async () => {
    const { path, read, set, mirror, stateOf, app } = await migrated();
    await mirror('general_config.json');
    const foreign = read('general_config.json').replace('false', 'true');
    writeFileSync(path('general_config.json'), foreign);
    expect(await stateOf('general_config.json')).toMatchObject({ state: 'diverged' });
    const applied = await set('general.theme', 'light');
    expect(applied.notMirrored).toEqual(['general_config.json']);
    expect(read('general_config.json')).toBe(foreign);
    expect((await app.get('home.status', {})).drift).toEqual([{ file: 'general_config.json', status: 'changed' }]);

    const repaired = await app.get('mirror.repair', { file: 'general_config.json', take: 'store' });
    expect(repaired).toMatchObject({ mirror: { state: 'in-step' }, changes: 2, changeSet: null });
    expect(repaired.backup).toContain('.holdfast/backups/pre_migration_');
    expect(JSON.parse(read('general_config.json'))).toMatchObject({ auto_start_sync: false, theme: 'light' });
    expect((await app.get('home.status', {})).drift).toEqual([]);
  });

  it('can be taken over from the file, in one change set that undoes', async () => {
    const { path, read, set, mirror, stateOf, app } = await migrated();
    await mirror('general_config.json');
    await set('general.theme', 'light');
    const mine = { auto_start_sync: true, show_notifications: true, enable_keyring: false, theme: 'light', extra: [1] };
    writeFileSync(path('general_config.json'), JSON.stringify(mine));
    const repaired = await app.get('mirror.repair', { file: 'general_config.json', take: 'file' });
    // Two changed or added, and demo_mode is not in the file any more.
    expect(repaired).toMatchObject({ mirror: { state: 'in-step' }, changes: 3, backup: null });
    expect(read('general_config.json')).toBe(JSON.stringify(mine));
    const general = await app.get('settings.get', { key: 'general' });
    expect(general.value).toMatchObject(mine);
    await app.get('settings.undo', {});
    expect(JSON.parse(read('general_config.json'))).toMatchObject({ auto_start_sync: false, demo_mode: false });
    expect(JSON.parse(read('general_config.json'))).not.toHaveProperty('extra');
    expect(await stateOf('general_config.json')).toEqual(inStep);
  });

  it.each([
    ['a link', (path: string): void => (renameSync(path, `${path}.real`), symlinkSync(`${path}.real`, path)), 'link'],
    ['read-only', (path: string): void => chmodSync(path, 0o444), 'read-only'],
    ['gone', (path: string): void => rmSync(path), 'not there'],
  ])('of a file that is %s: the save stands, the file is behind with the reason', async (_, spoil, reason) => {
    const { path, set, mirror, stateOf, app } = await migrated();
    await mirror('general_config.json');
    spoil(path('general_config.json'));
    expect(await set('general.theme', 'light')).toMatchObject({ notMirrored: ['general_config.json'] });
    expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('light');
    expect(await stateOf('general_config.json')).toEqual({ state: 'behind', reason: expect.stringContaining(reason) });
    const { notices } = await app.get('home.status', {});
    expect(notices.find((one) => one.id === 'mirror:general_config.json')?.message).toContain(reason);
  });

  it('of a file that is gone is made good by a repair, which writes it anew', async () => {
    const { path, read, set, mirror, app } = await migrated();
    await mirror('general_config.json');
    rmSync(path('general_config.json'));
    await set('general.theme', 'light');
    const repaired = await app.get('mirror.repair', { file: 'general_config.json', take: 'store' });
    expect(repaired).toMatchObject({ mirror: { state: 'in-step', exists: true }, backup: null });
    expect(JSON.parse(read('general_config.json'))).toMatchObject({ theme: 'light', show_notifications: true });
  });

  it('is tried again when the home is next opened', async () => {
    const { home, app, path, set, mirror } = await migrated();
    await mirror('general_config.json');
    chmodSync(path('general_config.json'), 0o444);
    await set('general.theme', 'light');
    await app.close();
    chmodSync(path('general_config.json'), 0o644);
    const again = await openTestApp(home, 'window', steppingClock('2026-04-01T09:00:00.000Z'));
    open.push({ app: again, home });
    expect(readFileSync(path('general_config.json'), 'utf8')).toContain('"theme": "light"');
    const { mirrors } = await again.get('mirror.list', {});
    expect(mirrors.find((one) => one.file === 'general_config.json')).toMatchObject(inStep);
  });
});

describe('a restore', () => {
  it('neither turns a mirror on nor off: a backup does not say what may stand in clear', async () => {
    const { app, mirror, set, read } = await migrated();
    await mirror('theme_config.json');
    const backup = await app.get('backup.create', {});
    await app.get('mirror.set', { file: 'theme_config.json', on: false });
    await mirror('general_config.json');
    await set('general.theme', 'light');
    await app.get('backup.restore', { backup: { path: backup.path } });
    const { mirrors } = await app.get('mirror.list', {});
    expect(mirrors.filter((one) => one.on).map((one) => one.file)).toEqual(['general_config.json']);
    expect(read('general_config.json')).toContain('"theme": "dark"');
  });
});

describe('a change that no file has yet', () => {
  it('is said so until its file is mirrored', async () => {
    const { set, mirror } = await migrated();
    expect((await set('general.theme', 'light')).notMirrored).toEqual(['general_config.json']);
    await mirror('general_config.json');
    expect((await set('general.theme', 'dark')).notMirrored).toEqual([]);
  });
});

describe('drift', () => {
  it('is shown three ways, and importing takes only what changed', async () => {
    const { app, path, read, set, unset } = await migrated();
    await unset('general.demo_mode');
    await set('general.enable_keyring', true);
    writeFileSync(path('general_config.json'), read('general_config.json').replace('"dark"', '"light"'));
    const { files } = await app.get('migration.drift', {});
    expect(files).toEqual([
      {
        file: 'general_config.json',
        status: 'changed',
        mirrored: false,
        problem: null,
        values: [
          {
            path: 'theme',
            line: 4,
            target: { kind: 'setting', key: 'general.theme' },
            secret: false,
            base: 'dark',
            inFile: 'light',
            inStore: 'dark',
            action: 'update',
            reason: expect.any(String),
          },
        ],
      },
    ]);
    await app.get('migration.run', {});
    const general = await app.get('settings.get', { key: 'general' });
    expect(general.value).toMatchObject({ theme: 'light', enable_keyring: true });
    const { settings } = await app.get('settings.list', { prefix: 'general.demo_mode' });
    expect(settings.filter((one) => one.source !== 'default')).toEqual([]);
    expect(await app.get('migration.drift', {})).toEqual({ files: [] });
  });

  it('of a mirrored file is compared with what was last written to it, so that it is no conflict', async () => {
    const { app, path, read, set, mirror, stateOf } = await migrated();
    await mirror('general_config.json');
    await set('general.theme', 'light');
    writeFileSync(path('general_config.json'), read('general_config.json').replace('"light"', '"dark"'));
    const { files } = await app.get('migration.drift', { file: 'general_config.json' });
    expect(files[0]?.values).toMatchObject([{ base: 'light', inFile: 'dark', inStore: 'light', action: 'update' }]);
    await app.get('migration.run', {});
    expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('dark');
    expect(await stateOf('general_config.json')).toEqual(inStep);
  });

  it('never shows a secret', async () => {
    const { app, path, read } = await migrated();
    writeFileSync(path('.env'), read('.env').replace('sk-fake-claude-3b7d', 'sk-fake-claude-changed'));
    const { files } = await app.get('migration.drift', {});
    expect(files[0]?.values).toMatchObject([{ path: 'CLAUDE_API_KEY', secret: true, inFile: null, inStore: null }]);
    expect(JSON.stringify(files)).not.toContain('sk-fake');
  });
});
