/**
 * What of the past can still be told after entries were removed. A moment is known when nothing that counted then is gone:
 * before the first removed entry, from the last one on, or where a named version kept everything. At any other only those
 * values are shown that are proven: the live ones, and those whose following entry is there and names them.
 */
import { CompiledQuery } from 'kysely';
import type { Reader } from '../../store/types.ts';
import type { About } from './detail.ts';
import { isCut, newestAbout } from './queries.ts';

/** `entry`: the last entry that counts. */
export const momentKnown = (about: About | null, entry: number): boolean => {
  if (about === null) return true;
  const [first, last] = about.blurred;
  return entry < first || entry >= last || about.whole.includes(entry);
};

/** The number of the entry that follows; the newest plus one at the end. */
const entryAfter = (reader: Reader, entry: number): number =>
  reader.first<{ id: number }>(
    CompiledQuery.raw('SELECT id FROM audit NOT INDEXED WHERE id > ? ORDER BY id LIMIT 1', [entry]),
  )?.id ?? entry + 1;

/** Everything that stood there can be told. A time that falls where entries are missing is never known. */
export const isKnown = (reader: Reader, entry: number, exact: boolean): boolean => {
  const about = newestAbout(reader);
  if (about === null || !momentKnown(about, entry)) return about === null;
  return exact || entryAfter(reader, entry) === entry + 1;
};

/** For a query over `subject` and `version`: the version stood until something that is known. */
export const proven = `(EXISTS (SELECT 1 FROM live WHERE live.subject = subject.id AND live.version = version.id)
  OR EXISTS (SELECT 1 FROM audit INDEXED BY audit_subject WHERE audit.subject = subject.id AND audit.old_version = version.id))`;

/** Undo goes back to here: change sets up to this one lost something, or what they were made of. */
export const undoEnd = (reader: Reader): number => {
  const about = newestAbout(reader);
  if (about === null) return 0;
  return (
    reader.first<{ id: number }>(
      CompiledQuery.raw(
        'SELECT change_set AS id FROM audit NOT INDEXED WHERE audit.id <= ? ORDER BY audit.id DESC LIMIT 1',
        [about.blurred[1]],
      ),
    )?.id ?? 0
  );
};

/** Why a change set cannot be taken back as one; null when it can. */
export const cutProblem = (reader: Reader, changeSet: number): string | null =>
  isCut(reader, changeSet)
    ? 'a part of it was removed by the limits of the history; bring single values back from a version instead'
    : null;
