/** Stores that cannot be opened, recovered through the app: what is offered, what is lost, that nothing is wiped. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crc32 } from '../store/checksum.ts';
import { journalVersion } from '../store/journal.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
const apps: TestApp[] = [];

const open = async (door: 'window' | 'cli' = 'cli', startAt = '2026-03-02T09:00:00.000Z'): Promise<TestApp> => {
  const app = await openTestApp(home, door, steppingClock(startAt));
  apps.push(app);
  return app;
};

beforeEach(() => {
  home = tempHome();
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  home.remove();
});

const dir = (): string => join(home.homeDir, '.holdfast');
const storeFiles = (): string[] =>
  readdirSync(dir())
    .filter((name) => /^(?:image|journal)-/u.test(name))
    .toSorted();
const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const setTheme = (value: string) => ({ changes: [{ key: 'general.theme', op: 'set' as const, value }] });

/** The theme is dark in the legacy files; three saves on top of the migration are there to be lost. */
const migrated = async (): Promise<void> => {
  const app = await open('cli', '2026-03-01T09:00:00.000Z');
  await app.get('migration.run', { protect: { passphrase } });
  for (const theme of ['light', 'dark', 'light']) await app.get('settings.apply', setTheme(theme));
  await app.close();
};

const spoil = (name: string, at: (bytes: Buffer) => number): void => {
  const bytes = readFileSync(join(dir(), name));
  const offset = at(bytes);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
  writeFileSync(join(dir(), name), bytes);
};

/** Offsets of the frames of a journal: length at 0, payload from 24. */
const frames = (bytes: Buffer): number[] => {
  const found: number[] = [];
  for (let at = 64; at + 24 < bytes.length; at += 24 + bytes.readUInt32LE(at)) found.push(at);
  return found;
};

const newestJournal = (): string =>
  storeFiles()
    .filter((name) => name.startsWith('journal-'))
    .at(-1) ?? '';

/** A save in the middle of the journal goes bad: everything before it can be read, two intact ones come after. */
const damageJournal = (): void => spoil(newestJournal(), (bytes) => (frames(bytes).at(-3) ?? 64) + 30);

