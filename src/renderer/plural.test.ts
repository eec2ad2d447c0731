import { expect, test } from 'vitest';
import { count, plural } from './plural.ts';

test('picks the form by the language and puts the number in', () => {
  const forms = { one: '# change', other: '# changes' };
  expect([0, 1, 2, 1204].map((n) => plural(n, forms))).toEqual(['0 changes', '1 change', '2 changes', '1,204 changes']);
  expect(count(1_000_000)).toBe('1,000,000');
});
