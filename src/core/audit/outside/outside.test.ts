/** Rows changed outside Holdfast: each way is found, can be taken over or taken back, and the log holds afterwards. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OutsideChange } from '../../../contract/audit-outside.ts';
import { steppingClock } from '../../testing/clock.ts';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../../testing/test-app.ts';
import { editOutside, edits, type Editing, type EditOptions } from '../testing/edit-outside.ts';

const unlock = { passphrase };
const key = 's3.region';
const secret = 'env.GITHUB_TOKEN';
const legacy = 'eu-central-1';

let made: TempHome;
let home: TempHome;
let app: TestApp;
let opened = 0;

const reopen = async (): Promise<void> => {
  opened += 1;
  app = await openTestApp(home, 'cli', steppingClock(`2026-03-0${String(opened + 1)}T09:00:00.000Z`));
  await app.get('secret.unlock', { credential: unlock });
};
const outside = async (edit: (editing: Editing) => void, options: EditOptions = {}): Promise<void> => {
  await app.close();
  await editOutside(home.homeDir, edit, options);
  await reopen();
};
const look = async (): Promise<OutsideChange[]> => (await app.get('audit.outside', {})).changes;
const only = async (): Promise<OutsideChange> => {
  const changes = await look();
  expect(changes).toHaveLength(1);
  if (changes[0] === undefined) throw new Error('nothing was found');
  return changes[0];
};
const settle = (changes: readonly OutsideChange[], choice: 'accept' | 'revert') =>
  app.get('audit.settle-outside', {
    choices: changes.map(({ id, type, key: of }) => ({ id, type, key: of, choice })),
    reason: 'agreed with Anna',
  });
const valueOf = async (of: string) => (await app.get('settings.get', { key: of })).value;
const verify = () => app.get('audit.verify', {});
const undisturbed = async (): Promise<void> => {
  expect(await look()).toEqual([]);
  expect(await verify()).toMatchObject({ ok: true, firstBad: null });
};

beforeAll(async () => {
  made = tempHome();
  const first = await openTestApp(made, 'cli', steppingClock('2026-03-01T09:00:00.000Z'));
  await first.get('migration.run', { protect: { passphrase } });
  for (const value of ['eu-west-1', 'eu-west-2'])
    await first.get('settings.apply', { changes: [{ key, op: 'set', value }] }, unlock);
  await first.close();
});
afterAll(() => made.remove());
beforeEach(async () => {
  opened = 0;
  home = tempHome(null);
  cpSync(made.homeDir, home.homeDir, { recursive: true });
  await reopen();
});
afterEach(async () => {
  await app.close();
  home.remove();
});

test('a home that nobody touched has nothing to settle', async () => {
  await undisturbed();
  await outside(() => undefined);
  await undisturbed();
});

describe('a value of a live row', () => {
  const hacked = edits.value(key, '"mars-1"');

  test('is taken over as a version like any other; the entry that made the old one is settled (O14)', async () => {
    await outside(hacked, { alone: true });
    expect((await verify()).firstBad?.problem).toContain('was changed');
    const change = await only();
    expect(change).toMatchObject({
      type: 'setting',
      key,
      what: 'changed',
      vouched: null,
      acceptable: true,
      found: { value: 'mars-1' },
      revertTo: { value: 'eu-west-1', exact: false },
    });
    expect(change.title).not.toBeNull();
    const done = await settle([change], 'accept');
    expect(done).toMatchObject({ accepted: 1, reverted: 0, settledEntries: 1, left: 0 });
    expect(await valueOf(key)).toBe('mars-1');
    await undisturbed();
    const { settled } = await verify();
    expect(settled).toMatchObject({ count: 1, first: [{ id: change.entries[0], actor: 'tester' }] });
    const { changes } = await app.get('audit.list', { changeSet: done.changeSet });
    expect(changes.map((one) => [one.action, one.key, one.reason])).toEqual([
      ['settled', '', 'agreed with Anna'],
      ['update', key, 'agreed with Anna'],
    ]);
  });

  test('goes back to the last value that the chain vouches for', async () => {
    await outside(hacked, { alone: true });
    await settle([await only()], 'revert');
    expect(await valueOf(key)).toBe('eu-west-1');
    await undisturbed();
    expect((await verify()).settled.count).toBe(1);
  });

  test('goes back to exactly what it was where an older image has it, and nothing needs settling', async () => {
    await outside(hacked);
    const change = await only();
    expect(change).toMatchObject({ vouched: { value: 'eu-west-2' }, revertTo: { value: 'eu-west-2', exact: true } });
    expect(await settle([change], 'revert')).toMatchObject({ reverted: 1, settledEntries: 0 });
    expect(await valueOf(key)).toBe('eu-west-2');
    await undisturbed();
    expect((await verify()).settled.count).toBe(0);
  });

  test('goes back to exactly what it was where an earlier version had the same text', async () => {
    await app.get('settings.apply', { changes: [{ key, op: 'set', value: 'eu-west-1' }] });
    await outside(hacked, { alone: true });
    expect(await only()).toMatchObject({ revertTo: { value: 'eu-west-1', exact: true } });
  });

  test('changed once more after it was settled is bad again, and can be settled again', async () => {
    await outside(hacked, { alone: true });
    await settle([await only()], 'accept');
    await outside(edits.value(key, '"venus-1"'), { alone: true });
    const again = await only();
    expect(again).toMatchObject({ what: 'changed', found: { value: 'venus-1' }, revertTo: { exact: true } });
    expect(again.revertTo?.value).toBe('mars-1');
    // The version that was settled, not the one that took its place.
    await settle([again], 'revert');
    await outside(({ run, one }) => {
      const { id } = one(`SELECT min(id) AS id FROM version WHERE value = '"mars-1"'`);
      run(`UPDATE version SET value = '"pluto-1"' WHERE id = ?`, [id ?? null]);
    });
    expect((await verify()).ok).toBe(false);
    const history = await only();
    expect(history).toMatchObject({ what: 'earlier', found: { value: 'mars-1' } });
    await settle([history], 'accept');
    expect(await valueOf(key)).toBe('mars-1');
    await undisturbed();
  });

  test('that is no JSON shows as its text, and is taken over as such', async () => {
    await outside(edits.value(key, 'mars-1'), { alone: true });
    expect(await valueOf(key)).toBe('mars-1');
    await settle([await only()], 'accept');
    expect(await valueOf(key)).toBe('mars-1');
    await undisturbed();
  });

  test('that came back by hand meanwhile is refused as stale', async () => {
    await outside(hacked, { alone: true });
    const change = await only();
    await outside(edits.value(key, '"mars-2"'), { alone: true });
    const choices = [{ id: change.id, type: 'setting', key, choice: 'accept' as const }];
    expect(await app.call('audit.settle-outside', { choices, reason: 'r' })).toMatchObject({
      error: { type: 'Stale', keys: [key] },
    });
  });

  test('is not settled without the keys, nor where the setting is locked', async () => {
    await app.get('settings.lock', { key, reason: 'agreed' });
    await outside(hacked, { alone: true });
    const { id } = await only();
    const choices = [{ id, type: 'setting', key, choice: 'accept' as const }];
    await app.get('secret.lock', {});
    expect(await app.call('audit.settle-outside', { choices, reason: 'r' })).toMatchObject({
      error: { type: 'SecretsLocked' },
    });
    await app.get('secret.unlock', { credential: unlock });
    expect(await app.call('audit.settle-outside', { choices, reason: 'r' })).toMatchObject({
      error: { type: 'SettingInvalid', key },
    });
    await settle([await only()], 'revert');
    await undisturbed();
  });
});

describe('other rows', () => {
  const ways: {
    name: string;
    edit: (editing: Editing) => void;
    what: OutsideChange['what'];
    alone?: boolean;
    key?: string;
    accepted: unknown;
    reverted: unknown;
  }[] = [
    {
      name: 'an older version made live',
      edit: edits.setBack(key),
      what: 'set-back',
      accepted: legacy,
      reverted: 'eu-west-2',
    },
    { name: 'a live row removed', edit: edits.remove(key), what: 'removed', accepted: null, reverted: 'eu-west-2' },
    {
      name: 'a live row and its version removed',
      edit: edits.removeWhole(key),
      what: 'removed',
      accepted: null,
      reverted: 'eu-west-2',
    },
    {
      name: 'the same without an older image',
      edit: edits.removeWhole(key),
      what: 'removed',
      alone: true,
      accepted: null,
      reverted: 'eu-west-1',
    },
    {
      name: 'a row inserted',
      edit: edits.insert('s3.extra', '"x"'),
      what: 'added',
      key: 's3.extra',
      accepted: 'x',
      reverted: null,
    },
    {
      name: 'a version inserted and made live',
      edit: ({ run }) => {
        run(`INSERT INTO version SELECT (SELECT max(id) + 1 FROM version), version.subject, 0, '"mine"', 0, NULL, NULL, version.source
               FROM live JOIN version ON version.id = live.version WHERE live.subject = (SELECT id FROM subject WHERE key = '${key}')`);
        run(
          `UPDATE live SET version = (SELECT max(id) FROM version) WHERE subject = (SELECT id FROM subject WHERE key = '${key}')`,
        );
      },
      what: 'changed',
      accepted: 'mine',
      reverted: 'eu-west-2',
    },
  ];
  const stored = async (of: string): Promise<unknown> => {
    const found = (await app.get('settings.list', {})).settings.find((one) => one.key === of);
    return found === undefined || found.source === 'default' ? null : found.value;
  };

  test.each(ways)('$name: taken over', async ({ edit, what, alone = false, key: of = key, accepted }) => {
    await outside(edit, { alone });
    const change = await only();
    expect(change).toMatchObject({ type: 'setting', key: of, what });
    await settle([change], 'accept');
    expect(await stored(of)).toBe(accepted);
    await undisturbed();
  });

  test.each(ways)('$name: taken back', async ({ edit, alone = false, key: of = key, reverted }) => {
    await outside(edit, { alone });
    await settle([await only()], 'revert');
    expect(await stored(of)).toBe(reverted);
    await undisturbed();
  });

  test.each([true, false])('a setting renamed: its own name comes back, alone %s', async (alone) => {
    await outside(edits.rename(key, 's3.zone'), { alone });
    const change = await only();
    expect(change).toMatchObject({ key: 's3.zone', what: 'renamed', revertTo: { value: 'eu-west-2', exact: true } });
    await settle([change], 'revert');
    expect(await valueOf(key)).toBe('eu-west-2');
    await undisturbed();
    expect((await verify()).settled.count).toBe(0);
  });

  test('a setting renamed: the new name stays', async () => {
    await outside(edits.rename(key, 's3.zone'));
    const change = await only();
    await settle([change], 'accept');
    expect(await stored('s3.zone')).toBe('eu-west-2');
    await undisturbed();
    expect((await verify()).settled.count).toBe(change.entries.length);
  });

  test('who made a change: the entries of the change set are settled, and no value changes', async () => {
    await outside(({ run }) =>
      run(`UPDATE change_set SET reason = 'because' WHERE id = (SELECT max(id) FROM change_set)`),
    );
    const change = await only();
    expect(change).toMatchObject({ type: 'log', what: 'entry', revertTo: null });
    await settle([change], 'accept');
    expect(await valueOf(key)).toBe('eu-west-2');
    await undisturbed();
  });

  test('all at once, in one change set', async () => {
    await outside((editing) => {
      edits.value('general.theme', '"pink"')(editing);
      edits.remove(key)(editing);
      edits.insert('s3.extra', '1')(editing);
    });
    const changes = await look();
    expect(changes.map((one) => [one.key, one.what])).toEqual([
      ['general.theme', 'changed'],
      ['s3.extra', 'added'],
      [key, 'removed'],
    ]);
    expect(await settle(changes, 'revert')).toMatchObject({ reverted: 3, left: 0 });
    await undisturbed();
  });
});

describe('a secret', () => {
  test('whose ciphertext was changed goes back to what an older image has', async () => {
    await outside(edits.cipher(secret));
    const change = await only();
    expect(change).toMatchObject({
      key: secret,
      what: 'changed',
      acceptable: false,
      revertTo: { exact: true, secret: true },
    });
    expect(JSON.stringify(change)).not.toContain('ghp_');
    const choices = [{ id: change.id, type: 'setting', key: secret, choice: 'accept' as const }];
    expect(await app.call('audit.settle-outside', { choices, reason: 'r' })).toMatchObject({
      error: { type: 'CheckUnmet' },
    });
    await settle([change], 'revert');
    expect((await app.get('settings.reveal', { key: secret })).value).toEqual(expect.any(String));
    await undisturbed();
  });

  test('whose fingerprint was changed is the one it was: the keys say so', async () => {
    const before = (await app.get('settings.reveal', { key: secret })).value;
    await outside(
      ({ run }) =>
        run(
          `UPDATE version SET print = zeroblob(length(print)) WHERE id = (SELECT version FROM live WHERE subject = (SELECT id FROM subject WHERE key = '${secret}'))`,
        ),
      { alone: true },
    );
    await settle([await only()], 'revert');
    expect((await app.get('settings.reveal', { key: secret })).value).toBe(before);
    await undisturbed();
  });

  test('that is gone for good can be set anew: what does not open is settled as it is', async () => {
    await outside(edits.cipher(secret), { alone: true });
    expect(await only()).toMatchObject({ what: 'changed', acceptable: false, revertTo: null });
    await app.get('settings.apply', { changes: [{ key: secret, op: 'set', value: 'ghp_new' }] });
    const change = await only();
    expect(change).toMatchObject({ what: 'earlier', acceptable: true });
    await settle([change], 'accept');
    await undisturbed();
  });
});

describe('the log of a home in which something was settled', () => {
  const verifier = resolve(import.meta.dirname, '../../../../tools/verify_audit.py');
  const python = (file: string): unknown => {
    const { stdout } = spawnSync('python3', [verifier, file], { encoding: 'utf8' });
    return JSON.parse(stdout);
  };
  const settledHome = async (): Promise<void> => {
    await outside(edits.value(key, '"mars-1"'), { alone: true });
    await settle([await only()], 'accept');
  };
  const exported = async (): Promise<string> => {
    const path = join(home.root, 'log.jsonl');
    const file = app.files.register(testActor().session, { path, name: 'log.jsonl', use: 'write' });
    await app.get('audit.export', { file });
    return path;
  };

  test('verifies without Holdfast, too, until it is changed once more (D4)', async () => {
    await settledHome();
    const path = await exported();
    expect(python(path)).toMatchObject({ ok: true, settled: 1 });
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('mars-1', 'mars-2'));
    expect(python(path)).toMatchObject({ ok: false, problem: 'the entry or one before it was changed' });
    const settling = /^.*"action":"settled".*\n/mu;
    writeFileSync(path, text.replace(settling, ''));
    expect(python(path)).toMatchObject({ ok: false });
  });

  test('takes no settlement that was written without the keys', async () => {
    await settledHome();
    // What somebody without the keys can do: the same entry, without the seal of its change set.
    await outside(({ run }) => {
      run(`DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE action = (SELECT id FROM term WHERE text = 'seal')
             AND change_set = (SELECT change_set FROM audit WHERE action = (SELECT id FROM term WHERE text = 'settled')))`);
    });
    expect((await verify()).firstBad?.problem).toBe('the entry or one before it was changed');
    const path = await exported();
    expect(python(path)).toMatchObject({ ok: false, problem: 'the entry or one before it was changed' });
  });
});

describe('after the open', () => {
  /** The search runs beside the calls, when nothing else is asked. */
  const noted = () =>
    expect.poll(async () => (await app.get('audit.list', { action: 'outside-change' })).changes.length, {
      timeout: 60_000,
    });
  const openWindow = async (): Promise<void> => {
    await app.close();
    opened += 1;
    app = await openTestApp(home, 'window', steppingClock(`2026-03-0${String(opened + 1)}T09:00:00.000Z`));
  };
  const told = async () =>
    (await app.get('home.status', {})).notices.filter((notice) => notice.id === 'outside-change');

  test('it is noted once, told until it is settled, and checked by the doctor (O14)', async () => {
    await outside(edits.value(key, '"mars-1"'), { alone: true });
    await openWindow();
    await noted().toBe(1);
    expect(await told()).toMatchObject([{ severity: 'error', page: 'audit' }]);
    const { checks } = await app.get('doctor.run', {});
    expect(checks.find((check) => check.id === 'outside')).toMatchObject({
      severity: 'error',
      message: `Changed without Holdfast: ${key}.`,
      fix: 'holdfast audit outside',
    });
    const [entry] = (await app.get('audit.list', { action: 'outside-change' })).changes;
    expect(entry).toMatchObject({ actor: 'holdfast', detail: { number: 1, keys: [`setting ${key}`] } });
    await openWindow();
    await app.get('secret.unlock', { credential: unlock });
    expect(await told()).toHaveLength(1);
    await settle([await only()], 'accept');
    expect(await told()).toEqual([]);
    expect((await app.get('audit.list', { action: 'outside-change' })).changes).toHaveLength(1);
  });
});

