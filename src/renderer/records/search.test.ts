import { expect, it } from 'vitest';
import type { CollectionView } from '../../contract/records.ts';
import { columnsOf, listCommand, parseRecordSearch } from './search.ts';

it('a search is filters by member and text', () => {
  expect(parseRecordSearch('status=done title="Q1 Sales" big "two words" a=b=c')).toEqual({
    where: [
      { field: 'status', value: 'done' },
      { field: 'title', value: 'Q1 Sales' },
      { field: 'a', value: 'b=c' },
    ],
    text: 'big two words',
  });
  expect(parseRecordSearch('  ')).toEqual({});
});

it('is the same in the terminal', () => {
  const input = {
    collection: 'goals',
    ...parseRecordSearch('status=done "it\'s"'),
    show: 'expired',
    sort: 'newest',
  } as const;
  expect(listCommand(input)).toBe(
    `holdfast record list goals --where status=done --text 'it'\\''s' --expired --newest`,
  );
});

it('shows the declared columns, else the members there are', () => {
  const collection = { columns: [], schema: {} } as unknown as CollectionView;
  const records = [{ data: { a: 1, b: 2 } }, { data: 'text' }, { data: { c: 1, a: 2, d: 3, e: 4 } }];
  expect(columnsOf(collection, records)).toEqual(['a', 'b', 'c', 'd']);
  expect(columnsOf({ ...collection, columns: ['x'] }, records)).toEqual(['x']);
});
