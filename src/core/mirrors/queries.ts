/** Mirrors in the store: which files are mirrored, what was last written to them, which are due, and what they hold. */
import { rawQuery } from '../changes/queries.ts';
import type { Subject } from '../changes/write.ts';
import type { Reader, SqlValue, Tx } from '../store/types.ts';

const statement =
  <R>(text: string) =>
  (...parameters: SqlValue[]) =>
    rawQuery<R>(text, parameters);

const mirrorTally = statement<{ n: number }>(`SELECT n FROM tally WHERE name = 'live:mirror'`);
const mirrorRows = statement<{ file: string; value: string | null }>(
  `SELECT subject.key AS file, version.value FROM subject CROSS JOIN live ON live.subject = subject.id
   JOIN version ON version.id = live.version WHERE subject.kind = 'mirror' ORDER BY subject.key`,
);

/** Asked with every save: the answer is one row by its key. */
export const hasMirrors = (reader: Reader): boolean => (reader.first(mirrorTally())?.n ?? 0) > 0;

/** Every file that was ever mirrored, and whether it is now. */
export const mirrorSwitches = (reader: Reader): Map<string, boolean> =>
  new Map(
    hasMirrors(reader)
      ? reader.all(mirrorRows()).map(({ file, value }) => [file, value !== null && value.includes('true')])
      : [],
  );

export const mirroredFiles = (reader: Reader): string[] =>
  [...mirrorSwitches(reader)].filter(([, on]) => on).map(([file]) => file);

export type MirrorState = { sha256: string | null; next: string | null; upto: number; at: string };
const stateRow = statement<MirrorState>(
  `SELECT sha256, next, upto, at FROM mirror_state WHERE file = (SELECT id FROM term WHERE text = ?)`,
);
export const mirrorState = (reader: Reader, file: string): MirrorState | undefined => reader.first(stateRow(file));

const writtenStates = statement<{ file: string; sha256: string | null; upto: number }>(
  `SELECT term.text AS file, sha256, upto FROM mirror_state JOIN term ON term.id = mirror_state.file WHERE upto > 0`,
);
/** The files that Holdfast wrote after their last import. */
export const writtenFiles = (reader: Reader) => reader.all(writtenStates());

const putState = statement(
  `INSERT INTO mirror_state (file, sha256, next, upto, at) VALUES (?, ?, ?, ?, ?)
   ON CONFLICT (file) DO UPDATE SET sha256 = excluded.sha256, next = excluded.next, upto = excluded.upto, at = excluded.at`,
);
export const saveState = (tx: Tx, file: number, { sha256, next, upto, at }: MirrorState): void =>
  tx.run(putState(file, sha256, next, upto, at));

export type Due = { file: string; term: number; changeSet: number; reason: string | null };
const dueRows = statement<Due>(
  `SELECT term.text AS file, term.id AS term, mirror_due.change_set AS changeSet, mirror_due.reason
   FROM mirror_due JOIN term ON term.id = mirror_due.file ORDER BY term.text`,
);
export const dueFiles = (reader: Reader): Due[] => reader.all(dueRows());

const putDue = statement(
  `INSERT INTO mirror_due (file, change_set, reason) VALUES (?, ?, NULL)
   ON CONFLICT (file) DO UPDATE SET change_set = excluded.change_set`,
);
const putReason = statement(`UPDATE mirror_due SET reason = ? WHERE file = ?`);
// Only as of the change set that was written: a later one is due again.
const dropDue = statement(`DELETE FROM mirror_due WHERE file = ? AND change_set <= ?`);
export const saveDue = (tx: Tx, file: number, changeSet: number): void => tx.run(putDue(file, changeSet));
export const saveReason = (tx: Tx, file: number, reason: string): void => tx.run(putReason(reason, file));
export const clearDue = (tx: Tx, file: number, changeSet: number): void => tx.run(dropDue(file, changeSet));

const term = statement<{ id: number }>(`SELECT id FROM term WHERE text = ?`);
export const termOf = (reader: Reader, text: string): number | null => reader.first(term(text))?.id ?? null;

const newestVersion = statement<{ id: number }>(`SELECT coalesce(max(id), 0) AS id FROM version`);
const newestSet = statement<{ id: number }>(`SELECT coalesce(max(id), 0) AS id FROM change_set`);
/** The newest version and change set: what a file that is written now has. */
export const newest = (reader: Reader): { version: number; changeSet: number } => ({
  version: reader.first(newestVersion())?.id ?? 0,
  changeSet: reader.first(newestSet())?.id ?? 0,
});

