/** The entries of one range that have a word: one bit each, since a common word is in most of them. */

/** Entries of a range. Must be a multiple of 8, and its places must fit 16 bits. */
export const rangeEntries = 16_384;

export const rangeOf = (id: number): number => Math.floor((id - 1) / rangeEntries);
export const firstOf = (range: number): number => range * rangeEntries + 1;
export const lastOf = (range: number): number => (range + 1) * rangeEntries;

export type Hits = Uint8Array;

export const noHits = (): Hits => new Uint8Array(rangeEntries / 8);

/** `place` counts from 0 within the range. */
export const mark = (hits: Hits, place: number): void => {
  hits[place >> 3] = (hits[place >> 3] ?? 0) | (1 << (place & 7));
};

/** What is in either; changes the first. */
export const addAll = (hits: Hits, others: Hits): void => {
  for (let i = 0; i < hits.length; i++) hits[i] = (hits[i] ?? 0) | (others[i] ?? 0);
};

/** What is in both; changes the first. */
export const keepCommon = (hits: Hits, others: Hits): void => {
  for (let i = 0; i < hits.length; i++) hits[i] = (hits[i] ?? 0) & (others[i] ?? 0);
};

export const isHit = (hits: Hits, range: number, id: number): boolean => {
  const place = id - firstOf(range);
  return ((hits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
};

/** Numbers from `to` down to `from`, both within the range. */
export const idsOf = (hits: Hits, range: number, from: number, to: number): number[] => {
  const ids: number[] = [];
  for (let id = to; id >= from; id--) {
    const place = id - firstOf(range);
    // Eight at a time where there is none.
    if ((place & 7) === 7 && hits[place >> 3] === 0) id -= 7;
    else if (isHit(hits, range, id)) ids.push(id);
  }
  return ids;
};

/** Every word of the search must be there; stops at the first that is not. */
export const findAll = (words: readonly string[], find: (word: string) => Hits | null): Hits | null => {
  let found: Hits | null = null;
  for (const word of words) {
    const hits = find(word);
    if (hits === null) return null;
    if (found === null) found = hits;
    else keepCommon(found, hits);
  }
  return found;
};
