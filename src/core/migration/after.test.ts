/** After a migration: past runs, the proof, the way back, retiring, leaving. Real files, real keys, the sample homes. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';
import type { LegacyFile } from '../backup/legacy.ts';
import { realMirrorFs, type MirrorFs } from '../mirrors/write-file.ts';
import { moveAway, type Retiring } from './retire.ts';
import { restoreFiles } from './rollback.ts';

let home: TempHome;
let app: TestApp;
let credential = { recoveryCode: '' };

const path = (file: string): string => join(home.homeDir, file);
const text = (file: string): string => readFileSync(path(file), 'utf8');
const open = async (startAt: string): Promise<void> => {
  app = await openTestApp(home, 'cli', steppingClock(startAt));
};
const migrate = async (): Promise<string> => {
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  credential = { recoveryCode: run.recoveryCode ?? '' };
  expect(run.verification?.ok).toBe(true);
  return run.runId ?? '';
};
/** Two weeks later, unlocked. */
const later = async (startAt = '2026-03-15T09:00:00.000Z'): Promise<void> => {
  await app.close();
  await open(startAt);
  await app.get('secret.unlock', { credential });
};
const begin = async (sample: string): Promise<void> => {
  home = tempHome(sample);
  await open('2026-03-01T09:00:00.000Z');
};

/** Bytes and mode of every file outside `.holdfast/`. */
const fingerprint = (dir = home.homeDir, at = ''): Record<string, string> =>
  Object.assign(
    {},
    ...readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.name !== '.holdfast')
      .map((entry) => {
        const full = join(dir, entry.name);
        if (entry.isDirectory()) return fingerprint(full, `${at}${entry.name}/`);
        const hash = createHash('sha256').update(readFileSync(full)).digest('hex');
        return { [`${at}${entry.name}`]: `${hash} ${(statSync(full).mode & 0o777).toString(8)}` };
      }),
  ) as Record<string, string>;

const events = async (): Promise<string[]> =>
  (await app.get('audit.list', { type: 'migration' })).changes.map((one) => one.action);

beforeEach(() => begin('deeptempo'));
afterEach(async () => {
  await app.close();
  home.remove();
});

describe('proof and past runs', () => {
  it.each(['deeptempo', 'incident-rag', 'opsbrain', 'automagik-hub', 'analytics-engine', 'generic'])(
    'proves every file of %s from layouts and the values of the store, and scans layouts for none of them',
    async (sample) => {
      await app.close();
      home.remove();
      await begin(sample);
      await migrate();
      const proof = await app.get('migration.proof', {}, credential);
      expect(proof.files.length).toBeGreaterThan(0);
      expect(proof.files.filter((one) => one.status !== 'equal' || one.byText > 0)).toEqual([]);
      expect([proof.proven, proof.locked]).toEqual([true, false]);
      const { runs } = await app.get('migration.runs', {});
      expect(runs).toHaveLength(1);
      expect(runs[0]?.backup?.problem).toBeNull();
      const verification = runs[0]?.verification as { checks: { name: string }[] } | undefined;
      const roundTrip = verification?.checks.find((one) => one.name === 'round-trip');
      expect(roundTrip).toEqual({
        name: 'round-trip',
        ok: true,
        expected: proof.files.length,
        found: proof.files.length,
      });
    },
  );

  it('names the one place that differs after one change in the store, and the one that changed in a file', async () => {
    await migrate();
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    const changed = await app.get('migration.proof', { file: 'general_config.json' }, credential);
    expect(changed.files[0]?.differences).toEqual([{ path: 'theme', key: 'general.theme', line: 4, what: 'changed' }]);
    await app.get('settings.apply', { changes: [{ key: 'general.demo_mode', op: 'unset' }] });
    const removed = await app.get('migration.proof', { file: 'general_config.json' }, credential);
    expect(removed.files[0]?.differences.map((one) => [one.path, one.what])).toEqual([
      ['theme', 'changed'],
      ['demo_mode', 'removed'],
    ]);
    writeFileSync(path('approval_config.json'), '{\n  "force_manual_approval": true, "extra": 1\n}\n');
    const added = await app.get('migration.proof', { file: 'approval_config.json' }, credential);
    expect(added.files[0]?.differences).toEqual([{ path: 'extra', key: null, line: 2, what: 'new' }]);
    writeFileSync(path('theme_config.json'), text('theme_config.json').replace('  "theme"', '"theme"'));
    const blanks = await app.get('migration.proof', { file: 'theme_config.json' }, credential);
    expect(blanks.files[0]?.differences).toEqual([{ path: '', key: null, line: 2, what: 'text' }]);
  });

  it('says while locked what it cannot prove, and proves the rest', async () => {
    await migrate();
    await app.close();
    await open('2026-03-02T09:00:00.000Z');
    const { proven, locked, files } = await app.get('migration.proof', {});
    expect([proven, locked]).toEqual([false, true]);
    expect(Object.fromEntries(files.map((one) => [one.file, one.status]))).toEqual({
      '.env': 'locked',
      'approval_config.json': 'equal',
      'general_config.json': 'equal',
      'integrations_config.json': 'locked',
      's3_config.json': 'equal',
      'theme_config.json': 'equal',
    });
  });
});

