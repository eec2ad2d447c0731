import { expect, it } from 'vitest';
import { placeOf } from './place.ts';

it('finds a change set, or the newest one before it', () => {
  const numbers = [2, 3, 7, 8, 20];
  expect([2, 3, 5, 7, 8, 19, 20, 99].map((number) => placeOf(numbers, number))).toEqual([0, 1, 1, 2, 3, 3, 4, 4]);
  expect([placeOf(numbers, 1), placeOf([], 5), placeOf([4], 4)]).toEqual([0, 0, 0]);
});