describe('an image whose checksum no longer fits', () => {
  test('gives way to the older one, and the notice says which file it is', async () => {
    await app.close();
    const name = await editOutside(home.homeDir, edits.value(key, '"mars-1"'), { oldTrailer: true });
    await reopen();
    expect(await valueOf(key)).toBe('eu-west-2');
    await undisturbed();
    const { notices } = await app.get('home.status', {});
    expect(notices.map((notice) => notice.message).join()).toContain(
      `${name} is damaged, or was changed by another program (its checksum is wrong); everything was read from image-`,
    );
  });

  test('opens in recovery where nothing else does; what was meant is taken over then', async () => {
    await app.close();
    const name = await editOutside(home.homeDir, edits.value(key, '"mars-1"'), { oldTrailer: true, alone: true });
    app = await openTestApp(home, 'cli', steppingClock('2026-03-05T09:00:00.000Z'));
    const { problem, candidates } = await app.get('recovery.list', {});
    expect(problem).toContain(`${name}: its checksum is wrong`);
    const [best] = candidates;
    expect(best).toMatchObject({ path: `.holdfast/${name}`, opens: true, problem: null });
    expect(best?.detail).toContain('its checksum is wrong: damaged, or changed outside Holdfast');
    const { quarantine } = await app.get('recovery.open', { candidate: `.holdfast/${name}` });
    expect(existsSync(join(home.homeDir, quarantine, name))).toBe(true);
    await app.get('secret.unlock', { credential: unlock });
    expect(await only()).toMatchObject({ what: 'changed', found: { value: 'mars-1' } });
    await settle([await only()], 'accept');
    await undisturbed();
  });
});
