import { expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import { commonPrefix, foldEntries, isEvent, typeCounts } from './change-sets.ts';

const entry = (given: Partial<AuditEntry> & { id: number; changeSet: string }): AuditEntry => ({
  at: '2026-11-20T09:00:00.000Z',
  actor: 'maria',
  source: 'cli',
  action: 'update',
  type: 'setting',
  key: `general.key${String(given.id)}`,
  old: 1,
  new: 2,
  secret: false,
  reason: null,
  ...given,
});

test('entries of one change set become one row, oldest entry first inside', () => {
  const sets = foldEntries([
    entry({ id: 4, changeSet: 'b', reason: 'incident 4711' }),
    entry({ id: 3, changeSet: 'b', reason: 'incident 4711' }),
    entry({ id: 2, changeSet: 'a', action: 'reveal' }),
  ]);
  expect(sets.map(({ id, top, reason, entries }) => [id, top, reason, entries.map((one) => one.id)])).toEqual([
    ['b', 4, 'incident 4711', [3, 4]],
    ['a', 2, null, [2]],
  ]);
  expect(sets.map((set) => set.entries.map(isEvent))).toEqual([[false, false], [true]]);
  expect(foldEntries([])).toEqual([]);
});

test('a row says how many of what, secrets apart', () => {
  expect(
    typeCounts([
      entry({ id: 1, changeSet: 'a' }),
      entry({ id: 2, changeSet: 'a', secret: true }),
      entry({ id: 3, changeSet: 'a' }),
      entry({ id: 4, changeSet: 'a', type: 'integration' }),
      entry({ id: 5, changeSet: 'a', type: 'field' }),
      entry({ id: 6, changeSet: 'a', type: 'field', secret: true }),
    ]),
  ).toEqual([
    ['setting', 2],
    ['secret', 2],
    ['integration', 1],
    ['field', 1],
  ]);
});

test('the common prefix is whole segments only', () => {
  expect(commonPrefix(['s3.region', 's3.bucket'])).toBe('s3');
  expect(commonPrefix(['a.b.c', 'a.b.d', 'a.x.y'])).toBe('a');
  expect(commonPrefix(['s3.region', 's3x.region'])).toBeNull();
  expect(commonPrefix(['general.theme'])).toBe('general');
  expect(commonPrefix(['theme'])).toBeNull();
  expect(commonPrefix([])).toBeNull();
});
