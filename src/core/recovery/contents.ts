/**
 * What a database holds, for telling candidates apart: counts, the time of its last change, and which values differ from
 * another's. Never a value itself.
 */
import { Buffer } from 'node:buffer';
import type { Difference } from '../../contract/recovery.ts';
import { liveSubjects } from '../backup/contents.ts';
import { homeCounts } from '../homes/queries.ts';
import { openImageReader } from '../store/image-reader.ts';
import type { Salvaged } from '../store/salvage.ts';
import { latestSchema, schemaSteps } from '../store/schema/index.ts';
import { runSteps } from '../store/schema/run.ts';
import { db } from '../store/sql.ts';

export type Contents = {
  counts: Record<string, number>;
  /** When the last change was made; null before any. */
  at: string | null;
  /** A value's mark by kind and key: equal marks are equal values. */
  marks: ReadonlyMap<string, { kind: string; key: string; mark: string }>;
};

/** What was salvaged, with the tables of this Holdfast; a string says why that cannot be. */
export const inPresentSchema = async ({
  database,
  schemaVersion,
}: Salvaged): Promise<{ database: Uint8Array } | string> => {
  if (schemaVersion === latestSchema) return { database };
  if (schemaVersion > latestSchema) return `it was written by a newer Holdfast (schema ${String(schemaVersion)})`;
  try {
    const steps = { steps: schemaSteps, from: schemaVersion, to: latestSchema };
    const done = await runSteps({ database, ...steps, meta: {} });
    return done.ok ? { database: done.database } : done.problem;
  } catch {
    return `it has the older schema ${String(schemaVersion)}, and its tables are not as they should be`;
  }
};

/** Null when it cannot be read with the tables of this Holdfast. */
export const contentsOf = async (database: Uint8Array): Promise<Contents | null> => {
  const image = await openImageReader(database);
  if (!image.ok) return null;
  const reader = image.data;
  try {
    const last = reader.first(db.selectFrom('change_set').select('at').orderBy('id', 'desc').limit(1).compile());
    const marks = liveSubjects(reader).map((one) => {
      // A secret's fingerprint stands for it.
      const mark = one.print === null ? (one.value ?? '') : Buffer.from(one.print).toString('hex');
      return [JSON.stringify([one.kind, one.key]), { kind: one.kind, key: one.key, mark }] as const;
    });
    return { counts: homeCounts(reader), at: last?.at ?? null, marks: new Map(marks) };
  } catch {
    // Damaged tables under a right checksum: nothing to tell about it.
    return null;
  } finally {
    reader.close();
  }
};

/** How `one` differs from `fullest`. */
export const differencesOf = (one: Contents, fullest: Contents): Difference[] => {
  const found: Difference[] = [];
  for (const [id, { kind, key, mark }] of fullest.marks) {
    const mine = one.marks.get(id);
    if (mine === undefined) found.push({ kind, key, how: 'missing' });
    else if (mine.mark !== mark) found.push({ kind, key, how: 'changed' });
  }
  for (const [id, { kind, key }] of one.marks) if (!fullest.marks.has(id)) found.push({ kind, key, how: 'added' });
  return found;
};
