/**
 * Version rows whose entries were removed: kept where a later entry names one as its old value. Their values are in that
 * entry's hash; the rest of them is in the digest of the newest removal. Any other row without an entry is one too many.
 */
import { Buffer } from 'node:buffer';
import { cipherPlace, type SubjectKind } from '../../changes/write.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { Reader } from '../../store/types.ts';
import type { WalkedRow } from '../queries.ts';
import type { RetentionBook } from './book.ts';
import { digestOfLeft } from './detail.ts';
import { leftVersions, type LeftVersion } from './queries.ts';

type Expected = { entry: number; subject: number; after: number };

export const createLeftRows = (book: RetentionBook, keyring: Keyring | null) => {
  const expected = new Map<number, Expected>();

  const opens = (row: LeftVersion): boolean => {
    if (row.secret !== 1) return row.cipher === null && row.print === null;
    if (row.cipher === null || row.print === null) return false;
    if (keyring === null) return true;
    const text = keyring.decrypt(cipherPlace({ kind: row.kind as SubjectKind, key: row.key }, row.id), row.cipher);
    return text !== null && Buffer.from(keyring.fingerprint(text)).equals(row.print);
  };

  return {
    /** Whether an entry's old value may be one that no entry made; `live` is the subject's last version so far. */
    mayBe: (row: WalkedRow, live: number | null): boolean => {
      if (!book.any() || row.oldVersion === null || expected.has(row.oldVersion)) return false;
      if (row.newVersion === null || row.oldVersion >= row.newVersion || row.oldVersion <= (live ?? 0)) return false;
      expected.set(row.oldVersion, { entry: row.id, subject: row.subject, after: live ?? 0 });
      return true;
    },
    count: (): number => expected.size,
    /** After the last entry. `keysSince`: secrets before it may be of keys that are gone. */
    finish: (reader: Reader, keysSince: number): { id: number; problem: string } | null => {
      if (!book.any()) return null;
      const rows = leftVersions(reader, [...expected.keys()]);
      const bad = rows.find((row) => {
        const { entry, subject } = expected.get(row.id) ?? { entry: 0, subject: 0 };
        if (row.subject !== subject || row.audit >= entry || book.rangeOf(row.audit) === null) return true;
        // By the entry that made it: what was lost with the old keys may be named, and removed, long after.
        return !opens(row) && !(row.secret === 1 && row.audit < keysSince);
      });
      if (bad !== undefined) return { id: expected.get(bad.id)?.entry ?? 0, problem: 'its old value was changed' };
      const about = book.about();
      return about?.left.count === rows.length && about.left.digest === digestOfLeft(rows)
        ? null
        : { id: 0, problem: 'the old values that were kept are not those that the last removal left' };
    },
  };
};

export type LeftRows = ReturnType<typeof createLeftRows>;
