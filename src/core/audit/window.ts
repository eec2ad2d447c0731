/**
 * A window of time as a window of numbers: entries are found and paged by number, never by walking over times. The
 * number is the order, time is data: after a clock went back the window is wider than the times, so whoever uses it
 * still compares the times themselves.
 */
import { CompiledQuery } from 'kysely';
import type { Reader, SqlValue } from '../store/types.ts';

export type IdWindow = { from: number; to: number };

const numberOf = (reader: Reader, text: string, values: SqlValue[]): number | null =>
  reader.first<{ n: number | null }>(CompiledQuery.raw(text, values))?.n ?? null;

/** Longest prefix of a time that names an hour, as in the table `hour`. */
const hourOf = (time: string): string => time.slice(0, 13);
/** Above every time of that hour: ";" follows ":". */
const endOf = (hour: string): string => `${hour};`;

/** The first change set that can be of `since` or later; null when there is none. */
const firstSince = (reader: Reader, since: string): number | null => {
  const hour = hourOf(since);
  const later = numberOf(reader, 'SELECT min(first_set) AS n FROM hour WHERE hour > ?', [hour]);
  const within = numberOf(
    reader,
    'SELECT min(id) AS n FROM change_set INDEXED BY change_set_at WHERE at >= ? AND at < ?',
    [since, endOf(hour)],
  );
  return later === null ? within : Math.min(later, within ?? later);
};

/** The last change set, by number, made no later than `until`; null when there is none. */
export const lastUntil = (reader: Reader, until: string): number | null => {
  const hour = hourOf(until);
  const earlier = numberOf(reader, 'SELECT max(last_set) AS n FROM hour WHERE hour < ?', [hour]);
  const within = numberOf(
    reader,
    'SELECT max(id) AS n FROM change_set INDEXED BY change_set_at WHERE at >= ? AND at <= ?',
    [hour, until],
  );
  return earlier === null ? within : Math.max(earlier, within ?? earlier);
};

/** The last entry of a change set or of one before it; 0 when there is none. */
export const lastEntryOf = (reader: Reader, changeSet: number): number =>
  numberOf(reader, 'SELECT id AS n FROM audit WHERE change_set <= ? ORDER BY change_set DESC, id DESC LIMIT 1', [
    changeSet,
  ]) ?? 0;

const firstEntryOf = (reader: Reader, changeSet: number): number | null =>
  numberOf(reader, 'SELECT id AS n FROM audit WHERE change_set >= ? ORDER BY change_set, id LIMIT 1', [changeSet]);

/** Entries from `since` to `until`, both included; null when there can be none. */
export const entryWindow = (reader: Reader, since: string | undefined, until: string | undefined): IdWindow | null => {
  const first = since === undefined ? null : firstSince(reader, since);
  const last = until === undefined ? null : lastUntil(reader, until);
  if ((since !== undefined && first === null) || (until !== undefined && last === null)) return null;
  const from = first === null ? 1 : firstEntryOf(reader, first);
  const to = last === null ? Number.MAX_SAFE_INTEGER : lastEntryOf(reader, last);
  return from === null || from > to ? null : { from, to };
};
