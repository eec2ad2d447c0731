/**
 * A restore, the undoing of one, and the removal of old backups, cut before every file call and in the middle of every
 * write: the store is as before or as after, it opens, it takes the next save, and a proven backup is always there.
 */
// First: it must be there before the modules whose calls it sees.
import { diskStatesOf, type DiskState } from './testing/disk-states.ts';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupIdentityOf } from '../secrets/keyring.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { proveContent } from './contents.ts';
import { readBackup } from './format.ts';

let home: TempHome;
let app: TestApp;
let code = '';
let backup = '';
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
  await set(1);
  backup = (await app.get('backup.create', {})).path;
});
afterEach(async () => {
  await app.close();
  home.remove();
});

/** `bytes`: so much that the journal is folded into an image on the way. */
const set = (value: number, bytes = 0) =>
  app.get('settings.apply', {
    changes: [
      ...['a', 'b', 'c'].map((key) => ({ key: `crash.${key}`, op: 'set' as const, value })),
      ...Array.from({ length: Math.ceil(bytes / 500_000) }, (_, i) => ({
        key: `crash.large${String(i)}`,
        op: 'set' as const,
        value: String(value).padEnd(500_000, '.'),
      })),
      { key: 'crash.token', op: 'set', value: `canary-${String(value)}` },
    ],
    create: true,
  });

const stateOf = async (of: TestApp): Promise<string> => {
  const { settings } = await of.get('settings.list', {});
  const token = await of.get('settings.reveal', { key: 'crash.token' });
  const plain = settings.filter(({ version }) => version !== null).map(({ key, value }) => [key, value]);
  return JSON.stringify([plain, token.value]);
};

/** What the next start finds; anything but a store that opens, verifies and takes a save is said. */
const openedState = async ({ homeDir, configDir }: DiskState): Promise<string> => {
  const other = await openTestApp({ homeDir, configDir }, 'cli', steppingClock('2026-04-01T09:00:00.000Z'));
  try {
    await other.get('secret.unlock', { credential: { recoveryCode: code } });
    const found = await stateOf(other);
    if (!(await other.get('audit.verify', {})).ok) return 'the audit log does not verify';
    const changes = [{ key: 'crash.next', op: 'set' as const, value: true }];
    await other.get('settings.apply', { changes, create: true });
    // What a killed run left half made goes with the next backup.
    await other.get('backup.create', {});
    const left = readdirSync(join(homeDir, '.holdfast', 'backups')).filter((name) => name.endsWith('.part'));
    return left.length === 0 ? found : `left behind: ${left.join(', ')}`;
  } finally {
    await other.close();
  }
};

type Report = { before: number; after: number; problems: string[] };

/** `answered`: the last state is the one of the answer. It goes from before to after once and never back. */
const judge = async (states: readonly DiskState[], before: string, after: string): Promise<Report> => {
  const report: Report = { before: 0, after: 0, problems: [] };
  for (const state of states) {
    const found = await openedState(state).catch((error: unknown) => `does not open: ${String(error)}`);
    const mustBeNew = report.after > 0 || state.call === null;
    if (found === after) report.after += 1;
    else if (found === before && !mustBeNew) report.before += 1;
    else report.problems.push(`${state.call ?? 'answered'}: ${found === before ? 'as before' : found.slice(0, 300)}`);
  }
  return report;
};

const restore = async (): Promise<void> => void (await app.get('backup.restore', { backup: { path: backup } }));
const restoring = async (): Promise<{ states: DiskState[]; before: string; after: string }> => {
  await set(2);
  const before = await stateOf(app);
  const states = await diskStatesOf(home, restore);
  return { states, before, after: await stateOf(app) };
};

