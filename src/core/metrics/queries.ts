/** Measurements in the store, read by name and time through one index; never by walking over all of them. */
import { CompiledQuery } from 'kysely';
import { rawQuery } from '../changes/queries.ts';
import type { Reader, SqlValue } from '../store/types.ts';

export type MetricRow = {
  id: number;
  name: string;
  value: number;
  unit: string | null;
  at: string;
  data: string | null;
};
/** Both ends included. */
export type Window = { since: string; until: string };

/** Before and after every time. */
export const always: Window = { since: '', until: '~' };

const rows = <R>(reader: Reader, text: string, ...values: SqlValue[]): R[] =>
  reader.all<R>(CompiledQuery.raw(text, values));

export type MetricName = { id: number; text: string };

/** Every name that has a measurement: one step of the index for each. */
export const metricNames = (reader: Reader): MetricName[] =>
  rows<MetricName>(
    reader,
    `WITH RECURSIVE hop (x) AS (
       SELECT min(name) FROM metric
       UNION ALL SELECT (SELECT min(name) FROM metric WHERE name > x) FROM hop WHERE x IS NOT NULL)
     SELECT term.id, term.text FROM hop JOIN term ON term.id = hop.x ORDER BY term.text`,
  );

export const metricName = (reader: Reader, name: string): MetricName | undefined =>
  metricNames(reader).find(({ text }) => text === name);

export const insertMetric = (values: readonly SqlValue[]): CompiledQuery =>
  rawQuery('INSERT INTO metric (id, name, unit, at, value, data) VALUES (?, ?, ?, ?, ?, ?)', values);

/** A place in the list, newest first: time, and for equal times the number. */
export type Cursor = { at: string; id: number };

/** At most `limit` of one name, newest first, from after the cursor. */
export const metricsOf = (
  reader: Reader,
  name: number,
  { since, until }: Window,
  { cursor, limit }: { cursor: Cursor | null; limit: number },
): MetricRow[] =>
  rows<MetricRow>(
    reader,
    `SELECT metric.id, term.text AS name, metric.value, unit.text AS unit, metric.at, metric.data
     FROM metric JOIN term ON term.id = metric.name LEFT JOIN term AS unit ON unit.id = metric.unit
     WHERE metric.name = ? AND metric.at >= ? AND metric.at <= ? AND (metric.at, metric.id) < (?, ?)
     ORDER BY metric.at DESC, metric.id DESC LIMIT ?`,
    name,
    since,
    // The index goes to the cursor at once.
    cursor === null ? until : cursor.at,
    cursor?.at ?? '~~',
    cursor?.id ?? 0,
    limit,
  );

export const allMetrics = (reader: Reader): MetricRow[] =>
  rows<MetricRow>(
    reader,
    `SELECT metric.id, term.text AS name, metric.value, unit.text AS unit, metric.at, metric.data
     FROM metric JOIN term ON term.id = metric.name LEFT JOIN term AS unit ON unit.id = metric.unit ORDER BY metric.id`,
  );

export type StatsRow = { count: number; min: number; max: number; mean: number };

export const statsOf = (reader: Reader, name: number, { since, until }: Window): StatsRow | undefined =>
  rows<StatsRow>(
    reader,
    `SELECT count(*) AS count, min(value) AS min, max(value) AS max, avg(value) AS mean
     FROM metric WHERE name = ? AND at >= ? AND at <= ? HAVING count(*) > 0`,
    name,
    since,
    until,
  )[0];

export type PieceRow = StatsRow & { piece: number };

/** A window in equal pieces of `seconds`, those with a number in them, oldest first. */
export const piecesOf = (reader: Reader, name: number, { since, until }: Window, seconds: number): PieceRow[] =>
  rows<PieceRow>(
    reader,
    `SELECT CAST((julianday(at) - julianday(?)) * 86400.0 / ? AS INTEGER) AS piece,
       count(*) AS count, min(value) AS min, max(value) AS max, avg(value) AS mean
     FROM metric WHERE name = ? AND at >= ? AND at <= ? GROUP BY piece ORDER BY piece`,
    since,
    seconds,
    name,
    since,
    until,
  );

export const countBefore = (reader: Reader, name: number, before: string): number =>
  rows<{ n: number }>(reader, 'SELECT count(*) AS n FROM metric WHERE name = ? AND at < ?', name, before)[0]?.n ?? 0;

export const deleteBefore = (name: number, before: string): CompiledQuery =>
  rawQuery('DELETE FROM metric WHERE name = ? AND at < ?', [name, before]);
