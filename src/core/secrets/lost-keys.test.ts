/** The key file is gone, or it is another home's: said plainly, and never met by new keys. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { proveContent } from '../backup/contents.ts';
import { readBackup } from '../backup/format.ts';
import type { Credential } from '../context.ts';
import { steppingClock } from '../testing/clock.ts';
import { backupIdentityOf, createKeys } from './keyring.ts';
import { serialiseKeys } from './keys-format.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let key: Credential;

beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  key = { recoveryCode: run.recoveryCode ?? '' };
  await app.get('backup.create', {});
  await app.close();
});

afterEach(async () => {
  await app.close();
  home.remove();
});

const keysPath = (of: TempHome): string => join(of.homeDir, '.holdfast', 'keys.json');
const reopen = async (): Promise<void> => {
  app = await openTestApp(home, 'cli', steppingClock('2026-03-02T09:00:00.000Z'));
};
const setToken = { changes: [{ key: 'env.GITHUB_TOKEN', op: 'set' as const, value: 'another' }] };

describe('a key file that is gone', () => {
  beforeEach(async () => {
    rmSync(keysPath(home));
    rmSync(`${keysPath(home)}.bak`);
    await reopen();
  });

  test('is told by status, doctor and every command that needs it', async () => {
    const status = await app.get('home.status', {});
    expect(status.keys).toBe('locked');
    expect(status.notices.map((notice) => [notice.id, notice.severity])).toContainEqual(['keys-unusable', 'error']);
    expect((await app.get('doctor.run', {})).checks.find((check) => check.id === 'keys')?.severity).toBe('error');
    for (const answer of [
      await app.call('settings.apply', setToken, { passphrase: 'x' }),
      await app.call('settings.reveal', { key: 'env.GITHUB_TOKEN' }, key),
      await app.call('backup.create', {}),
      await app.call('secret.unlock', { credential: key }),
    ]) {
      expect(answer).toMatchObject({ ok: false, error: { type: 'SecretsLocked' } });
    }
    expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('dark');
    expect(
      await app.get('settings.apply', { changes: [{ key: 'general.theme', op: 'set', value: 'light' }] }),
    ).toMatchObject({ dryRun: false });
  });

  test('is never replaced by new keys', async () => {
    expect(await app.call('migration.run', { protect: { recoveryCode: true } })).toMatchObject({
      ok: false,
      error: { type: 'SecretsLocked' },
    });
    expect(existsSync(keysPath(home))).toBe(false);
  });

  test('comes back from a backup, and everything opens again', async () => {
    const [backup] = (await app.get('backup.list', {})).backups.filter((one) => one.kind === 'store');
    await app.get('backup.restore', {
      backup: { path: backup?.path ?? '' },
      credential: 'recoveryCode' in key ? key : undefined,
    } as never);
    expect((await app.get('settings.reveal', { key: 'env.GITHUB_TOKEN' }, key)).value).toBe(
      'ghp_fake0000000000000000000000000000',
    );
  });
});

describe('all keys lost', () => {
  const token = 'env.GITHUB_TOKEN';
  const protect = { passphrase: 'a new passphrase' };
  const opens = { passphrase: protect.passphrase };

  test('secrets are reset one by one, with new keys beside the old file; the rest goes on', async () => {
    await reopen();
    const old = readFileSync(keysPath(home));
    // Not by accident: not without saying so, and not while they could be open.
    for (const [input, credential, type] of [
      [{ key: token }, undefined, 'SecretsLocked'],
      [{ key: token, protect }, undefined, 'CheckUnmet'],
      [{ key: token, protect, keysLost: true }, key, 'CheckUnmet'],
      [{ key: 'general.theme', keysLost: true }, undefined, 'NotFound'],
    ] as const)
      expect(await app.call('secret.reset', input, credential)).toMatchObject({ ok: false, error: { type } });
    expect(readFileSync(keysPath(home)).equals(old)).toBe(true);

    const done = await app.get('secret.reset', { key: token, keysLost: true, protect, reason: 'the note is gone' });
    expect(done).toMatchObject({ key: token, newKeys: true });
    expect(await app.get('settings.get', { key: token })).toMatchObject({ set: false });
    // The old key file is kept: what it opened is still in the history.
    const kept = readdirSync(join(home.homeDir, '.holdfast', 'quarantine')).filter((name) =>
      name.startsWith('keys.json-'),
    );
    expect(kept.map((name) => readFileSync(join(home.homeDir, '.holdfast', 'quarantine', name)).equals(old))).toEqual([
      true,
    ]);
    await app.close();

    app = await openTestApp(home, 'cli', steppingClock('2026-03-03T09:00:00.000Z'));
    await app.get('settings.apply', setToken, opens);
    expect((await app.get('settings.reveal', { key: token }, opens)).value).toBe('another');
    const board = await app.get('secret.hygiene', {}, opens);
    expect(board.secrets.filter((one) => one.findings.includes('unreadable')).length).toBeGreaterThan(3);
    expect(board.secrets.find((one) => one.key === token)?.findings).not.toContain('unreadable');
    // The seals of the lost key are told apart from tampering.
    expect(await app.get('audit.verify', {}, opens)).toMatchObject({ ok: true, firstBad: null, unsealed: 0 });
    expect((await app.get('audit.verify', {}, opens)).sealsOfLostKeys).toBeGreaterThan(0);
    // What nobody can open any more goes one by one; nothing is taken along.
    const next = board.secrets.find((one) => one.findings.includes('unreadable'));
    const before = (await app.get('secret.hygiene', {}, opens)).secrets.length;
    await app.get('secret.reset', { kind: next?.kind ?? '', key: next?.key ?? '' }, opens);
    expect((await app.get('secret.hygiene', {}, opens)).secrets).toHaveLength(before - 1);
    expect((await app.get('settings.get', { key: 'general.theme' })).value).toBe('dark');
  });

  test('a key file that is gone needs new keys said in so many words', async () => {
    rmSync(keysPath(home));
    rmSync(`${keysPath(home)}.bak`);
    await reopen();
    expect(await app.call('secret.reset', { key: token, keysLost: true })).toMatchObject({
      ok: false,
      error: { type: 'SecretsLocked' },
    });
    expect(existsSync(keysPath(home))).toBe(false);
    const done = await app.get('secret.reset', { key: token, protect: { recoveryCode: true } });
    expect(done.recoveryCode).toMatch(/^([0-9A-Z]{4}-){8}.$/u);
    expect(await app.call('settings.reveal', { key: 'env.CLAUDE_API_KEY' })).toMatchObject({ ok: false });
    expect(await app.get('settings.apply', setToken)).toMatchObject({ dryRun: false });
  });
});

test('another home’s key file is not taken for this one’s', async () => {
  const other = tempHome();
  const foreign = await openTestApp(other, 'cli', steppingClock('2026-05-01T09:00:00.000Z'));
  const made = await foreign.get('migration.run', { protect: { recoveryCode: true } });
  await foreign.close();
  copyFileSync(keysPath(other), keysPath(home));
  copyFileSync(`${keysPath(other)}.bak`, `${keysPath(home)}.bak`);
  other.remove();
  await reopen();
  const theirs = { recoveryCode: made.recoveryCode ?? '' };
  expect((await app.get('home.status', {})).notices.map((notice) => notice.id)).toContain('keys-unusable');
  expect(await app.call('settings.apply', setToken, theirs)).toMatchObject({ ok: false, error: { type: 'WrongKey' } });
  expect(await app.call('secret.unlock', { credential: theirs })).toMatchObject({
    ok: false,
    error: { type: 'WrongKey' },
  });
});

test('a wrong key given to a backup is said, not passed over', async () => {
  await reopen();
  expect(await app.call('backup.create', {}, { recoveryCode: '0000-0000' })).toMatchObject({
    ok: false,
    error: { type: 'WrongKey' },
  });
});

test('a backup whose key file lacks the key of a secret is not proven', async () => {
  await reopen();
  const store = await app.get('backup.create', {}, key);
  expect(store.provenAt).not.toBeNull();
  const bytes = readFileSync(join(home.homeDir, store.path));
  const identity = 'recoveryCode' in key ? backupIdentityOf(key.recoveryCode) : null;
  const content = await readBackup('b', bytes, { identities: [identity ?? ''], passphrase: null });
  if (!content.ok) throw new Error(content.error.type);
  expect(await proveContent(content.data)).toBeNull();
  const other = await createKeys({ recoveryCode: true, now: '2026-03-01T09:00:00.000Z' });
  expect(await proveContent({ ...content.data, keys: serialiseKeys(other.file) })).toMatch(
    /was encrypted with a key that is not in it/u,
  );
});
