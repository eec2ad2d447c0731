/** Counts and facts about the home as a whole. */
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

const liveCount = (reader: Reader, kind: string): number =>
  reader.first(
    db
      .selectFrom('live')
      .innerJoin('subject', 'subject.id', 'live.subject')
      .select(db.fn.countAll<number>().as('n'))
      .where('subject.kind', '=', kind)
      .compile(),
  )?.n ?? 0;

export const homeCounts = (reader: Reader) => {
  const secrets = reader.first(
    db
      .selectFrom('live')
      .innerJoin('version', 'version.id', 'live.version')
      .select(db.fn.countAll<number>().as('n'))
      .where('version.secret', '=', 1)
      .compile(),
  );
  const changes = reader.first(
    db.selectFrom('audit').select(db.fn.countAll<number>().as('n')).where('new_version', 'is not', null).compile(),
  );
  return {
    settings: liveCount(reader, 'setting'),
    secrets: secrets?.n ?? 0,
    integrations: liveCount(reader, 'integration'),
    records: liveCount(reader, 'record'),
    users: liveCount(reader, 'user'),
    changes: changes?.n ?? 0,
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
            .where('newest.subject', 'is not', null)
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
