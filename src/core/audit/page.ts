/**
 * Which entries a page of the log shows: their numbers, newest first, by whichever index finds them soonest. Nothing here
 * walks the whole log for a key, an actor, an action or a time. Rows are read by number afterwards.
 */
import { CompiledQuery } from 'kysely';
import type { Input } from '../../contract/commands.ts';
import type { Reader, SqlValue } from '../store/types.ts';
import { entryWindow } from './window.ts';

type Condition = { sql: string; values: SqlValue[] };
/** Without the text: words are looked for in `search/`. */
export type EntryFilter = Omit<Input<'audit.list'>, 'text' | 'limit'>;
type Filter = EntryFilter;

/** So many subjects are looked up one by one; with more, the newest entries are among them soon enough. */
const fewSubjects = 64;
const probeRows = 5000;

const rowsOf = <R>(reader: Reader, text: string, values: readonly SqlValue[]): R[] =>
  reader.all<R>(CompiledQuery.raw(text, [...values]));
const idsOf = (reader: Reader, text: string, values: readonly SqlValue[]): number[] =>
  rowsOf<{ id: number }>(reader, text, values).map(({ id }) => id);

const termOf = (reader: Reader, text: string): number | null =>
  idsOf(reader, 'SELECT id FROM term WHERE text = ?', [text])[0] ?? null;

/** The subjects at or under a key, of a type, or both; null when the filter names neither. */
const subjectsOf = (reader: Reader, { key, type }: Filter): number[] | null => {
  if ((key ?? '') === '' && type === undefined) return null;
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  if (type !== undefined) {
    conditions.push('kind = ?');
    values.push(type);
  }
  if (key !== undefined && key !== '') {
    // "/" follows "." and "\\" follows "[": ranges, since LIKE takes upper and lower case for the same.
    conditions.push('(key = ? OR (key >= ? AND key < ?) OR (key >= ? AND key < ?))');
    values.push(key, `${key}.`, `${key}/`, `${key}[`, `${key}\\`);
  }
  return idsOf(reader, `SELECT id FROM subject WHERE ${conditions.join(' AND ')}`, values);
};

type Terms = { actor: number | null; action: number | null; source: number | null; changeSet: number | null };

/** Null when a name is in no entry at all, or there is no such change set. */
const termsOf = (reader: Reader, filter: Filter): Terms | null => {
  const terms: Terms = { actor: null, action: null, source: null, changeSet: null };
  if (filter.changeSet !== undefined) {
    terms.changeSet = idsOf(reader, 'SELECT id FROM change_set WHERE uid = ?', [filter.changeSet])[0] ?? null;
    if (terms.changeSet === null) return null;
  }
  for (const name of ['actor', 'action', 'source'] as const) {
    const text = filter[name];
    if (text === undefined) continue;
    terms[name] = termOf(reader, text);
    if (terms[name] === null) return null;
  }
  return terms;
};

const conditionsOf = (reader: Reader, filter: Filter, terms: Terms): Condition[] => {
  const found: Condition[] = [];
  const add = (sql: string, ...values: SqlValue[]): void => void found.push({ sql, values });
  if (filter.seals !== true) {
    for (const seal of idsOf(reader, `SELECT id FROM subject WHERE kind = 'seal'`, [])) add('audit.subject <> ?', seal);
  }
  if (terms.actor !== null) add('change_set.actor = ?', terms.actor);
  if (terms.source !== null) add('change_set.door = ?', terms.source);
  if (terms.action !== null) add('audit.action = ?', terms.action);
  if (terms.changeSet !== null) add('audit.change_set = ?', terms.changeSet);
  if (filter.since !== undefined) add('change_set.at >= ?', filter.since);
  if (filter.until !== undefined) add('change_set.at <= ?', filter.until);
  return found;
};

/** Where to begin: one change set, else the rarer of actor and action, as far as a short look tells. */
const driverOf = (reader: Reader, { actor, action, changeSet }: Terms): 'set' | 'actor' | 'action' | 'number' => {
  if (changeSet !== null) return 'set';
  if (actor === null) return action === null ? 'number' : 'action';
  if (action === null) return 'actor';
  const probe = (table: string, column: string, value: number): number =>
    rowsOf<{ n: number }>(reader, `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE ${column} = ? LIMIT ?)`, [
      value,
      probeRows,
    ])[0]?.n ?? 0;
  return probe('change_set', 'actor', actor) <= probe('audit', 'action', action) ? 'actor' : 'action';
};

