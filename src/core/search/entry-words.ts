/**
 * The words of audit entries, read from the store: key, who, what, through which door, why, the values before and after,
 * an event's facts. A secret's value is not in these columns, so it can be in no index.
 */
import { CompiledQuery } from 'kysely';
import type { Reader, SqlValue } from '../store/types.ts';
import { firstOf, lastOf } from './hits.ts';
import { addWords } from './words.ts';

export type EntryWords = { id: number; words: Set<string> };

type Row = {
  id: number;
  key: string;
  actor: string;
  action: string;
  door: string;
  reason: string | null;
  old: string | null;
  new: string | null;
  detail: string | null;
};

const columns = `audit.id, subject.key, actor.text AS actor, action.text AS action, door.text AS door, change_set.reason,
  old.value AS old, new.value AS new, audit.detail
  FROM audit NOT INDEXED CROSS JOIN change_set ON change_set.id = audit.change_set
  CROSS JOIN subject ON subject.id = audit.subject CROSS JOIN term AS actor ON actor.id = change_set.actor
  CROSS JOIN term AS action ON action.id = audit.action CROSS JOIN term AS door ON door.id = change_set.door
  LEFT JOIN version AS old ON old.id = audit.old_version AND old.secret = 0
  LEFT JOIN version AS new ON new.id = audit.new_version AND new.secret = 0`;

/** `\n` in JSON text is a line's end, not the letter n. */
const plain = (json: string): string => (json.includes('\\') ? json.replace(/\\(?:u[0-9a-f]{4}|.)/giu, ' ') : json);

/** Keys, names and doors come again and again. */
const recurring = new Map<string, readonly string[]>();
const recurringLimit = 4096;
const wordsOfRecurring = (text: string): readonly string[] => {
  let known = recurring.get(text);
  if (known === undefined) {
    const words = new Set<string>();
    addWords(words, text);
    known = [...words];
    if (recurring.size >= recurringLimit) recurring.clear();
    recurring.set(text, known);
  }
  return known;
};

const wordsOf = (row: Row): EntryWords => {
  const words = new Set<string>();
  for (const text of [row.key, row.actor, row.action, row.door])
    for (const word of wordsOfRecurring(text)) words.add(word);
  if (row.reason !== null) addWords(words, row.reason);
  // What a removal names are numbers and hashes, many of them: nobody looks for one.
  const detail = row.action === 'retention' ? null : row.detail;
  for (const json of [row.old, row.new, detail]) if (json !== null) addWords(words, plain(json));
  return { id: row.id, words };
};

const read = (reader: Reader, where: string, values: SqlValue[]): EntryWords[] =>
  reader.all<Row>(CompiledQuery.raw(`SELECT ${columns} WHERE ${where}`, values)).map(wordsOf);

/** Of the entries from `from` to `to`, oldest first. */
export const wordsBetween = (reader: Reader, from: number, to: number): EntryWords[] =>
  read(reader, 'audit.id BETWEEN ? AND ? ORDER BY audit.id', [from, to]);

/** Of the entries with these numbers, in any order. */
export const wordsOfEntries = (reader: Reader, ids: readonly number[]): EntryWords[] =>
  read(reader, 'audit.id IN (SELECT value FROM json_each(?))', [JSON.stringify(ids)]);

/**
 * What tells the entries of a range apart from any others: the chain's hash at its end, and how many there are where some
 * were removed. Null while the range is not full.
 */
export const rangeMark = (reader: Reader, range: number): string | null => {
  const [first, last] = [firstOf(range), lastOf(range)];
  const row = reader.first<{ id: number; hash: Uint8Array | null; n: number; newest: number }>(
    CompiledQuery.raw(
      `SELECT max(id) AS id, hash, count(*) AS n, (SELECT max(id) FROM audit) AS newest FROM audit WHERE id BETWEEN ? AND ?`,
      [first, last],
    ),
  );
  if (row === undefined || row.newest < last) return null;
  const hash = row.hash === null ? '' : Buffer.from(row.hash).toString('hex');
  return row.n === last - first + 1 ? hash : `${hash}:${String(row.n)}`;
};