export type Imported = { run: number; sha256: string | null; status: string };
const lastImport = statement<Imported>(
  `SELECT run, sha256, status FROM source_file WHERE file = (SELECT id FROM term WHERE text = ?) ORDER BY id DESC LIMIT 1`,
);
/** How the newest run that looked at a file found it. */
export const importOf = (reader: Reader, file: string): Imported | undefined => reader.first(lastImport(file));

const known = statement<{ file: string }>(
  `SELECT DISTINCT term.text AS file FROM source_file JOIN term ON term.id = source_file.file`,
);
export const filesSeen = (reader: Reader): string[] => reader.all(known()).map((row) => row.file);

const runOfSet = statement<{ file: string; status: string; sha256: string | null }>(
  `SELECT term.text AS file, source_file.status, source_file.sha256 FROM migration_run
   JOIN source_file ON source_file.run = migration_run.id JOIN term ON term.id = source_file.file
   WHERE migration_run.change_set = ?`,
);
/** The files that the run of a change set read, if it was one. */
export const filesOfSet = (reader: Reader, changeSet: number) => reader.all(runOfSet(changeSet));

export type LedgerPlace = { path: string; kind: string | null; key: string | null; version: number | null };
const places = statement<LedgerPlace>(
  `SELECT ledger.path, subject.kind, subject.key, ledger.version FROM ledger
   LEFT JOIN subject ON subject.id = ledger.subject
   WHERE ledger.file = (SELECT id FROM term WHERE text = ?) AND ledger.run = ?`,
);
export const ledgerPlaces = (reader: Reader, file: string, run: number): LedgerPlace[] => reader.all(places(file, run));

const ledgerFiles = statement<{ file: string; path: string }>(
  `SELECT term.text AS file, ledger.path FROM ledger JOIN term ON term.id = ledger.file
   JOIN subject ON subject.id = ledger.subject
   WHERE subject.kind = ? AND subject.key = ? AND ledger.version IS NOT NULL ORDER BY ledger.id DESC`,
);
/** Where a subject was imported from, newest first. */
export const importedFrom = (reader: Reader, subject: Subject): { file: string; path: string }[] =>
  reader.all(ledgerFiles(subject.kind, subject.key));

export type LiveRow = {
  kind: string;
  key: string;
  version: number;
  value: string | null;
  secret: number;
  cipher: Uint8Array | null;
};
const live = statement<LiveRow>(
  `SELECT subject.kind, subject.key, version.id AS version, version.value, version.secret, version.cipher
   FROM live JOIN version ON version.id = live.version JOIN subject ON subject.id = live.subject
   WHERE live.version > ? AND subject.kind <> 'mirror'`,
);
/** What is live and was written after a version. */
export const liveRows = (reader: Reader, after: number): LiveRow[] => reader.all(live(after));

const secrets = statement<{ kind: string; key: string }>(
  `SELECT subject.kind, subject.key FROM live JOIN version ON version.id = live.version
   JOIN subject ON subject.id = live.subject WHERE version.secret = 1`,
);
export const liveSecrets = (reader: Reader) => reader.all(secrets());

const touched = statement<{ kind: string; key: string }>(
  `SELECT DISTINCT subject.kind, subject.key FROM version JOIN subject ON subject.id = version.subject WHERE version.id > ?`,
);
/** Every subject with a version after one, removals included. */
export const touchedAfter = (reader: Reader, version: number): Set<string> =>
  new Set(reader.all(touched(version)).map(({ kind, key }) => `${kind}/${key}`));

type PastVersion = {
  version: number;
  subjectId: number;
  value: string | null;
  secret: number;
  cipher: Uint8Array | null;
  print: Uint8Array | null;
};
const valueUpTo = statement<PastVersion>(
  `SELECT version.id AS version, subject.id AS subjectId, version.value, version.secret, version.cipher, version.print
   FROM subject
   JOIN version ON version.subject = subject.id
   WHERE subject.kind = ? AND subject.key = ? AND version.id <= ? ORDER BY version.id DESC LIMIT 1`,
);
/** What a subject was when the store had come up to a version; without value and cipher it was removed then. */
export const versionUpTo = (reader: Reader, subject: Subject, upto: number) =>
  reader.first(valueUpTo(subject.kind, subject.key, upto));
