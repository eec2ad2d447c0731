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

/** `meta` is the store's own, as a revision table is elsewhere: it outlives every step, also the way down to none. */
const readMeta = (engine: Engine): { sql: string; rows: [string, string][] } | null => {
  const sql = engine.value(`SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'meta'`);
  if (typeof sql !== 'string') return null;
  return { sql, rows: engine.rows('SELECT key, value FROM meta').map(([key, value]) => [String(key), String(value)]) };
};

/** The rows of `meta`; empty where there is no such table. */
export const readMetaRows = (engine: Engine): Record<string, string> =>
  Object.fromEntries(readMeta(engine)?.rows ?? []);

/** Runs one step's statements around `meta`. */
const runMove = (engine: Engine, move: Move): void => {
  const meta = readMeta(engine);
  // The first step makes it; after a way down to none it is there already.
  if (meta !== null && move.from === 0) engine.exec('DROP TABLE meta');
  for (const sql of move.sql) engine.exec(sql);
  if (meta === null) return;
  if (readMeta(engine) === null) engine.exec(meta.sql);
  // Without tables nothing is left that the other rows speak of.
  const kept = meta.rows.filter(([key]) => move.reached > 0 || ownKeys.has(key));
  if (move.reached === 0) engine.exec('DELETE FROM meta');
  setMeta(engine, Object.fromEntries(kept));
};

/** What SQLite refused, such as a table that is there already: the store is not what its version says. */
const tryMove = (engine: Engine, move: Move): string | null => {
  try {
    runMove(engine, move);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const ownKeys: ReadonlySet<string> = new Set(['store_id', 'created_at', 'schema_version', 'pinned_generations']);

type Move = { name: string; sql: readonly string[]; from: number; reached: number };

/** The moves from one version to another, in order. Throws when a version is not in the list: the caller checked. */
const movesBetween = (steps: readonly SchemaStep[], from: number, to: number): Move[] => {
  const step = (version: number): SchemaStep => {
    const found = steps.find((one) => one.version === version);
    if (found === undefined) throw new Error(`There is no schema step ${String(version)}`);
    return found;
  };
  const moves: Move[] = [];
  for (let at = from; at < to; at++)
    moves.push({ name: `${step(at + 1).name} up`, sql: step(at + 1).up, from: at, reached: at + 1 });
  for (let at = from; at > to; at--)
    moves.push({ name: `${step(at).name} down`, sql: step(at).down, from: at, reached: at - 1 });
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
  /** Writes rows of its own before the first or after the last step, where the tables it needs are there. */
  before?: (engine: Engine) => void;
  after?: (engine: Engine) => void;
};

export const runSteps = async (request: StepsRequest): Promise<StepsDone | StepsFailed> => {
  const engine = await openEngine(request.database, { grow: false });
  try {
    engine.exec('PRAGMA foreign_keys = OFF');
    request.before?.(engine);
    const ran: string[] = [];
    for (const move of movesBetween(request.steps, request.from, request.to)) {
      const before = countRows(engine);
      engine.control('begin');
      const problem = tryMove(engine, move) ?? problemAfter(engine, before);
      if (problem !== null) return { ok: false, problem: `schema step "${move.name}" was not done: ${problem}` };
      if (tablesOf(engine).includes('meta')) setMeta(engine, { schema_version: String(move.reached) });
      engine.control('commit');
      engine.exec(`PRAGMA user_version = ${String(move.reached)}`);
      ran.push(move.name);
    }
    if (tablesOf(engine).includes('meta')) setMeta(engine, request.meta);
    request.after?.(engine);
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
