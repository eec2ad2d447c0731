/** What was set in this home since a bundle was made. */
import { CompiledQuery } from 'kysely';
import type { Reader } from '../store/types.ts';
import { idOf } from '../versions/state.ts';

export type ChangedHere = { at: string; actor: string };

/** By subject: who last set it after that time by hand. What a migration or the set-up brought is nobody's choice against it. */
export const setSince = (reader: Reader, time: string): ReadonlyMap<string, ChangedHere> => {
  const rows = reader.all<ChangedHere & { kind: string; key: string }>(
    CompiledQuery.raw(
      `SELECT subject.kind, subject.key, change_set.at, actor.text AS actor FROM change_set
       JOIN audit ON audit.change_set = change_set.id JOIN version ON version.id = audit.new_version
       JOIN subject ON subject.id = version.subject JOIN term AS actor ON actor.id = change_set.actor
       JOIN term AS source ON source.id = version.source
       WHERE change_set.at > ? AND source.text = 'set' ORDER BY version.id`,
      [time],
    ),
  );
  return new Map(rows.map(({ at, actor, ...subject }) => [idOf(subject), { at, actor }]));
};
