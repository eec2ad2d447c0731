/** "Did you mean": the known keys that a mistyped one most likely stands for. */

/** Edits between two short texts (insert, delete, replace), Levenshtein's. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** At most three, best first; a key that ends in the same last segment counts as near. */
export const nearestKeys = (key: string, known: readonly string[]): string[] => {
  const wanted = key.slice(0, 200).toLowerCase();
  const tail = wanted.split('.').at(-1) ?? wanted;
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return known
    .map((name) => {
      const lower = name.toLowerCase();
      const near = distance(wanted, lower.slice(0, 200));
      const nearTail = lower.split('.').at(-1) === tail ? 1 : Number.POSITIVE_INFINITY;
      return { name, score: Math.min(near, nearTail) };
    })
    .filter((one) => one.score <= limit)
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name, 'en'))
    .slice(0, 3)
    .map((one) => one.name);
};
