/**
 * What the rows of the log must be to each other, beside their hashes: every version is the new one of exactly one
 * entry and follows the version before it, every change set has entries, and what was undone says by what. So that a row
 * cannot be added, taken away or pointed elsewhere where the hashed values happen to be equal.
 */
import { Buffer } from 'node:buffer';
import { cipherPlace, type SubjectKind } from '../changes/write.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import type { LeftRows } from './retention/left.ts';
import { rowCounts, undoneSets, type WalkedRow } from './queries.ts';

const isChange = (action: string): boolean => action === 'create' || action === 'update' || action === 'delete';

const shapeProblem = (row: WalkedRow): string | null => {
  if (row.newSecret === null) return 'its new value is missing';
  if (row.newAudit !== row.id || row.newSubject !== row.subject) return 'its new value belongs to another entry';
  const empty = row.newCipher === null && row.newPrint === null;
  if (row.action === 'delete') return empty && row.newValue === null ? null : 'a removed value is there';
  if (row.newSecret === 1) return row.newCipher !== null && row.newPrint !== null ? null : 'its secret is missing';
  return empty && row.newValue !== null ? null : 'its new value is not one';
};

/** The ciphertext is not in the chain, but what it opens to has the fingerprint that is. */
export const opens = (row: WalkedRow, keyring: Keyring): boolean => {
  if (row.newCipher === null || row.newPrint === null || row.newVersion === null) return true;
  // A kind of the log is one that a writer gave: nothing here depends on which.
  const place = cipherPlace({ kind: row.subjectKind as SubjectKind, key: row.subjectKey }, row.newVersion);
  const text = keyring.decrypt(place, row.newCipher);
  return text !== null && Buffer.from(keyring.fingerprint(text)).equals(row.newPrint);
};

/** `closedKnown`: this ciphertext was found not to open, and a person settled that. */
export const createStructure = (
  keyring: Keyring | null,
  left: LeftRows,
  closedKnown: (row: WalkedRow) => boolean = () => false,
) => {
  const live = new Map<number, number>();
  const undoneBy = new Map<number, number>();
  const firstEntries = new Map<number, number>();
  let [lastVersion, versions, lastSet, sets] = [0, 0, 0, 0];
  const closed: number[] = [];

  /** Of an entry that was settled the rows are as somebody left them: only what comes after it has to fit them. */
  const takeSettled = (row: WalkedRow): null => {
    if (row.newVersion === null || !isChange(row.action)) return null;
    const there = row.newSecret !== null;
    if (there && row.newAudit === row.id && row.newVersion > lastVersion) {
      lastVersion = row.newVersion;
      versions += 1;
    }
    if (row.action === 'delete' || !there) live.delete(row.subject);
    else live.set(row.subject, row.newVersion);
    return null;
  };

  const changeProblem = (row: WalkedRow): string | null => {
    if (!isChange(row.action))
      return row.newVersion === null && row.oldVersion === null ? null : 'an event has no values';
    if (row.newVersion === null || row.newVersion <= lastVersion) return 'its new value is another entry’s';
    const shape = shapeProblem(row);
    if (shape !== null) return shape;
    const before = live.get(row.subject) ?? null;
    if (before !== row.oldVersion && !left.mayBe(row, before)) return 'its old value is not the one before it';
    if ((row.oldVersion === null) !== (row.action === 'create')) return 'its old value does not fit what it did';
    lastVersion = row.newVersion;
    versions += 1;
    if (row.action === 'delete') live.delete(row.subject);
    else live.set(row.subject, row.newVersion);
    if (keyring !== null && row.newSecret === 1 && !opens(row, keyring) && !closedKnown(row)) closed.push(row.id);
    return null;
  };

  const see = (row: WalkedRow, settled = false): string | null => {
    if (row.set < lastSet) return 'its change set is an earlier one';
    if (row.set > lastSet) {
      sets += 1;
      lastSet = row.set;
      if ((row.changeSetKind === 'undo' || row.changeSetKind === 'redo') && row.ofSet !== null)
        undoneBy.set(row.ofSet, row.set);
      firstEntries.set(row.set, row.id);
    }
    return settled ? takeSettled(row) : changeProblem(row);
  };

  /** After the last entry. `keysSince`: secrets before it may be of keys that are gone. */
  const finish = (reader: Reader, keysSince: number): { id: number; problem: string } | null => {
    const unopened = closed.find((id) => id >= keysSince);
    if (unopened !== undefined) return { id: unopened, problem: 'its secret was changed' };
    const found = undoneSets(reader);
    for (const { id, undoneBy: by, of } of found) {
      if (of !== id || (undoneBy.get(id) ?? by) !== by)
        return { id: firstEntries.get(id) ?? 0, problem: 'what undid it was changed' };
      undoneBy.delete(id);
    }
    const [unmarked] = undoneBy.keys();
    if (unmarked !== undefined)
      return { id: firstEntries.get(unmarked) ?? 0, problem: 'it was undone, and does not say so' };
    const counts = rowCounts(reader);
    const strange = left.finish(reader, keysSince);
    if (strange !== null) return strange;
    if (counts.versions !== versions + left.count()) return { id: 0, problem: 'there are values that no entry made' };
    return counts.sets === sets ? null : { id: 0, problem: 'there are change sets without entries' };
  };
  return { see, finish };
};
