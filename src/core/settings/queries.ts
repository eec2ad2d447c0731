/** What settings read from the store. */
import { isOverruled } from '../migration/rivals.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

export type StoredSetting = {
  key: string;
  version: number;
  /** JSON text; null for a secret. */
  value: string | null;
  secret: boolean;
  cipher: Uint8Array | null;
  source: 'file' | 'wizard' | 'set';
  at: string;
  actor: string;
};

const live = (kind: string) =>
  db
    .selectFrom('live')
    .innerJoin('subject', 'subject.id', 'live.subject')
    .innerJoin('version', 'version.id', 'live.version')
    .innerJoin('term as source', 'source.id', 'version.source')
    .innerJoin('audit', 'audit.id', 'version.audit')
    .innerJoin('change_set', 'change_set.id', 'audit.change_set')
    .innerJoin('term as actor', 'actor.id', 'change_set.actor')
    .select(['subject.key', 'version.id as version', 'version.value', 'version.secret', 'version.cipher'])
    .select(['source.text as source', 'change_set.at', 'actor.text as actor'])
    .where('subject.kind', '=', kind);

const stored = (row: {
  key: string;
  version: number;
  value: string | null;
  secret: number;
  cipher: Uint8Array | null;
  source: string;
  at: string;
  actor: string;
}): StoredSetting => ({
  ...row,
  secret: row.secret === 1,
  source: row.source === 'file' || row.source === 'wizard' ? row.source : 'set',
});

/** All live subjects of one kind, by key; below `prefix` only those. Kind `setting` unless told otherwise. */
export const storedSettings = (reader: Reader, kind = 'setting', prefix = ''): Map<string, StoredSetting> => {
  const all = live(kind).orderBy('subject.key');
  // The characters that follow `.` and `[`, so that the index on (kind, key) finds them.
  const below = all.where((eb) =>
    eb.or([
      eb.and([eb('subject.key', '>=', `${prefix}.`), eb('subject.key', '<', `${prefix}/`)]),
      eb.and([eb('subject.key', '>=', `${prefix}[`), eb('subject.key', '<', `${prefix}\\`)]),
    ]),
  );
  return new Map(reader.all((prefix === '' ? all : below).compile()).map((row) => [row.key, stored(row)]));
};

export const storedSetting = (reader: Reader, key: string, kind = 'setting'): StoredSetting | undefined => {
  const row = reader.first(live(kind).where('subject.key', '=', key).compile());
  return row === undefined ? undefined : stored(row);
};

export type FilePlace = { file: string; line: number | null };

/** The file and line that each subject of a kind was last imported from, by key. */
export const filePlaces = (reader: Reader, kind = 'setting'): Map<string, FilePlace> =>
  new Map(
    reader
      .all(
        db
          .selectFrom('ledger')
          .innerJoin('subject', 'subject.id', 'ledger.subject')
          .innerJoin('term', 'term.id', 'ledger.file')
          .select(['subject.key', 'term.text as file', 'ledger.line'])
          .where('subject.kind', '=', kind)
          .where('ledger.version', 'is not', null)
          .orderBy('ledger.id')
          .compile(),
      )
      .map((row) => [row.key, { file: row.file, line: row.line }]),
  );

/** The newest value that files gave a setting, whether or not it still wins. */
export const fileLayer = (reader: Reader, key: string) =>
  reader.first(
    db
      .selectFrom('ledger')
      .innerJoin('subject', 'subject.id', 'ledger.subject')
      .innerJoin('term', 'term.id', 'ledger.file')
      .innerJoin('version', 'version.id', 'ledger.version')
      .innerJoin('migration_run', 'migration_run.id', 'ledger.run')
      .select([
        'term.text as file',
        'ledger.line',
        'version.id as version',
        'version.value',
        'version.secret',
        'migration_run.at',
      ])
      .where('subject.kind', '=', 'setting')
      .where('subject.key', '=', key)
      .orderBy('ledger.id', 'desc')
      .limit(1)
      .compile(),
  );

/** What each file said in vain when it was last read: the ledger names the setting, but no version of it. */
export const overruledRows = (reader: Reader, key: string) =>
  reader
    .all(
      db
        .selectFrom('ledger')
        .innerJoin('subject', 'subject.id', 'ledger.subject')
        .innerJoin('term', 'term.id', 'ledger.file')
        .innerJoin('migration_run', 'migration_run.id', 'ledger.run')
        .select(['term.text as file', 'ledger.line', 'ledger.raw', 'ledger.reason', 'migration_run.at'])
        .where('subject.kind', '=', 'setting')
        .where('subject.key', '=', key)
        .where('ledger.version', 'is', null)
        .where('ledger.run', '=', (eb) =>
          eb
            .selectFrom('source_file')
            .select((inner) => inner.fn.max('source_file.run').as('run'))
            .where('source_file.status', '=', 'read')
            .whereRef('source_file.file', '=', 'ledger.file'),
        )
        .orderBy('ledger.id')
        .compile(),
    )
    .filter((row) => isOverruled(row.reason));

export const historyOf = (reader: Reader, key: string, limit: number, kind = 'setting') =>
  reader.all(
    db
      .selectFrom('audit')
      .innerJoin('subject', 'subject.id', 'audit.subject')
      .innerJoin('change_set', 'change_set.id', 'audit.change_set')
      .innerJoin('term as actor', 'actor.id', 'change_set.actor')
      .innerJoin('term as door', 'door.id', 'change_set.door')
      .innerJoin('term as action', 'action.id', 'audit.action')
      .leftJoin('version as old', 'old.id', 'audit.old_version')
      .leftJoin('version as new', 'new.id', 'audit.new_version')
      .select(['audit.id', 'change_set.at', 'actor.text as actor', 'door.text as door', 'action.text as action'])
      .select(['change_set.reason', 'change_set.uid as changeSet'])
      .select(['old.value as oldValue', 'old.secret as oldSecret', 'old.print as oldPrint'])
      .select(['new.value as newValue', 'new.secret as newSecret', 'new.print as newPrint'])
      .where('subject.kind', '=', kind)
      .where('subject.key', '=', key)
      .where('audit.new_version', 'is not', null)
      .orderBy('audit.id', 'desc')
      .limit(limit)
      .compile(),
  );
