/** After entries were removed by the limits, once and again: every way to change one row more is seen, and no hole is taken on trust. */
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../contract/json.ts';
import { createChangeWriter } from '../../changes/write.ts';
import { createKeys } from '../../secrets/keyring.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { SqlValue } from '../../store/types.ts';
import type { Anchor } from '../anchors.ts';
import { canonicalOf } from '../canonical.ts';
import { nextHash } from '../chain.ts';
import { chainHead, hashAt, walkedByIds } from '../queries.ts';
import { copyOf, fillLog, openLogStore, type Copy, type LogStore, type Tampering } from '../testing/store-with-log.ts';
import { attacksOn } from '../testing/attacks.ts';
import { verifyChain } from '../verify.ts';
import { removedRanges } from './queries.ts';
import { everyTwoHours, removeFrom } from './testing.ts';

const entries = process.env['HOLDFAST_LONG'] === undefined ? 240 : 600;
let log: LogStore;
let copy: Copy;
let anchors: Anchor[];

const head = async (): Promise<Anchor> => {
  const newest = await log.store.read(chainHead);
  return {
    id: newest?.id ?? 0,
    hash: Buffer.from(newest?.hash ?? []).toString('hex'),
    at: newest?.at ?? '',
    from: 'a head',
  };
};

beforeAll(async () => {
  log = await openLogStore(everyTwoHours());
  await fillLog(log, entries / 2);
  const old = await head();
  await fillLog(log, (entries * 3) / 4);
  expect(await removeFrom(log, { keepVersions: 2, keepDays: null })).toBeGreaterThan(5);
  await fillLog(log, entries);
  anchors = [old, await head(), { ...old, id: null }];
  expect(await removeFrom(log, { keepVersions: null, keepDays: 1 })).toBeGreaterThan(5);
  copy = await copyOf(log.store);
}, 60_000);
afterAll(async () => {
  copy.close();
  await log.close();
});

const verify = (statements: Tampering, keyring = true) =>
  copy.tampered(statements, (reader) => verifyChain(reader, keyring ? log.keyring : null, anchors));

const all = (text: string, values: SqlValue[] = []) =>
  copy.reader.all<Record<string, SqlValue>>(CompiledQuery.raw(text, values));

const aboutNow = (): JsonValue => {
  const [row] = all(`SELECT detail FROM audit WHERE detail LIKE '{"removed"%' ORDER BY id DESC LIMIT 1`);
  return (JSON.parse(String(row?.['detail'])) as { about: JsonValue }).about;
};

