/**
 * Runs schema steps, up or down, on a copy of the database in memory; never through the journal. It judges the result
 * (references, row counts, integrity) and touches no file. Foreign keys are off meanwhile: SQLite ignores the switch
 * inside a transaction, and rebuilding a parent table with them on would silently delete its children.
 */
import { openEngine, type Engine } from '../engine.ts';
import type { SchemaStep } from './index.ts';

export type StepsDone = { ok: true; database: Uint8Array; ran: string[] };
/** `problem`: a clause without a full stop. The database given is as it was. */
export type StepsFailed = { ok: false; problem: string };

const tablesOf = (engine: Engine): string[] =>
  engine
    .rows(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .map(([name]) => String(name));

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `meta` is the store's own and changes with each step. */
const countRows = (engine: Engine): Map<string, number> =>
  new Map(
    tablesOf(engine)
      .filter((name) => name !== 'meta')
      .map((name) => [name, Number(engine.value(`SELECT count(*) FROM ${quoted(name)}`))]),
  );

type Move = { name: string; sql: readonly string[]; reached: number };

/** The moves from one version to another, in order. Throws when a version is not in the list: the caller checked. */
const movesBetween = (steps: readonly SchemaStep[], from: number, to: number): Move[] => {
  const step = (version: number): SchemaStep => {
    const found = steps.find((one) => one.version === version);
    if (found === undefined) throw new Error(`There is no schema step ${String(version)}`);
    return found;
  };
  const moves: Move[] = [];
  for (let at = from; at < to; at++)
    moves.push({ name: `${step(at + 1).name} up`, sql: step(at + 1).up, reached: at + 1 });
  for (let at = from; at > to; at--) moves.push({ name: `${step(at).name} down`, sql: step(at).down, reached: at - 1 });
  return moves;
};

const problemAfter = (engine: Engine, before: ReadonlyMap<string, number>): string | null => {
  const broken = engine.rows('PRAGMA foreign_key_check').length;
  if (broken > 0) return `it would leave ${String(broken)} broken references`;
  const after = countRows(engine);
  for (const [table, count] of before) {
    const now = after.get(table);
    if (now !== undefined && now !== count)
      return `${table} would have ${String(now)} rows instead of ${String(count)}`;
  }
  const integrity = engine.value('PRAGMA integrity_check');
  return integrity === 'ok' ? null : `the result is not intact (${String(integrity)})`;
};

export type StepsRequest = {
  database: Uint8Array;
  from: number;
  to: number;
  steps: readonly SchemaStep[];
  /** Rows of `meta` to set besides `schema_version`. */
  meta: Readonly<Record<string, string>>;
};

export const runSteps = async (request: StepsRequest): Promise<StepsDone | StepsFailed> => {
  const engine = await openEngine(request.database, { grow: false });
  try {
    engine.exec('PRAGMA foreign_keys = OFF');
    const ran: string[] = [];
    for (const move of movesBetween(request.steps, request.from, request.to)) {
      const before = countRows(engine);
      engine.control('begin');
      for (const sql of move.sql) engine.exec(sql);
      const problem = problemAfter(engine, before);
      if (problem !== null) return { ok: false, problem: `schema step "${move.name}" was not done: ${problem}` };
      if (tablesOf(engine).includes('meta')) setMeta(engine, { schema_version: String(move.reached) });
      engine.control('commit');
      engine.exec(`PRAGMA user_version = ${String(move.reached)}`);
      ran.push(move.name);
    }
    if (tablesOf(engine).includes('meta')) setMeta(engine, request.meta);
    return { ok: true, database: engine.exportBytes(), ran };
  } finally {
    engine.close();
  }
};

const setMeta = (engine: Engine, values: Readonly<Record<string, string>>): void => {
  for (const [key, value] of Object.entries(values)) {
    engine.run('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [
      key,
      value,
    ]);
  }
};
