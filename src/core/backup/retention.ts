/**
 * Which backups go and which stay: a pure decision over a list. Order is the store's own numbering, never the clock, and
 * nothing is compared with the present time: a clock that jumped can at most keep other backups than one would expect.
 */
import type { Keep } from '../../contract/backups.ts';

export type Candidate = {
  path: string;
  /** The entry of the log that reported it: later ones are larger. Null: not known to be this home's own. */
  number: number | null;
  at: string;
  sizeBytes: number;
  /** It is as it was when it was proven. */
  verified: boolean;
  /** It cannot be read as it was written: neither counted as a copy nor removed. */
  damaged: boolean;
};

export type Retention = {
  remove: Candidate[];
  /** Why each stays. */
  keep: { backup: Candidate; why: string[] }[];
};

const day = (at: string): string => at.slice(0, 10);
const month = (at: string): string => at.slice(0, 7);
const dayMs = 86_400_000;
/** Weeks begin on Monday; the number of the week since 1970. */
const week = (at: string): string => String(Math.floor((Date.parse(day(at)) / dayMs + 3) / 7));

/** The newest one of each of the newest `count` periods, in the store's order. */
const newestOfEach = (
  newestFirst: readonly Candidate[],
  periodOf: (at: string) => string,
  count: number,
): Candidate[] => {
  const found = new Map<string, Candidate>();
  for (const backup of newestFirst) {
    const period = periodOf(backup.at);
    if (!found.has(period) && found.size < count) found.set(period, backup);
  }
  return [...found.values()];
};

/** Oldest first, until the rest fits; never the newest. What came before counts: nothing of unknown origin does. */
const beyondCap = (newestFirst: readonly Candidate[], maxBytes: number | null): Candidate[] => {
  let total = 0;
  return newestFirst.filter((backup, index) => {
    total += backup.sizeBytes;
    return maxBytes !== null && index > 0 && total > maxBytes;
  });
};

export const decideRetention = (backups: readonly Candidate[], keep: Keep): Retention => {
  const mine = backups
    .filter((one) => one.number !== null && !one.damaged)
    .toSorted((a, b) => (b.number ?? 0) - (a.number ?? 0));
  const reasons = new Map<Candidate, string[]>();
  const stays = (ones: readonly Candidate[], why: string): void => {
    for (const one of ones) reasons.set(one, [...(reasons.get(one) ?? []), why]);
  };
  // At least the newest, whatever a policy says.
  stays(mine.slice(0, Math.max(keep.last, 1)), 'last');
  stays(newestOfEach(mine, day, keep.daily), 'daily');
  stays(newestOfEach(mine, week, keep.weekly), 'weekly');
  stays(newestOfEach(mine, month, keep.monthly), 'monthly');
  const staying = mine.filter((one) => reasons.has(one));
  for (const one of beyondCap(staying, keep.maxBytes)) reasons.delete(one);
  if (![...reasons.keys()].some((one) => one.verified))
    stays(mine.filter((one) => one.verified).slice(0, 1), 'verified');
  const handsOff = backups.filter((one) => one.number === null || one.damaged);
  for (const one of handsOff) reasons.set(one, [one.damaged ? 'damaged' : 'not ours']);
  return {
    remove: mine.filter((one) => !reasons.has(one)),
    keep: [...reasons].map(([backup, why]) => ({ backup, why })),
  };
};
