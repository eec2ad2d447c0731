import { expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import { mergeNewest } from './use-audit-pages.ts';

const pages = (ids: number[], next: number | null, filter = '{}') => ({
  filter,
  entries: ids.map((id) => ({ id }) as AuditEntry),
  next,
  error: null,
});
const ids = (merged: ReturnType<typeof mergeNewest>) => [merged.entries.map((entry) => entry.id), merged.next];

test('new entries come on top of what is loaded, which keeps its place', () => {
  expect(ids(mergeNewest(pages([9, 8, 7], 7), pages([7, 6, 5, 4], 4)))).toEqual([[9, 8, 7, 6, 5, 4], 4]);
  expect(ids(mergeNewest(pages([7, 6], 6), pages([7, 6, 5], null)))).toEqual([[7, 6, 5], null]);
});

test('a gap or another filter starts anew', () => {
  expect(ids(mergeNewest(pages([20, 19], 19), pages([7, 6], 6)))).toEqual([[20, 19], 19]);
  expect(ids(mergeNewest(pages([3], null), pages([7, 6], 6, '{"actor":"x"}')))).toEqual([[3], null]);
});
