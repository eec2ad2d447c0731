/** Every schema step is listed, in order, and goes up and down with rows in its tables. */
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../engine.ts';
import { latestSchema, schemaSteps, type SchemaStep } from './index.ts';
import { runSteps, type StepsDone, type StepsFailed } from './run.ts';

/** Rows for every table that a step makes; a new step brings its own. */
const rowsOf: Record<number, readonly string[]> = {
  1: [
    `INSERT INTO meta VALUES ('store_id', 's')`,
    `INSERT INTO term VALUES (1, 'alice'), (2, 'window'), (3, 'edit')`,
    `INSERT INTO subject VALUES (1, 'setting', 'general.theme')`,
    `INSERT INTO change_set VALUES (1, 'cs', '2026-01-01T00:00:00.000Z', 1, 2, 3, NULL, NULL, NULL)`,
    `INSERT INTO version VALUES (1, 1, 1, '"dark"', 0, NULL, NULL, 3)`,
    `INSERT INTO audit VALUES (1, 1, 3, 1, NULL, 1, NULL, x'00')`,
    `INSERT INTO live VALUES (1, 1)`,
    `INSERT INTO migration_run VALUES (1, 'run', '2026-01-01T00:00:00.000Z', 'generic', 1, NULL, '{}')`,
    `INSERT INTO source_file VALUES (1, 1, 1, 'read', NULL, NULL, NULL, NULL)`,
    `INSERT INTO ledger VALUES (1, 1, 1, 'theme', 1, 1, 1, 1, 3, NULL, NULL)`,
    `INSERT INTO backup VALUES ('b', 'store', '2026-01-01T00:00:00.000Z', 1, 'recovery', NULL, 1, NULL, '{}')`,
  ],
  // Its tables are filled from the others, by itself and by its triggers.
  2: [],
  3: [
    `INSERT INTO layout VALUES (1, 1, 1, '[]')`,
    `INSERT INTO mirror_state VALUES (1, NULL, NULL, 0, '2026-01-01T00:00:00.000Z')`,
    `INSERT INTO mirror_due VALUES (1, 1, NULL)`,
  ],
  4: [`INSERT INTO metric VALUES (1, 1, NULL, '2026-01-01T00:00:00.000Z', 1.5, NULL)`],
};

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});
const open = async (bytes: Uint8Array | null): Promise<Engine> => {
  const engine = await openEngine(bytes, { grow: false });
  engines.push(engine);
  return engine;
};
const schemaOf = (engine: Engine): unknown[] =>
  engine.rows('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name');
