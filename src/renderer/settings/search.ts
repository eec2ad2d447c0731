/** What a search shows of a text. Which settings it finds is decided in `contract/settings-search.ts`, as in the terminal. */

/** Cuts a text where the words are found: `[text, isHit]` pieces in order, for highlighting. */
export const highlight = (text: string, words: readonly string[]): [string, boolean][] => {
  if (words.length === 0 || text === '') return [[text, false]];
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  return text
    .split(new RegExp(`(${escaped.join('|')})`, 'giu'))
    .map((piece, index): [string, boolean] => [piece, index % 2 === 1])
    .filter(([piece]) => piece !== '');
};
