/** What is asked for at every look is found by an index, never by reading a whole table. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine, type Engine } from '../engine.ts';
import { schemaSteps } from './index.ts';

const opened: { engine: Engine | null } = { engine: null };
beforeAll(async () => {
  opened.engine = await openEngine(null, { grow: false });
  for (const step of schemaSteps) for (const sql of step.up) opened.engine.exec(sql);
});
afterAll(() => opened.engine?.close());

const planOf = (sql: string): string =>
  (opened.engine?.rows(`EXPLAIN QUERY PLAN ${sql}`) ?? []).map((row) => String(row.at(-1))).join('; ');

it.each([
  ['the changes of a time (A51)', "SELECT id FROM change_set WHERE at BETWEEN '2026' AND '2027'", 'change_set_at'],
  ['the newest changes (A51)', 'SELECT id FROM change_set ORDER BY at DESC LIMIT 50', 'change_set_at'],
  ['the changes of one actor', 'SELECT id FROM change_set WHERE actor = 1', 'change_set_actor'],
  ['the entries of one action', 'SELECT id FROM audit WHERE action = 1 ORDER BY id DESC LIMIT 50', 'audit_action'],
  ['the history of one value (O20)', 'SELECT id FROM audit WHERE subject = 1 ORDER BY id DESC', 'audit_subject'],
  ['the newest version of one value', 'SELECT max(id) FROM version WHERE subject = 1', 'version_subject'],
  ['the values of one legacy file', 'SELECT id FROM ledger WHERE file = 1', 'ledger_place'],
  ['where one value came from', 'SELECT id FROM ledger WHERE subject = 1', 'ledger_subject'],
  ['one metric over a time', "SELECT value FROM metric WHERE name = 1 AND at > '2026'", 'metric_name'],
])('finds %s by its index', (_what, sql, index) => {
  const plan = planOf(sql);
  expect(plan).toContain(`INDEX ${index}`);
  expect(plan).not.toContain('TEMP B-TREE');
});

it('would notice an index that is missing', () => {
  opened.engine?.exec('DROP INDEX change_set_at');
  expect(planOf("SELECT id FROM change_set WHERE at BETWEEN '2026' AND '2027'")).not.toContain('change_set_at');
  opened.engine?.exec('CREATE INDEX change_set_at ON change_set (at)');
});
