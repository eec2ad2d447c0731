/**
 * The round trip of a run: every file that was read is made again from its layout and what the store now holds, and must
 * have the same bytes. A file with values that Holdfast changed since is not expected to: it is named instead.
 */
import { Buffer } from 'node:buffer';
import { jsonEqual } from '../../../contract/json.ts';
import type { MigrationResult } from '../../../contract/migration.ts';
import { cipherPlace } from '../../changes/write.ts';
import type { Keyring } from '../../secrets/types.ts';
import { storedSetting } from '../../settings/queries.ts';
import type { Reader } from '../../store/types.ts';
import type { Decided, Plan } from '../plan-types.ts';
import { regenerateAll } from './regenerate.ts';
import { partOf } from './value-parts.ts';

type Verification = NonNullable<MigrationResult['verification']>;
type Check = Verification['checks'][number];

/** The store has another value than the file: changed or removed in Holdfast before this run. */
const differs = (reader: Reader, keyring: Keyring, item: Decided): boolean => {
  if (item.action !== 'unchanged') return false;
  const { kind, key } = item.subject;
  const row = storedSetting(reader, key, kind);
  if (row === undefined) return true;
  const text =
    row.secret && row.cipher !== null ? keyring.decrypt(cipherPlace(item.subject, row.version), row.cipher) : row.value;
  return text === null || !jsonEqual(partOf(JSON.parse(text) as never, item.part), partOf(item.value, item.part));
};

export const roundTrip = (reader: Reader, keyring: Keyring, plan: Plan, run: number): Check => {
  const made = new Map(regenerateAll(reader, keyring, run).map((one) => [one.file, one]));
  let expected = 0;
  let found = 0;
  const wrong: string[] = [];
  const changed: string[] = [];
  let byText = 0;
  for (const { file, opened, read } of plan.sources) {
    if (opened.status !== 'read' || read?.ok !== true) continue;
    const one = made.get(file);
    byText += one?.layout.tokens.filter((token) => typeof token === 'object' && 'x' in token).length ?? 0;
    const equal = one !== undefined && !one.locked && Buffer.from(one.text, 'utf8').equals(Buffer.from(opened.bytes));
    const known = !equal && plan.items.some((item) => item.file === file && differs(reader, keyring, item));
    if (known) {
      changed.push(file);
      continue;
    }
    expected += 1;
    if (equal) found += 1;
    else wrong.push(file);
  }
  const details = [
    ...(wrong.length === 0 ? [] : [`not the same bytes: ${wrong.slice(0, 5).join(', ')}`]),
    ...(changed.length === 0 ? [] : [`with changes made in Holdfast: ${changed.slice(0, 5).join(', ')}`]),
    ...(byText === 0
      ? []
      : [`${String(byText)} ${byText === 1 ? 'value is' : 'values are'} kept by the text in the file`]),
  ];
  return {
    name: 'round-trip',
    ok: found === expected,
    expected,
    found,
    ...(details.length === 0 ? {} : { detail: details.join('; ') }),
  };
};

export const withCheck = (verification: Verification, check: Check): Verification => {
  const checks = [...verification.checks, check];
  return { ok: checks.every((one) => one.ok), checks };
};
