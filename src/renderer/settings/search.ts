/** What a search shows of a text. Which settings it finds is decided in `contract/settings-search.ts`, as in the terminal. */

/** Each search looks through the texts of all rows in sight. */
const patterns = new WeakMap<readonly string[], RegExp>();
const patternOf = (words: readonly string[]): RegExp => {
  const known = patterns.get(words);
  if (known !== undefined) return known;
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  const made = new RegExp(`(${escaped.join('|')})`, 'giu');
  patterns.set(words, made);
  return made;
};

/** Cuts a text where the words are found: `[text, isHit]` pieces in order, for highlighting. */
export const highlight = (text: string, words: readonly string[]): [string, boolean][] => {
  if (words.length === 0 || text === '') return [[text, false]];
  return text
    .split(patternOf(words))
    .map((piece, index): [string, boolean] => [piece, index % 2 === 1])
    .filter(([piece]) => piece !== '');
};
