/**
 * Schema step 2: live counts, hours of the log, and the indexes behind its filters. Closed once released; it imports
 * nothing that can change. Triggers keep the counts, so they are right whatever writes the rows: a save, an undo, a
 * restore, the replay of a journal here or in another program.
 */
export const version = 2;
export const name = 'counts';
export const does =
  'Counts what is shown at every look, and finds entries of the log by actor, action and time at once';
/** Counted again by `up` from the other tables: going down loses nothing. */
export const rebuilt: readonly string[] = ['tally', 'hour', 'door'];

const add = (text: string, where = 'TRUE'): string =>
  `INSERT INTO tally (name, n) SELECT ${text}, 1 WHERE ${where} ON CONFLICT (name) DO UPDATE SET n = n + 1`;
/** For a row that is always there: cheaper, and this runs with every save. */
const more = (text: string): string => `UPDATE tally SET n = n + 1 WHERE name = ${text}`;
const take = (text: string, where = 'TRUE'): string => `UPDATE tally SET n = n - 1 WHERE name = ${text} AND ${where}`;

const entryKind = (row: string): string =>
  `CASE WHEN ${row}.new_version IS NOT NULL THEN 'audit:change'
     WHEN (SELECT kind FROM subject WHERE subject.id = ${row}.subject) = 'seal' THEN 'audit:seal' ELSE 'audit:event' END`;
const liveKind = (row: string): string => `'live:' || (SELECT kind FROM subject WHERE subject.id = ${row}.subject)`;
const isSecret = (row: string): string => `(SELECT secret FROM version WHERE version.id = ${row}.version) = 1`;

export const up: readonly string[] = [
  `CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  // One row for each hour (UTC) in which something was written: a time window becomes a window of change set numbers.
  `CREATE TABLE hour (
     hour TEXT PRIMARY KEY, first_set INTEGER NOT NULL, last_set INTEGER NOT NULL, change_sets INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE INDEX change_set_actor ON change_set (actor)`,
  `CREATE INDEX audit_action ON audit (action)`,
  `INSERT INTO hour SELECT substr(at, 1, 13), min(id), max(id), count(*) FROM change_set GROUP BY substr(at, 1, 13)`,
  `INSERT INTO tally VALUES ('audit:change', 0), ('audit:event', 0), ('audit:seal', 0), ('secret', 0)`,
  `INSERT INTO tally SELECT ${entryKind('audit')} AS name, count(*) FROM audit WHERE TRUE GROUP BY name
     ON CONFLICT (name) DO UPDATE SET n = excluded.n`,
  `INSERT INTO tally SELECT ${liveKind('live')} AS name, count(*) FROM live GROUP BY name`,
  `UPDATE tally SET n = (SELECT count(*) FROM live WHERE ${isSecret('live')}) WHERE name = 'secret'`,
  // Doors are few: their numbers in `term`, without a count.
  `CREATE TABLE door (term INTEGER PRIMARY KEY REFERENCES term) STRICT`,
  `INSERT INTO door SELECT DISTINCT door FROM change_set`,
  `CREATE TRIGGER change_set_added AFTER INSERT ON change_set BEGIN
     INSERT INTO hour VALUES (substr(NEW.at, 1, 13), NEW.id, NEW.id, 1) ON CONFLICT (hour) DO UPDATE
       SET first_set = min(first_set, NEW.id), last_set = max(last_set, NEW.id), change_sets = change_sets + 1;
   END`,
  `CREATE TRIGGER change_set_door AFTER INSERT ON change_set WHEN NOT EXISTS (SELECT 1 FROM door WHERE term = NEW.door) BEGIN
     INSERT INTO door VALUES (NEW.door);
   END`,
  `CREATE TRIGGER change_set_removed AFTER DELETE ON change_set BEGIN
     UPDATE hour SET change_sets = change_sets - 1 WHERE hour = substr(OLD.at, 1, 13);
   END`,
  `CREATE TRIGGER audit_added AFTER INSERT ON audit BEGIN
     ${more(entryKind('NEW'))};
   END`,
  `CREATE TRIGGER audit_removed AFTER DELETE ON audit BEGIN
     ${take(entryKind('OLD'))};
   END`,
  `CREATE TRIGGER live_added AFTER INSERT ON live BEGIN
     ${add(liveKind('NEW'))};
     ${add(`'secret'`, isSecret('NEW'))};
   END`,
  `CREATE TRIGGER live_removed AFTER DELETE ON live BEGIN
     ${take(liveKind('OLD'))};
     ${take(`'secret'`, isSecret('OLD'))};
   END`,
  `CREATE TRIGGER live_changed AFTER UPDATE OF version ON live
     WHEN (SELECT secret FROM version WHERE version.id = NEW.version) <> (SELECT secret FROM version WHERE version.id = OLD.version)
   BEGIN
     ${add(`'secret'`, isSecret('NEW'))};
     ${take(`'secret'`, isSecret('OLD'))};
   END`,
];

export const down: readonly string[] = [
  `DROP TRIGGER live_changed`,
  `DROP TRIGGER live_removed`,
  `DROP TRIGGER live_added`,
  `DROP TRIGGER audit_removed`,
  `DROP TRIGGER audit_added`,
  `DROP TRIGGER change_set_removed`,
  `DROP TRIGGER change_set_door`,
  `DROP TRIGGER change_set_added`,
  `DROP INDEX audit_action`,
  `DROP INDEX change_set_actor`,
  `DROP TABLE door`,
  `DROP TABLE hour`,
  `DROP TABLE tally`,
];
