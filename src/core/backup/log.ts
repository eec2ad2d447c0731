/** What the log says of backups: which were made in which order, and how scheduled work went. Its order is the store's own. */
import { sql } from 'kysely';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

export type Mark = { number: number; sha256: string | null };

const detailOf = (text: string | null): Record<string, unknown> => {
  const value: unknown = text === null ? null : JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const entries = db
  .selectFrom('audit')
  .innerJoin('subject', 'subject.id', 'audit.subject')
  .innerJoin('term', 'term.id', 'audit.action')
  .innerJoin('change_set', 'change_set.id', 'audit.change_set')
  .select(['audit.id', 'audit.detail', 'subject.key', 'term.text as action', 'change_set.at'])
  .where('subject.kind', '=', 'backup');

const madeEntries = entries.where('term.text', '=', 'backup').orderBy('audit.id').compile();

/** By path: the entry that reported the backup, and the hash that the file had then. */
export const backupMarks = (reader: Reader): Map<string, Mark> =>
  new Map(
    reader.all(madeEntries).map(({ id, key, detail }) => {
      const { sha256 } = detailOf(detail);
      return [key, { number: id, sha256: typeof sha256 === 'string' ? sha256 : null }];
    }),
  );

type Entry = { id: number; at: string; key: string; detail: Record<string, unknown> };

type Which = {
  /** Without the copies of legacy files that a migration makes. */
  ofStore?: boolean;
  first?: boolean;
};

const entryOf = (reader: Reader, actions: readonly string[], { ofStore, first }: Which = {}): Entry | null => {
  const all = entries
    .where('term.text', 'in', [...actions])
    .orderBy('audit.id', first === true ? 'asc' : 'desc')
    .limit(1);
  const some = ofStore === true ? all.where(sql`json_extract(audit.detail, '$.kind')`, '=', 'store') : all;
  const row = reader.first(some.compile());
  return row === undefined ? null : { id: row.id, at: row.at, key: row.key, detail: detailOf(row.detail) };
};

export type Failed = { at: string; what: 'backup' | 'rehearsal'; problem: string };

/** The last time of each kind; a failure only while nothing of its kind succeeded since. */
export const backupHistory = (
  reader: Reader,
): { firstAt: string | null; madeAt: string | null; rehearsedAt: string | null; failed: Failed | null } => {
  const rehearsed = entryOf(reader, ['rehearse']);
  const made = entryOf(reader, ['backup'], { ofStore: true });
  const failures = (
    [
      ['backup', entryOf(reader, ['backup-failed']), made],
      ['rehearsal', entryOf(reader, ['rehearse-failed']), rehearsed],
    ] as const
  ).flatMap(([what, failure, success]) =>
    failure === null || (success !== null && success.id > failure.id)
      ? []
      : [{ id: failure.id, at: failure.at, what, problem: textOf(failure.detail['problem']) }],
  );
  const newest = failures.toSorted((a, b) => b.id - a.id)[0];
  return {
    firstAt: entryOf(reader, ['backup'], { ofStore: true, first: true })?.at ?? null,
    madeAt: made?.at ?? null,
    rehearsedAt: rehearsed?.at ?? null,
    failed: newest === undefined ? null : { at: newest.at, what: newest.what, problem: newest.problem },
  };
};