describe('killed at any file call', () => {
  it('a restore is before or after, and both open (D70)', async () => {
    const { states, before, after } = await restoring();
    const report = await judge(states, before, after);
    expect(report.problems).toEqual([]);
    expect(before).not.toBe(after);
    expect(report.before).toBeGreaterThan(5);
    expect(report.after).toBeGreaterThan(0);
    console.info(`restore: ${JSON.stringify(report)}`);
  });

  it('so is one that is large enough for a new image, until the home is closed', async () => {
    await set(3, 1_500_000);
    backup = (await app.get('backup.create', {})).path;
    await set(4, 1_500_000);
    const before = await stateOf(app);
    const states = await diskStatesOf(home, async () => {
      await restore();
      await app.close();
    });
    app = await openTestApp(home, 'cli', steppingClock('2026-03-15T09:00:00.000Z'));
    await app.get('secret.unlock', { credential: { recoveryCode: code } });
    const report = await judge(states, before, await stateOf(app));
    expect(report.problems).toEqual([]);
    expect(Math.min(report.before, report.after)).toBeGreaterThan(5);
    console.info(`large restore: ${JSON.stringify(report)}`);
  }, 600_000);

  it('so is the undoing of a restore', async () => {
    const { before: after, after: before } = await restoring();
    const states = await diskStatesOf(home, async () => void (await app.get('backup.undo-restore', {})));
    const report = await judge(states, before, after);
    expect(report.problems).toEqual([]);
    expect(Math.min(report.before, report.after)).toBeGreaterThan(0);
    console.info(`undo of a restore: ${JSON.stringify(report)}`);
  });

  it('the test notices a disk that forgets an answered restore, and half a save', async () => {
    const { states, before, after } = await restoring();
    const [first, last] = [states[0], states.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no states');
    const journals = (state: DiskState): string[] =>
      readdirSync(join(state.homeDir, '.holdfast')).filter((name) => name.startsWith('journal-'));
    const journal = journals(last).at(-1) ?? '';
    const path = join(last.homeDir, '.holdfast', journal);
    const whole = readFileSync(path);
    cpSync(join(first.homeDir, '.holdfast', journal), path);
    expect((await judge([last], before, after)).problems).toEqual(['answered: as before']);
    writeFileSync(path, whole);
    rmSync(join(last.homeDir, '.holdfast', 'keys.json'));
    rmSync(join(last.homeDir, '.holdfast', 'keys.json.bak'), { force: true });
    expect((await judge([last], before, after)).problems).toHaveLength(1);
  });
});

describe('removing old backups, killed at any file call (O58)', () => {
  const keep = { last: 1, daily: 0, weekly: 0, monthly: 0, maxBytes: null };
  const dirOf = (homeDir: string): string => join(homeDir, '.holdfast', 'backups');
  const provenIn = async (homeDir: string): Promise<string[]> => {
    const opening = { identities: [backupIdentityOf(code) ?? ''], passphrase: null };
    const proven: string[] = [];
    for (const name of readdirSync(dirOf(homeDir)).filter((one) => one.endsWith('.age'))) {
      const content = await readBackup(name, readFileSync(join(dirOf(homeDir), name)), opening);
      if (content.ok && (await proveContent(content.data)) === null) proven.push(name);
    }
    return proven;
  };
  /** Four backups, the newest one with a wrong byte. */
  const withDamage = async (): Promise<{ newest: string; good: Buffer }> => {
    for (let i = 0; i < 2; i += 1) await app.get('backup.create', {});
    const newest = join(home.homeDir, (await app.get('backup.create', {})).path);
    const good = readFileSync(newest);
    const bad = Buffer.from(good);
    bad[bad.length >> 1] = (bad[bad.length >> 1] ?? 0) ^ 1;
    writeFileSync(newest, bad);
    return { newest, good };
  };

  it('never takes the last proven one', async () => {
    await withDamage();
    expect(await provenIn(home.homeDir)).toHaveLength(3);
    const states = await diskStatesOf(home, async () => void (await app.get('backup.prune', { keep })));
    const left = await Promise.all(states.map(({ homeDir }) => provenIn(homeDir)));
    expect(left.map((names) => names.length)).toEqual(left.map((names) => names.length).toSorted((a, b) => b - a));
    expect([left[0]?.length, left.at(-1)?.length]).toEqual([3, 1]);
    for (const { homeDir, configDir } of states) {
      // The next start lists what is there and removes the rest.
      const other = await openTestApp({ homeDir, configDir }, 'cli', steppingClock('2026-04-01T09:00:00.000Z'));
      await other.get('secret.unlock', { credential: { recoveryCode: code } });
      await other.get('backup.prune', { keep });
      await other.close();
      expect(await provenIn(homeDir)).toHaveLength(1);
    }
    console.info(`prune: ${String(states.length)} states`);
  });

  it('the test notices a removal that trusts a disk which lies', async () => {
    const { newest, good } = await withDamage();
    const bad = readFileSync(newest);
    // What is read while deciding is not what lies there afterwards.
    writeFileSync(newest, good);
    await app.get('backup.prune', { keep });
    writeFileSync(newest, bad);
    expect(await provenIn(home.homeDir)).toEqual([]);
  });
});