describe('a log from which entries were removed (O14)', () => {
  test('holds, says how many went, and no row points at nothing', () => {
    const found = verify([]);
    expect(found).toMatchObject({ ok: true, firstBad: null });
    expect(found.entries + found.removed).toBe(Number(all('SELECT max(id) AS n FROM audit')[0]?.['n']));
    expect(found.removed).toBeGreaterThan(20);
    expect(found.anchors + found.anchorsRemoved).toBe(3);
    expect(all('PRAGMA foreign_key_check')).toEqual([]);
    // Rows whose entries are gone, kept as the old value of a later one.
    expect(all('SELECT * FROM version WHERE audit NOT IN (SELECT id FROM audit)').length).toBeGreaterThan(0);
  });

  test.each(['audit', 'version', 'change_set'])(
    'every deletion, insertion, swap and edit of %s shows',
    (table) => {
      const attacks = attacksOn(all(`SELECT * FROM ${table} ORDER BY id`), table);
      const missed = attacks.filter(({ how }) => {
        try {
          return verify(how).ok;
        } catch (error) {
          if (!/constraint failed|datatype mismatch|cannot store/iu.test(String(error))) throw error;
          return false;
        }
      });
      expect(attacks.length).toBeGreaterThan(100);
      expect(missed.map(({ name }) => name)).toEqual([]);
    },
    3_000_000,
  );

  test('a range that was widened, narrowed or made up shows, sealed or not', () => {
    const [one] = all(`SELECT id, detail FROM audit WHERE detail LIKE '{"removed"%' ORDER BY id DESC LIMIT 1`);
    const detail = JSON.parse(String(one?.['detail'])) as { removed: [number, number, string, string][] };
    for (let i = 0; i < detail.removed.length; i += 1)
      for (const [from, to] of [
        [-1, 0],
        [1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const removed = detail.removed.map((range, n) =>
          n === i ? [range[0] + from, range[1] + to, range[2], range[3]] : range,
        );
        const changed = JSON.stringify({ ...detail, removed });
        expect(verify([['UPDATE audit SET detail = ? WHERE id = ?', [changed, one?.['id'] ?? 0]]]).ok).toBe(false);
      }
  });

  test('what stands before a hole cannot be changed and hashed again, although no hash follows it', async () => {
    const other = await openLogStore(everyTwoHours());
    const set = (name: string, value: number) => ({
      subject: { kind: 'setting' as const, key: name },
      value,
      secret: false,
      source: 'set' as const,
    });
    // Of the first change set only the one in the middle stays, and the seal at its end.
    for (let round = 0; round < 30; round += 1)
      await other.write({ kind: 'edit' }, other.keyring, (writer) => {
        for (const name of round === 0 ? ['a', 'b', 'c'] : ['a', 'c']) writer.put(set(name, round));
      });
    expect(await removeFrom(other, { keepVersions: 1, keepDays: null })).toBeGreaterThan(5);
    const there = await copyOf(other.store);
    const row = () => walkedByIds(there.reader, [2])[0];
    expect([row()?.subjectKey, row()?.newValue, hashAt(there.reader, 3)]).toEqual(['b', '0', null]);
    const [first] = removedRanges(there.reader);
    const found = there.tampered([[`UPDATE version SET value = '666' WHERE id = ?`, [row()?.newVersion ?? 0]]], () => {
      const changed = row();
      if (changed === undefined) throw new Error('the entry is gone');
      const hash = nextHash(Buffer.from(first?.hash ?? '', 'hex'), canonicalOf(changed));
      there.tamper([['UPDATE audit SET hash = ? WHERE id = 2', [hash]]]);
      return verifyChain(there.reader, other.keyring);
    });
    expect(found.firstBad).toEqual({ id: 4, problem: 'the entry before 3 was changed' });
    there.close();
    await other.close();
  });

  test('who has no keys cannot announce the present key again, to have a seal of their own taken', async () => {
    const other = await createKeys({ recoveryCode: true, now: '2027-01-01T00:00:00.000Z', storeId: 'other' });
    const about = { kind: 'event' as const, actor: 'maria', door: 'cli', at: '2027-01-01T00:00:00.000Z' };
    const found = copy.tampered([], (reader) => {
      const tx = {
        ...reader,
        run: (query: CompiledQuery<unknown>) => copy.tamper([[query.sql, query.parameters as SqlValue[]]]),
      };
      const write = (uid: string, keyring: Keyring | null, action: string, detail: JsonValue): void => {
        const writer = createChangeWriter(tx, { ...about, uid, keyring });
        writer.event('keys', '', action, detail);
        writer.finish();
      };
      write('strange', other.keyring, 'unlock', {});
      write('announced', null, 'new-keys', { auditKey: log.keyring.auditKeyId() });
      write('ours', log.keyring, 'unlock', {});
      return verifyChain(reader, log.keyring);
    });
    expect(found.firstBad?.problem).toMatch(/seal was not made with/u);
  });

  test('who has no keys cannot account for a hole: with or without a seal of their own', async () => {
    const there = all(`SELECT id, hash, change_set, new_version FROM audit ORDER BY id`);
    const victim = there.at(-30);
    const hexOf = (row: Record<string, SqlValue> | undefined): string =>
      Buffer.from((row?.['hash'] ?? []) as Uint8Array).toString('hex');
    const [hash, before] = [hexOf(victim), hexOf(there.at(-31))];
    const steal: Tampering = [
      [
        'DELETE FROM version WHERE id = ? AND id NOT IN (SELECT old_version FROM audit WHERE old_version IS NOT NULL)',
        [victim?.['new_version'] ?? 0],
      ],
      ['DELETE FROM audit WHERE id = ?', [victim?.['id'] ?? 0]],
    ];
    expect(verify(steal).firstBad?.problem).toMatch(/missing/u);
    const forge = async (keyring: Keyring | null) => {
      const from = Number(victim?.['id']);
      const set = {
        kind: 'event' as const,
        actor: 'maria',
        door: 'cli',
        at: '2027-01-01T00:00:00.000Z',
        uid: 'forged',
      };
      return copy.tampered(steal, (reader) => {
        const tx = {
          ...reader,
          run: (query: CompiledQuery<unknown>) => copy.tamper([[query.sql, query.parameters as SqlValue[]]]),
        };
        const writer = createChangeWriter(tx, { ...set, keyring });
        writer.event('log', '', 'retention', { removed: [[from, from, hash, before]], cut: [], about: aboutNow() });
        writer.finish();
        // The home goes on with its own keys.
        const later = createChangeWriter(tx, { ...set, uid: 'later', keyring: log.keyring });
        later.event('keys', '', 'unlock', {});
        later.finish();
        return verifyChain(reader, log.keyring);
      });
    };
    const other = await createKeys({ recoveryCode: true, now: '2027-01-01T00:00:00.000Z', storeId: 'other' });
    expect((await forge(null)).firstBad?.problem).toMatch(/no seal vouches for it/u);
    expect((await forge(other.keyring)).firstBad?.problem).toMatch(/seal was not made with/u);
    // It is the seal alone that makes the difference.
    expect((await forge(log.keyring)).firstBad?.problem ?? '').not.toMatch(/seal/u);
  });
});
