/**
 * What tables a database really has: columns, indexes, triggers and views, as SQLite tells them; and what it should have
 * at a version, found by running the steps on an empty database. It reads only.
 */
import { openEngine, type Engine } from '../engine.ts';
import type { SchemaStep } from './index.ts';
import { runSteps } from './run.ts';

export type Column = { name: string; type: string; notNull: boolean; key: number };
export type Index = { name: string; columns: string[]; unique: boolean };
export type Table = { name: string; columns: Column[]; indexes: Index[] };
export type Structure = {
  tables: Table[];
  /** Triggers and views: name and text without its white space. */
  others: { type: string; name: string; text: string }[];
};

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const indexesOf = (engine: Engine, table: string): Index[] =>
  engine
    .rows(`SELECT name, "unique" FROM pragma_index_list(${literal(table)}) ORDER BY name`)
    .map(([name, unique]) => ({
      name: String(name),
      unique: unique === 1,
      columns: engine
        .rows(`SELECT name FROM pragma_index_info(${literal(String(name))}) ORDER BY seqno`)
        .map(([column]) => String(column)),
    }));

const columnsOf = (engine: Engine, table: string): Column[] =>
  engine
    .rows(`SELECT name, type, "notnull", pk FROM pragma_table_info(${literal(table)}) ORDER BY cid`)
    .map(([name, type, notNull, pk]) => ({
      name: String(name),
      type: String(type),
      notNull: notNull === 1,
      key: Number(pk),
    }));

export const structureOf = (engine: Engine): Structure => {
  const named = engine.rows(
    `SELECT type, name, sql FROM sqlite_schema WHERE type <> 'index' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
  );
  return {
    tables: named
      .filter(([type]) => type === 'table')
      .map(([, name]) => String(name))
      .map((name) => ({ name, columns: columnsOf(engine, name), indexes: indexesOf(engine, name) })),
    others: named
      .filter(([type]) => type !== 'table')
      .map(([type, name, sql]) => ({
        type: String(type),
        name: String(name),
        text: String(sql).replaceAll(/\s+/gu, ' ').trim(),
      })),
  };
};

/** What the steps up to `version` make. */
export const expectedStructure = async (version: number, steps: readonly SchemaStep[]): Promise<Structure> => {
  const empty = await openEngine(null, { grow: false });
  try {
    const up = await runSteps({ database: empty.exportBytes(), from: 0, to: Math.max(1, version), steps, meta: {} });
    const done =
      up.ok && version === 0 ? await runSteps({ database: up.database, from: 1, to: 0, steps, meta: {} }) : up;
    if (!done.ok) throw new Error(done.problem);
    const made = await openEngine(done.database, { grow: false });
    try {
      return structureOf(made);
    } finally {
      made.close();
    }
  } finally {
    empty.close();
  }
};

type Named = { name: string };

/** One line for each thing missing, too much, or not the same. */
const compare = <T extends Named>(
  what: string,
  found: readonly T[],
  expected: readonly T[],
  within: (found: T, expected: T, name: string) => string[],
): string[] => {
  const have = new Map(found.map((one) => [one.name, one]));
  const want = new Set(expected.map(({ name }) => name));
  return [
    ...expected.flatMap((one) => {
      const mine = have.get(one.name);
      return mine === undefined ? [`${what} ${one.name} is missing`] : within(mine, one, one.name);
    }),
    ...found.filter(({ name }) => !want.has(name)).map(({ name }) => `${what} ${name} is not expected`),
  ];
};

const same = (what: string) => (a: object, b: object, name: string) =>
  JSON.stringify(a) === JSON.stringify(b) ? [] : [`${what} ${name} differs`];

/** Clauses without a full stop; empty when they are the same. */
export const differencesBetween = (found: Structure, expected: Structure): string[] => [
  ...compare('table', found.tables, expected.tables, (mine, theirs, table) => [
    ...compare(`column`, under(mine.columns, table), under(theirs.columns, table), same('column')),
    ...compare(`index`, mine.indexes, theirs.indexes, same('index')),
  ]),
  ...compare('trigger or view', found.others, expected.others, same('trigger or view')),
];

const under = (columns: readonly Column[], table: string): Column[] =>
  columns.map((column) => ({ ...column, name: `${table}.${column.name}` }));
