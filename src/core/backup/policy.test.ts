import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultBackupPolicy, type BackupPolicy } from '../../contract/backups.ts';
import type { Clock } from '../clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';
import { createBackupKeeper, type BackupKeeper, type KeeperCall } from './keeper.ts';
import { isOver, nextTime } from './policy.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A clock that a test sets; each look is a millisecond later, so that nothing has the same time. */
const settableClock = (): Clock & { jump: (ms: number) => void } => {
  let time = Date.parse('2026-03-02T09:00:00.000Z');
  let id = 0;
  return {
    now: () => new Date((time += 1)).toISOString(),
    newId: () => `id-${String(++id).padStart(17, '0')}`,
    jump: (ms) => {
      time += ms;
    },
  };
};

describe('the next time', () => {
  const last = '2026-03-04T10:20:30.000Z';
  const next = (every: BackupPolicy['every']): Date => new Date(nextTime(every, '14:25', last, last) ?? '');

  it('is the first one after the last backup, in local time (O49)', () => {
    const within = { hourly: hour, '6h': 6 * hour, daily: day, weekly: 7 * day, monthly: 31 * day };
    for (const every of ['hourly', '6h', 'daily', 'weekly', 'monthly'] as const) {
      const found = next(every);
      expect(found.getMinutes(), every).toBe(25);
      const wait = found.getTime() - Date.parse(last);
      expect(wait, every).toBeGreaterThan(0);
      // An hour more for a change to summer time.
      expect(wait, every).toBeLessThanOrEqual(within[every] + hour);
    }
    for (const every of ['daily', 'weekly', 'monthly'] as const) expect(next(every).getHours()).toBe(14);
    expect(next('weekly').getDay()).toBe(1);
    expect(next('monthly').getDate()).toBe(1);
  });

  it('is now without a backup, and when the last one is of a time to come', () => {
    expect(nextTime('daily', '14:25', null, last)).toBe(last);
    expect(nextTime('daily', '14:25', '2099-01-01T00:00:00.000Z', last)).toBe(last);
    expect(nextTime('off', '14:25', null, last)).toBeNull();
    expect([isOver(null, last), isOver(last, last), isOver('2099', last)]).toEqual([false, true, false]);
  });
});

let home: TempHome;
let app: TestApp;
let clock: ReturnType<typeof settableClock>;
let keeper: BackupKeeper;
let code = '';
let owns = true;

const policy: BackupPolicy = {
  every: 'daily',
  at: '12:00',
  keep: { last: 2, daily: 0, weekly: 0, monthly: 0, maxBytes: null },
  rehearse: 'daily',
};
const dir = () => join(home.homeDir, '.holdfast', 'backups');
const files = () =>
  readdirSync(dir())
    .filter((name) => name.endsWith('.age'))
    .toSorted();
const actions = async () =>
  (await app.get('audit.list', { type: 'backup' })).changes.map((one) => one.action).toReversed();

beforeEach(async () => {
  home = tempHome();
  clock = settableClock();
  app = await openTestApp(home, 'cli', clock);
  code = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
  owns = true;
  const call: KeeperCall = (name, input) => app.call(name, input);
  keeper = createBackupKeeper({ call, owns: () => owns, now: clock.now });
  keeper.stop();
});
afterEach(async () => {
  await app.close();
  home.remove();
});

