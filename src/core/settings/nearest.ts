/** "Did you mean": the known keys that a mistyped one most likely stands for. */
import { slips } from '../../contract/typos.ts';

/** At most three, best first; a key that ends in the same last segment counts as near. */
export const nearestKeys = (key: string, known: readonly string[]): string[] => {
  const wanted = key.slice(0, 200).toLowerCase();
  const tail = wanted.split('.').at(-1) ?? wanted;
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return known
    .map((name) => {
      const lower = name.toLowerCase();
      const near = slips(wanted, lower.slice(0, 200));
      const nearTail = lower.split('.').at(-1) === tail ? 1 : Number.POSITIVE_INFINITY;
      return { name, score: Math.min(near, nearTail) };
    })
    .filter((one) => one.score <= limit)
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name, 'en'))
    .slice(0, 3)
    .map((one) => one.name);
};
