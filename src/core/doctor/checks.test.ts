/** The doctor's judgements that a small home does not reach. */
import { expect, test } from 'vitest';
import { sizeCheck } from './checks.ts';

test('O61 a store of 100 MB or more is a warning with a way to make it smaller', () => {
  expect(sizeCheck(3 * 1024 * 1024, 12_000)).toEqual({
    id: 'size',
    title: 'Size',
    severity: 'ok',
    message: 'The store has 3 MB, and 12 KB of saves since its last tidying.',
    fix: null,
  });
  expect(sizeCheck(100 * 1024 * 1024, 4 * 1024 * 1024)).toEqual({
    id: 'size',
    title: 'Size',
    severity: 'warning',
    message:
      'The store has 100 MB, and 4 MB of saves since its last tidying. All of it is kept in memory and in each backup: old history and expired records can go.',
    fix: 'holdfast audit prune --dry-run',
  });
});
