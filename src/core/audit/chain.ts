/**
 * The audit chain: what an entry's canonical bytes are and how its hash follows from the one before
 * (docs/audit-format.md). The bytes hold old and new value themselves, or a secret's fingerprint, never ciphertext.
 * Entries of the first builds have form 1, which says nothing of removed rows, sources and what a change set takes back.
 */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

export type CanonicalValue = ['value', string] | ['secret', string] | ['removed', 'value' | 'secret'] | null;

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
  /** The change set that this one takes back. */
  of: string | null;
  /** Where the new value came from. */
  source: string | null;
};

export type ChainForm = 1 | 2;

/** 32 zero bytes stand before the first entry. */
export const chainStart = new Uint8Array(32);

/** What a version row stands for in the chain; null for "no such row". */
export const canonicalValue = (
  row: { value: string | null; secret: number; print: Uint8Array | null } | null,
): CanonicalValue => {
  if (row === null) return null;
  if (row.secret === 1)
    return row.print === null ? ['removed', 'secret'] : ['secret', Buffer.from(row.print).toString('hex')];
  return row.value === null ? ['removed', 'value'] : ['value', row.value];
};

const inForm = (value: CanonicalValue, form: ChainForm): CanonicalValue =>
  form === 1 && value?.[0] === 'removed' ? null : value;

/** A JSON array of fixed order, without blanks; hashed as UTF-8. */
const canonicalText = (entry: CanonicalEntry, form: ChainForm = 2): string =>
  JSON.stringify([
    `holdfast audit ${String(form)}`,
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
    inForm(entry.old, form),
    inForm(entry.new, form),
    entry.detail,
    ...(form === 1 ? [] : [entry.of, entry.source]),
  ]);

export const nextHash = (previous: Uint8Array, entry: CanonicalEntry, form: ChainForm = 2): Uint8Array =>
  // In one call: a hash object for each entry takes a third longer, and a long log has many.
  hash('sha256', Buffer.concat([previous, Buffer.from(canonicalText(entry, form), 'utf8')]), 'buffer');