describe('a schedule (O49, D73)', () => {
  it('goes on by itself after the first backup, once a day, and removes nothing that nobody asked it to', async () => {
    await keeper.look();
    expect(files()).toEqual([]);
    const before = await app.get('backup.policy', {});
    expect(before).toMatchObject({ policy: { every: 'daily' }, chosen: false, plan: { nextAt: null } });
    for (let i = 0; i < 12; i += 1) await app.get('backup.create', {});
    await keeper.look();
    expect(files()).toHaveLength(12);
    expect((await actions()).filter((one) => one === 'rehearse')).toEqual([]);
    clock.jump(day);
    await keeper.look();
    await keeper.look();
    expect(files()).toHaveLength(13);
    clock.jump(8 * day);
    await keeper.look();
    expect(files()).toHaveLength(14);
    // The first backup is of a Monday morning: the week's rehearsal was due by Tuesday, and again a week later.
    expect((await actions()).filter((one) => one === 'rehearse')).toHaveLength(2);
  });

  it('can be switched off', async () => {
    await app.get('backup.create', {});
    await app.get('backup.set-policy', { policy: { ...policy, every: 'off' } });
    clock.jump(30 * day);
    await keeper.look();
    expect(files()).toHaveLength(1);
    expect(await app.call('backup.create', { ifDue: true })).toMatchObject({ error: { type: 'InputInvalid' } });
  });

  it('is an ordinary change that undo takes back', async () => {
    await app.get('backup.set-policy', { policy, reason: 'every day' });
    const { changes } = await app.get('audit.list', { type: 'policy' });
    expect(changes.map((one) => [one.key, one.action, one.reason])).toEqual([['backup', 'create', 'every day']]);
    expect((await app.get('backup.policy', {})).policy).toEqual(policy);
    await app.get('settings.undo', {});
    expect((await app.get('backup.policy', {})).policy).toEqual(defaultBackupPolicy);
  });

  it('makes what is due, once, proven, and removes what is not kept', async () => {
    await app.get('backup.set-policy', { policy });
    owns = false;
    await keeper.look();
    expect(files()).toEqual([]);
    owns = true;
    await keeper.look();
    await keeper.look();
    expect(files()).toHaveLength(1);
    expect((await app.get('home.status', {})).lastBackup?.provenAt).not.toBeNull();
    for (let i = 0; i < 4; i += 1) {
      clock.jump(day);
      await keeper.look();
      await keeper.look();
    }
    expect(files()).toHaveLength(2);
    const all = await actions();
    expect(all.filter((one) => one === 'backup')).toHaveLength(5);
    expect(all.filter((one) => one === 'backup-removed')).toHaveLength(3);
    expect(all.filter((one) => one === 'rehearse').length).toBeGreaterThanOrEqual(4);
    const { plan } = await app.get('backup.policy', {});
    expect(Date.parse(plan.nextAt ?? '')).toBeGreaterThan(Date.parse(clock.now()));
    expect([plan.failed, plan.rehearsedAt !== null]).toEqual([null, true]);
  });

  it('goes on when the clock was set back by years', async () => {
    await app.get('backup.set-policy', { policy });
    await keeper.look();
    clock.jump(-20 * 365 * day);
    await keeper.look();
    await keeper.look();
    expect(files()).toHaveLength(2);
  });

  it('from cron: makes one when it is due, else names the newest', async () => {
    await app.get('backup.set-policy', { policy });
    const first = await app.get('backup.create', { ifDue: true });
    const again = await app.get('backup.create', { ifDue: true });
    expect([first.made, again.made, again.path]).toEqual([true, false, first.path]);
  });

  it('never makes two at once', async () => {
    await app.get('backup.set-policy', { policy });
    const made = await Promise.all([
      app.get('backup.create', {}),
      app.get('backup.create', {}),
      app.get('backup.prune', {}),
    ]);
    expect(new Set(made.slice(0, 2).map((one) => ('path' in one ? one.path : ''))).size).toBe(2);
    expect((await app.get('backup.list', {})).backups.every((one) => one.error === null)).toBe(true);
  });

  it('tells of a failure until the next success, and does not try again at once', async () => {
    await app.get('backup.set-policy', { policy });
    renameSync(dir(), `${dir()}-away`);
    writeFileSync(dir(), 'in the way');
    await keeper.look();
    await keeper.look();
    const failed = (await app.get('home.status', {})).notices.find((one) => one.id === 'backup-failed');
    expect(failed).toMatchObject({ severity: 'error', page: 'backups' });
    expect(failed?.message).toMatch(/^The scheduled backup failed: a backup could not be written/u);
    const check = (await app.get('doctor.run', {})).checks.find((one) => one.id === 'backup');
    expect(check?.severity).toBe('error');
    clock.jump(hour);
    await keeper.look();
    expect((await actions()).filter((one) => one === 'backup-failed')).toHaveLength(1);
    renameSync(dir(), `${dir()}-file`);
    renameSync(`${dir()}-away`, dir());
    clock.jump(hour);
    await keeper.look();
    expect((await app.get('home.status', {})).backup).toMatchObject({ every: 'daily', failed: null });
    expect((await app.get('home.status', {})).notices.filter((one) => one.id.startsWith('backup-'))).toEqual([]);
  });

  it('while locked: sealed, and proven at the next unlock', async () => {
    await app.get('backup.set-policy', { policy });
    await app.get('secret.lock', {});
    await keeper.look();
    expect((await app.get('home.status', {})).lastBackup).toMatchObject({ sealed: true, provenAt: null });
    expect((await app.get('backup.policy', {})).plan.failed).toBeNull();
    await app.get('secret.unlock', { credential: { recoveryCode: code } });
    expect((await app.get('home.status', {})).lastBackup?.provenAt).not.toBeNull();
  });
});

