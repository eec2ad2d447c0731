/** What a move down takes away, in words. */
import type { SchemaStepPlan } from '../../contract/schema.ts';

const named = (one: { table: string; rows: number }): string =>
  `${String(one.rows)} ${one.rows === 1 ? 'row' : 'rows'} of ${one.table}`;

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

/** Null when going up again brings everything back. */
export const warningOf = (steps: readonly SchemaStepPlan[], to: number): string | null => {
  const deletes = steps.flatMap((step) => step.deletes);
  if (deletes.length === 0) return null;
  const all = to === 0 ? 'This deletes everything in the store' : 'This deletes what the older tables cannot hold';
  return `${all}: ${list(deletes.map(named))}. Upgrading again does not bring it back; the backup made first does.`;
};
