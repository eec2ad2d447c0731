import { expect, test } from 'vitest';
import { wordDiff } from './word-diff.ts';

test('shows what was added inside a list', () => {
  const pieces = wordDiff(['maria@example.test'], ['maria@example.test', 'li@example.test']) ?? [];
  expect(
    pieces
      .filter((piece) => piece.kind !== 'new')
      .map((piece) => piece.text)
      .join(''),
  ).toBe('["maria@example.test"]');
  expect(
    pieces
      .filter((piece) => piece.kind !== 'old')
      .map((piece) => piece.text)
      .join(''),
  ).toBe('["maria@example.test","li@example.test"]');
});

test('old and new are always exactly the two values', () => {
  const [before, after] = ['the quick brown fox jumps', 'the slow brown fox sleeps'];
  const pieces = wordDiff(before, after) ?? [];
  expect(pieces.some((piece) => piece.kind === 'same')).toBe(true);
  expect(
    pieces
      .filter((piece) => piece.kind !== 'new')
      .map((piece) => piece.text)
      .join(''),
  ).toBe(JSON.stringify(before));
  expect(
    pieces
      .filter((piece) => piece.kind !== 'old')
      .map((piece) => piece.text)
      .join(''),
  ).toBe(JSON.stringify(after));
});

test('values without much in common, of different types or very long are shown whole', () => {
  expect(wordDiff('dark', 'light')).toBeNull();
  expect(wordDiff(1, 2)).toBeNull();
  expect(wordDiff(null, 'x')).toBeNull();
  expect(wordDiff(`a ${'x '.repeat(2000)}`, `b ${'x '.repeat(2000)}`)).toBeNull();
});
