/** What retention reads of the log and its neighbours, and the statements by which rows go. */
import { CompiledQuery } from 'kysely';
import { rawQuery } from '../../changes/queries.ts';
import type { Reader, SqlValue, Tx } from '../../store/types.ts';
import { parseRetention, retentionAction, retentionSubject, type About, type LeftRow, type Removed } from './detail.ts';

const rowsOf = <R>(reader: Reader, sql: string, values: readonly SqlValue[] = []): R[] =>
  reader.all<R>(CompiledQuery.raw(sql, [...values]));

const retentionEntries = `FROM audit INDEXED BY audit_subject
  WHERE audit.subject = (SELECT id FROM subject WHERE kind = '${retentionSubject.kind}' AND key = '${retentionSubject.key}')
    AND audit.action = (SELECT id FROM term WHERE text = '${retentionAction}')`;

export type RetentionRow = { id: number; detail: string | null };

export const retentionRows = (reader: Reader): RetentionRow[] =>
  rowsOf(reader, `SELECT audit.id, audit.detail ${retentionEntries} ORDER BY audit.id`);

/** 0 when nothing was ever removed. */
export const newestRetention = (reader: Reader): number =>
  rowsOf<{ id: number }>(reader, `SELECT audit.id ${retentionEntries} ORDER BY audit.id DESC LIMIT 1`)[0]?.id ?? 0;

/** What the newest removal says of all so far; null when there was none. */
export const newestAbout = (reader: Reader): About | null => {
  const row = rowsOf<RetentionRow>(
    reader,
    `SELECT audit.id, audit.detail ${retentionEntries} ORDER BY audit.id DESC LIMIT 1`,
  )[0];
  return row === undefined ? null : (parseRetention(row.detail)?.about ?? null);
};

export type RemovedRange = { by: number; from: number; to: number; hash: string; before: string };

/** Every range that any removal names, in the order of their numbers. */
export const removedRanges = (reader: Reader): RemovedRange[] =>
  retentionRows(reader)
    .flatMap(({ id, detail }) =>
      (parseRetention(detail)?.removed ?? []).map(([from, to, hash, before]: Removed) => ({
        by: id,
        from,
        to,
        hash,
        before,
      })),
    )
    .toSorted((a, b) => a.from - b.from);

/** Whether a change set lost some of its entries. */
export const isCut = (reader: Reader, changeSet: number): boolean =>
  newestRetention(reader) > 0 &&
  retentionRows(reader).some(({ detail }) => parseRetention(detail)?.cut.includes(changeSet) === true);

const leftColumns = `SELECT version.id, subject.kind, subject.key, version.audit, term.text AS source
  FROM version JOIN subject ON subject.id = version.subject JOIN term ON term.id = version.source`;

export type LeftVersion = LeftRow & { subject: number; value: string | null; secret: number } & {
  cipher: Uint8Array | null;
  print: Uint8Array | null;
};

export const leftVersions = (reader: Reader, ids: readonly number[]): LeftVersion[] =>
  rowsOf(
    reader,
    `${leftColumns.replace(' FROM', ', version.subject, version.value, version.secret, version.cipher, version.print FROM')}
     WHERE version.id IN (SELECT value FROM json_each(?)) ORDER BY version.id`,
    [JSON.stringify(ids)],
  );

export type BareEntry = {
  id: number;
  set: number;
  subject: number;
  action: number;
  old: number | null;
  new: number | null;
  hash: Uint8Array;
};

export const entriesAfter = (reader: Reader, id: number, limit: number): BareEntry[] =>
  rowsOf(
    reader,
    `SELECT id, change_set AS "set", subject, action, old_version AS old, new_version AS new, hash
     FROM audit NOT INDEXED WHERE id > ? ORDER BY id LIMIT ?`,
    [id, limit],
  );

export const versionsAfter = (reader: Reader, id: number, limit: number) =>
  rowsOf<{ id: number; subject: number; audit: number; removal: number }>(
    reader,
    `SELECT id, subject, audit, value IS NULL AND cipher IS NULL AS removal
     FROM version WHERE id > ? ORDER BY id LIMIT ?`,
    [id, limit],
  );

export const setsAfter = (reader: Reader, id: number, limit: number) =>
  rowsOf<{ id: number; at: string; of: number | null; undoneBy: number | null }>(
    reader,
    `SELECT id, at, "of", undone_by AS undoneBy FROM change_set WHERE id > ? ORDER BY id LIMIT ?`,
    [id, limit],
  );

