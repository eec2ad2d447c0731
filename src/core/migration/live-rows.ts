/** What the store holds now, with all that proving it needs. Queries only, page by page. */
import { db } from '../store/sql.ts';
import type { Steps } from '../slices.ts';
import type { Reader } from '../store/types.ts';

export type LiveRow = { version: number; value: string | null; secret: number; cipher: Uint8Array | null };
/** By `subjectKey`. */
export type LiveRows = ReadonlyMap<string, LiveRow>;

const pageRows = 500;

const page = (reader: Reader, after: number) =>
  reader.all(
    db
      .selectFrom('live')
      .innerJoin('subject', 'subject.id', 'live.subject')
      .innerJoin('version', 'version.id', 'live.version')
      .select(['subject.id', 'subject.kind', 'subject.key', 'version.id as version'])
      .select(['version.value', 'version.secret', 'version.cipher'])
      .where('live.subject', '>', after)
      .orderBy('live.subject')
      .limit(pageRows)
      .compile(),
  );

export function* liveSteps(reader: () => Reader): Steps<LiveRows> {
  const found = new Map<string, LiveRow>();
  for (let after = 0; ;) {
    const rows = page(reader(), after);
    for (const { id, kind, key, ...row } of rows) {
      found.set(`${kind}/${key}`, row);
      after = id;
    }
    yield;
    if (rows.length < pageRows) return found;
  }
}
