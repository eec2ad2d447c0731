/** The canonical entry of a row of the log, and which form its hash is of. */
import { Buffer } from 'node:buffer';
import { canonicalValue, nextHash, type CanonicalEntry, type ChainForm } from './chain.ts';
import type { WalkedRow } from './queries.ts';

const value = (text: string | null, secret: number | null, print: Uint8Array | null) =>
  canonicalValue(secret === null ? null : { value: text, secret, print });

export const canonicalOf = (row: WalkedRow): CanonicalEntry => ({
  id: row.id,
  at: row.at,
  changeSet: row.changeSet,
  changeSetKind: row.changeSetKind,
  actor: row.actor,
  door: row.door,
  reason: row.reason,
  action: row.action,
  subjectKind: row.subjectKind,
  subjectKey: row.subjectKey,
  detail: row.detail,
  of: row.of,
  source: row.source,
  old: value(row.oldValue, row.oldSecret, row.oldPrint),
  new: value(row.newValue, row.newSecret, row.newPrint),
});

/** The form of the entry whose hash this is; null when it is of none. */
export const formOf = (previous: Uint8Array, row: WalkedRow): ChainForm | null => {
  const entry = canonicalOf(row);
  for (const form of [2, 1] as const) if (Buffer.compare(nextHash(previous, entry, form), row.hash) === 0) return form;
  return null;
};
