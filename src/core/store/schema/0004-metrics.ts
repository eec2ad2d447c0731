/**
 * Schema step 4: measurements. Closed once released; it imports nothing that can change. They are no values that anybody
 * set: no versions, no undo, and one entry of the log for each call that adds some (docs/decisions/0016).
 */
export const version = 4;
export const name = 'metrics';
export const does = 'Keeps measured numbers with their name, unit and time';

export const up: readonly string[] = [
  // `data`: JSON that came with the number, or null.
  `CREATE TABLE metric (
     id INTEGER PRIMARY KEY, name INTEGER NOT NULL REFERENCES term, unit INTEGER REFERENCES term,
     at TEXT NOT NULL, value REAL NOT NULL, data TEXT) STRICT`,
  `CREATE INDEX metric_name ON metric (name, at)`,
];

export const down: readonly string[] = [`DROP INDEX metric_name`, `DROP TABLE metric`];
