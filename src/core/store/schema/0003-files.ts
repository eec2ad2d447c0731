/**
 * Schema step 3: how legacy files are written again. Closed once released; it imports nothing that can change. A layout is
 * a file's text with every value taken out, so that the file can be made again from the store; a mirror's state is what was
 * last written to it.
 */
export const version = 3;
export const name = 'files';
export const does = 'Keeps how each legacy file is laid out, and which files Holdfast goes on writing';

export const up: readonly string[] = [
  `CREATE TABLE layout (
     id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES migration_run, file INTEGER NOT NULL REFERENCES term,
     tokens TEXT NOT NULL) STRICT`,
  `CREATE INDEX layout_file ON layout (file, run)`,
  // The hash the file must still have before it is written again; null when the file was not there. `next`: the hash that
  // a write under way gives it. `upto`: the newest version that the file has; 0 when it is as the last import read it.
  `CREATE TABLE mirror_state (
     file INTEGER PRIMARY KEY REFERENCES term, sha256 TEXT, next TEXT, upto INTEGER NOT NULL, at TEXT NOT NULL) STRICT`,
  // Files whose values changed in a transaction, until they are written; why not yet.
  `CREATE TABLE mirror_due (
     file INTEGER PRIMARY KEY REFERENCES term, change_set INTEGER NOT NULL REFERENCES change_set, reason TEXT) STRICT`,
];

export const down: readonly string[] = [
  `DROP TABLE mirror_due`,
  `DROP TABLE mirror_state`,
  `DROP INDEX layout_file`,
  `DROP TABLE layout`,
];
