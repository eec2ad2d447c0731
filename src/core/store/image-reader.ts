/**
 * Reads a plain SQLite image that is not this home's store: a backup's `store.db`, opened for real. It works on a copy in
 * memory and can only read; whoever opens it must close it.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { openEngine, type Engine } from './engine.ts';
import { latestSchema } from './schema/index.ts';
import { createReader } from './transaction.ts';
import type { Reader } from './types.ts';

export type ImageReader = Reader & {
  close: () => void;
  /** What SQLite finds wrong with the image; empty when nothing. Reads every page. */
  integrityCheck: () => string[];
};

const open = (engine: Engine): ImageReader => {
  const lease = { alive: true };
  return {
    ...createReader(engine, lease),
    integrityCheck: () => {
      const found = engine.rows('PRAGMA integrity_check').map((row) => String(row[0]));
      return found.length === 1 && found[0] === 'ok' ? [] : found;
    },
    close: () => {
      lease.alive = false;
      engine.close();
    },
  };
};

/** Errors: `StoreDamaged` when it is no database, `StoreFromNewerApp`, `UpgradeNeeded` when its schema is not this app's. */
export const openImageReader = async (image: Uint8Array): Promise<Result<ImageReader>> => {
  let engine: Engine | null = null;
  try {
    engine = await openEngine(image, { grow: false });
    const found = Number(engine.value('PRAGMA user_version'));
    if (found === latestSchema) return ok(open(engine));
    engine.close();
    return found > latestSchema
      ? fail({ type: 'StoreFromNewerApp', found, supported: latestSchema, candidates: [] })
      : fail({ type: 'UpgradeNeeded', found, needed: latestSchema, candidates: [] });
  } catch (error) {
    engine?.close();
    return fail({
      type: 'StoreDamaged',
      problem: error instanceof Error ? error.message : 'it is not a database',
      candidates: [],
    });
  }
};
