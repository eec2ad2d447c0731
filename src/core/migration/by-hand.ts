/** What the owner decided about quarantined texts: mapped to a setting, or left where they are. Queries only. */
import type { Subject, SubjectKind } from '../changes/write.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import type { StoredValue } from './present.ts';

/** The ledger's words for these decisions. */
export const byHandActions = ['map', 'leave'] as const;

/** `mapped` null: left in quarantine. */
export type ByHand = {
  ledgerId: number;
  line: number | null;
  column: number | null;
  raw: Uint8Array | null;
  mapped: { subject: Subject; version: StoredValue } | null;
};

/** A change set counts unless it was taken back; one that was brought back counts again. */
const isInForce = (reader: Reader, changeSet: number | null): boolean => {
  if (changeSet === null) return true;
  const by = reader.first(
    db.selectFrom('change_set').select('undone_by').where('id', '=', changeSet).compile(),
  )?.undone_by;
  return by === null || by === undefined || !isInForce(reader, by);
};

const rows = (reader: Reader) =>
  reader.all(
    db
      .selectFrom('ledger')
      .innerJoin('term as action', 'action.id', 'ledger.action')
      .innerJoin('term as file', 'file.id', 'ledger.file')
      .leftJoin('subject', 'subject.id', 'ledger.subject')
      .leftJoin('version', 'version.id', 'ledger.version')
      .leftJoin('audit', 'audit.id', 'version.audit')
      .select(['ledger.id as ledgerId', 'ledger.path', 'ledger.line', 'ledger.col as column', 'ledger.raw'])
      .select(['file.text as file', 'ledger.run'])
      .select(['ledger.subject as subjectId', 'subject.kind', 'subject.key', 'audit.change_set as changeSet'])
      .select(['version.id as version', 'version.value', 'version.secret', 'version.print'])
      .where('action.text', 'in', byHandActions)
      .orderBy('ledger.id')
      .compile(),
  );

type Row = ReturnType<typeof rows>[number];

const mappedIn = (row: Row): ByHand['mapped'] => {
  const { version, subjectId, kind, key, value, secret, print } = row;
  if (version === null || subjectId === null || kind === null || key === null) return null;
  // The store's own rows: only kinds that were written.
  const subject = { kind: kind as SubjectKind, key };
  return { subject, version: { version, subjectId, value, secret: secret === 1, print } };
};

/**
 * `file\npath` -> the decisions in force about the file as it was last read, newest last; each run notes those that still
 * hold again. A place may hold several texts: a key that stands there twice. `lastRuns`: file -> the run that read it last.
 */
export const readByHand = (reader: Reader, lastRuns: ReadonlyMap<string, number>): Map<string, ByHand[]> => {
  const found = new Map<string, ByHand[]>();
  for (const row of rows(reader)) {
    if (row.run !== lastRuns.get(row.file) || !isInForce(reader, row.changeSet)) continue;
    const { ledgerId, line, column, raw } = row;
    const place = `${row.file}\n${row.path}`;
    found.set(place, [...(found.get(place) ?? []), { ledgerId, line, column, raw, mapped: mappedIn(row) }]);
  }
  return found;
};
