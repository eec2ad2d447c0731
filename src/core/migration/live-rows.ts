/** What the store holds now, page by page: for a plan that compares with it, and with all that proving it needs. */
import { db } from '../store/sql.ts';
import type { Steps } from '../slices.ts';
import type { Reader } from '../store/types.ts';

export type LiveRow = { version: number; value: string | null; secret: number; cipher: Uint8Array | null };
/** By `subjectKey`. */
export type LiveRows = ReadonlyMap<string, LiveRow>;

export const pageRows = 500;

/** Reads page by page; `take` gives the id after which the next page begins. */
export function* pages<Row>(page: (after: number) => Row[], take: (row: Row) => number): Steps<void> {
  let after = 0;
  for (;;) {
    const rows = page(after);
    for (const row of rows) after = take(row);
    yield;
    if (rows.length < pageRows) return;
  }
}

/** A page of live values; who asks adds what of a version it needs. */
export const livePage = (after: number) =>
  db
    .selectFrom('live')
    .innerJoin('subject', 'subject.id', 'live.subject')
    .innerJoin('version', 'version.id', 'live.version')
    .select(['subject.id as subjectId', 'subject.kind', 'subject.key', 'version.id as version'])
    .select(['version.value', 'version.secret'])
    .where('live.subject', '>', after)
    .orderBy('live.subject')
    .limit(pageRows);

export function* liveSteps(reader: () => Reader): Steps<LiveRows> {
  const found = new Map<string, LiveRow>();
  yield* pages(
    (after) => reader().all(livePage(after).select('version.cipher').compile()),
    ({ subjectId, kind, key, ...row }) => {
      found.set(`${kind}/${key}`, row);
      return subjectId;
    },
  );
  return found;
}