describe('rollback', () => {
  it('brings every file back byte for byte with its mode, saves what lay there, and leaves the store as it is (D70)', async () => {
    chmodSync(path('.env'), 0o600);
    chmodSync(path('s3_config.json'), 0o644);
    const before = fingerprint();
    const runId = await migrate();
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    writeFileSync(path('general_config.json'), '{"theme":"mine"}');
    rmSync(path('s3_config.json'));
    chmodSync(path('.env'), 0o644);
    const plan = await app.get('migration.rollback', { dryRun: true }, credential);
    expect(
      plan.files.filter((one) => one.action !== 'unchanged').map((one) => [one.file, one.action, one.drifted]),
    ).toEqual([
      ['general_config.json', 'restore', true],
      ['s3_config.json', 'create', true],
      ['.env', 'restore', false],
    ]);
    expect(text('general_config.json')).toBe('{"theme":"mine"}');
    const done = await app.get('migration.rollback', { run: runId, reason: 'back' }, credential);
    expect(fingerprint()).toEqual(before);
    expect(done.state).toBe('CONFIGURED');
    expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('light');
    const saved = await app.get('backup.verify', { backup: { path: done.saved ?? '' } }, credential);
    expect([saved.proven, saved.parts.map((part) => part.name)]).toEqual([true, ['general_config.json', '.env']]);
    expect(await events()).toContain('rollback');
    const again = await app.get('migration.rollback', {}, credential);
    expect([again.saved, again.files.every((one) => one.action === 'unchanged')]).toEqual([null, true]);
  });

  it('turns the mirrors of the files off in the same act, so that the next change does not write them again', async () => {
    const before = fingerprint();
    await migrate();
    const file = 'general_config.json';
    await app.get('mirror.set', { file, on: true });
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    expect(fingerprint()).not.toEqual(before);
    const plan = await app.get('migration.rollback', { dryRun: true }, credential);
    expect(plan.mirrorsOff).toEqual([file]);
    const done = await app.get('migration.rollback', {}, credential);
    expect(done.mirrorsOff).toEqual([file]);
    expect(fingerprint()).toEqual(before);
    await app.get('settings.apply', { changes: [{ key: 'general.demo_mode', op: 'set', value: true }] });
    expect(fingerprint()).toEqual(before);
    expect((await app.get('home.status', {})).drift).toEqual([]);
    const { mirrors } = await app.get('mirror.list', {});
    expect(mirrors.filter((one) => one.on)).toEqual([]);
    // Turned on again it is in step, not taken for changed by somebody else.
    expect((await app.get('mirror.set', { file, on: true })).state).toBe('in-step');
    expect(text(file)).toContain('"demo_mode": true');
    expect(text(file)).toContain('"theme": "light"');
  });

  it('writes nothing from a copy that is damaged, through a link, or without keys', async () => {
    await migrate();
    const { runs } = await app.get('migration.runs', {});
    writeFileSync(path('general_config.json'), '{}');
    await app.close();
    await open('2026-03-02T09:00:00.000Z');
    const locked = await app.call('migration.rollback', {});
    expect(locked.ok ? null : locked.error.type).toBe('SecretsLocked');
    rmSync(path('theme_config.json'));
    symlinkSync('/etc/hostname', path('theme_config.json'));
    const linked = await app.call('migration.rollback', {}, credential);
    expect(linked.ok ? null : linked.error).toMatchObject({ type: 'FileInvalid', file: 'theme_config.json' });
    rmSync(path('theme_config.json'));
    const copy = path(join(runs[0]?.backup?.path ?? '', 'files.age'));
    const bytes = readFileSync(copy);
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    writeFileSync(copy, bytes);
    const damaged = await app.call('migration.rollback', {}, credential);
    expect(damaged.ok ? null : damaged.error.type).toBe('BackupDamaged');
    expect(text('general_config.json')).toBe('{}');
    expect(existsSync(path('theme_config.json'))).toBe(false);
  });
});

