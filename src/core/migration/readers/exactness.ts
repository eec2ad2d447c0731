/**
 * What a store cannot keep exactly: numbers that change, keys that are traps in JavaScript, texts that are not Unicode.
 * Judges only; never changes a value.
 */

/** Keys by which an object's prototype could be reached once values become objects again. */
const trapKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Half of a surrogate pair matches alone; a whole pair is one character. */
const loneSurrogate = /\p{Surrogate}/u;
/** Any half, paired or not: most texts have none, and this is quick to see. */
const anySurrogate = /[\ud800-\udfff]/;

const isBroken = (text: string): boolean => anySurrogate.test(text) && loneSurrogate.test(text);

export const keyProblem = (key: string): string | null => {
  if (trapKeys.has(key)) return `the key "${key}" is a trap in JavaScript`;
  if (key.includes('\0')) return 'the key holds a NUL character';
  if (isBroken(key)) return 'the key holds half of a character (a lone surrogate)';
  return null;
};

export const stringProblem = (value: string): string | null =>
  isBroken(value) ? 'the text holds half of a character (a lone surrogate)' : null;

/** Sign, significant digits and power of ten: equal for lexemes that mean the same number. */
const canonicalDecimal = (lexeme: string): string => {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/u.exec(lexeme);
  if (match === null) return lexeme;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/u, '');
  const trimmed = digits.replace(/0+$/u, '');
  if (trimmed === '') return `${sign}0`;
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - trimmed.length);
  return `${sign}${trimmed}e${String(power)}`;
};

/** Longer exponents are far outside any number; they would only cost time. */
const longestLexeme = 1100;

export const numberProblem = (lexeme: string): string | null => {
  if (lexeme.length > longestLexeme) return 'the number has more digits than can be kept';
  const value = Number(lexeme);
  if (!Number.isFinite(value)) return 'the number is too large to be kept';
  if (Object.is(value, -0)) return 'negative zero would become zero';
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'the whole number is beyond 2^53 and would lose digits';
  if (String(value) === lexeme) return null;
  if (canonicalDecimal(lexeme) !== canonicalDecimal(String(value))) return `the number would become ${String(value)}`;
  return null;
};
