/** What the audit pages read: keyset pages over the log, facets for its filters, and every entry for verification. */
import { CompiledQuery, sql, type Expression, type SqlBool } from 'kysely';
import type { Input } from '../../contract/commands.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

const joined = () =>
  db
    .selectFrom('audit')
    .innerJoin('subject', 'subject.id', 'audit.subject')
    .innerJoin('change_set', 'change_set.id', 'audit.change_set')
    .innerJoin('term as actor', 'actor.id', 'change_set.actor')
    .innerJoin('term as door', 'door.id', 'change_set.door')
    .innerJoin('term as kind', 'kind.id', 'change_set.kind')
    .innerJoin('term as action', 'action.id', 'audit.action')
    .leftJoin('version as old', 'old.id', 'audit.old_version')
    .leftJoin('version as new', 'new.id', 'audit.new_version')
    .select([
      'audit.id',
      'audit.detail',
      'audit.hash',
      'change_set.at',
      'change_set.reason',
      'change_set.uid as changeSet',
    ])
    .select(['actor.text as actor', 'door.text as door', 'kind.text as changeSetKind', 'action.text as action'])
    .select(['subject.kind as subjectKind', 'subject.key as subjectKey'])
    .select(['old.value as oldValue', 'old.secret as oldSecret', 'old.print as oldPrint'])
    .select(['new.value as newValue', 'new.secret as newSecret', 'new.print as newPrint']);

export type AuditRow = ReturnType<typeof auditPage>[number];

/** `%` and `_` of a search text stand for themselves. */
const like = (text: string): string => `%${text.replace(/[\\%_]/gu, (sign) => `\\${sign}`)}%`;

/** Newest first; `after` is the id of the last entry of the page before. */
export const auditPage = (reader: Reader, filter: Input<'audit.list'>, limit: number) => {
  let query = joined().orderBy('audit.id', 'desc').limit(limit);
  if (filter.after !== undefined) query = query.where('audit.id', '<', filter.after);
  if (filter.seals !== true) query = query.where('subject.kind', '<>', 'seal');
  if (filter.type !== undefined) query = query.where('subject.kind', '=', filter.type);
  if (filter.actor !== undefined) query = query.where('actor.text', '=', filter.actor);
  if (filter.action !== undefined) query = query.where('action.text', '=', filter.action);
  if (filter.source !== undefined) query = query.where('door.text', '=', filter.source);
  if (filter.since !== undefined) query = query.where('change_set.at', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('change_set.at', '<=', filter.until);
  const { key, text } = filter;
  if (key !== undefined) {
    const under = (sign: string): string => `${like(key).slice(1, -1)}${sign}%`;
    query = query.where((eb) =>
      eb.or([
        eb('subject.key', '=', key),
        escaped(eb.ref('subject.key'), under('.')),
        escaped(eb.ref('subject.key'), under('[')),
      ]),
    );
  }
  if (text !== undefined && text !== '') {
    const pattern = like(text);
    query = query.where((eb) =>
      eb.or([
        escaped(eb.ref('subject.key'), pattern),
        escaped(eb.ref('change_set.reason'), pattern),
        escaped(eb.ref('old.value'), pattern),
        escaped(eb.ref('new.value'), pattern),
        escaped(eb.ref('audit.detail'), pattern),
      ]),
    );
  }
  return reader.all(query.compile());
};

const escaped = (column: Expression<string | null>, pattern: string): Expression<SqlBool> =>
  sql<SqlBool>`${column} LIKE ${pattern} ESCAPE '\\'`;

/** Every entry in order, from `after` on: for verification, in slices. */
export const auditSlice = (reader: Reader, after: number, limit: number) =>
  reader.all(joined().where('audit.id', '>', after).orderBy('audit.id').limit(limit).compile());

const termsIn = (reader: Reader, table: 'change_set' | 'audit', column: 'actor' | 'door' | 'action'): string[] =>
  reader
    .all<{ text: string }>(
      CompiledQuery.raw(`SELECT text FROM term WHERE id IN (SELECT DISTINCT ${column} FROM ${table}) ORDER BY text`),
    )
    .map((row) => row.text);

export const auditFacets = (reader: Reader, since: string) => {
  const count = reader.first(
    db
      .selectFrom('audit')
      .innerJoin('subject', 'subject.id', 'audit.subject')
      .select(db.fn.countAll<number>().as('n'))
      .where('subject.kind', '<>', 'seal')
      .compile(),
  );
  const types = reader.all<{ kind: string }>(
    CompiledQuery.raw(
      `SELECT DISTINCT kind FROM subject WHERE kind <> 'seal' AND EXISTS (SELECT 1 FROM audit WHERE audit.subject = subject.id) ORDER BY kind`,
    ),
  );
  const days = reader.all(
    db
      .selectFrom('change_set')
      .select([sql<string>`substr(at, 1, 10)`.as('day'), db.fn.countAll<number>().as('changeSets')])
      .where('at', '>=', since)
      .groupBy(sql`substr(at, 1, 10)`)
      .orderBy('day')
      .compile(),
  );
  return {
    total: count?.n ?? 0,
    actors: termsIn(reader, 'change_set', 'actor'),
    types: types.map((row) => row.kind),
    actions: termsIn(reader, 'audit', 'action').filter((action) => action !== 'seal'),
    sources: termsIn(reader, 'change_set', 'door'),
    days,
  };
};
