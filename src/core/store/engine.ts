/**
 * The only file that knows sql.js. An engine is one open SQLite database in memory with prepared statements; it does no
 * file I/O, knows no journal, and decides nothing about transactions. It must be closed, or its memory leaks for good.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import initSqlJs, { type Database, type SqlJsStatic, type Statement } from 'sql.js';
import { checkSql, type StatementKind } from './sql-check.ts';
import type { SqlValue } from './types.ts';

export type Row = { [column: string]: SqlValue };

export type Engine = {
  /** What `sql` is; throws for SQL that the store does not run. Ask before running; a replay does not ask, so that a
   *  journal stays readable when the rules grow stricter. */
  kind: (sql: string) => StatementKind;
  all: (sql: string, values: readonly SqlValue[]) => Row[];
  first: (sql: string, values: readonly SqlValue[]) => Row | undefined;
  run: (sql: string, values: readonly SqlValue[]) => void;
  /** Any SQL, unchecked and uncached, several statements too: for pragmas and schema steps. */
  exec: (sql: string) => void;
  /** The first column of the first row of any SQL, unchecked. */
  value: (sql: string) => SqlValue | undefined;
  /** All rows of any SQL, unchecked. */
  rows: (sql: string) => SqlValue[][];
  control: (step: 'begin' | 'savepoint' | 'release' | 'undo' | 'commit' | 'rollback') => void;
  /** A plain SQLite file. Throws inside a transaction. */
  exportBytes: () => Uint8Array;
  close: () => void;
};

/** ASCII "HOLD", in the file's header: `file` and `sqlite3` show it. */
export const applicationId = 0x484f4c44;

const statementLimit = 256;
/** Copying a smaller image at its first growth costs less than a save may take. */
const growFromBytes = 1024 * 1024;

const controls = {
  begin: 'BEGIN IMMEDIATE',
  savepoint: 'SAVEPOINT command',
  release: 'RELEASE command',
  undo: 'ROLLBACK TO command',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
} as const;

// Durability is the journal's; these make SQLite quick in memory and strict about what it reads.
const pragmas = [
  'journal_mode = MEMORY',
  'synchronous = OFF',
  'locking_mode = EXCLUSIVE',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  'secure_delete = ON',
  // In KiB. The pages that saves touch in turn fit: with SQLite's own 2 MiB a save at 150,000 rows took a fifteenth longer.
  'cache_size = -8192',
];

let loading: Promise<SqlJsStatic> | undefined;

/** sql.js is external to every bundle, so its wasm is found through the package, wherever this chunk lies. */
const loadSqlJs = (): Promise<SqlJsStatic> => {
  loading ??= (() => {
    const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
    const file = readFileSync(wasmPath);
    // An exact copy: the Buffer may be a window into Node's pool.
    return initSqlJs({ wasmBinary: new Uint8Array(file).buffer });
  })();
  return loading;
};

type Prepared = { statement: Statement; kind: StatementKind | null; columns: string[] | null };

/** At most `statementLimit` prepared statements, the longest unused one freed first. */
const createStatements = (
  database: Database,
): { get: (sql: string) => Prepared; peek: (sql: string) => Prepared | undefined } => {
  const bySql = new Map<string, Prepared>();
  let newest: { sql: string; prepared: Prepared } | null = null;
  const dropOldest = (): void => {
    for (const [sql, prepared] of bySql) {
      prepared.statement.free();
      bySql.delete(sql);
      return;
    }
  };
  return {
    peek: (sql) => bySql.get(sql),
    get: (sql) => {
      if (newest?.sql === sql) return newest.prepared;
      let prepared = bySql.get(sql);
      if (prepared === undefined) {
        prepared = { statement: database.prepare(sql), kind: null, columns: null };
        if (bySql.size >= statementLimit) dropOldest();
      } else bySql.delete(sql);
      bySql.set(sql, prepared);
      newest = { sql, prepared };
      return prepared;
    },
  };
};

const toRow = (prepared: Prepared): Row => {
  const columns = (prepared.columns ??= prepared.statement.getColumnNames());
  const values = prepared.statement.get();
  const row: Row = {};
  for (let i = 0; i < columns.length; i++) row[columns[i] ?? ''] = values[i] ?? null;
  return row;
};

