/** Every way to change one row of the log, one after the other: none may go unseen. */
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Anchor } from './anchors.ts';
import { chainHead, newestEntry } from './queries.ts';
import { attacksOn, type Row } from './testing/attacks.ts';
import { copyOf, fillLog, openLogStore, type Copy, type LogStore, type Tampering } from './testing/store-with-log.ts';
import { verifyChain } from './verify.ts';

/** All of 500 entries with HOLDFAST_LONG, else a log a tenth as long: the ways are the same. */
const entries = process.env['HOLDFAST_LONG'] === undefined ? 50 : 500;

let log: LogStore;
let copy: Copy;
let anchor: Anchor;
beforeAll(async () => {
  log = await openLogStore();
  await fillLog(log, entries);
  copy = await copyOf(log.store);
  const head = await log.store.read(chainHead);
  anchor = {
    id: head?.id ?? 0,
    hash: Buffer.from(head?.hash ?? []).toString('hex'),
    at: head?.at ?? '',
    from: 'a head',
  };
}, 60_000);
afterAll(async () => {
  copy.close();
  await log.close();
});

const rowsOf = (table: string): Row[] => copy.reader.all<Row>(CompiledQuery.raw(`SELECT * FROM ${table} ORDER BY id`));

/** How many went unseen, and which; a change that the tables themselves refuse is none. */
const unseen = (attacks: readonly { name: string; how: Tampering }[]): string[] => {
  const missed: string[] = [];
  for (const { name, how } of attacks) {
    let seen = true;
    try {
      seen = copy.tampered(how, (reader) => {
        const found = verifyChain(reader, log.keyring, [anchor]);
        return !found.ok && found.firstBad !== null && found.firstBad.id >= 0;
      });
    } catch (error) {
      if (!/constraint failed|datatype mismatch|cannot store/iu.test(String(error))) throw error;
    }
    if (!seen) missed.push(name);
  }
  return missed;
};

describe('tampering with the log (O14)', () => {
  test('the log itself holds', async () => {
    const found = await log.store.read((reader) => verifyChain(reader, log.keyring, [anchor]));
    expect(found).toMatchObject({ ok: true, firstBad: null, anchors: 1 });
    expect(found.entries).toBeGreaterThanOrEqual(entries);
  });

  test.each(['audit', 'version', 'change_set'])(
    'every deletion, insertion, swap and edit of every column of %s shows',
    (table) => {
      const rows = rowsOf(table);
      const attacks = attacksOn(rows, table);
      expect(attacks.length).toBeGreaterThan(rows.length * Object.keys(rows[0] ?? {}).length);
      expect(unseen(attacks)).toEqual([]);
    },
    3_000_000,
  );

  test('a tail that was cut without a trace in the store shows by its anchor', async () => {
    const newest = await log.store.read(newestEntry);
    for (let kept = 0; kept < newest; kept += 1) {
      const found = copy.tampered(
        [
          ['DELETE FROM version WHERE audit > ?', [kept]],
          ['DELETE FROM audit WHERE id > ?', [kept]],
          ['UPDATE change_set SET undone_by = NULL WHERE undone_by NOT IN (SELECT change_set FROM audit)'],
          ['DELETE FROM change_set WHERE id NOT IN (SELECT change_set FROM audit)'],
        ],
        (reader) => ({
          with: verifyChain(reader, log.keyring, [anchor]),
          without: verifyChain(reader, log.keyring),
        }),
      );
      expect(found.with.firstBad).toEqual({
        id: kept + 1,
        problem: `the log was cut after entry ${String(kept)}: a head of ${anchor.at} names entry ${String(newest)}`,
      });
      expect(found.without.ok).toBe(true);
    }
  }, 600_000);
});
