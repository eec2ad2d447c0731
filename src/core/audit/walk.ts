/**
 * The log from its beginning, in slices, as verification needs it. What many entries share (names, change sets, subjects,
 * the value before) is read once and kept for a while: joined to each entry it would cost more than all the hashing.
 */
import { CompiledQuery } from 'kysely';
import type { Reader } from '../store/types.ts';
import type { WalkedRow } from './queries.ts';

type BareRow = {
  id: number;
  detail: string | null;
  hash: Uint8Array;
  subject: number;
  set: number;
  oldVersion: number | null;
  newVersion: number | null;
  action: number;
  newValue: string | null;
  newSecret: number | null;
  newPrint: Uint8Array | null;
  newCipher: Uint8Array | null;
  newAudit: number | null;
  newSubject: number | null;
  source: number | null;
};

type TermRow = { id: number; text: string };
type SubjectRow = { id: number; kind: string; key: string };
type SetRow = Pick<WalkedRow, 'at' | 'changeSet' | 'reason' | 'ofSet' | 'of'> & {
  id: number;
  actor: number;
  door: number;
  kind: number;
};
type OldRow = { id: number; value: string | null; secret: number; print: Uint8Array | null };

const bareRows = `SELECT audit.id, audit.detail, audit.hash, audit.subject, audit.change_set AS "set",
    audit.old_version AS oldVersion, audit.new_version AS newVersion, audit.action, version.value AS newValue,
    version.secret AS newSecret, version.print AS newPrint, version.cipher AS newCipher, version.audit AS newAudit,
    version.subject AS newSubject, version.source
  FROM audit NOT INDEXED LEFT JOIN version ON version.id = audit.new_version
  WHERE audit.id > ? ORDER BY audit.id LIMIT ?`;
const given = 'id IN (SELECT value FROM json_each(?))';
const setRows = `SELECT one.id, one.at, one.uid AS changeSet, one.reason, one.of AS ofSet, taken.uid AS "of", one.actor,
    one.door, one.kind
  FROM change_set one LEFT JOIN change_set taken ON taken.id = one.of WHERE one.${given}`;

/** So many rows of each kind are kept, and values up to so many characters. */
const mostKept = 20_000;
const longestKept = 1000;

/** Rows by number; one that is not there is known as that, too. */
const createBook = <R extends { id: number }>(sql: string) => {
  const rows = new Map<number, R | null>();
  return {
    get: (id: number | null): R | null => (id === null ? null : (rows.get(id) ?? null)),
    keep: (row: R): void => {
      rows.set(row.id, row);
    },
    drop: (id: number): void => {
      rows.delete(id);
    },
    load: (reader: Reader, ids: Iterable<number | null>): void => {
      if (rows.size > mostKept) rows.clear();
      const missing = new Set<number>();
      for (const id of ids) if (id !== null && !rows.has(id)) missing.add(id);
      if (missing.size === 0) return;
      for (const id of missing) rows.set(id, null);
      for (const row of reader.all<R>(CompiledQuery.raw(sql, [JSON.stringify([...missing])]))) rows.set(row.id, row);
    },
  };
};

export type Walk = {
  /** At most `limit` entries after `after`, in order. A row that one points at and that is gone leaves nulls. */
  slice: (reader: Reader, after: number, limit: number) => WalkedRow[];
};

export const createWalk = (): Walk => {
  const terms = createBook<TermRow>(`SELECT id, text FROM term WHERE ${given}`);
  const subjects = createBook<SubjectRow>(`SELECT id, kind, key FROM subject WHERE ${given}`);
  const sets = createBook<SetRow>(setRows);
  const olds = createBook<OldRow>(`SELECT id, value, secret, print FROM version WHERE ${given}`);
  const text = (id: number | null): string | null => terms.get(id)?.text ?? null;

  const rowOf = (bare: BareRow): WalkedRow => {
    const set = sets.get(bare.set);
    const subject = subjects.get(bare.subject);
    const old = olds.get(bare.oldVersion);
    const row = {
      id: bare.id,
      detail: bare.detail,
      hash: bare.hash,
      subject: bare.subject,
      set: bare.set,
      oldVersion: bare.oldVersion,
      newVersion: bare.newVersion,
      newValue: bare.newValue,
      newSecret: bare.newSecret,
      newPrint: bare.newPrint,
      newCipher: bare.newCipher,
      newAudit: bare.newAudit,
      newSubject: bare.newSubject,
      action: text(bare.action),
      subjectKind: subject?.kind ?? null,
      subjectKey: subject?.key ?? null,
      at: set?.at ?? null,
      changeSet: set?.changeSet ?? null,
      reason: set?.reason ?? null,
      actor: text(set?.actor ?? null),
      door: text(set?.door ?? null),
      changeSetKind: text(set?.kind ?? null),
      ofSet: set?.ofSet ?? null,
      of: set?.of ?? null,
      oldValue: old?.value ?? null,
      oldSecret: old?.secret ?? null,
      oldPrint: old?.print ?? null,
      source: text(bare.source),
    };
    // Where a row is gone these are nulls, which fit no hash.
    return row as WalkedRow;
  };

  return {
    slice: (reader, after, limit) => {
      const bare = reader.all<BareRow>(CompiledQuery.raw(bareRows, [after, limit]));
      sets.load(
        reader,
        bare.map((row) => row.set),
      );
      const long: number[] = [];
      olds.load(reader, []);
      for (const { newVersion: id, newValue: value, newSecret: secret, newPrint: print } of bare) {
        if (id === null || secret === null) continue;
        olds.keep({ id, value, secret, print });
        if (value !== null && value.length > longestKept) long.push(id);
      }
      olds.load(
        reader,
        bare.map((row) => row.oldVersion),
      );
      subjects.load(
        reader,
        bare.map((row) => row.subject),
      );
      const named = bare.flatMap((row) => {
        const set = sets.get(row.set);
        return [row.action, row.source, set?.actor ?? null, set?.door ?? null, set?.kind ?? null];
      });
      terms.load(reader, named);
      const rows = bare.map(rowOf);
      for (const id of long) olds.drop(id);
      return rows;
    },
  };
};
