/**
 * The words of an entry and of a search: the one meaning of a search, for the indexed and for the unindexed part of the
 * log. An entry is found when every word of the search begins one of its words. Upper and lower case, accents and widths
 * are the same; `apiToken` is also found by `token`; scripts without blanks are cut into pairs of characters.
 */

/** Raise it when words are cut differently: every index file is then made anew. */
export const wordsFormat = 1;

/** So many characters of one text are looked at: a huge value must not hold up what else goes on. */
const textLimit = 32_768;
const wordLimit = 64;

const run = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*|\p{So}/gu;
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]+/gu;
const asciiRun = /[A-Za-z0-9]+/gu;
const humpAscii = /[a-z0-9][A-Z]/u;
const hump = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;
/** A text of letters, digits and signs of ASCII alone needs no folding. */
const beyondAscii = /[^\p{ASCII}]/u;

/** Widths and accents are taken away; Hangul and kana marks are put together again. */
const fold = (text: string): string =>
  beyondAscii.test(text)
    ? text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/gu, '')
        .normalize('NFC')
    : text;

const lower = (word: string): string => word.toLowerCase().replaceAll('ς', 'σ');

/** Never half a character: the rest of it would be no text. */
const cut = (word: string): string => (word.length <= wordLimit ? word : [...word].slice(0, wordLimit / 2).join(''));

const runsOf = (text: string): string[] => fold(text.slice(0, textLimit)).match(run) ?? [];

/** Each character with the one behind it, so that any two that stand together are found; the last one alone. */
const pairs = (text: string): string[] => {
  const characters = [...text];
  return characters.map((character, i) => character + (characters[i + 1] ?? ''));
};

type Pieces = { words: string[]; unspaced: string[] };

const piecesOf = (text: string): Pieces =>
  beyondAscii.test(text)
    ? { words: text.split(unspaced).filter((piece) => piece !== ''), unspaced: text.match(unspaced) ?? [] }
    : { words: [text], unspaced: [] };

/** `apiTokenName` is also `TokenName` and `Name`. */
const withTails = (word: string): string[] => {
  const parts = word.split(hump);
  return parts.map((_, i) => parts.slice(i).join(''));
};

export const addWords = (words: Set<string>, text: string): void => {
  if (!beyondAscii.test(text)) {
    // The common case, without the detours.
    for (const word of text.slice(0, textLimit).match(asciiRun) ?? []) {
      if (humpAscii.test(word)) for (const tail of withTails(word)) words.add(cut(tail.toLowerCase()));
      else words.add(cut(word.toLowerCase()));
    }
    return;
  }
  for (const found of runsOf(text)) {
    const pieces = piecesOf(found);
    for (const word of pieces.words) for (const tail of withTails(word)) words.add(cut(lower(tail)));
    for (const piece of pieces.unspaced) for (const pair of pairs(piece)) words.add(lower(pair));
  }
};

/** What every found entry must have a word with at its beginning. Empty when there is nothing to look for. */
export const searchWords = (text: string): string[] => {
  const words = new Set<string>();
  for (const found of runsOf(text)) {
    const pieces = piecesOf(found);
    for (const word of pieces.words) words.add(cut(lower(word)));
    for (const piece of pieces.unspaced) {
      const all = pairs(piece);
      for (const pair of all.length > 1 ? all.slice(0, -1) : all) words.add(lower(pair));
    }
  }
  return [...words];
};

export const hasAll = (words: ReadonlySet<string>, wanted: readonly string[]): boolean =>
  wanted.every((start) => {
    if (words.has(start)) return true;
    for (const word of words) if (word.startsWith(start)) return true;
    return false;
  });
