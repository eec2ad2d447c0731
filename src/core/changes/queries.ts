/**
 * The statements of a save, as fixed texts: Kysely's compiling costs more than running them, and a prepared statement
 * needs the same text each time. Their shapes are those of `store/tables.ts`.
 */
import { CompiledQuery } from 'kysely';
import type { SqlValue } from '../store/types.ts';

const nothing = CompiledQuery.raw('');

/** As `CompiledQuery.raw`, without the query tree and the number that nobody reads: they cost as much as a statement. */
export const rawQuery = <R = unknown>(sql: string, parameters: readonly SqlValue[]): CompiledQuery<R> => ({
  query: nothing.query,
  queryId: nothing.queryId,
  sql,
  parameters,
});

const statement =
  <R>(text: string) =>
  (...parameters: SqlValue[]): CompiledQuery<R> =>
    rawQuery(text, parameters);

export const termId = statement<{ id: number }>('SELECT id FROM term WHERE text = ?');
/** Those of a change set's texts at once: each query of its own costs as much as an insert. */
export const termIds = statement<{ id: number; text: string }>(
  'SELECT id, text FROM term WHERE text IN (?, ?, ?, ?, ?)',
);
export const insertTerm = statement('INSERT INTO term (id, text) VALUES (?, ?)');
export const subjectId = statement<{ id: number }>('SELECT id FROM subject WHERE kind = ? AND key = ?');
export const insertSubject = statement('INSERT INTO subject (id, kind, key) VALUES (?, ?, ?)');

export type VersionRow = {
  id: number;
  value: string | null;
  secret: number;
  cipher: Uint8Array | null;
  print: Uint8Array | null;
};
export const liveVersion = statement<VersionRow>(
  'SELECT version.id, version.value, version.secret, version.cipher, version.print FROM live JOIN version ON version.id = live.version WHERE live.subject = ?',
);
export const insertVersion = statement(
  'INSERT INTO version (id, subject, audit, value, secret, cipher, print, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
);
export const putLive = statement(
  'INSERT INTO live (subject, version) VALUES (?, ?) ON CONFLICT (subject) DO UPDATE SET version = excluded.version',
);
export const removeLive = statement('DELETE FROM live WHERE subject = ?');
export const insertChangeSet = statement(
  'INSERT INTO change_set (id, uid, at, actor, door, kind, reason, of, undone_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)',
);
export const changeSetByUid = statement<{ id: number }>('SELECT id FROM change_set WHERE uid = ?');
export const markUndone = statement('UPDATE change_set SET undone_by = ? WHERE id = ?');
export const insertAudit = statement(
  'INSERT INTO audit (id, change_set, action, subject, old_version, new_version, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
);
export const lastAudit = statement<{ id: number; hash: Uint8Array }>(
  'SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1',
);

const largest = (table: string) => statement<{ id: number }>(`SELECT coalesce(max(id), 0) AS id FROM ${table}`);
export const largestId = {
  term: largest('term'),
  subject: largest('subject'),
  version: largest('version'),
  change_set: largest('change_set'),
  migration_run: largest('migration_run'),
  source_file: largest('source_file'),
  ledger: largest('ledger'),
  layout: largest('layout'),
  metric: largest('metric'),
};
