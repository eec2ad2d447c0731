/** P9: the log's pages, its filters, one key's history and the settings as they were at a time. */
import { CompiledQuery } from 'kysely';
import { auditPage } from '../../src/core/audit/queries.ts';
import type { Reader, Store } from '../../src/core/store/types.ts';
import { subjects, timeOf } from './filled-home.ts';
import { timed, timesOf, type Times } from './statistics.ts';

export type QueryTimes = Record<string, Times>;

type Query = (reader: Reader, round: number, rows: number) => unknown[];

const page = 101;
const before = (round: number, rows: number): number => 1 + ((round * 7919) % rows);
const key = (round: number): string => `general.setting-${String(1 + (round % subjects))}`;

const atTime = `SELECT subject.key, version.value FROM subject JOIN version ON version.id =
    (SELECT v.id FROM version v WHERE v.subject = subject.id AND v.id <=
      (SELECT max(a.new_version) FROM audit a WHERE a.change_set =
        (SELECT c.id FROM change_set c WHERE c.at <= ? ORDER BY c.at DESC LIMIT 1)) ORDER BY v.id DESC LIMIT 1)
  WHERE subject.kind = 'setting'`;

const queries: Record<string, Query> = {
  'first page': (reader) => auditPage(reader, {}, page),
  'page in the midst': (reader, round, rows) => auditPage(reader, { after: before(round, rows) }, page),
  'by key': (reader, round) => auditPage(reader, { key: key(round) }, page),
  'by actor': (reader) => auditPage(reader, { actor: 'bob' }, page),
  'by a rare actor': (reader) => auditPage(reader, { actor: 'rare' }, page),
  'by time window': (reader, round, rows) =>
    auditPage(reader, { since: timeOf(before(round, rows)), until: timeOf(before(round, rows) + 500) }, page),
  'history of a key': (reader, round, rows) => auditPage(reader, { key: key(round), after: before(round, rows) }, page),
  'state at a time': (reader, round, rows) => reader.all(CompiledQuery.raw(atTime, [timeOf(before(round, rows))])),
};

/** A query that is far from the goal is not run a thousand times. */
const budgetMs = 3000;

export const measureQueries = async (store: Store, rows: number, rounds: number): Promise<QueryTimes> => {
  const found: QueryTimes = {};
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    const end = performance.now() + budgetMs;
    for (let round = 0; round < rounds && performance.now() < end; round++) {
      times.push(await timed(() => store.read((reader) => query(reader, round, rows))));
    }
    found[name] = timesOf(times);
  }
  return found;
};
