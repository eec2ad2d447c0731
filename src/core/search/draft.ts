/** An index under way, in memory: the words of a range's first entries, up to where they were read. Searchable at once. */
import type { EntryWords } from './entry-words.ts';
import { findAll, firstOf, lastOf, mark, noHits, type Hits } from './hits.ts';
import type { Postings, WordIndex } from './index-file.ts';

export type Draft = WordIndex & {
  range: number;
  /** The last entry in it; one before the range when there is none. */
  upTo: () => number;
  isFull: () => boolean;
  add: (entries: readonly EntryWords[], upTo: number) => void;
  postings: Postings;
};

export const createDraft = (range: number): Draft => {
  const postings: Postings = new Map();
  let upTo = firstOf(range) - 1;
  const lookUp = (start: string): Hits | null => {
    let hits: Hits | null = null;
    for (const [word, places] of postings) {
      if (!word.startsWith(start)) continue;
      hits ??= noHits();
      for (const place of places) mark(hits, place);
    }
    return hits;
  };
  return {
    range,
    postings,
    upTo: () => upTo,
    isFull: () => upTo >= lastOf(range),
    find: (words) => findAll(words, lookUp),
    add: (entries, last) => {
      for (const { id, words } of entries) {
        const place = id - firstOf(range);
        for (const word of words) {
          const places = postings.get(word);
          if (places === undefined) postings.set(word, [place]);
          else places.push(place);
        }
      }
      upTo = last;
    },
  };
};
