/**
 * A thorough look at a database: its tables with columns, indexes and row counts, whether they are those of its version,
 * SQLite's own checks, and a write that is tried and taken back. All on a copy in memory.
 */
import { openEngine, type Engine } from '../engine.ts';
import { tableNotes } from './notes.ts';
import type { SchemaStep } from './index.ts';
import { differencesBetween, expectedStructure, structureOf, type Table } from './structure.ts';

export type Inspection = {
  version: number;
  tables: (Table & { rows: number; about: string })[];
  /** Tables, columns or indexes that are not as the steps make them. */
  differences: string[];
  brokenReferences: number;
  /** What `integrity_check` finds; empty when nothing. */
  integrity: string[];
  /** Null when a row could be written, read and taken back. */
  probeProblem: string | null;
};

const probeText = 'a probe row, never committed';

const probe = (engine: Engine): string | null => {
  const count = (): unknown => engine.value('SELECT count(*) FROM term');
  const before = count();
  let during: unknown = null;
  engine.control('begin');
  try {
    engine.run('INSERT INTO term (id, text) SELECT coalesce(max(id), 0) + 1, ? FROM term', [probeText]);
    during = engine.first('SELECT text FROM term WHERE text = ?', [probeText])?.['text'];
  } catch (error) {
    return error instanceof Error ? error.message : 'it could not be written';
  } finally {
    engine.control('rollback');
  }
  if (during !== probeText) return 'the row was not there after it was written';
  return count() === before ? null : 'the row stayed after it was taken back';
};

export const inspectDatabase = async (database: Uint8Array, steps: readonly SchemaStep[]): Promise<Inspection> => {
  const engine = await openEngine(database, { grow: false });
  try {
    const version = Number(engine.value('PRAGMA user_version'));
    const structure = structureOf(engine);
    const integrity = engine.rows('PRAGMA integrity_check').map(([row]) => String(row));
    const hasTerms = structure.tables.some(({ name }) => name === 'term');
    return {
      version,
      tables: structure.tables.map((table) => ({
        ...table,
        rows: Number(engine.value(`SELECT count(*) FROM "${table.name.replaceAll('"', '""')}"`)),
        about: tableNotes[table.name] ?? '',
      })),
      differences: differencesBetween(structure, await expectedStructure(version, steps)),
      brokenReferences: engine.rows('PRAGMA foreign_key_check').length,
      integrity: integrity.length === 1 && integrity[0] === 'ok' ? [] : integrity,
      probeProblem: hasTerms ? probe(engine) : null,
    };
  } finally {
    engine.close();
  }
};