/** Real file calls of which only the first `count` happen: after that the process is dead. */
const dyingFs = (count: number): { fs: MirrorFs; died: () => boolean } => {
  let left = count;
  let dead = false;
  const limited =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      left -= 1;
      if (left < 0) {
        dead = true;
        throw Object.assign(new Error('dead'), { code: 'EIO' });
      }
      return call(...args);
    };
  const { lstat, read, makeDir, remove, create, write, dress, flush, close, rename, flushDir } = realMirrorFs;
  return {
    died: () => dead,
    fs: {
      lstat: limited(lstat),
      read: limited(read),
      makeDir: limited(makeDir),
      remove: limited(remove),
      create: limited(create),
      write: limited(write),
      dress: limited(dress),
      flush: limited(flush),
      close: limited(close),
      rename: limited(rename),
      flushDir: limited(flushDir),
    },
  };
};

describe('cut off at every file call', () => {
  const files: LegacyFile[] = [
    { path: 'a.json', mode: 0o640, bytes: Buffer.from('new a') },
    { path: 'data/b.json', mode: 0o600, bytes: Buffer.from('new b') },
  ];
  const lay = (): void => {
    rmSync(path('work'), { recursive: true, force: true });
    mkdirSync(path('work/data'), { recursive: true });
    for (const [i, file] of files.entries()) writeFileSync(path(`work/${file.path}`), `old ${'ab'[i] ?? ''}`);
  };

  it('leaves each file old or new in a rollback, and doing it again finishes it', () => {
    let cuts = 0;
    for (let count = 0; ; count += 1) {
      lay();
      const { fs, died } = dyingFs(count);
      const first = restoreFiles(fs, path('work'), files);
      for (const { path: file } of files) expect(text(`work/${file}`)).toMatch(/^(?:old|new) [ab]$/u);
      if (!died()) break;
      cuts += 1;
      expect(first.ok).toBe(false);
      expect(restoreFiles(realMirrorFs, path('work'), files).ok).toBe(true);
      for (const file of files) {
        expect(text(`work/${file.path}`)).toBe(file.bytes.toString());
        expect(statSync(path(`work/${file.path}`)).mode & 0o777).toBe(file.mode);
      }
      expect(readdirSync(path('work')).toSorted()).toEqual(['a.json', 'data']);
    }
    expect(cuts).toBeGreaterThan(15);
  });

  it('never has a file neither at its place nor in deprecated', async () => {
    const retiring: Retiring[] = files.map((file, i) => ({
      file: file.path,
      to: `deprecated/${file.path}${i === 0 ? '.age' : ''}`,
      encrypted: i === 0,
      bytes: Buffer.from(`old ${'ab'[i] ?? ''}`),
      mode: 0o600,
    }));
    const sealed = [{ to: 'deprecated/a.json.age', bytes: Buffer.from('sealed a') }];
    for (let count = 0; ; count += 1) {
      lay();
      const { fs, died } = dyingFs(count);
      const moved = await moveAway(fs, path('work'), retiring, sealed);
      expect(moved.ok).toBe(!died());
      for (const { file, to } of retiring)
        expect(existsSync(path(`work/${file}`)) || existsSync(path(`work/${to}`))).toBe(true);
      if (!existsSync(path('work/a.json'))) expect(text('work/deprecated/a.json.age')).toBe('sealed a');
      if (!died()) break;
    }
  });
});

