/** What the audit pages read: keyset pages over the log, facets for its filters, and every entry for verification. */
import { CompiledQuery, sql } from 'kysely';
import { tallies } from '../homes/queries.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { entryIds, type EntryFilter } from './page.ts';

const joined = () =>
  db
    .selectFrom('audit')
    .innerJoin('subject', 'subject.id', 'audit.subject')
    .innerJoin('change_set', 'change_set.id', 'audit.change_set')
    .innerJoin('term as actor', 'actor.id', 'change_set.actor')
    .innerJoin('term as door', 'door.id', 'change_set.door')
    .innerJoin('term as kind', 'kind.id', 'change_set.kind')
    .innerJoin('term as action', 'action.id', 'audit.action')
    .leftJoin('version as old', 'old.id', 'audit.old_version')
    .leftJoin('version as new', 'new.id', 'audit.new_version')
    .select(['audit.id', 'audit.detail', 'change_set.at', 'change_set.reason', 'change_set.uid as changeSet'])
    .select(['actor.text as actor', 'door.text as door', 'kind.text as changeSetKind', 'action.text as action'])
    .select(['subject.kind as subjectKind', 'subject.key as subjectKey'])
    .select(['old.value as oldValue', 'old.secret as oldSecret', 'old.print as oldPrint'])
    .select(['new.value as newValue', 'new.secret as newSecret', 'new.print as newPrint']);

export type AuditRow = ReturnType<typeof auditPage>[number];

/** Newest first; `after` is the id of the last entry of the page before. */
export const auditPage = (reader: Reader, filter: EntryFilter, limit: number) =>
  entriesById(reader, entryIds(reader, filter, limit));

/** The entries of these numbers, newest first. */
export const entriesById = (reader: Reader, ids: readonly number[]) =>
  reader.all(
    joined()
      .where('audit.id', 'in', sql<number>`(SELECT value FROM json_each(${JSON.stringify(ids)}))`)
      .orderBy('audit.id', 'desc')
      .compile(),
  );

/** 0 in an empty log. */
export const newestEntry = (reader: Reader): number =>
  reader.first(db.selectFrom('audit').select('id').orderBy('id', 'desc').limit(1).compile())?.id ?? 0;

/** An entry with all that its hash is made of. A row that it points at and that is gone leaves nulls, so that it is seen. */
export type WalkedRow = {
  id: number;
  detail: string | null;
  hash: Uint8Array;
  subject: number;
  set: number;
  oldVersion: number | null;
  newVersion: number | null;
  action: string;
  subjectKind: string;
  subjectKey: string;
  at: string;
  changeSet: string;
  reason: string | null;
  actor: string;
  door: string;
  changeSetKind: string;
  ofSet: number | null;
  of: string | null;
  oldValue: string | null;
  oldSecret: number | null;
  oldPrint: Uint8Array | null;
  newValue: string | null;
  newSecret: number | null;
  newPrint: Uint8Array | null;
  newCipher: Uint8Array | null;
  newAudit: number | null;
  newSubject: number | null;
  source: string | null;
};

const walkedFrom = `SELECT audit.id, audit.detail, audit.hash, audit.subject, audit.change_set AS "set",
    audit.old_version AS oldVersion, audit.new_version AS newVersion, action.text AS action,
    subject.kind AS subjectKind, subject.key AS subjectKey, change_set.at, change_set.uid AS changeSet, change_set.reason,
    actor.text AS actor, door.text AS door, kind.text AS changeSetKind, change_set.of AS ofSet, taken.uid AS "of",
    old.value AS oldValue, old.secret AS oldSecret, old.print AS oldPrint, new.value AS newValue, new.secret AS newSecret,
    new.print AS newPrint, new.cipher AS newCipher, new.audit AS newAudit, new.subject AS newSubject, source.text AS source
  FROM audit NOT INDEXED
    LEFT JOIN term action ON action.id = audit.action LEFT JOIN subject ON subject.id = audit.subject
    LEFT JOIN change_set ON change_set.id = audit.change_set LEFT JOIN change_set taken ON taken.id = change_set.of
    LEFT JOIN term actor ON actor.id = change_set.actor LEFT JOIN term door ON door.id = change_set.door
    LEFT JOIN term kind ON kind.id = change_set.kind LEFT JOIN version old ON old.id = audit.old_version
    LEFT JOIN version new ON new.id = audit.new_version LEFT JOIN term source ON source.id = new.source`;

/** The entries of these numbers in order, as verification sees them. */
export const walkedByIds = (reader: Reader, ids: readonly number[]): WalkedRow[] =>
  reader.all<WalkedRow>(
    CompiledQuery.raw(`${walkedFrom} WHERE audit.id IN (SELECT value FROM json_each(?)) ORDER BY audit.id`, [
      JSON.stringify(ids),
    ]),
  );