const tablesOf = (engine: Engine): string[] =>
  engine
    .rows(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .map(([name]) => String(name));
const expectDone = (result: StepsDone | StepsFailed): StepsDone => {
  if (!result.ok) throw new Error(result.problem);
  return result;
};
const empty = async (): Promise<Uint8Array> => {
  const engine = await open(null);
  engine.exec('PRAGMA user_version = 0; CREATE TABLE t (x); DROP TABLE t');
  return engine.exportBytes();
};
const move = async (
  database: Uint8Array,
  from: number,
  to: number,
  steps: readonly SchemaStep[] = schemaSteps,
): Promise<StepsDone | StepsFailed> => runSteps({ database, from, to, steps, meta: {} });

describe('the schema steps', () => {
  it('are all listed, in order, each with rows to test it', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => /^\d{4}-.*(?<!\.test)\.ts$/u.test(name));
    expect(schemaSteps.map(({ version, name }) => `${String(version).padStart(4, '0')}-${name}.ts`)).toEqual(
      files.toSorted(),
    );
    expect(schemaSteps.map(({ version }) => version)).toEqual(schemaSteps.map((_, i) => i + 1));
    expect(Object.keys(rowsOf).map(Number)).toEqual(schemaSteps.map(({ version }) => version));
  });

  it.each(schemaSteps.map(({ version, name }) => [version, name] as const))(
    'step %i (%s) goes up and down with rows in it',
    async (version) => {
      const older = await open(expectDone(await move(await empty(), 0, version - 1)).database);
      for (let step = 1; step < version; step++) for (const sql of rowsOf[step] ?? []) older.exec(sql);
      const before = older.exportBytes();
      const up = expectDone(await move(before, version - 1, version));
      const engine = await open(up.database);
      for (const sql of rowsOf[version] ?? []) engine.exec(sql);
      const created = tablesOf(engine).filter((name) => !/^(?:meta|sqlite_.*)$/u.test(name));
      for (const table of created)
        expect([table, engine.value(`SELECT count(*) > 0 FROM "${table}"`)]).toEqual([table, 1]);
      const filled = engine.exportBytes();
      const down = expectDone(await move(filled, version, version - 1));
      // `meta` stays on the way down to none: it holds what tells this store from others.
      const kept = version === 1 ? [expect.arrayContaining(['table', 'meta'])] : schemaOf(await open(before));
      expect(schemaOf(await open(down.database))).toEqual(kept);
      const again = await open(expectDone(await move(down.database, version - 1, version)).database);
      expect(schemaOf(again)).toEqual(schemaOf(engine));
      expect(again.value('PRAGMA user_version')).toBe(version);
    },
  );

  it('leave only STRICT tables, and no constraint that waits for COMMIT', async () => {
    const engine = await open(expectDone(await move(await empty(), 0, latestSchema)).database);
    const tables = engine.rows(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.filter(([, sql]) => !/\)\s*(?:WITHOUT ROWID,\s*)?STRICT/u.test(String(sql)))).toEqual([]);
    const all = engine.rows('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').flat().join('\n');
    expect(all).not.toMatch(/DEFERRABLE|DEFERRED/iu);
    expect(all).not.toMatch(/AUTOINCREMENT|CURRENT_|random\s*\(/iu);
  });
});

describe('runSteps', () => {
  const next = (up: readonly string[]): SchemaStep[] => [
    ...schemaSteps,
    { version: latestSchema + 1, name: 'next', up, down: [] },
  ];
  const filled = async (): Promise<Uint8Array> => {
    const engine = await open(expectDone(await move(await empty(), 0, latestSchema)).database);
    for (const sql of Object.values(rowsOf).flat()) engine.exec(sql);
    return engine.exportBytes();
  };

  it('rebuilds a parent table without losing its children', async () => {
    const steps = next([
      'CREATE TABLE term_new (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, seen INTEGER NOT NULL DEFAULT 0) STRICT',
      'INSERT INTO term_new (id, text) SELECT id, text FROM term',
      // The views name the table; a real step drops and makes them again.
      'DROP VIEW setting',
      'DROP VIEW audit_log',
      'DROP TRIGGER change_set_added',
      'DROP TRIGGER change_set_removed',
      'DROP TABLE term',
      'ALTER TABLE term_new RENAME TO term',
    ]);
    const done = expectDone(await move(await filled(), latestSchema, latestSchema + 1, steps));
    const engine = await open(done.database);
    expect(done.ran).toEqual(['next up']);
    expect(engine.rows('SELECT id, text, seen FROM term')).toEqual([
      [1, 'alice', 0],
      [2, 'window', 0],
      [3, 'edit', 0],
    ]);
    expect(
      ['change_set', 'version', 'source_file'].map((table) => engine.value(`SELECT count(*) FROM ${table}`)),
    ).toEqual([1, 1, 1]);
    expect(engine.value(`SELECT value FROM meta WHERE key = 'schema_version'`)).toBe(String(latestSchema + 1));
  });

  it.each([
    [
      'breaks references',
      'DELETE FROM term WHERE id = 1',
      /^schema step "next up" was not done: it would leave \d+ broken references$/,
    ],
    ['loses rows', 'DELETE FROM backup', /^schema step "next up" was not done: backup would have 0 rows instead of 1$/],
  ])('refuses a step that %s, and leaves the given bytes alone', async (_what, sql, problem) => {
    const database = await filled();
    const before = new Uint8Array(database);
    const result = await move(database, latestSchema, latestSchema + 1, next([sql]));
    expect(result).toEqual({ ok: false, problem: expect.stringMatching(problem) });
    expect(database).toEqual(before);
  });
});
