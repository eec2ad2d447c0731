import { expect, test } from 'vitest';
import { nearestKeys } from './nearest.ts';

const known = ['general.theme', 'theme.theme', 'general.show_notifications', 's3.region'];

test('a mistyped key finds the one that was meant first', () => {
  expect(nearestKeys('genral.theme', known)).toEqual(['general.theme', 'theme.theme']);
});

test('the right last word under a wrong prefix counts', () => {
  expect(nearestKeys('storage.bucket.region', known)).toEqual(['s3.region']);
});

test('nothing near is nothing', () => {
  expect(nearestKeys('completely.different', known)).toEqual([]);
});