describe('a journal that is damaged in the middle', () => {
  test('is listed with what can be read, what is lost and how the candidates differ', async () => {
    await migrated();
    damageJournal();
    const before = storeFiles().map((name) => [name, hash(join(dir(), name))]);
    const app = await open();
    expect(await app.call('home.status', {})).toMatchObject({ ok: false, error: { type: 'StoreDamaged' } });
    const { problem, candidates, quarantine } = await app.get('recovery.list', {});
    expect(problem).toMatch(/^The store is damaged: journal-\d+\.log: an intact save lies at byte/u);
    expect(quarantine).toEqual({ files: 0, sizeBytes: 0 });
    const [best] = candidates;
    expect(best).toMatchObject({ kind: 'image', problem: null, opens: true, lacksSaves: 3, differs: 0 });
    expect(best?.counts?.['settings']).toBeGreaterThan(10);
    expect(best?.sizeBytes).toBe(statSync(join(home.homeDir, best?.path ?? '')).size);
    expect(best?.at).toMatch(/^2026-03-01T09:/u);
    expect(candidates.filter((one) => one.kind === 'legacy')).toMatchObject([{ opens: false, problem: null }]);
    expect(storeFiles().map((name) => [name, hash(join(dir(), name))])).toEqual(before);
  });

  test('a dry run changes nothing; opening keeps every byte and tells so in the log', async () => {
    await migrated();
    damageJournal();
    const before = new Map(storeFiles().map((name) => [name, hash(join(dir(), name))]));
    const app = await open();
    const best = (await app.get('recovery.list', {})).candidates[0]?.path ?? '';
    const looked = await app.get('recovery.open', { candidate: best, dryRun: true });
    expect(looked).toMatchObject({ opened: false, differences: [], quarantine: '.holdfast/quarantine' });
    expect(looked.setAside.map((one) => one.file)).toEqual([...before.keys()].map((name) => `.holdfast/${name}`));
    expect(storeFiles()).toEqual([...before.keys()]);

    const done = await app.get('recovery.open', { candidate: best });
    expect(done).toMatchObject({ opened: true, candidate: { path: best, lacksSaves: 3 } });
    const aside = join(home.homeDir, done.quarantine);
    expect(new Map(readdirSync(aside).map((name) => [name, hash(join(aside, name))]))).toEqual(before);
    expect(storeFiles()).toHaveLength(2);
    expect(await app.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'dark' });
    const { changes } = await app.get('audit.list', { limit: 1 });
    expect(changes[0]).toMatchObject({ action: 'recover', detail: { from: best, lacksSaves: 3 } });
    expect((await app.get('home.status', {})).quarantine).toMatchObject({ files: before.size });
    expect((await app.get('audit.verify', {})).ok).toBe(true);

    await app.get('settings.apply', setTheme('light'));
    await app.close();
    const again = await open('cli', '2026-03-03T09:00:00.000Z');
    expect(await again.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'light' });
    expect(await again.call('recovery.open', { candidate: best })).toMatchObject({ error: { type: 'Conflict' } });
  });

  test('is recovered from a door that stays, which then owns the home', async () => {
    await migrated();
    damageJournal();
    const app = await open('window');
    expect(await app.call('settings.apply', setTheme('light'))).toMatchObject({ error: { type: 'StoreDamaged' } });
    const best = (await app.get('recovery.list', {})).candidates[0]?.path ?? '';
    await app.get('recovery.open', { candidate: best });
    expect((await app.get('home.status', {})).state).toBe('RUNNING');
    await app.get('settings.apply', setTheme('light'));
    const other = await open('cli');
    expect(await other.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'light' });
  });

  test('what was set aside can be opened again, if it comes to that', async () => {
    await migrated();
    damageJournal();
    const app = await open();
    const best = (await app.get('recovery.list', {})).candidates[0]?.path ?? '';
    await app.get('recovery.open', { candidate: best });
    await app.close();
    for (const name of storeFiles()) rmSync(join(dir(), name));
    const again = await open('cli', '2026-03-03T09:00:00.000Z');
    const { candidates } = await again.get('recovery.list', {});
    expect(candidates[0]).toMatchObject({ kind: 'image', opens: true });
    expect(candidates[0]?.path).toMatch(/^\.holdfast\/quarantine\/.+\/image-\d+\.db$/u);
  });
});

