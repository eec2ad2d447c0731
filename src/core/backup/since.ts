/** What changed here after a backup was made: when, by whom and through which door. Only reads. */
import type { Subject } from '../changes/write.ts';
import { rawQuery } from '../changes/queries.ts';
import type { Reader } from '../store/types.ts';

export type Since = { at: string; by: string; door: string };

const lastChange =
  'SELECT change_set.at, actor.text AS "by", door.text AS door FROM subject' +
  ' JOIN version ON version.id = (SELECT max(newest.id) FROM version AS newest WHERE newest.subject = subject.id)' +
  ' JOIN audit ON audit.id = version.audit JOIN change_set ON change_set.id = audit.change_set' +
  ' JOIN term AS actor ON actor.id = change_set.actor JOIN term AS door ON door.id = change_set.door' +
  ' WHERE subject.kind = ? AND subject.key = ?';

/** Null: it stands, or is missing, as it did when the backup was made. */
export const changedSince = (reader: Reader, { kind, key }: Subject, at: string): Since | null => {
  const last = reader.first(rawQuery<Since>(lastChange, [kind, key]));
  return last === undefined || last.at <= at ? null : last;
};
