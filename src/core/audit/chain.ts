/**
 * The audit chain: what an entry's canonical bytes are and how its hash follows from the one before
 * (docs/audit-format.md). The bytes hold old and new value themselves, or a secret's fingerprint, never ciphertext.
 */
import { createHash } from 'node:crypto';

export type CanonicalValue = ['value', string] | ['secret', string] | null;

export type CanonicalEntry = {
  id: number;
  at: string;
  changeSet: string;
  changeSetKind: string;
  actor: string;
  door: string;
  reason: string | null;
  action: string;
  subjectKind: string;
  subjectKey: string;
  old: CanonicalValue;
  new: CanonicalValue;
  detail: string | null;
};

const format = 'holdfast audit 1';

/** 32 zero bytes stand before the first entry. */
export const chainStart = new Uint8Array(32);

/** What a version row stands for in the chain; null for "not there". */
export const canonicalValue = (
  row: { value: string | null; secret: number; print: Uint8Array | null } | null,
): CanonicalValue => {
  if (row === null) return null;
  if (row.secret === 1) return row.print === null ? null : ['secret', Buffer.from(row.print).toString('hex')];
  return row.value === null ? null : ['value', row.value];
};

/** A JSON array of fixed order, without blanks, in UTF-8. */
export const canonicalBytes = (entry: CanonicalEntry): Buffer =>
  Buffer.from(
    JSON.stringify([
      format,
      entry.id,
      entry.at,
      entry.changeSet,
      entry.changeSetKind,
      entry.actor,
      entry.door,
      entry.reason,
      entry.action,
      entry.subjectKind,
      entry.subjectKey,
      entry.old,
      entry.new,
      entry.detail,
    ]),
    'utf8',
  );

export const nextHash = (previous: Uint8Array, entry: CanonicalEntry): Uint8Array =>
  new Uint8Array(createHash('sha256').update(previous).update(canonicalBytes(entry)).digest());