describe('a rehearsal', () => {
  it('opens the newest backup and names what changed since', async () => {
    expect(await app.call('backup.rehearse', {})).toMatchObject({ error: { type: 'NotFound' } });
    const made = await app.get('backup.create', {});
    expect(await app.get('backup.rehearse', {})).toMatchObject({ path: made.path, changed: 0, counts: made.counts });
    await app.get('settings.apply', {
      changes: [
        { key: 'rehearsal.one', op: 'set', value: 1 },
        { key: 'rehearsal.token', op: 'set', value: 'sk-1' },
      ],
      create: true,
    });
    const again = await app.get('backup.rehearse', {});
    expect(again.differences).toEqual([
      { kind: 'setting', key: 'rehearsal.one', how: 'added' },
      { kind: 'setting', key: 'rehearsal.token', how: 'added' },
    ]);
    const status = await app.get('home.status', {});
    expect(status.backup.rehearsedAt).not.toBeNull();
    expect(status.lastBackup?.provenAt).toBe(again.provenAt);
  });

  it('says within one run when the newest backup does not open any more', async () => {
    const made = await app.get('backup.create', {});
    const path = join(home.homeDir, made.path);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(await app.call('backup.rehearse', {})).toMatchObject({ error: { type: 'BackupDamaged' } });
    const status = await app.get('home.status', {});
    expect(status.backup.failed).toMatchObject({ what: 'rehearsal' });
    expect(status.notices.find((one) => one.id === 'backup-failed')?.severity).toBe('error');
    const listed = (await app.get('backup.list', {})).backups.find((one) => one.path === made.path);
    expect([listed?.provenAt, listed?.error]).toEqual([
      null,
      'it could not be read as it was written when it was last looked at',
    ]);
    await app.get('backup.create', {});
    await app.get('backup.rehearse', {});
    expect((await app.get('home.status', {})).backup.failed).toBeNull();
  });

  it('says nothing bad about a backup while locked', async () => {
    await app.get('backup.create', {});
    await app.get('secret.lock', {});
    expect(await app.call('backup.rehearse', {})).toMatchObject({ error: { type: 'SecretsLocked' } });
    expect((await app.get('home.status', {})).backup.failed).toBeNull();
  });
});

describe('removing old ones (O58)', () => {
  const keep = { ...policy.keep, last: 1 };
  const make = async (): Promise<string> => {
    clock.jump(1000);
    return (await app.get('backup.create', {})).path;
  };

  it('takes only its own files of this home, and only when one that stays is as it was proven', async () => {
    const [first, second, third] = [await make(), await make(), await make()];
    writeFileSync(join(dir(), 'holdfast_20200101_000000.age'), readFileSync(join(home.homeDir, first)));
    writeFileSync(join(dir(), 'notes.txt'), 'mine');
    const plan = await app.get('backup.prune', { keep, dryRun: true });
    expect(plan.removed.map((one) => one.path)).toEqual([second, first]);
    expect(plan.kept.map((one) => [one.path, one.why])).toEqual([
      [third, ['last']],
      ['.holdfast/backups/holdfast_20200101_000000.age', ['not ours']],
    ]);
    expect(files()).toHaveLength(4);
    const done = await app.get('backup.prune', { keep, reason: 'tidy' });
    expect({ ...done, dryRun: true }).toEqual(plan);
    expect(files()).toEqual(['holdfast_20200101_000000.age', third.split('/').at(-1)]);
    expect(existsSync(join(dir(), 'notes.txt'))).toBe(true);
    expect((await app.get('audit.list', { action: 'backup-removed' })).changes.map((one) => one.reason)).toEqual([
      'tidy',
      'tidy',
    ]);
    expect((await app.get('backup.prune', { keep })).removed).toEqual([]);
  });

  it('keeps an older one when the newest was changed on the disk', async () => {
    const [first, second, third] = [await make(), await make(), await make()];
    const bytes = readFileSync(join(home.homeDir, third));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    writeFileSync(join(home.homeDir, third), bytes);
    const done = await app.get('backup.prune', { keep });
    expect(done.removed.map((one) => one.path)).toEqual([first]);
    expect(done.kept.map((one) => [one.path, one.why])).toEqual([
      [second, ['last']],
      [third, ['damaged']],
    ]);
  });

  it('removes nothing while none that would stay is verified', async () => {
    await app.get('secret.lock', {});
    const made = [await make(), await make()];
    expect(await app.call('backup.prune', { keep })).toMatchObject({ error: { type: 'CheckUnmet' } });
    expect(files()).toHaveLength(made.length);
  });
});

describe('what was proven is written down', () => {
  it('by verify, for backups of this home and those saved elsewhere', async () => {
    await app.get('secret.lock', {});
    const path = join(home.root, 'away.age');
    const file = app.files.register('session-cli', { path, name: 'away.age', use: 'write' });
    const [made, away] = [await app.get('backup.create', {}), await app.get('backup.create', { output: file })];
    expect([made.provenAt, away.provenAt, made.elsewhere, away.elsewhere?.there]).toEqual([null, null, null, true]);
    const credential = { recoveryCode: code };
    for (const one of [made.path, path]) await app.get('backup.verify', { backup: { path: one }, credential });
    const listed = async () => new Map((await app.get('backup.list', {})).backups.map((one) => [one.path, one]));
    const proven = await listed();
    expect([proven.get(made.path)?.provenAt, proven.get(path)?.provenAt]).not.toContain(null);
    expect((await actions()).filter((one) => one === 'verify')).toHaveLength(2);
    renameSync(path, `${path}.moved`);
    expect((await listed()).get(path)?.elsewhere).toEqual({ there: false, seenAt: proven.get(path)?.provenAt });
    expect((await app.get('home.status', {})).counts.backups).toBe(2);
  });
});
