/**
 * The round trip of a run: every file that was read is made again from its layout and what the store now holds, and must
 * have the same bytes. A file with values that Holdfast changed since is not expected to: it is named instead.
 */
import { Buffer } from 'node:buffer';
import { jsonEqual } from '../../../contract/json.ts';
import type { MigrationResult } from '../../../contract/migration.ts';
import { cipherPlace } from '../../changes/write.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { Steps } from '../../slices.ts';
import type { Reader } from '../../store/types.ts';
import type { LiveRows } from '../live-rows.ts';
import type { Decided, Plan } from '../plan-types.ts';
import { subjectKey } from '../present.ts';
import { regenerateEach } from './regenerate.ts';
import { partOf } from './value-parts.ts';

type Verification = NonNullable<MigrationResult['verification']>;
type Check = Verification['checks'][number];

/** The store has another value than the file: changed or removed in Holdfast before this run. */
const differs = (rows: LiveRows, keyring: Keyring, item: Decided): boolean => {
  if (item.action !== 'unchanged') return false;
  const row = rows.get(subjectKey(item.subject));
  if (row === undefined) return true;
  const text =
    row.secret === 1 && row.cipher !== null
      ? keyring.decrypt(cipherPlace(item.subject, row.version), row.cipher)
      : row.value;
  return text === null || !jsonEqual(partOf(JSON.parse(text) as never, item.part), partOf(item.value, item.part));
};

const sameBytes = (text: string, bytes: Uint8Array): boolean =>
  Buffer.from(text, 'utf8').equals(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

/** In steps: after the run it goes on while a door answers. */
export function* roundTripSteps(
  reader: () => Reader,
  keyring: Keyring,
  plan: Plan,
  of: { run: number; rows: LiveRows },
): Steps<Check> {
  const bytesOf = new Map(
    plan.sources.flatMap(({ file, opened }) => (opened.status === 'read' ? [[file, opened.bytes] as const] : [])),
  );
  const equalFiles = new Set<string>();
  let byText = 0;
  yield* regenerateEach(reader, keyring, of, ({ file, layout, locked, text }) => {
    const bytes = bytesOf.get(file);
    if (bytes === undefined) return;
    byText += layout.tokens.filter((token) => typeof token === 'object' && 'x' in token).length;
    if (!locked && sameBytes(text, bytes)) equalFiles.add(file);
  });
  const differing = new Set<string>();
  for (const item of plan.items) {
    if (!equalFiles.has(item.file) && !differing.has(item.file) && differs(of.rows, keyring, item))
      differing.add(item.file);
    yield;
  }
  let expected = 0;
  let found = 0;
  const wrong: string[] = [];
  const changed: string[] = [];
  for (const { file, opened, read } of plan.sources) {
    if (opened.status !== 'read' || read?.ok !== true) continue;
    const equal = equalFiles.has(file);
    const known = !equal && differing.has(file);
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
}

export const withCheck = (verification: Verification, check: Check): Verification => {
  const checks = [...verification.checks, check];
  return { ok: checks.every((one) => one.ok), checks };
};
