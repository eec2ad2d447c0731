/** What the search for outside changes reads beside the log itself, and the few statements that put rows right. */
import { rawQuery } from '../../changes/queries.ts';
import type { Reader, SqlValue, Tx } from '../../store/types.ts';

const rows = <R>(reader: Reader, sql: string, ...values: SqlValue[]): R[] => reader.all(rawQuery<R>(sql, values));
const run = (tx: Tx, sql: string, ...values: SqlValue[]): void => tx.run(rawQuery(sql, values));

export type StoredVersion = {
  id: number;
  subject: number;
  audit: number;
  value: string | null;
  secret: number;
  cipher: Uint8Array | null;
  print: Uint8Array | null;
  source: string;
};

const versionColumns = `version.id, version.subject, version.audit, version.value, version.secret, version.cipher, version.print,
  term.text AS source FROM version JOIN term ON term.id = version.source`;

export const versionById = (reader: Reader, id: number): StoredVersion | null =>
  rows<StoredVersion>(reader, `SELECT ${versionColumns} WHERE version.id = ?`, id)[0] ?? null;

export const versionsOf = (reader: Reader, subject: number): StoredVersion[] =>
  rows<StoredVersion>(reader, `SELECT ${versionColumns} WHERE version.subject = ? ORDER BY version.id`, subject);

export const subjectById = (reader: Reader, id: number): { kind: string; key: string } | null =>
  rows<{ kind: string; key: string }>(reader, 'SELECT kind, key FROM subject WHERE id = ?', id)[0] ?? null;

export const subjectIdOf = (reader: Reader, kind: string, key: string): number | null =>
  rows<{ id: number }>(reader, 'SELECT id FROM subject WHERE kind = ? AND key = ?', kind, key)[0]?.id ?? null;

export const liveOf = (reader: Reader, subject: number): number | null =>
  rows<{ version: number }>(reader, 'SELECT version FROM live WHERE subject = ?', subject)[0]?.version ?? null;

export const entriesOf = (reader: Reader, subject: number): number[] =>
  rows<{ id: number }>(reader, 'SELECT id FROM audit WHERE subject = ? ORDER BY id', subject).map(({ id }) => id);

export const entriesOfSet = (reader: Reader, set: number): number[] =>
  rows<{ id: number }>(reader, 'SELECT id FROM audit WHERE change_set = ? ORDER BY id', set).map(({ id }) => id);

/** Whether this entry says that it made the version. */
export const madeBy = (reader: Reader, version: number, entry: number): boolean =>
  rows(reader, 'SELECT 1 FROM audit WHERE id = ? AND new_version = ?', entry, version).length > 0;

export const hasEntry = (reader: Reader, id: number): boolean =>
  rows(reader, 'SELECT 1 FROM audit WHERE id = ?', id).length > 0;

/** Whether some entry says that it made this version, or that it was there before. */
export const isNamed = (reader: Reader, version: number): boolean =>
  rows(reader, 'SELECT 1 FROM audit WHERE new_version = ? OR old_version = ? LIMIT 1', version, version).length > 0;

export const liveAfter = (reader: Reader, subject: number, limit: number) =>
  rows<{ subject: number; version: number }>(
    reader,
    'SELECT subject, version FROM live WHERE subject > ? ORDER BY subject LIMIT ?',
    subject,
    limit,
  );

export const versionsAfter = (reader: Reader, id: number, limit: number) =>
  rows<{ id: number; subject: number; audit: number }>(
    reader,
    'SELECT id, subject, audit FROM version WHERE id > ? ORDER BY id LIMIT ?',
    id,
    limit,
  );

export const removeVersion = (tx: Tx, id: number): void => {
  run(tx, 'UPDATE ledger SET version = NULL WHERE version = ?', id);
  run(tx, 'DELETE FROM version WHERE id = ?', id);
};

export const putVersion = (tx: Tx, row: StoredVersion, source: number): void => {
  const { id, subject, audit, value, secret, cipher, print } = row;
  run(
    tx,
    `INSERT INTO version (id, subject, audit, value, secret, cipher, print, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, audit = excluded.audit, value = excluded.value,
         secret = excluded.secret, cipher = excluded.cipher, print = excluded.print, source = excluded.source`,
    id,
    subject,
    audit,
    value,
    secret,
    cipher,
    print,
    source,
  );
};

export const placeVersion = (tx: Tx, id: number, subject: number, audit: number): void =>
  run(tx, 'UPDATE version SET subject = ?, audit = ? WHERE id = ?', subject, audit, id);

export const renameSubject = (tx: Tx, id: number, kind: string, key: string): void =>
  run(tx, 'UPDATE subject SET kind = ?, key = ? WHERE id = ?', kind, key, id);

type Told = { id: number; action: string; detail: string | null; at: string };

/** What was last found, or settled. */
export const lastTold = (reader: Reader): Told | null =>
  rows<Told>(
    reader,
    `SELECT audit.id, term.text AS action, audit.detail, change_set.at
       FROM audit INDEXED BY audit_subject JOIN term ON term.id = audit.action JOIN change_set ON change_set.id = audit.change_set
       WHERE audit.subject = (SELECT id FROM subject WHERE kind = 'store' AND key = '')
         AND audit.action IN (SELECT id FROM term WHERE text IN ('outside-change', 'settled'))
       ORDER BY audit.id DESC LIMIT 1`,
  )[0] ?? null;

export const hasSeals = (reader: Reader): boolean =>
  rows(reader, `SELECT 1 FROM audit WHERE action = (SELECT id FROM term WHERE text = 'seal') LIMIT 1`).length > 0;
