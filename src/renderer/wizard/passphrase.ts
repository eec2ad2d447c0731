/** A rough hint how long a passphrase would stand against guessing. It advises and never refuses. Pure. */
export type Strength = 'none' | 'weak' | 'fair' | 'strong';

const alphabets: [RegExp, number][] = [
  [/[a-z]/u, 26],
  [/[A-Z]/u, 26],
  [/[0-9]/u, 10],
  [/[^A-Za-z0-9]/u, 33],
];

/** Bits if every character were picked at random, less for repeats; four plain words of a sentence are "fair". */
export const guessBits = (text: string): number => {
  const size = alphabets.reduce((sum, [pattern, letters]) => (pattern.test(text) ? sum + letters : sum), 0);
  if (size === 0) return 0;
  const distinct = new Set(text.toLowerCase()).size;
  const effective = Math.min([...text].length, distinct * 2);
  return effective * Math.log2(size);
};

export const strengthOf = (text: string): Strength => {
  if (text === '') return 'none';
  const bits = guessBits(text);
  return bits < 45 ? 'weak' : bits < 75 ? 'fair' : 'strong';
};