const numbers = (reader: Reader, sql: string): number[] => rowsOf<{ id: number }>(reader, sql).map(({ id }) => id);

export const liveVersions = (reader: Reader): number[] => numbers(reader, 'SELECT version AS id FROM live');
export const importedVersions = (reader: Reader): number[] =>
  numbers(reader, 'SELECT DISTINCT version AS id FROM ledger WHERE version IS NOT NULL');
export const neededSets = (reader: Reader): number[] =>
  numbers(reader, 'SELECT change_set AS id FROM migration_run UNION SELECT change_set FROM mirror_due');
export const mirrorVersions = (reader: Reader): number[] => numbers(reader, 'SELECT upto AS id FROM mirror_state');
export const liveRecords = (reader: Reader): number[] =>
  numbers(
    reader,
    `SELECT live.subject AS id FROM live JOIN subject ON subject.id = live.subject WHERE subject.kind = 'record'`,
  );
export const sealSubjects = (reader: Reader): number[] => numbers(reader, `SELECT id FROM subject WHERE kind = 'seal'`);

/** The change sets that named versions and changes on trial stand for. */
export const markedSets = (reader: Reader): { id: number; kind: string }[] =>
  rowsOf(
    reader,
    `SELECT change_set.id, subject.kind FROM live JOIN subject ON subject.id = live.subject
       JOIN version ON version.id = live.version
       JOIN change_set ON change_set.uid =
         CASE subject.kind WHEN 'trial' THEN subject.key ELSE json_extract(version.value, '$.changeSet') END
     WHERE subject.kind IN ('name', 'trial')`,
  );

/** Of which the log needs every one: it would say less, or a backup would no longer be known as its own. */
const lasting = ['retention', 'new-keys', 'tampering', 'settled', 'outside', 'backup'];
export const lastingActions = (reader: Reader): number[] =>
  rowsOf<{ id: number }>(reader, 'SELECT id FROM term WHERE text IN (SELECT value FROM json_each(?))', [
    JSON.stringify(lasting),
  ]).map(({ id }) => id);

/** Of entries that somebody changed outside Holdfast and a person settled. */
export const settledSubjects = (reader: Reader): number[] =>
  numbers(
    reader,
    `SELECT DISTINCT audit.subject AS id FROM audit AS settling INDEXED BY audit_action
       JOIN json_each(settling.detail, '$.entries') AS one
       JOIN audit ON audit.id = json_extract(one.value, '$.entry')
     WHERE settling.action = (SELECT id FROM term WHERE text = 'settled') AND json_valid(settling.detail)`,
  );

const deleteFrom = {
  audit: 'DELETE FROM audit WHERE id BETWEEN ? AND ?',
  version: 'DELETE FROM version WHERE id IN (SELECT value FROM json_each(?))',
  change_set: 'DELETE FROM change_set WHERE id IN (SELECT value FROM json_each(?))',
};
export const deleteEntries = (tx: Tx, from: number, to: number): void => tx.run(rawQuery(deleteFrom.audit, [from, to]));
export const deleteVersions = (tx: Tx, ids: readonly number[]): void =>
  tx.run(rawQuery(deleteFrom.version, [JSON.stringify(ids)]));
export const deleteSets = (tx: Tx, ids: readonly number[]): void =>
  tx.run(rawQuery(deleteFrom.change_set, [JSON.stringify(ids)]));

/** The hours of the log and its doors, as they would be counted anew: the triggers only count down. */
export const tidyHours = (tx: Tx, hours: readonly string[]): void => {
  for (const hour of hours)
    tx.run(
      rawQuery(
        `UPDATE hour SET
           first_set = coalesce((SELECT min(id) FROM change_set WHERE at >= hour.hour AND at < hour.hour || ';'), first_set),
           last_set = coalesce((SELECT max(id) FROM change_set WHERE at >= hour.hour AND at < hour.hour || ';'), last_set)
         WHERE hour = ?`,
        [hour],
      ),
    );
  tx.run(rawQuery('DELETE FROM hour WHERE change_sets = 0', []));
  tx.run(
    rawQuery('DELETE FROM door WHERE NOT EXISTS (SELECT 1 FROM change_set WHERE change_set.door = door.term)', []),
  );
};
