/**
 * Entries whose words were changed outside Holdfast and then settled by a person: a later entry names each with the digest
 * of what it was found to be. Exactly that is accepted; whatever is changed afterwards is bad again.
 */
import { createHash } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import { isJsonObject, type JsonValue } from '../../../contract/json.ts';
import type { Reader } from '../../store/types.ts';
import { nextHash } from '../chain.ts';
import type { WalkedRow } from '../queries.ts';
import { canonicalOf } from '../canonical.ts';

export const settledAction = 'settled';

/** `digest`: what the entry's hash would be by what was found. `cipher`: SHA-256 of a ciphertext that does not open. */
export type SettledEntry = { entry: number; digest: string; cipher?: string };
type Settlement = SettledEntry & { by: number; at: string; actor: string };

export type SettledBook = {
  covers: (previous: Uint8Array, row: WalkedRow) => boolean;
  /** This very ciphertext was found and settled, although it does not open. */
  coversCipher: (row: WalkedRow) => boolean;
  of: (entry: number) => Settlement | undefined;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const cipherDigest = (cipher: Uint8Array): string => createHash('sha256').update(cipher).digest('hex');

export const settle = (previous: Uint8Array, row: WalkedRow, closed: boolean): SettledEntry => ({
  entry: row.id,
  digest: hex(nextHash(previous, canonicalOf(row))),
  ...(closed && row.newCipher !== null ? { cipher: cipherDigest(row.newCipher) } : {}),
});

const isSettledEntry = (value: JsonValue | undefined): value is SettledEntry =>
  isJsonObject(value) &&
  typeof value['entry'] === 'number' &&
  typeof value['digest'] === 'string' &&
  (value['cipher'] === undefined || typeof value['cipher'] === 'string');

const entriesIn = (detail: string | null): SettledEntry[] => {
  try {
    const parsed = JSON.parse(detail ?? '') as JsonValue;
    const entries = isJsonObject(parsed) ? parsed['entries'] : null;
    return Array.isArray(entries) ? entries.filter(isSettledEntry) : [];
  } catch {
    // The entry itself was changed: it is found to be bad where it stands.
    return [];
  }
};

const sealOf = (where: string): string =>
  `EXISTS (SELECT 1 FROM audit seal WHERE seal.action = (SELECT id FROM term WHERE text = 'seal') AND ${where})`;

/** A log that has seals takes only what is sealed in its own change set: without the keys nobody settles anything. */
const settledRows = `SELECT audit.id, audit.detail, change_set.at, actor.text AS actor
  FROM audit INDEXED BY audit_action JOIN change_set ON change_set.id = audit.change_set JOIN term actor ON actor.id = change_set.actor
  WHERE audit.action = (SELECT id FROM term WHERE text = '${settledAction}')
    AND audit.subject = (SELECT id FROM subject WHERE kind = 'store' AND key = '')
    AND (${sealOf('seal.change_set = audit.change_set AND seal.id > audit.id')} OR NOT ${sealOf('seal.id < audit.id')})
  ORDER BY audit.id`;

export const readSettled = (reader: Reader): SettledBook => {
  const byEntry = new Map<number, Settlement>();
  const rows = reader.all<{ id: number; detail: string | null; at: string; actor: string }>(
    CompiledQuery.raw(settledRows),
  );
  const settling = new Set(rows.map((row) => row.id));
  for (const { id, detail, at, actor } of rows)
    for (const one of entriesIn(detail))
      if (one.entry < id && !settling.has(one.entry)) byEntry.set(one.entry, { ...one, by: id, at, actor });
  return {
    covers: (previous, row) => {
      const one = byEntry.get(row.id);
      return one !== undefined && one.digest === hex(nextHash(previous, canonicalOf(row)));
    },
    coversCipher: (row) => row.newCipher !== null && byEntry.get(row.id)?.cipher === cipherDigest(row.newCipher),
    of: (entry) => byEntry.get(entry),
  };
};