describe('retire', () => {
  it('names what is not met and moves nothing; force wants a reason', async () => {
    await migrate();
    const before = fingerprint();
    const early = await app.call('migration.retire', {}, credential);
    expect(early.ok ? null : early.error).toMatchObject({ type: 'CheckUnmet' });
    const plan = await app.get('migration.retire', { dryRun: true }, credential);
    expect(plan.checks.filter((one) => !one.met).map((one) => one.name)).toEqual([
      'tested',
      'a week in use',
      'backup proven',
    ]);
    const forced = await app.call('migration.retire', { force: true }, credential);
    expect(forced.ok ? null : forced.error.type).toBe('InputInvalid');
    expect(fingerprint()).toEqual(before);
  });

  it('moves the files, puts encrypted copies in the place of secrets, and a rollback undoes it', async () => {
    chmodSync(path('theme_config.json'), 0o640);
    const before = fingerprint();
    await migrate();
    await app.get('backup.create', {}, credential);
    const clear = await app.get('migration.in-clear', {});
    expect(clear).toEqual({ secrets: 11, files: ['.env', 'integrations_config.json'] });
    await later();
    // Nothing answers for the sample's integrations here.
    const { integrations } = await app.get('integration.list', { enabled: true });
    for (const { id } of integrations) await app.get('integration.apply', { id, enabled: false });
    expect((await app.get('home.status', {})).notices.map((one) => one.message)).toContain(
      '11 secrets still stand in clear in 2 files',
    );
    const done = await app.get('migration.retire', { reason: 'it works' });
    expect(done.checks.every((one) => one.met)).toBe(true);
    expect(Object.fromEntries(done.files.map((one) => [one.file, one.to]))).toMatchObject({
      '.env': 'deprecated/.env.age',
      'theme_config.json': 'deprecated/theme_config.json',
    });
    expect(done.inClear).toEqual({ secrets: 0, files: [] });
    expect(statSync(path('deprecated/theme_config.json')).mode & 0o777).toBe(0o640);
    expect(text('deprecated/.env.age')).toMatch(/^age-encryption\.org\/v1/u);
    expect(existsSync(path('.env'))).toBe(false);
    const files = Object.keys(fingerprint());
    for (const file of files.filter((one) => one.startsWith('deprecated/')))
      expect(text(file)).not.toMatch(/sk-fake|fakepw|vt-fake/u);
    const status = await app.get('home.status', {});
    expect([status.drift, status.notices.some((one) => one.id === 'secrets-in-clear')]).toEqual([[], false]);
    const again = await app.get('migration.retire', {});
    expect(again.files).toEqual([]);
    expect(await events()).toContain('retire');
    const back = await app.get('migration.rollback', {});
    expect(back.files.every((one) => one.action === 'create')).toBe(true);
    expect(
      Object.fromEntries(Object.entries(fingerprint()).filter(([file]) => !file.startsWith('deprecated/'))),
    ).toEqual(before);
    expect((await app.get('home.status', {})).drift).toEqual([]);
  });

  it('turns the mirrors of the files off in the same act', async () => {
    await migrate();
    const file = 'general_config.json';
    await app.get('mirror.set', { file, on: true });
    const plan = await app.get('migration.retire', { dryRun: true }, credential);
    expect(plan.mirrorsOff).toEqual([file]);
    await app.get('migration.retire', { force: true, reason: 'done with it' }, credential);
    expect((await app.get('mirror.list', {})).mirrors.filter((one) => one.on)).toEqual([]);
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    expect(existsSync(path(file))).toBe(false);
    expect((await app.get('home.status', {})).drift).toEqual([]);
  });

  it('moves the JSON files and keeps .env where its owner wants that (D35)', async () => {
    await migrate();
    const done = await app.get('migration.retire', { force: true, keepEnv: true, reason: 'still read' }, credential);
    expect(done.files.map((one) => one.file).toSorted()).toEqual([
      'approval_config.json',
      'general_config.json',
      'integrations_config.json',
      's3_config.json',
      'theme_config.json',
    ]);
    expect(existsSync(path('.env'))).toBe(true);
    expect(done.inClear).toEqual({ secrets: 6, files: ['.env'] });
  });

  it('keeps secrets in clear where their owner wants that, and says so', async () => {
    await migrate();
    const done = await app.get('migration.retire', { force: true, keepSecrets: true, reason: 'my disk' }, credential);
    expect(done.files.some((one) => one.encrypted)).toBe(false);
    expect(done.inClear.files).toEqual(['deprecated/.env', 'deprecated/integrations_config.json']);
    const { changes } = await app.get('audit.list', { type: 'migration', action: 'retire' });
    expect(changes.map((one) => one.reason)).toEqual(['my disk']);
  });
});