const sources = {
  number: {
    from: 'audit NOT INDEXED CROSS JOIN change_set ON change_set.id = audit.change_set',
    order: 'audit.id DESC',
  },
  action: {
    from: 'audit INDEXED BY audit_action CROSS JOIN change_set ON change_set.id = audit.change_set',
    order: 'audit.id DESC',
  },
  subject: {
    from: 'audit INDEXED BY audit_subject CROSS JOIN change_set ON change_set.id = audit.change_set',
    order: 'audit.id DESC',
  },
  // Entries of later change sets have higher numbers, so this is the order of the numbers, too.
  actor: {
    from: 'change_set INDEXED BY change_set_actor CROSS JOIN audit INDEXED BY audit_change_set ON audit.change_set = change_set.id',
    order: 'change_set.id DESC, audit.id DESC',
  },
  set: {
    from: 'audit INDEXED BY audit_change_set CROSS JOIN change_set ON change_set.id = audit.change_set',
    order: 'audit.id DESC',
  },
  hits: {
    from: 'json_each(?) AS hit CROSS JOIN audit NOT INDEXED ON audit.id = hit.value CROSS JOIN change_set ON change_set.id = audit.change_set',
    order: 'audit.id DESC',
  },
} as const;

type Plan = { driver: keyof typeof sources; conditions: Condition[]; limit: number; hits?: readonly number[] };

const run = (reader: Reader, { driver, conditions, limit, hits }: Plan): number[] => {
  const { from, order } = sources[driver];
  return idsOf(
    reader,
    `SELECT audit.id FROM ${from} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} ORDER BY ${order} LIMIT ?`,
    [...(hits === undefined ? [] : [JSON.stringify(hits)]), ...conditions.flatMap(({ values }) => values), limit],
  );
};

/** The change set of the last entry up to `to`; null when there is none. (A bare `id` would be the change set's: a sort of all.) */
const changeSetAt = (reader: Reader, to: number): number | null =>
  idsOf(reader, 'SELECT change_set AS id FROM audit NOT INDEXED WHERE audit.id <= ? ORDER BY audit.id DESC LIMIT 1', [
    to,
  ])[0] ?? null;

type Within = {
  /** The lowest number that counts. */
  floor?: number;
  /** Only these. */
  among?: readonly number[];
};

/** The numbers of at most `limit` entries below `after`, newest first. */
export const entryIds = (
  reader: Reader,
  filter: Filter,
  limit: number,
  { floor = 1, among }: Within = {},
): number[] => {
  const window = entryWindow(reader, filter.since, filter.until);
  const terms = termsOf(reader, filter);
  const subjects = subjectsOf(reader, filter);
  if (window === null || terms === null || subjects?.length === 0) return [];
  const to = Math.min(window.to, (filter.after ?? Number.MAX_SAFE_INTEGER) - 1);
  const conditions = conditionsOf(reader, filter, terms);
  conditions.push({ sql: 'audit.id BETWEEN ? AND ?', values: [Math.max(window.from, floor), to] });
  const ofSubjects = (): void => {
    if (subjects === null) return;
    conditions.push({ sql: `+audit.subject IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(subjects)] });
  };
  if (among !== undefined) {
    ofSubjects();
    return run(reader, { driver: 'hits', conditions, limit, hits: among });
  }
  if (subjects !== null && subjects.length <= fewSubjects) {
    const found = subjects.flatMap((subject) =>
      run(reader, {
        driver: 'subject',
        conditions: [{ sql: 'audit.subject = ?', values: [subject] }, ...conditions],
        limit,
      }),
    );
    return found.sort((a, b) => b - a).slice(0, limit);
  }
  const driver = driverOf(reader, terms);
  if (driver === 'actor' && to < Number.MAX_SAFE_INTEGER - 1) {
    const set = changeSetAt(reader, to);
    if (set === null) return [];
    conditions.push({ sql: 'change_set.id <= ?', values: [set] });
  }
  if (driver === 'actor' && floor > 1)
    conditions.push({ sql: 'change_set.id >= ?', values: [changeSetAt(reader, floor) ?? 0] });
  ofSubjects();
  return run(reader, { driver, conditions, limit });
};
