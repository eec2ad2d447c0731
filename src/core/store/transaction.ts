/**
 * What a handler gets to work with: a `Reader`, or a `Tx` whose every statement also lands in the journal. Both die with
 * the call they were made for: a query kept for later would see, or write, what is not its own.
 */
import type { CompiledQuery } from 'kysely';
import type { Engine, Row } from './engine.ts';
import type { Recorder } from './journal-record.ts';
import { checkValues } from './sql-values.ts';
import { nextTurn, oneSlice, type Steps } from './steps.ts';
import type { Reader, Tx } from './types.ts';

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** Queries and transactions are synchronous: an awaited one would run when its round is long over. */
export const refusePromise = <T>(value: T, where: string): T => {
  if (!isPromise(value)) return value;
  // It will fail once it touches the store; the bug is reported here already.
  value.then(undefined, () => undefined);
  throw new Error(`A function given to ${where} must not be async: it returned a promise`);
};

type Lease = { alive: boolean };

const dead = (): never => {
  throw new Error('A query ran after its transaction was over');
};

/** Queries only; for as long as the lease is alive. */
export const createReader = (engine: Engine, lease: Lease): Reader => {
  const reading = (query: CompiledQuery<unknown>): void => {
    if (!lease.alive) dead();
    if (engine.kind(query.sql) !== 'read') throw new Error(`A reader cannot write: ${query.sql.slice(0, 200)}`);
  };
  return {
    all: <R>(query: CompiledQuery<R>) => {
      reading(query);
      return engine.all(query.sql, checkValues(query.parameters, query.sql)) as R[];
    },
    first: <R>(query: CompiledQuery<R>) => {
      reading(query);
      return engine.first(query.sql, checkValues(query.parameters, query.sql)) as R | undefined;
    },
  };
};

/** Runs `fn` on what is on disk. */
export const readWith = <T>(engine: Engine, fn: (db: Reader) => T): T => {
  const lease = { alive: true };
  try {
    return refusePromise(fn(createReader(engine, lease)), 'read');
  } finally {
    lease.alive = false;
  }
};

export type Outcome<T> = { kind: 'returned'; value: T; wrote: boolean } | { kind: 'threw'; error: unknown };

/**
 * A `Tx`, what comes of its use, and its end. A statement that failed fails the whole command, even when its caller caught
 * it: what SQLite kept of it is not in the journal, so it must not be in the database.
 */
const lendTx = (
  engine: Engine,
  recorder: Recorder,
): { tx: Tx; outcome: <T>(value: T) => Outcome<T>; end: () => void } => {
  const lease = { alive: true };
  let failed: { error: unknown } | null = null;
  let wrote = false;
  const guarded = <V>(work: () => V): V => {
    if (!lease.alive) dead();
    try {
      return work();
    } catch (error) {
      failed ??= { error };
      throw error;
    }
  };
  const rows = (query: CompiledQuery<unknown>, firstOnly: boolean): Row[] => {
    const { sql } = query;
    const values = checkValues(query.parameters, sql);
    if (engine.kind(sql) === 'write') {
      // INSERT … RETURNING: to its end, or only a part of it would happen.
      const found = engine.all(sql, values);
      recorder.add(sql, values);
      wrote = true;
      return found;
    }
    if (!firstOnly) return engine.all(sql, values);
    const row = engine.first(sql, values);
    return row === undefined ? [] : [row];
  };
  const tx: Tx = {
    all: <R>(query: CompiledQuery<R>) => guarded(() => rows(query, false)) as R[],
    first: <R>(query: CompiledQuery<R>) => guarded(() => rows(query, true))[0] as R | undefined,
    run: (query) => {
      guarded(() => {
        const { sql } = query;
        if (engine.kind(sql) !== 'write') throw new Error(`run() is for changes: ${sql.slice(0, 200)}`);
        const values = checkValues(query.parameters, sql);
        engine.run(sql, values);
        recorder.add(sql, values);
        wrote = true;
      });
    },
  };
  return {
    tx,
    outcome: (value) => {
      const first = failed;
      return first === null ? { kind: 'returned', value, wrote } : { kind: 'threw', error: first.error };
    },
    end: () => {
      lease.alive = false;
    },
  };
};

/** Runs `fn` with a `Tx`. */
export const transactWith = <T>(engine: Engine, recorder: Recorder, fn: (tx: Tx) => T): Outcome<T> => {
  const lent = lendTx(engine, recorder);
  try {
    return lent.outcome(refusePromise(fn(lent.tx), 'transact'));
  } catch (error) {
    return { kind: 'threw', error };
  } finally {
    lent.end();
  }
};

/** The same in slices, with turns of the event loop between them: the caller keeps everybody else from the engine. */
export const transactInSteps = async <T>(
  engine: Engine,
  recorder: Recorder,
  fn: (tx: Tx) => Steps<T>,
): Promise<Outcome<T>> => {
  const lent = lendTx(engine, recorder);
  try {
    const steps = fn(lent.tx);
    for (;;) {
      const done = oneSlice(steps);
      if (done !== null) return lent.outcome(done.value);
      await nextTurn();
    }
  } catch (error) {
    return { kind: 'threw', error };
  } finally {
    lent.end();
  }
};
