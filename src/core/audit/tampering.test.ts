/** Every way to change one row of the log, one after the other: none may go unseen. */
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlValue } from '../store/types.ts';
import type { Anchor } from './anchors.ts';
import { chainHead, newestEntry } from './queries.ts';
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

type Row = { [column: string]: SqlValue };
const rowsOf = (table: string): Row[] => copy.reader.all<Row>(CompiledQuery.raw(`SELECT * FROM ${table} ORDER BY id`));

/** Other values for a column: of another row, nothing, and a slightly different one. */
const othersFor = (column: string, row: Row, rows: readonly Row[]): SqlValue[] => {
  const now = row[column] ?? null;
  const other = rows.find((one) => String(one[column]) !== String(now))?.[column];
  const next =
    typeof now === 'number'
      ? now + 100_000
      : typeof now === 'string'
        ? `${now} `
        : now === null
          ? null
          : Uint8Array.from(now, (byte, i) => (i === now.length - 1 ? byte ^ 1 : byte));
  return [...(other === undefined ? [] : [other]), null, next].filter((value) => String(value) !== String(now));
};

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
      const columns = Object.keys(rows[0] ?? {});
      const attacks = rows.flatMap((row, i): { name: string; how: Tampering }[] => {
        const id = row['id'] ?? null;
        const next = rows[i + 1];
        const free = Number(rows.at(-1)?.['id']) + 1;
        const unique = columns.map((name) => (name === 'id' ? String(free) : name === 'uid' ? `uid || 'x'` : name));
        const swapped = columns.filter((name) => name !== 'id' && name !== 'uid');
        return [
          { name: `delete ${String(id)}`, how: [[`DELETE FROM ${table} WHERE id = ?`, [id]]] },
          {
            name: `insert a copy of ${String(id)}`,
            how: [[`INSERT INTO ${table} SELECT ${unique.join(', ')} FROM ${table} WHERE id = ?`, [id]]],
          },
          ...(next === undefined
            ? []
            : [
                {
                  name: `swap ${String(id)} with the next`,
                  how: [row, next].map((into, n): Tampering[number] => [
                    `UPDATE ${table} SET ${swapped.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`,
                    [...swapped.map((name) => (n === 0 ? next : row)[name] ?? null), into['id'] ?? null],
                  ]),
                },
              ]),
          ...columns.flatMap((column) =>
            othersFor(column, row, rows).map((value) => ({
              name: `${column} of ${String(id)} from ${String(row[column])} to ${String(value)}`,
              how: [[`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [value, id]]] satisfies Tampering,
            })),
          ),
        ];
      });
      expect(attacks.length).toBeGreaterThan(rows.length * columns.length);
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
