/** Folds audit entries, newest first, into change sets: one row of the viewer each. Pure. */
import type { AuditEntry } from '../../contract/audit.ts';

export type ChangeSet = {
  id: string;
  /** Newest entry's number: where the set stands in the log. */
  top: number;
  at: string;
  actor: string;
  source: string;
  reason: string | null;
  entries: AuditEntry[];
  /** The rest of it lies on a page that is not loaded: counts are at least, not exactly. */
  partial: boolean;
};

/** Neighbouring entries of one change set become one row; entries inside are oldest first, as they were made. */
export const foldEntries = (entries: readonly AuditEntry[], more = false): ChangeSet[] => {
  const sets: ChangeSet[] = [];
  for (const entry of entries) {
    const last = sets.at(-1);
    if (last?.id === entry.changeSet) {
      last.entries.unshift(entry);
      continue;
    }
    sets.push({
      id: entry.changeSet,
      top: entry.id,
      at: entry.at,
      actor: entry.actor,
      source: entry.source,
      reason: entry.reason,
      entries: [entry],
      partial: false,
    });
  }
  const oldest = sets.at(-1);
  if (oldest !== undefined) oldest.partial = more;
  return sets;
};

const valueActions = new Set(['create', 'update', 'delete', 'unchanged']);

/** An event has no old and new value; it is told in words. */
export const isEvent = (entry: AuditEntry): boolean => !valueActions.has(entry.action);

/** How many entries of each type, in order of first sight. A secret counts as one wherever it stands, as in the proof. */
export const typeCounts = (entries: readonly AuditEntry[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const type = (entry.type === 'setting' || entry.type === 'field') && entry.secret ? 'secret' : entry.type;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts];
};

/** The longest dotted prefix that all keys have in common, else null. */
export const commonPrefix = (keys: readonly string[]): string | null => {
  const [first, ...rest] = keys.map((key) => key.split('.').slice(0, -1));
  if (first === undefined || first.length === 0) return null;
  const shared = rest.reduce((prefix, parts) => {
    const end = prefix.findIndex((part, index) => parts[index] !== part);
    return end === -1 ? prefix : prefix.slice(0, end);
  }, first);
  return shared.length === 0 ? null : shared.join('.');
};
