/** Schema step 1: the first tables. Closed once released; it imports nothing that can change. */
export const version = 1;
export const name = 'initial';
export const does = 'Makes the tables: values with their versions, the audit log, migrations and backups';

export const up: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT`,
  `CREATE TABLE subject (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (kind, key)) STRICT`,
  `CREATE TABLE change_set (
     id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
     actor INTEGER NOT NULL REFERENCES term, door INTEGER NOT NULL REFERENCES term, kind INTEGER NOT NULL REFERENCES term,
     reason TEXT, of INTEGER REFERENCES change_set, undone_by INTEGER REFERENCES change_set) STRICT`,
  `CREATE INDEX change_set_at ON change_set (at)`,
  `CREATE TABLE version (
     id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES subject, audit INTEGER NOT NULL,
     value TEXT, secret INTEGER NOT NULL CHECK (secret IN (0, 1)), cipher BLOB, print BLOB,
     source INTEGER NOT NULL REFERENCES term,
     CHECK (secret = 0 OR value IS NULL)) STRICT`,
  `CREATE INDEX version_subject ON version (subject, id)`,
  `CREATE TABLE audit (
     id INTEGER PRIMARY KEY, change_set INTEGER NOT NULL REFERENCES change_set, action INTEGER NOT NULL REFERENCES term,
     subject INTEGER NOT NULL REFERENCES subject, old_version INTEGER REFERENCES version, new_version INTEGER REFERENCES version,
     detail TEXT, hash BLOB NOT NULL) STRICT`,
  `CREATE INDEX audit_subject ON audit (subject, id)`,
  `CREATE INDEX audit_change_set ON audit (change_set)`,
  `CREATE TABLE live (subject INTEGER PRIMARY KEY REFERENCES subject, version INTEGER NOT NULL REFERENCES version) STRICT`,
  `CREATE TABLE migration_run (
     id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, at TEXT NOT NULL, definition TEXT NOT NULL,
     change_set INTEGER NOT NULL REFERENCES change_set, backup TEXT, report TEXT NOT NULL) STRICT`,
  `CREATE TABLE source_file (
     id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES migration_run, file INTEGER NOT NULL REFERENCES term,
     status TEXT NOT NULL, sha256 TEXT, size_bytes INTEGER, mode INTEGER, error TEXT) STRICT`,
  `CREATE INDEX source_file_file ON source_file (file, run)`,
  `CREATE TABLE ledger (
     id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES migration_run, file INTEGER NOT NULL REFERENCES term,
     path TEXT NOT NULL, line INTEGER, col INTEGER, subject INTEGER REFERENCES subject, version INTEGER REFERENCES version,
     action INTEGER NOT NULL REFERENCES term, reason TEXT, raw BLOB) STRICT`,
  `CREATE INDEX ledger_place ON ledger (file, path, run)`,
  `CREATE INDEX ledger_subject ON ledger (subject)`,
  `CREATE INDEX ledger_version ON ledger (version)`,
  `CREATE TABLE backup (
     path TEXT PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, size_bytes INTEGER NOT NULL, key TEXT NOT NULL,
     recipient TEXT, sealed INTEGER NOT NULL, proven_at TEXT, counts TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  // For people who open the file with sqlite3: the same words as on the screens.
  `CREATE VIEW setting AS
     SELECT subject.key, version.value, version.secret, term.text AS source
     FROM live JOIN subject ON subject.id = live.subject JOIN version ON version.id = live.version JOIN term ON term.id = version.source
     WHERE subject.kind = 'setting'`,
  `CREATE VIEW integration AS
     SELECT subject.key AS id, version.value FROM live JOIN subject ON subject.id = live.subject JOIN version ON version.id = live.version
     WHERE subject.kind = 'integration'`,
  `CREATE VIEW audit_log AS
     SELECT audit.id, change_set.at, actor.text AS actor, door.text AS door, action.text AS action, subject.kind AS type, subject.key,
       old.value AS old, new.value AS new, change_set.reason, change_set.uid AS change_set
     FROM audit JOIN change_set ON change_set.id = audit.change_set JOIN subject ON subject.id = audit.subject
       JOIN term actor ON actor.id = change_set.actor JOIN term door ON door.id = change_set.door JOIN term action ON action.id = audit.action
       LEFT JOIN version old ON old.id = audit.old_version LEFT JOIN version new ON new.id = audit.new_version`,
];

export const down: readonly string[] = [
  `DROP VIEW audit_log`,
  `DROP VIEW integration`,
  `DROP VIEW setting`,
  `DROP TABLE backup`,
  `DROP TABLE ledger`,
  `DROP TABLE source_file`,
  `DROP TABLE migration_run`,
  `DROP TABLE live`,
  `DROP TABLE audit`,
  `DROP TABLE version`,
  `DROP TABLE change_set`,
  `DROP TABLE subject`,
  `DROP TABLE term`,
  `DROP TABLE meta`,
];
