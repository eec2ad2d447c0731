/** What lies in the way of going back: the newest change of a subject after one of its versions. */
import { CompiledQuery } from 'kysely';
import type { LaterChange } from '../../contract/versions.ts';
import type { Reader } from '../store/types.ts';

/** By anybody, or with `but` by anybody else. */
export const laterChange = (
  reader: Reader,
  subject: { kind: string; key: string },
  after: number,
  but: string | null = null,
): LaterChange | null => {
  const row = reader.first<{ changeSet: string; at: string; actor: string }>(
    CompiledQuery.raw(
      `SELECT change_set.uid AS changeSet, change_set.at, term.text AS actor FROM version
       JOIN subject ON subject.id = version.subject JOIN audit ON audit.id = version.audit
       JOIN change_set ON change_set.id = audit.change_set JOIN term ON term.id = change_set.actor
       WHERE subject.kind = ? AND subject.key = ? AND version.id > ? AND term.text IS NOT ?
       ORDER BY version.id DESC LIMIT 1`,
      [subject.kind, subject.key, after, but],
    ),
  );
  return row === undefined ? null : { kind: subject.kind, key: subject.key, ...row };
};
