import { expect, test } from 'vitest';
import { highlight } from './search.ts';

test('hits are marked without changing the text', () => {
  expect(highlight('Theme of themes (a.b)', ['theme', 'a.b'])).toEqual([
    ['Theme', true],
    [' of ', false],
    ['theme', true],
    ['s (', false],
    ['a.b', true],
    [')', false],
  ]);
  expect(highlight('x', [])).toEqual([['x', false]]);
});
