/**
 * Reads a plain SQLite image that is not this home's store: a backup's `store.db`, opened for real. It works on a copy in
 * memory and can only read; an image of an older schema is upgraded in that copy, so that every backup ever made can be
 * compared and restored. Whoever opens it must close it.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { openEngine, type Engine } from './engine.ts';
import { latestSchema, schemaSteps } from './schema/index.ts';
import { runSteps } from './schema/run.ts';
import { createReader } from './transaction.ts';
import type { Reader } from './types.ts';

export type ImageReader = Reader & {
  close: () => void;
  /** What SQLite finds wrong with the image; empty when nothing. Reads every page. */
  integrityCheck: () => string[];
};

const integrityOf = (engine: Engine): string[] => {
  const found = engine.rows('PRAGMA integrity_check').map((row) => String(row[0]));
  return found.length === 1 && found[0] === 'ok' ? [] : found;
};

/** `older`: what is wrong with the image as it was, before it was upgraded. */
const open = (engine: Engine, older: string[]): ImageReader => {
  const lease = { alive: true };
  return {
    ...createReader(engine, lease),
    integrityCheck: () => [...older, ...integrityOf(engine)],
    close: () => {
      lease.alive = false;
      engine.close();
    },
  };
};

const damaged = (problem: string) => fail({ type: 'StoreDamaged', problem, candidates: [] });

/** Upgrades a copy. The steps judge their result themselves; the image given stays as it is. */
const openOlder = async (image: Uint8Array, from: number, problems: string[]): Promise<Result<ImageReader>> => {
  const done = await runSteps({ database: image, from, to: latestSchema, steps: schemaSteps, meta: {} });
  if (!done.ok) return damaged(problems[0] ?? done.problem);
  return ok(open(await openEngine(done.database, { grow: false }), problems));
};

/** Errors: `StoreDamaged` when it is no database, `StoreFromNewerApp`; `UpgradeNeeded` when it has no tables at all. */
export const openImageReader = async (image: Uint8Array): Promise<Result<ImageReader>> => {
  let engine: Engine | null = null;
  try {
    engine = await openEngine(image, { grow: false });
    const found = Number(engine.value('PRAGMA user_version'));
    if (found === latestSchema) return ok(open(engine, []));
    const problems = found > 0 && found < latestSchema ? integrityOf(engine) : [];
    engine.close();
    engine = null;
    if (found > latestSchema) {
      return fail({ type: 'StoreFromNewerApp', found, supported: latestSchema, candidates: [] });
    }
    if (found < 1) return fail({ type: 'UpgradeNeeded', found, needed: latestSchema, candidates: [] });
    return await openOlder(image, found, problems);
  } catch (error) {
    engine?.close();
    return damaged(error instanceof Error ? error.message : 'it is not a database');
  }
};
