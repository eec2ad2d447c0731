/** Which values of a restore come back. What is left out is remembered, so that everything new in a preview is in. */
import type { RestoreChange, RestorePart } from '../../contract/backups.ts';

export type Left = ReadonlySet<string>;
type Change = Pick<RestoreChange, 'unit' | 'key' | 'kind'>;

/** A unit is written `PART/NAME`. */
export const partOfUnit = (unit: string): RestorePart => unit.slice(0, unit.indexOf('/')) as RestorePart;

export const withUnits = (left: Left, changes: readonly Change[], picked: boolean): Left => {
  const next = new Set(left);
  for (const { unit } of changes) {
    if (picked) next.delete(unit);
    else next.add(unit);
  }
  return next;
};

export const partsIn = (
  changes: readonly Change[],
  left: Left,
): { part: RestorePart; all: number; picked: number }[] => {
  const parts = new Map<RestorePart, { part: RestorePart; all: number; picked: number }>();
  for (const { unit } of changes) {
    const part = partOfUnit(unit);
    const counts = parts.get(part) ?? { part, all: 0, picked: 0 };
    counts.all += 1;
    if (!left.has(unit)) counts.picked += 1;
    parts.set(part, counts);
  }
  return [...parts.values()];
};

/** Every word must be in the key, the kind or the unit. */
export const filterChanges = <T extends Change>(changes: readonly T[], filter: string): readonly T[] => {
  const words = filter
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return changes;
  return changes.filter(({ key, kind, unit }) => {
    const text = `${kind} ${key} ${unit}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
};

/** Null: all of it, which is more than its parts: what changed meanwhile comes along. */
export const picksOf = (changes: readonly Change[], left: Left): string[] | null => {
  const units = new Set(changes.map(({ unit }) => unit));
  const picked = [...units].filter((unit) => !left.has(unit));
  return picked.length === units.size ? null : picked;
};

/** Texts as typed, by setting. */
export type Remap = { readonly [key: string]: string };

/** What is sent of what was typed: nothing of a setting that stays out, and nothing at all where that leaves none. */
export const remapOf = (remap: Remap, left: Left): { remap?: { [key: string]: string } } => {
  const picked = Object.entries(remap).filter(([key]) => !left.has(`setting/${key}`));
  return picked.length === 0 ? {} : { remap: Object.fromEntries(picked) };
};
