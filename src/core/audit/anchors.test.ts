/** What Holdfast remembers of the log outside the home, and what it says when the log no longer has it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';
import { steppingClock } from '../testing/clock.ts';
import type { AnchorsFile } from './anchors.ts';

let home: TempHome;
let day = 0;
const open = (): Promise<TestApp> => {
  day += 1;
  return openTestApp(home, 'cli', steppingClock(`2026-03-${String(day).padStart(2, '0')}T09:00:00.000Z`));
};
/** One session with one change. */
const session = async (value: string): Promise<void> => {
  const app = await open();
  await app.get('settings.apply', { changes: [{ op: 'set', key: 'own.note', value }], create: true });
  await app.close();
};
const storeDir = () => join(home.homeDir, '.holdfast');
const keepStore = (name: string) => cpSync(storeDir(), join(home.root, name), { recursive: true });
const putBack = (name: string) => {
  rmSync(storeDir(), { recursive: true });
  cpSync(join(home.root, name), storeDir(), { recursive: true });
};
const anchorsPath = () => {
  const folder = join(home.configDir, 'anchors');
  return join(folder, readdirSync(folder)[0] ?? '');
};
const anchors = () => JSON.parse(readFileSync(anchorsPath(), 'utf8')) as AnchorsFile;

beforeEach(async () => {
  home = tempHome();
  day = 0;
  const app = await open();
  await app.get('migration.run', { protect: { passphrase } });
  await app.close();
});
afterEach(() => home.remove());

describe('anchors (D4)', () => {
  test('each session that wrote leaves one, and reading leaves none', async () => {
    await session('dark');
    const two = anchors();
    expect(two.anchors).toHaveLength(2);
    const reader = await open();
    await reader.get('home.status', {});
    const verified = await reader.get('audit.verify', {});
    await reader.close();
    expect(anchors()).toEqual(two);
    expect(verified).toMatchObject({ ok: true, anchors: 2 });
    expect(verified.head).toBe(two.anchors[1]?.hash);
  });

  test('a log that was cut between two sessions is a notice, an entry and a first bad entry', async () => {
    keepStore('before');
    await session('dark');
    const newest = anchors().anchors.at(-1)?.id ?? 0;
    putBack('before');
    const reader = await open();
    const cut = await reader.get('audit.verify', {});
    expect(cut.firstBad?.problem).toContain(`names entry ${String(newest)}`);
    const [notice] = (await reader.get('home.status', {})).notices.filter(({ id }) => id === 'audit-cut');
    expect(notice?.message).toContain('The audit log was cut after entry');
    await reader.close();

    await session('again');
    const after = await open();
    const found = (await after.get('audit.list', { action: 'tampering' })).changes;
    expect(found).toMatchObject([{ type: 'store', actor: 'holdfast', detail: { anchor: newest } }]);
    expect((await after.get('home.status', {})).notices.map(({ id }) => id)).toContain('audit-cut');
    // Told once; the log goes on from there.
    expect((await after.get('audit.verify', {})).ok).toBe(true);
    await after.close();
    await session('light');
    const last = await open();
    expect((await last.get('audit.list', { action: 'tampering' })).changes).toHaveLength(1);
    await last.close();
  });

  test('a log that was replaced by a longer one shows as well', async () => {
    keepStore('before');
    await session('dark');
    const kept = readFileSync(anchorsPath());
    putBack('before');
    rmSync(anchorsPath());
    await session('light');
    await session('dark');
    writeFileSync(anchorsPath(), kept);
    const reader = await open();
    expect((await reader.get('audit.verify', {})).firstBad?.problem).toContain('the log was replaced');
    await reader.close();
  });

  test('a backup and a list of heads are anchors too; those of another store are refused', async () => {
    const app = await open();
    const made = await app.get('backup.create', {}, { passphrase });
    await app.close();
    const backup = join(home.root, 'kept.age');
    cpSync(join(home.homeDir, made.path), backup);
    const list = join(home.root, 'heads.json');
    cpSync(anchorsPath(), list);
    const ask = async (path: string) => {
      const asking = await open();
      const file = asking.files.register(testActor().session, { path, name: 'given', use: 'read' });
      const answer = await asking.call('audit.verify', { anchor: file }, { passphrase });
      await asking.close();
      return answer;
    };
    expect(await ask(backup)).toMatchObject({ ok: true, data: { ok: true, anchors: 1 } });
    expect(await ask(list)).toMatchObject({ ok: true, data: { ok: true } });
    writeFileSync(list, JSON.stringify({ ...anchors(), store: 'another' }));
    expect(await ask(list)).toMatchObject({ ok: false, error: { type: 'InputInvalid', field: 'anchor' } });
    writeFileSync(list, 'hello');
    expect(await ask(list)).toMatchObject({ ok: false, error: { type: 'FileInvalid' } });
  });

  test('a file of heads that cannot be read or written stops nothing', async () => {
    writeFileSync(anchorsPath(), '{"anchors": [');
    await session('dark');
    expect(anchors().anchors).toHaveLength(1);
    const path = anchorsPath();
    rmSync(path);
    mkdirSync(path);
    await session('light');
    const app = await open();
    expect((await app.get('audit.verify', {})).ok).toBe(true);
    await app.close();
  });
});