describe('leave', () => {
  const output = (name: string): string =>
    app.files.register(testActor().session, { path: join(home.root, name), name, use: 'write' });

  it('gives the files what changed, proves the last backup outside, and removes .holdfast', async () => {
    await migrate();
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    const before = fingerprint();
    const plan = await app.get('home.leave', { dryRun: true }, credential);
    expect(plan.files.filter((one) => one.action !== 'unchanged')).toEqual([
      { file: 'general_config.json', action: 'write', changed: 1 },
    ]);
    expect(plan.removed).toEqual(expect.arrayContaining(['backups/', 'keys.json']));
    expect(fingerprint()).toEqual(before);
    const done = await app.get('home.leave', { output: output('last.age') }, credential);
    expect(done.backup?.provenAt).not.toBeNull();
    expect(existsSync(join(home.root, 'last.age'))).toBe(true);
    expect(existsSync(path('.holdfast'))).toBe(false);
    expect(readdirSync(home.homeDir).filter((name) => name.startsWith('.holdfast'))).toEqual([]);
    const after = fingerprint();
    expect(Object.keys(after).filter((file) => after[file] !== before[file])).toEqual(['general_config.json']);
    expect(text('general_config.json')).toContain('"theme": "light"');
    expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
  });

  it('goes on after it was cut off: nothing was written without a backup, and files that were are no trouble', async () => {
    await migrate();
    await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] });
    const before = fingerprint();
    const failed = await app.call('home.leave', { output: output('no-such-folder/last.age') }, credential);
    expect(failed.ok ? null : failed.error.type).toBe('DiskError');
    expect(fingerprint()).toEqual(before);
    writeFileSync(path('general_config.json'), text('general_config.json').replace('"dark"', '"light"'));
    const done = await app.get('home.leave', { output: output('last.age') }, credential);
    expect(done.files.every((one) => one.action === 'unchanged')).toBe(true);
    expect(existsSync(path('.holdfast'))).toBe(false);
  });

  it('stops at a file that was changed outside, without a place for the backup, and in another process’s home', async () => {
    await migrate();
    const nowhere = await app.call('home.leave', {}, credential);
    expect(nowhere.ok ? null : nowhere.error).toMatchObject({ type: 'InputInvalid', field: '--output' });
    const inside = app.files.register(testActor().session, {
      path: path('.holdfast/last.age'),
      name: 'last.age',
      use: 'write',
    });
    const gone = await app.call('home.leave', { output: inside }, credential);
    expect(gone.ok ? null : gone.error.type).toBe('InputInvalid');
    writeFileSync(path('general_config.json'), '{}');
    const drifted = await app.call('home.leave', { output: output('last.age') }, credential);
    expect(drifted.ok ? null : drifted.error.type).toBe('Conflict');
    expect(existsSync(path('.holdfast/keys.json'))).toBe(true);
    await app.close();
    const window = await openTestApp(home, 'window', steppingClock('2026-03-03T09:00:00.000Z'));
    await window.get('home.status', {});
    await open('2026-03-04T09:00:00.000Z');
    const theirs = await app.call('home.leave', { dryRun: true }, credential);
    expect(theirs.ok ? null : theirs.error.type).toBe('Conflict');
    await window.close();
  });
});