/** The change sets that say they were undone, by which, and what that one takes back. */
export const undoneSets = (reader: Reader) =>
  reader.all<{ id: number; undoneBy: number; of: number | null }>(
    CompiledQuery.raw(
      `SELECT one.id, one.undone_by AS undoneBy, other.of FROM change_set one
         LEFT JOIN change_set other ON other.id = one.undone_by WHERE one.undone_by IS NOT NULL ORDER BY one.id`,
    ),
  );

export const rowCounts = (reader: Reader): { versions: number; sets: number } =>
  reader.first<{ versions: number; sets: number }>(
    CompiledQuery.raw('SELECT (SELECT count(*) FROM version) AS versions, (SELECT count(*) FROM change_set) AS sets'),
  ) ?? { versions: 0, sets: 0 };

/** The hash of one entry; null when there is no such entry. */
export const hashAt = (reader: Reader, id: number): Uint8Array | null =>
  reader.first(db.selectFrom('audit').select('hash').where('id', '=', id).compile())?.hash ?? null;

/** Whether a value was written after the entry with this hash; true too when there is no such entry. */
export const changedSince = (reader: Reader, head: string | null): boolean => {
  const hash = Buffer.from(head ?? '', 'hex');
  const entry = reader.first(db.selectFrom('audit').select('id').where('hash', '=', hash).compile());
  if (entry === undefined) return true;
  const later = db.selectFrom('audit').select('id').where('id', '>', entry.id);
  const written = later.where((eb) => eb.or([eb('new_version', 'is not', null), eb('old_version', 'is not', null)]));
  return reader.first(written.limit(1).compile()) !== undefined;
};

/** The newest entry; null in an empty log. */
export const chainHead = (reader: Reader): { id: number; hash: Uint8Array; at: string } | null =>
  reader.first(
    db
      .selectFrom('audit')
      .innerJoin('change_set', 'change_set.id', 'audit.change_set')
      .select(['audit.id', 'audit.hash', 'change_set.at'])
      .orderBy('audit.id', 'desc')
      .limit(1)
      .compile(),
  ) ?? null;

/** The different values of an indexed column, by hops: as many steps as there are values, not rows. */
const termsIn = (reader: Reader, table: 'change_set' | 'audit', column: 'actor' | 'action'): string[] =>
  reader
    .all<{ text: string }>(
      CompiledQuery.raw(
        `WITH RECURSIVE hop (x) AS (
           SELECT min(${column}) FROM ${table}
           UNION ALL SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > x) FROM hop WHERE x IS NOT NULL)
         SELECT text FROM hop JOIN term ON term.id = hop.x ORDER BY text`,
      ),
    )
    .map((row) => row.text);

export const auditFacets = (reader: Reader, since: string) => {
  const counted = tallies(reader);
  const types = reader.all<{ kind: string }>(
    CompiledQuery.raw(
      `SELECT DISTINCT kind FROM subject WHERE kind <> 'seal' AND EXISTS (SELECT 1 FROM audit WHERE audit.subject = subject.id) ORDER BY kind`,
    ),
  );
  const sources = reader.all(
    db.selectFrom('door').innerJoin('term', 'term.id', 'door.term').select('term.text').orderBy('term.text').compile(),
  );
  const days = reader.all(
    db
      .selectFrom('hour')
      .select([sql<string>`substr(hour, 1, 10)`.as('day'), sql<number>`sum(change_sets)`.as('changeSets')])
      .where('hour', '>=', since)
      .where('change_sets', '>', 0)
      .groupBy(sql`substr(hour, 1, 10)`)
      .orderBy('day')
      .compile(),
  );
  return {
    total: (counted.get('audit:change') ?? 0) + (counted.get('audit:event') ?? 0),
    actors: termsIn(reader, 'change_set', 'actor'),
    types: types.map((row) => row.kind),
    actions: termsIn(reader, 'audit', 'action').filter((action) => action !== 'seal'),
    sources: sources.map((row) => row.text),
    days,
  };
};

/** The newest entry by which tampering was noted; null when there is none. */
export const newestTampering = (reader: Reader): { at: string; detail: string | null } | null =>
  reader.first<{ at: string; detail: string | null }>(
    CompiledQuery.raw(
      `SELECT change_set.at, audit.detail FROM audit INDEXED BY audit_subject JOIN change_set ON change_set.id = audit.change_set
         WHERE audit.subject = (SELECT id FROM subject WHERE kind = 'store' AND key = '')
           AND audit.action = (SELECT id FROM term WHERE text = 'tampering') ORDER BY audit.id DESC LIMIT 1`,
    ),
  ) ?? null;

export const hashesOf = (reader: Reader, ids: readonly number[]): Map<number, Uint8Array> =>
  new Map(
    reader
      .all<{ id: number; hash: Uint8Array }>(
        CompiledQuery.raw('SELECT id, hash FROM audit WHERE id IN (SELECT value FROM json_each(?))', [
          JSON.stringify(ids),
        ]),
      )
      .map(({ id, hash }) => [id, hash]),
  );
