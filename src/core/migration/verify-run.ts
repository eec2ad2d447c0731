/**
 * Proves a migration: what the plan wanted is read back from the store and compared, secrets by decrypting them. Run
 * inside the transaction (a failure takes everything back) and again on what others see after it. Values never leave.
 */
import { jsonEqual, jsonTypeOf, type JsonValue } from '../../contract/json.ts';
import type { MigrationResult } from '../../contract/migration.ts';
import { cipherPlace, type Subject } from '../changes/write.ts';
import type { Keyring } from '../secrets/types.ts';
import { db } from '../store/sql.ts';
import type { Steps } from '../slices.ts';
import type { Reader } from '../store/types.ts';
import type { LiveRow, LiveRows } from './live-rows.ts';
import type { Decided, Placed } from './plan-types.ts';
import { subjectKey } from './present.ts';
import { openRaw } from './raw-text.ts';

type Verification = NonNullable<MigrationResult['verification']>;

/** What stands in the store, or undefined when it cannot be had. */
const readBack = (row: LiveRow, subject: Subject, keyring: Keyring): JsonValue | undefined => {
  const text =
    row.secret === 1
      ? row.cipher === null
        ? null
        : keyring.decrypt(cipherPlace(subject, row.version), row.cipher)
      : row.value;
  return text === null ? undefined : (JSON.parse(text) as JsonValue);
};

const quarantineRows = (reader: Reader, run: number) =>
  reader.all(
    db
      .selectFrom('ledger')
      .innerJoin('term as file', 'file.id', 'ledger.file')
      .innerJoin('term as action', 'action.id', 'ledger.action')
      .select(['ledger.id as ledgerId', 'ledger.path', 'file.text as file', 'ledger.raw'])
      .where('ledger.run', '=', run)
      .where('action.text', 'in', ['quarantine', 'leave'])
      .orderBy('ledger.id')
      .compile(),
  );

const countLedger = (reader: Reader, run: number): number =>
  reader.first(db.selectFrom('ledger').select(db.fn.countAll<number>().as('n')).where('run', '=', run).compile())?.n ??
  0;

const groups: readonly { name: string; of: (item: Placed) => boolean }[] = [
  { name: 'settings', of: (item) => item.subject.kind === 'setting' && !item.secret },
  { name: 'secrets', of: (item) => item.secret },
  { name: 'integrations', of: (item) => item.subject.kind === 'integration' },
  { name: 'fields', of: (item) => item.subject.kind === 'field' && !item.secret },
  { name: 'records', of: (item) => item.subject.kind === 'record' },
  { name: 'users', of: (item) => item.subject.kind === 'user' },
  { name: 'overrides', of: (item) => item.subject.kind === 'override' && !item.secret },
];
/** Counted even when there are none. */
const always = new Set(['settings', 'secrets', 'integrations', 'fields']);

/** In steps: after the run it goes on while a door answers. */
export function* verifySteps(
  reader: () => Reader,
  keyring: Keyring,
  { items, run, rows }: { items: readonly Decided[]; run: number; rows: LiveRows },
): Steps<Verification> {
  const written = new Map<string, Placed>();
  for (const item of items) {
    if ((item.action === 'create' || item.action === 'update') && !item.mark)
      written.set(subjectKey(item.subject), item);
  }
  const wanted = [...written.values()];
  const counts = groups.flatMap(({ name, of }) => {
    const expected = wanted.filter(of);
    if (expected.length === 0 && !always.has(name)) return [];
    const found = expected.filter(
      (item) => rows.get(subjectKey(item.subject))?.secret === (item.secret ? 1 : 0),
    ).length;
    return [{ name, ok: found === expected.length, expected: expected.length, found }];
  });
  let equal = 0;
  let typed = 0;
  const wrong: string[] = [];
  for (const item of wanted) {
    const row = rows.get(subjectKey(item.subject));
    const value = row === undefined ? undefined : readBack(row, item.subject, keyring);
    if (value !== undefined && jsonTypeOf(value) === jsonTypeOf(item.value)) typed += 1;
    if (value !== undefined && jsonEqual(value, item.value)) equal += 1;
    else wrong.push(item.subject.key);
    yield;
  }
  const kept = items.filter((item) => item.action === 'quarantine');
  const opened = quarantineRows(reader(), run).filter((row, i) => {
    const item = kept[i];
    return item !== undefined && row.path === item.path && openRaw(keyring, row, row) === item.raw;
  }).length;
  const ledger = countLedger(reader(), run);
  const checks = [
    ...counts,
    {
      name: 'values',
      ok: equal === wanted.length,
      expected: wanted.length,
      found: equal,
      ...(wrong.length === 0 ? {} : { detail: wrong.slice(0, 5).join(', ') }),
    },
    { name: 'types', ok: typed === wanted.length, expected: wanted.length, found: typed },
    { name: 'ledger', ok: ledger === items.length, expected: items.length, found: ledger },
    { name: 'quarantine', ok: opened === kept.length, expected: kept.length, found: opened },
  ];
  return { ok: checks.every((check) => check.ok), checks };
}
