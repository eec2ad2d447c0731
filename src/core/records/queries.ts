/**
 * Records as they lie in the store: subjects of kind `record`, key = collection and id, value `{data, expiresAt}`. Found by
 * ranges of the key's index; the documents are read only for the rows that are looked at.
 */
import { CompiledQuery } from 'kysely';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import type { Reader, SqlValue } from '../store/types.ts';

export type RecordRow = { key: string; version: number; value: string | null };
export type StoredRecord = { data: JsonValue; expiresAt: string | null };
export type RecordTimes = { createdAt: string; updatedAt: string };

export const recordKey = (collection: string, id: string): string => segmentsToKey([collection, id]);

/** Null for a key that no record can have. */
export const recordPlace = (key: string): { collection: string; id: string } | null => {
  const segments = keyToSegments(key);
  const [collection, id] = segments ?? [];
  return segments?.length === 2 && typeof collection === 'string' && typeof id === 'string' ? { collection, id } : null;
};

export const storedRecord = (value: string | null): StoredRecord => {
  const parsed = parseValue(value);
  if (!isJsonObject(parsed)) return { data: null, expiresAt: null };
  const { data, expiresAt } = parsed;
  return { data: data ?? null, expiresAt: typeof expiresAt === 'string' ? expiresAt : null };
};

/** A time that cannot be read is none: what nobody can tell is not taken for past. */
export const isPast = (expiresAt: string | null, now: string): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now);

/** Where a collection's keys lie: `goals.` to `goals/` and `goals[` to `goals\`, in this order. */
const rangesOf = (collection: string): readonly (readonly [string, string])[] => {
  const base = segmentsToKey([collection]);
  return [
    [`${base}.`, `${base}/`],
    [`${base}[`, `${base}\\`],
  ];
};

const rows = <R>(reader: Reader, text: string, ...values: SqlValue[]): R[] =>
  reader.all<R>(CompiledQuery.raw(text, values));

const byKey = `SELECT subject.key, live.version, version.value FROM subject
  CROSS JOIN live ON live.subject = subject.id CROSS JOIN version ON version.id = live.version
  WHERE subject.kind = 'record' AND subject.key > ? AND subject.key >= ? AND subject.key < ? ORDER BY subject.key LIMIT ?`;

/** At most `limit` live records after an id, by key. */
export const recordsAfter = (reader: Reader, collection: string, after: string | null, limit: number): RecordRow[] => {
  const key = after === null ? '' : recordKey(collection, after);
  const found: RecordRow[] = [];
  for (const [from, to] of rangesOf(collection)) {
    if (found.length < limit) found.push(...rows<RecordRow>(reader, byKey, key, from, to, limit - found.length));
  }
  return found;
};

const byVersion = `SELECT page.key, page.version, version.value FROM (
    SELECT subject.key, live.version FROM subject CROSS JOIN live ON live.subject = subject.id
    WHERE subject.kind = 'record' AND ((subject.key >= ? AND subject.key < ?) OR (subject.key >= ? AND subject.key < ?))
      AND live.version < ? ORDER BY live.version DESC LIMIT ?) AS page
  JOIN version ON version.id = page.version ORDER BY page.version DESC`;

/** At most `limit` live records whose last change is older than version `before`, the newest change first. */
export const recordsBefore = (reader: Reader, collection: string, before: number | null, limit: number): RecordRow[] =>
  rows<RecordRow>(reader, byVersion, ...rangesOf(collection).flat(), before ?? Number.MAX_SAFE_INTEGER, limit);

export const recordAt = (reader: Reader, collection: string, id: string): RecordRow | undefined =>
  rows<RecordRow>(
    reader,
    `SELECT subject.key, live.version, version.value FROM subject JOIN live ON live.subject = subject.id
       JOIN version ON version.id = live.version WHERE subject.kind = 'record' AND subject.key = ?`,
    recordKey(collection, id),
  )[0];

/** When the subjects of these live versions were first and last written, by version. */
export const recordTimes = (reader: Reader, versions: readonly number[]): Map<number, RecordTimes> =>
  new Map(
    rows<RecordTimes & { version: number }>(
      reader,
      `SELECT version.id AS version, change_set.at AS updatedAt,
         (SELECT made.at FROM version AS first JOIN audit AS entry ON entry.id = first.audit
            JOIN change_set AS made ON made.id = entry.change_set
            WHERE first.subject = version.subject ORDER BY first.id LIMIT 1) AS createdAt
       FROM version JOIN audit ON audit.id = version.audit JOIN change_set ON change_set.id = audit.change_set
       WHERE version.id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(versions),
    ).map((row) => [row.version, row]),
  );

/** `expiresAt` is the last member of almost every value: found at the end of the text, without reading the document. */
const expiry = `CASE WHEN substr(version.value, -17) = '"expiresAt":null}' THEN NULL
  WHEN substr(version.value, -39, 13) = '"expiresAt":"' THEN substr(version.value, -26, 24)
  ELSE json_extract(version.value, '$.expiresAt') END`;

const inRanges = (collection: string): { text: string; values: string[] } => ({
  text: '((subject.key >= ? AND subject.key < ?) OR (subject.key >= ? AND subject.key < ?))',
  values: rangesOf(collection).flat(),
});

/** Live subjects with a time at which they expire, past or not. */
export const expiringRecords = (reader: Reader, collection: string | null): { key: string; expiresAt: string }[] => {
  const { text, values } = collection === null ? { text: 'TRUE', values: [] } : inRanges(collection);
  return rows<{ key: string; expiresAt: string | null }>(
    reader,
    `SELECT subject.key, ${expiry} AS expiresAt FROM subject CROSS JOIN live ON live.subject = subject.id
       CROSS JOIN version ON version.id = live.version WHERE subject.kind = 'record' AND ${text} ORDER BY subject.key`,
    ...values,
  ).flatMap(({ key, expiresAt }) => (typeof expiresAt === 'string' ? [{ key, expiresAt }] : []));
};

export const recordCount = (reader: Reader, collection: string): number => {
  const { text, values } = inRanges(collection);
  return (
    rows<{ n: number }>(
      reader,
      `SELECT count(*) AS n FROM subject CROSS JOIN live ON live.subject = subject.id WHERE subject.kind = 'record' AND ${text}`,
      ...values,
    )[0]?.n ?? 0
  );
};

/** True also when all of them were deleted: its name is no slip of the pen. */
export const everHadRecords = (reader: Reader, collection: string): boolean => {
  const { text, values } = inRanges(collection);
  return (
    rows<{ id: number }>(reader, `SELECT id FROM subject WHERE kind = 'record' AND ${text} LIMIT 1`, ...values).length >
    0
  );
};

/** Names of all collections that ever had a record: one step of the index for each, not one for each record. */
export const storedCollections = (reader: Reader): string[] => {
  const found = new Set<string>();
  let from = '';
  for (;;) {
    const key = rows<{ key: string }>(
      reader,
      `SELECT key FROM subject WHERE kind = 'record' AND key >= ? ORDER BY key LIMIT 1`,
      from,
    )[0]?.key;
    if (key === undefined) return [...found];
    const place = recordPlace(key);
    if (place !== null) found.add(place.collection);
    const range = place === null ? undefined : rangesOf(place.collection).find(([start]) => key.startsWith(start));
    from = range?.[1] ?? `${key}\0`;
  }
};
