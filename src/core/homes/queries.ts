/** Counts and facts about the home as a whole. */
import { retiredFiles } from '../migration/retired.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

/** Numbers that triggers keep (schema step 2), so that no look at a home counts rows. */
export const tallies = (reader: Reader): ReadonlyMap<string, number> =>
  new Map(reader.all(db.selectFrom('tally').selectAll().compile()).map(({ name, n }) => [name, n]));

export const homeCounts = (reader: Reader) => {
  const counted = tallies(reader);
  const count = (name: string): number => counted.get(name) ?? 0;
  return {
    settings: count('live:setting'),
    secrets: count('secret'),
    integrations: count('live:integration'),
    records: count('live:record'),
    users: count('live:user'),
    changes: count('audit:change'),
  };
};

export const metaValue = (reader: Reader, key: string): string | null =>
  reader.first(db.selectFrom('meta').select('value').where('key', '=', key).compile())?.value ?? null;

export const auditHead = (reader: Reader): Uint8Array | null =>
  reader.first(db.selectFrom('audit').select('hash').orderBy('id', 'desc').limit(1).compile())?.hash ?? null;

export const lastRun = (reader: Reader) =>
  reader.first(db.selectFrom('migration_run').selectAll().orderBy('id', 'desc').limit(1).compile());

/** The files of a run with the hash they had when they were read. */
export const filesOfRun = (reader: Reader, run: number) =>
  reader.all(
    db
      .selectFrom('source_file')
      .innerJoin('term', 'term.id', 'source_file.file')
      .select(['term.text as file', 'source_file.status', 'source_file.sha256'])
      .where('source_file.run', '=', run)
      .orderBy('source_file.id')
      .compile(),
  );

/** Every file that any run looked at, as it was when it was last read; unread ones as they were last seen. */
export const knownFiles = (reader: Reader) => {
  const rows = reader.all(
    db
      .selectFrom('source_file')
      .innerJoin('term', 'term.id', 'source_file.file')
      .select(['term.text as file', 'source_file.status', 'source_file.sha256'])
      .orderBy('source_file.id')
      .compile(),
  );
  const known = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    if (row.status === 'read' || known.get(row.file)?.status !== 'read') known.set(row.file, row);
  }
  const retired = new Set(retiredFiles(reader).map((one) => one.file));
  // Gone from its place on purpose; one that is still there is as it was.
  return [...known.values()].map((row) => (retired.has(row.file) ? { ...row, mirrored: [row.sha256, null] } : row));
};

/** The mode that each file had when it was last read; files that no run could read are not in it. */
export const modesSeen = (reader: Reader): ReadonlyMap<string, number> =>
  new Map(
    reader
      .all(
        db
          .selectFrom('source_file')
          .innerJoin('term', 'term.id', 'source_file.file')
          .select(['term.text as file', 'source_file.mode'])
          .where('source_file.status', '=', 'read')
          .orderBy('source_file.id')
          .compile(),
      )
      .flatMap(({ file, mode }): [string, number][] => (mode === null ? [] : [[file, mode & 0o777]])),
  );

/** Files whose imported values are no longer the live ones: the application still reads the old values from them. */
export const filesBehind = (reader: Reader): string[] =>
  reader
    .all(
      db
        .selectFrom('ledger')
        .innerJoin('term', 'term.id', 'ledger.file')
        .leftJoin('live', 'live.subject', 'ledger.subject')
        .leftJoin('version as imported', 'imported.id', 'ledger.version')
        .leftJoin('version as present', 'present.id', 'live.version')
        .select('term.text as file')
        .distinct()
        .where('ledger.version', 'is not', null)
        .where('ledger.id', 'in', (eb) =>
          eb
            .selectFrom('ledger as newest')
            .select((inner) => inner.fn.max('newest.id').as('id'))
            .where('newest.version', 'is not', null)
            .groupBy('newest.subject'),
        )
        .where((eb) =>
          eb.or([
            eb('present.id', 'is', null),
            eb('present.value', 'is distinct from', eb.ref('imported.value')),
            eb('present.print', 'is distinct from', eb.ref('imported.print')),
          ]),
        )
        .orderBy('file')
        .compile(),
    )
    .map((row) => row.file);

/** Ids of required wizard questions are settings: answered when live. */
export const liveKeys = (reader: Reader, keys: readonly string[]): Set<string> =>
  new Set(
    keys.length === 0
      ? []
      : reader
          .all(
            db
              .selectFrom('live')
              .innerJoin('subject', 'subject.id', 'live.subject')
              .select('subject.key')
              .where('subject.kind', '=', 'setting')
              .where('subject.key', 'in', [...keys])
              .compile(),
          )
          .map((row) => row.key),
  );