export type EngineOptions = {
  /** Make SQLite's file larger than its bytes at once: the first growth copies the whole image, which must not fall into a save. */
  grow: boolean;
  /** The caller gives `bytes` away, with the rest of its ArrayBuffer: they become SQLite's file, without a copy. */
  own?: boolean;
};

/** What SQLite may grow by before its file has to be copied; too little of it counts as none. */
const leastRoomBytes = 256 * 1024;

const roomAfter = (bytes: Uint8Array): number => bytes.buffer.byteLength - bytes.byteOffset - bytes.byteLength;

/**
 * sql.js fills a new file with `bytes.slice(…)` and from then on counts its length apart from its capacity. So a `slice`
 * that gives the whole buffer makes it the file, with room to grow. Were it to copy instead one day, it would be slower
 * and as right.
 */
const givenAway = (bytes: Uint8Array): Uint8Array => {
  const handed = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = new Uint8Array(bytes.buffer, bytes.byteOffset);
  // The image's trailer lies there: behind the end of a file there are zeros.
  whole.fill(0, handed.length, handed.length + 4096);
  return Object.defineProperty(handed, 'slice', { value: () => whole });
};

/** Opens a copy of `bytes`, or `bytes` themselves when they are given away, or an empty database. */
export const openEngine = async (bytes: Uint8Array | null, options: EngineOptions): Promise<Engine> => {
  const sqlJs = await loadSqlJs();
  // A Node Buffer would be aliased, not copied (its slice() is a view): always hand over a plain array.
  const plain = bytes === null ? null : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const own = plain !== null && options.own === true;
  const database = new sqlJs.Database(own ? givenAway(plain) : plain);
  try {
    for (const pragma of pragmas) database.run(`PRAGMA ${pragma}`);
    const hasRoom = own && roomAfter(plain) >= leastRoomBytes;
    if (options.grow && plain !== null && !hasRoom && plain.length > growFromBytes) growOnce(database);
    return createEngine(database);
  } catch (error) {
    database.close();
    throw error;
  }
};

const growOnce = (database: Database): void => {
  const free = Number(database.exec('PRAGMA freelist_count')[0]?.values[0]?.[0] ?? 0);
  // With many free pages a save reuses those first; growing past them would cost more than it spares.
  if (free > 16) return;
  database.run(`BEGIN; CREATE TABLE holdfast_growth (x); INSERT INTO holdfast_growth VALUES (zeroblob(${String((free + 2) * 4096)}));
    COMMIT; DROP TABLE holdfast_growth`);
};

const createEngine = (database: Database): Engine => {
  const statements = createStatements(database);
  const control = Object.fromEntries(
    Object.entries(controls).map(([step, sql]) => [step, database.prepare(sql)]),
  ) as Record<keyof typeof controls, Statement>;
  const fillIn = (sql: string, values: readonly SqlValue[]): Prepared => {
    const prepared = statements.get(sql);
    // Binding also resets; sql.js takes the array as it is.
    prepared.statement.bind(values as SqlValue[]);
    return prepared;
  };
  const guarded = <T>(prepared: Prepared, work: (statement: Statement) => T): T => {
    try {
      return work(prepared.statement);
    } finally {
      prepared.statement.reset();
    }
  };
  const rows = (sql: string): SqlValue[][] => database.exec(sql)[0]?.values ?? [];
  return {
    kind: (sql) => {
      const known = statements.peek(sql);
      if (known !== undefined && known.kind !== null) return known.kind;
      const kind = checkSql(sql);
      statements.get(sql).kind = kind;
      return kind;
    },
    all: (sql, values) => {
      const prepared = fillIn(sql, values);
      return guarded(prepared, (statement) => {
        const found: Row[] = [];
        while (statement.step()) found.push(toRow(prepared));
        return found;
      });
    },
    first: (sql, values) => {
      const prepared = fillIn(sql, values);
      return guarded(prepared, (statement) => (statement.step() ? toRow(prepared) : undefined));
    },
    run: (sql, values) => {
      guarded(fillIn(sql, values), (statement) => {
        // To the end: a RETURNING clause yields rows before the change is complete.
        while (statement.step());
      });
    },
    exec: (sql) => {
      database.exec(sql);
    },
    value: (sql) => rows(sql)[0]?.[0],
    rows,
    control: (step) => {
      const statement = control[step];
      try {
        statement.step();
      } finally {
        statement.reset();
      }
    },
    exportBytes: () => database.export(),
    close: () => {
      database.close();
    },
  };
};
