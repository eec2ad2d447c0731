import { expect, test } from 'vitest';
import { strengthOf } from './passphrase.ts';

test('length and variety count, repeats do not', () => {
  expect(
    ['', 'secret', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'Tr0ub4dor&3', 'correct horse battery staple'].map(strengthOf),
  ).toEqual(['none', 'weak', 'weak', 'fair', 'strong']);
});