describe('a journal of a newer format', () => {
  test('is refused by the format it has, and what came before it can be opened', async () => {
    await migrated();
    const name = newestJournal();
    const bytes = readFileSync(join(dir(), name));
    bytes.writeUInt32LE(journalVersion + 1, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
    writeFileSync(join(dir(), name), bytes);
    const app = await open();
    const format = `journal format ${String(journalVersion + 1)}`;
    const { problem, candidates } = await app.get('recovery.list', {});
    expect(problem).toContain(`newer Holdfast (${format}; this one knows up to ${String(journalVersion)})`);
    expect(candidates[0]).toMatchObject({
      kind: 'image',
      opens: true,
      detail: expect.stringContaining(`up to where ${name} begins, which has the newer ${format}`),
    });
  });
});

describe('when no image is whole', () => {
  test('a backup becomes the store, with its secrets', async () => {
    await migrated();
    const before = await open('cli', '2026-03-04T12:00:00.000Z');
    const backup = await before.get('backup.create', {}, { passphrase });
    await before.close();
    for (const name of storeFiles().filter((one) => one.startsWith('image-')))
      spoil(name, (bytes) => bytes.length >> 1);
    const app = await open();
    const { candidates } = await app.get('recovery.list', {});
    expect(candidates[0]).toMatchObject({ kind: 'backup', path: backup.path, opens: true, problem: null });
    expect(candidates.filter((one) => one.kind === 'image')).toMatchObject([
      // Nobody could tell it from one that another program changed, so it is offered, but last.
      { opens: true, detail: expect.stringContaining('its checksum is wrong') },
    ]);
    expect(await app.call('recovery.open', { candidate: backup.path })).toMatchObject({
      error: { type: 'SecretsLocked' },
    });
    const done = await app.get('recovery.open', { candidate: backup.path }, { passphrase });
    expect(done.opened).toBe(true);
    expect(await app.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'light' });
    expect(await app.call('settings.reveal', { key: 'env.GITHUB_TOKEN' }, { passphrase })).toMatchObject({ ok: true });
  });

  test('so does a backup that a person dropped, which no list knows; a file that is none is refused', async () => {
    await migrated();
    const before = await open('cli', '2026-03-04T12:00:00.000Z');
    const { path, at: made } = await before.get('backup.create', {}, { passphrase });
    await before.close();
    const away = join(home.root, 'away.age');
    renameSync(join(home.homeDir, path), away);
    for (const name of storeFiles().filter((one) => one.startsWith('image-')))
      spoil(name, (bytes) => bytes.length >> 1);
    const files = storeFiles();
    const app = await open();
    const give = (at: string) => ({
      candidate: { file: app.files.register(testActor('cli').session, { path: at, name: 'away.age', use: 'read' }) },
    });
    const readme = join(home.root, 'readme.txt');
    writeFileSync(readme, 'no backup');
    expect(await app.call('recovery.open', { ...give(readme), dryRun: true })).toMatchObject({
      error: { type: 'CheckUnmet', unmet: [`${readme}: it is not an age file`] },
    });
    expect(await app.get('recovery.open', { ...give(away), dryRun: true })).toMatchObject({
      candidate: { kind: 'backup', path: away, at: made, opens: true, counts: null },
      opened: false,
    });
    const looked = await app.get('recovery.open', { ...give(away), dryRun: true }, { passphrase });
    expect(looked.candidate.counts?.['settings']).toBeGreaterThan(10);
    expect(storeFiles()).toEqual(files);
    expect((await app.get('recovery.open', give(away), { passphrase })).opened).toBe(true);
    expect(await app.get('settings.get', { key: 'general.theme' })).toMatchObject({ value: 'light' });
  });

  test('counts of a backup show once its key is there', async () => {
    await migrated();
    const before = await open('cli', '2026-03-04T12:00:00.000Z');
    await before.get('backup.create', {}, { passphrase });
    await before.close();
    for (const name of storeFiles().filter((one) => one.startsWith('image-')))
      spoil(name, (bytes) => bytes.length >> 1);
    const app = await open();
    expect((await app.get('recovery.list', {})).candidates[0]?.counts).toBeNull();
    expect((await app.get('recovery.list', {}, { passphrase })).candidates[0]?.counts?.['settings']).toBeGreaterThan(
      10,
    );
  });
});

describe('what is not a candidate', () => {
  test('is refused by name, and nothing moves', async () => {
    await migrated();
    damageJournal();
    const before = storeFiles();
    const app = await open();
    expect(await app.call('recovery.open', { candidate: '../../etc/passwd' })).toEqual({
      ok: false,
      error: { type: 'NotFound', what: 'recovery candidate', name: '../../etc/passwd' },
    });
    const legacy = (await app.get('recovery.list', {})).candidates.find((one) => one.kind === 'legacy')?.path ?? '';
    expect(await app.call('recovery.open', { candidate: legacy })).toMatchObject({ error: { type: 'CheckUnmet' } });
    expect(storeFiles()).toEqual(before);
  });

  test('a home without a store has nothing to recover', async () => {
    const app = await open();
    expect(await app.get('recovery.list', {})).toEqual({
      problem: null,
      candidates: [],
      quarantine: { files: 0, sizeBytes: 0 },
    });
    expect(await app.call('recovery.open', { candidate: 'x' })).toMatchObject({ error: { type: 'NotFound' } });
  });
});
