/**
 * What moving a store to another version would do, told before it is done: each step is run on a copy in memory, and its
 * tables and rows before and after are compared. No file is touched.
 */
import { openEngine } from '../engine.ts';
import type { SchemaStep } from './index.ts';
import { runSteps } from './run.ts';
import { structureOf, type Structure } from './structure.ts';

export type StepPlan = {
  version: number;
  name: string;
  direction: 'up' | 'down';
  does: string;
  /** "table tally", "index audit_action", "column term.seen" … */
  creates: string[];
  drops: string[];
  /** Rows that go and do not come back by going up again. */
  deletes: { table: string; rows: number }[];
  /** Rows that the way up counts again from others. */
  rebuilt: { table: string; rows: number }[];
};

export type MovePlan = { ok: true; steps: StepPlan[] } | { ok: false; problem: string };

type Look = { names: string[]; rows: Map<string, number> };

const namesIn = ({ tables, others }: Structure): string[] => [
  ...tables.map(({ name }) => `table ${name}`),
  ...tables.flatMap((table) => table.columns.map(({ name }) => `column ${table.name}.${name}`)),
  ...tables.flatMap(({ indexes }) => indexes.map(({ name }) => `index ${name}`)),
  ...others.map(({ type, name }) => `${type} ${name}`),
];

const look = async (database: Uint8Array): Promise<Look> => {
  const engine = await openEngine(database, { grow: false });
  try {
    const structure = structureOf(engine);
    const count = (name: string): number => Number(engine.value(`SELECT count(*) FROM "${name}"`));
    return { names: namesIn(structure), rows: new Map(structure.tables.map(({ name }) => [name, count(name)])) };
  } finally {
    engine.close();
  }
};

/** The columns and own indexes of a table that comes or goes are not worth naming beside it. */
const onlyIn = (names: readonly string[], others: readonly string[]): string[] => {
  const fresh = names.filter((name) => !others.includes(name));
  const tables = fresh.filter((name) => name.startsWith('table ')).map((name) => name.slice('table '.length));
  return fresh.filter(
    (name) => !name.startsWith('index sqlite_') && !tables.some((table) => name.startsWith(`column ${table}.`)),
  );
};

const gone = (before: Look, after: Look): { table: string; rows: number }[] =>
  [...before.rows]
    .filter(([table, rows]) => rows > 0 && !after.rows.has(table))
    .map(([table, rows]) => ({ table, rows }));

export const planSteps = async (
  database: Uint8Array,
  from: number,
  to: number,
  steps: readonly SchemaStep[],
): Promise<MovePlan> => {
  const plans: StepPlan[] = [];
  let bytes = database;
  let before = await look(bytes);
  const way = to > from ? 1 : -1;
  for (let at = from; at !== to; at += way) {
    const step = steps.find(({ version }) => version === Math.max(at, at + way));
    if (step === undefined) throw new Error(`There is no schema step ${String(at)}`);
    const done = await runSteps({ database: bytes, from: at, to: at + way, steps, meta: {} });
    if (!done.ok) return done;
    bytes = done.database;
    const after = await look(bytes);
    const lost = gone(before, after);
    const again = new Set(step.rebuilt);
    plans.push({
      version: step.version,
      name: step.name,
      direction: way === 1 ? 'up' : 'down',
      does: step.does ?? step.name,
      creates: onlyIn(after.names, before.names),
      drops: onlyIn(before.names, after.names),
      deletes: lost.filter(({ table }) => !again.has(table)),
      rebuilt: lost.filter(({ table }) => again.has(table)),
    });
    before = after;
  }
  return { ok: true, steps: plans };
};
