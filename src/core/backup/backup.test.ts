import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { backupIdentityOf } from '../secrets/keyring.ts';
import { findCanaries } from '../secrets/testing/canary.ts';
import { openTestApp, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

const secretKey = 'vault.token';
const secretValue = 'canary-sk-9f81c2e6b7';
const otherSecret = 'canary-sk-other-4471aa';

let home: TempHome;
let app: TestApp;
let code = '';
let created: Output<'backup.create'>;

/** Two hundred settings of all JSON types beside what the sample brings. */
const many = Array.from({ length: 200 }, (_, i) => {
  const values: JsonValue[] = [i, `text ${String(i)}`, i % 3 === 0, [i, 'a'], { deep: i }, i + 0.5];
  const changed: JsonValue[] = [i + 1000, `other ${String(i)}`, i % 3 !== 0, ['b'], { deep: { er: i } }, i + 0.25];
  const key = `bulk.group${String(i % 8)}.key${String(i)}`;
  return {
    set: { key, op: 'set' as const, value: values[i % 6] ?? null },
    change: { key, op: 'set' as const, value: changed[i % 6] ?? null },
  };
});

/** What the settings editor would show, and the clear values of all secrets. */
const stateOf = async (of: TestApp) => {
  const { settings } = await of.get('settings.list', {});
  const plain = settings
    .filter((one) => one.version !== null)
    .map(({ key, value, source, secret }) => ({ key, value, source, secret }));
  const secrets: Record<string, JsonValue> = {};
  for (const { key } of plain.filter((one) => one.secret))
    secrets[key] = (await of.get('settings.reveal', { key })).value;
  const integrations = (await of.get('integration.list', {})).integrations.map(
    ({ id, name, type, enabled, config }) => ({ id, name, type, enabled, config }),
  );
  return { plain, secrets, integrations };
};

beforeAll(async () => {
  home = tempHome('deeptempo');
  app = await openTestApp(home);
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  code = run.recoveryCode ?? '';
  await app.get('settings.apply', { changes: many.map(({ set }) => set), create: true });
  await app.get('settings.apply', { changes: [{ key: secretKey, op: 'set', value: secretValue }], create: true });
  created = await app.get('backup.create', { reason: 'first' });
});
afterAll(async () => {
  await app.close();
  home.remove();
});

const backupsDir = () => join(home.homeDir, '.holdfast', 'backups');
const register = (of: TestApp, path: string, use: 'read' | 'write') =>
  of.files.register(testActor('cli').session, { path, name: path.split('/').at(-1) ?? '', use });

describe('creating, listing, verifying', () => {
  test('a backup is sealed, proven, listed, and an entry in the log', async () => {
    const { made, ...listed } = created;
    expect(made).toBe(true);
    const path = created.path;
    expect(path).toMatch(/^\.holdfast\/backups\/holdfast_20260301_09\d{4}\.age$/u);
    expect(created).toMatchObject({ kind: 'store', sealed: true, key: 'recovery', error: null });
    expect(created.provenAt).not.toBeNull();
    expect(created.counts?.['settings']).toBeGreaterThan(200);
    expect(created.sizeBytes).toBe(lstatSync(join(home.homeDir, path)).size);
    expect(lstatSync(join(home.homeDir, path)).mode & 0o777).toBe(0o600);
    const { backups } = await app.get('backup.list', {});
    expect(backups.find((one) => one.path === path)).toEqual(listed);
    expect(
      backups.filter((one) => one.kind === 'legacy').map((one) => [one.sealed, one.provenAt !== null, one.error]),
    ).toEqual([[true, true, null]]);
    const { changes } = await app.get('audit.list', { type: 'backup', action: 'backup', key: path });
    expect(changes.map((one) => [one.key, one.reason])).toEqual([[path, 'first']]);
    expect(readdirSync(backupsDir()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('verify decrypts and counts; store and legacy', async () => {
    const proof = await app.get('backup.verify', { backup: { path: created.path } });
    expect(proof).toMatchObject({
      kind: 'store',
      sealed: true,
      proven: true,
      counts: created.counts,
      home: home.homeDir,
      definition: 'deeptempo',
    });
    expect(proof.parts.map((part) => part.name)).toEqual(['store.db', 'keys.json']);
    const legacy = (await app.get('backup.list', {})).backups.find((one) => one.kind === 'legacy');
    const legacyProof = await app.get('backup.verify', { backup: { path: legacy?.path ?? '' } });
    for (const part of legacyProof.parts) expect(lstatSync(join(home.homeDir, part.name)).size).toBe(part.sizeBytes);
    expect(legacyProof).toMatchObject({ proven: true, counts: { files: legacyProof.parts.length } });
  });

  test('only listed paths and own handles are read', async () => {
    for (const path of [
      'keys.json',
      '.holdfast/keys.json',
      '../outside.age',
      `${home.homeDir}/${created.path}`,
      `.holdfast/backups/../backups/${created.path.split('/')[2] ?? ''}`,
    ]) {
      expect(await app.call('backup.verify', { backup: { path } })).toEqual({
        ok: false,
        error: { type: 'NotFound', what: 'backup', name: path },
      });
    }
    const handle = app.files.register('another session', {
      path: join(home.homeDir, created.path),
      name: 'x',
      use: 'read',
    });
    expect(await app.call('backup.verify', { backup: { file: handle } })).toMatchObject({
      ok: false,
      error: { type: 'NotFound' },
    });
  });

  test('unreadable ones are listed with their error, and nothing else is', async () => {
    const stray = ['broken.age', 'link.age', 'cut.age'];
    writeFileSync(join(backupsDir(), 'broken.age'), 'not age');
    symlinkSync(join(home.homeDir, created.path), join(backupsDir(), 'link.age'));
    copyFileSync(join(home.homeDir, created.path), join(backupsDir(), 'cut.age'));
    writeFileSync(join(backupsDir(), 'notes.txt'), 'x');
    mkdirSync(join(backupsDir(), 'pre_migration_20250101_000000'));
    appendFileSync(join(home.homeDir, created.path), 'x');
    const errors = Object.fromEntries(
      (await app.get('backup.list', {})).backups.map((one) => [one.path.split('/').at(-1), one.error]),
    );
    expect(errors).toMatchObject({
      'broken.age': 'it is not an age file',
      'link.age': 'it is a symbolic link',
      'cut.age': null,
      pre_migration_20250101_000000: 'it cannot be read',
      [created.path.split('/').at(-1) ?? '']:
        `it has ${String(created.sizeBytes + 1)} bytes instead of ${String(created.sizeBytes)}`,
    });
    expect(errors).not.toHaveProperty('notes.txt');
    expect(await app.call('backup.verify', { backup: { path: created.path } })).toMatchObject({
      ok: false,
      error: { type: 'BackupDamaged' },
    });
    copyFileSync(join(backupsDir(), 'cut.age'), join(home.homeDir, created.path));
    for (const name of [...stray, 'notes.txt', 'pre_migration_20250101_000000'])
      rmSync(join(backupsDir(), name), { recursive: true });
  });

  test('to a file of the person, and to a passphrase', async () => {
    const path = join(home.root, 'mine.age');
    const made = await app.get('backup.create', { output: register(app, path, 'write'), passphrase: 'only this' });
    expect(made).toMatchObject({ path, key: 'passphrase', recipient: null, sealed: true });
    expect(made.provenAt).not.toBeNull();
    const ref = { backup: { file: register(app, path, 'read') } };
    expect(await app.call('backup.verify', ref)).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    expect(await app.get('backup.verify', { ...ref, credential: { passphrase: 'only this' } })).toMatchObject({
      path,
      proven: true,
    });
    expect(await app.call('backup.create', { output: register(app, path, 'read') })).toMatchObject({
      ok: false,
      error: { type: 'InputInvalid' },
    });
  });
});

describe('restoring', () => {
  test('a changed home becomes what it was, and undo-restore takes that back', async () => {
    const good = await stateOf(app);
    const changes = [
      ...many.slice(0, 40).map(({ change }) => change),
      ...many.slice(40, 70).map(({ set }) => ({ key: set.key, op: 'unset' as const })),
      ...Array.from({ length: 20 }, (_, i) => ({ key: `extra.key${String(i)}`, op: 'set' as const, value: i })),
      { key: secretKey, op: 'set' as const, value: otherSecret },
    ];
    await app.get('settings.apply', { changes, create: true });
    const changed = await stateOf(app);
    expect(changed.secrets[secretKey]).toBe(otherSecret);

    const backup = { path: created.path };
    const preview = await app.get('backup.restore', { backup, dryRun: true });
    expect(preview.totals).toMatchObject({ add: 30, update: 41, delete: 20 });
    expect(preview).toMatchObject({ dryRun: true, changeSet: null, safetyBackup: null });
    expect(preview.changes).toHaveLength(91);
    expect(preview.changes.find((one) => one.key === secretKey)).toEqual({
      key: secretKey,
      kind: 'setting',
      unit: `setting/${secretKey}`,
      since: { at: expect.any(String) as string, by: 'tester', door: 'cli' },
      action: 'update',
      old: null,
      new: null,
      secret: true,
      set: true,
      same: false,
    });
    expect(await stateOf(app)).toEqual(changed);

    const restored = await app.get('backup.restore', { backup, reason: 'bad day' });
    // What changed here since the backup is of the preview: by then it is gone.
    const done = { ...preview, changes: preview.changes.map((one) => ({ ...one, since: null })) };
    expect({ ...restored, safetyBackup: null, changeSet: null, dryRun: true }).toEqual(done);
    expect(await stateOf(app)).toEqual(good);
    const safety = (await app.get('backup.list', {})).backups.find((one) => one.path === restored.safetyBackup);
    expect(safety).toMatchObject({ sealed: true, error: null });
    const { changes: entries } = await app.get('audit.list', { source: 'restore', action: 'restore' });
    expect(entries.map((one) => [one.key, one.reason, one.changeSet])).toEqual([
      [created.path, 'bad day', restored.changeSet],
    ]);
    expect(await app.get('audit.verify', {})).toMatchObject({ ok: true, firstBad: null });

    const again = await app.get('backup.restore', { backup });
    expect([again.changeSet, again.safetyBackup, again.changes]).toEqual([null, null, []]);

    const undoPreview = await app.get('backup.undo-restore', { dryRun: true });
    expect([undoPreview.of, undoPreview.changes.length]).toEqual([restored.changeSet, 91]);
    const undone = await app.get('backup.undo-restore', {});
    expect(undone.of).toBe(restored.changeSet);
    expect(await stateOf(app)).toEqual(changed);
    expect(await app.call('backup.undo-restore', {})).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  });

  test('only a part comes back', async () => {
    const before = await stateOf(app);
    const part = await app.get('backup.restore', {
      backup: { path: created.path },
      only: ['bulk.group1', 'extra.key3'],
    });
    const after = await stateOf(app);
    const outside = (state: typeof before) =>
      state.plain.filter((one) => !one.key.startsWith('bulk.group1.') && one.key !== 'extra.key3');
    expect(outside(after)).toEqual(outside(before));
    expect(part.changes.every((one) => one.key.startsWith('bulk.group1.') || one.key === 'extra.key3')).toBe(true);
    expect(part.totals.delete).toBe(1);
    expect(after.secrets[secretKey]).toBe(otherSecret);
    await app.get('backup.undo-restore', {});
    expect(await stateOf(app)).toEqual(before);
  });

  test('into a home without a store, with nothing but the file and the recovery code', async () => {
    const fresh = tempHome(null);
    const other = await openTestApp(fresh);
    try {
      const input = { backup: { file: register(other, join(home.homeDir, created.path), 'read') } };
      expect(await other.call('backup.restore', input)).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
      expect(
        await other.call('backup.restore', {
          ...input,
          credential: { recoveryCode: '0000-0000-0000-0000-0000-0000-0000-0000-0' },
        }),
      ).toMatchObject({
        ok: false,
        error: {
          type: 'WrongKey',
          needs: expect.stringMatching(/^the recovery code of 2026-03-01 \(key age1/u) as string,
        },
      });
      const credential = { recoveryCode: code };
      const preview = await other.get('backup.restore', { ...input, credential, dryRun: true });
      expect([preview.totals.update, preview.totals.delete, existsSync(join(fresh.homeDir, '.holdfast'))]).toEqual([
        0,
        0,
        false,
      ]);
      const restored = await other.get('backup.restore', { ...input, credential });
      expect(restored.totals).toEqual(preview.totals);
      expect(restored.safetyBackup).toBeNull();
      await app.get('backup.restore', { backup: { path: created.path } });
      expect(await stateOf(other)).toEqual(await stateOf(app));
      expect((await other.get('home.status', {})).definition).toBe('deeptempo');
      expect((await other.get('secret.status', {})).recipient).toBe((await app.get('secret.status', {})).recipient);
      expect((await other.get('backup.create', {})).provenAt).not.toBeNull();
      await app.get('backup.undo-restore', {});
    } finally {
      await other.close();
      fresh.remove();
    }
  });

  test('into a home with other keys: secrets are encrypted again with those, and the safety backup must succeed first', async () => {
    const second = tempHome('deeptempo');
    const other = await openTestApp(second);
    try {
      await other.get('migration.run', { protect: { recoveryCode: true } });
      const keysBefore = readFileSync(join(second.homeDir, '.holdfast', 'keys.json'));
      const before = await stateOf(other);
      const input = {
        backup: { file: register(other, join(home.homeDir, created.path), 'read') },
        credential: { recoveryCode: code },
      };

      rmSync(join(second.homeDir, '.holdfast', 'backups'), { recursive: true });
      writeFileSync(join(second.homeDir, '.holdfast', 'backups'), 'in the way');
      expect(await other.call('backup.restore', input)).toMatchObject({
        ok: false,
        error: { type: 'DiskError', code: 'ENOTDIR' },
      });
      expect(await stateOf(other)).toEqual(before);
      rmSync(join(second.homeDir, '.holdfast', 'backups'));

      const restored = await other.get('backup.restore', input);
      expect(restored.safetyBackup).not.toBeNull();
      const after = await stateOf(other);
      expect(after.secrets[secretKey]).toBe(secretValue);
      expect(readFileSync(join(second.homeDir, '.holdfast', 'keys.json')).equals(keysBefore)).toBe(true);
      expect(findCanaries(join(second.homeDir, '.holdfast'), [secretValue, code])).toEqual([]);
      await other.get('backup.undo-restore', {});
      expect(await stateOf(other)).toEqual(before);
      expect(await other.get('audit.verify', {})).toMatchObject({ ok: true });
    } finally {
      await other.close();
      second.remove();
    }
  });

  test('a legacy backup is not restored this way; a damaged one changes nothing', async () => {
    const legacy = (await app.get('backup.list', {})).backups.find((one) => one.kind === 'legacy');
    expect(await app.call('backup.restore', { backup: { path: legacy?.path ?? '' } })).toMatchObject({
      ok: false,
      error: { type: 'InputInvalid' },
    });
    const before = await stateOf(app);
    const path = join(backupsDir(), 'flipped.age');
    const bytes = readFileSync(join(home.homeDir, created.path));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(await app.call('backup.restore', { backup: { path: '.holdfast/backups/flipped.age' } })).toMatchObject({
      ok: false,
      error: { type: 'BackupDamaged' },
    });
    rmSync(path);
    expect(await stateOf(app)).toEqual(before);
  });
});

describe('while locked', () => {
  test('a backup is sealed, and proven at the next unlock', async () => {
    await app.get('secret.lock', {});
    const made = await app.get('backup.create', {});
    expect(made).toMatchObject({ sealed: true, provenAt: null });
    expect(await app.call('backup.verify', { backup: { path: made.path } })).toMatchObject({
      ok: false,
      error: { type: 'SecretsLocked' },
    });
    expect(
      await app.get('backup.verify', { backup: { path: made.path }, credential: { recoveryCode: code } }),
    ).toMatchObject({ proven: true });
    await app.get('secret.unlock', { credential: { recoveryCode: code } });
    const listed = (await app.get('backup.list', {})).backups.find((one) => one.path === made.path);
    expect(listed?.provenAt).not.toBeNull();
  });

  test('a restore with the recovery code works and leaves the home locked', async () => {
    await app.get('secret.lock', {});
    const input = { backup: { path: created.path } };
    expect(await app.call('backup.restore', input)).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    const restored = await app.get('backup.restore', { ...input, credential: { recoveryCode: code } });
    expect(restored.changeSet).not.toBeNull();
    expect((await app.get('secret.status', {})).keys).toBe('locked');
    await app.get('secret.unlock', { credential: { recoveryCode: code } });
    expect((await stateOf(app)).secrets[secretKey]).toBe(secretValue);
  });
});

test('no secret stands in clear in any file', async () => {
  const { integrations } = await app.get('integration.list', {});
  expect(integrations.length).toBeGreaterThan(0);
  expect(
    findCanaries(join(home.homeDir, '.holdfast'), [secretValue, otherSecret, code, code.replaceAll('-', '')]),
  ).toEqual([]);
});

const missing = ['age', 'unzip', 'sqlite3'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (missing.length > 0) console.warn(`a backup with stock tools: skipped, ${missing.join(', ')} not installed`);
test.skipIf(missing.length > 0)('age, unzip and sqlite3 read a real backup', () => {
  writeFileSync(join(home.root, 'key.txt'), backupIdentityOf(code) ?? '');
  execFileSync('age', [
    '-d',
    '-i',
    join(home.root, 'key.txt'),
    '-o',
    join(home.root, 'b.zip'),
    join(home.homeDir, created.path),
  ]);
  execFileSync('unzip', ['-q', join(home.root, 'b.zip'), '-d', join(home.root, 'b')]);
  const ask = (sql: string) =>
    execFileSync('sqlite3', [join(home.root, 'b', 'store.db'), sql], { encoding: 'utf8' }).trim();
  expect(ask('PRAGMA integrity_check')).toBe('ok');
  expect(ask("SELECT value FROM setting WHERE key = 'bulk.group1.key1'")).toBe('"text 1"');
  expect(Number(ask('SELECT count(*) FROM setting'))).toBe(created.counts?.['settings']);
});
