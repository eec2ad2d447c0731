import { expect, test } from 'vitest';
import { filterGroups, filtersIn, unusedFilters, withFilter, withoutFilter } from './filters.ts';
import { setting } from './testing/setting.ts';

test('filters go in and out of the search without touching its words', () => {
  const search = '@modified  Approval @source:file @half @changed:soon';
  expect(filtersIn(search)).toEqual(['@modified', '@source:file']);
  expect(withoutFilter(search, '@modified')).toBe('Approval @source:file @half @changed:soon');
  expect(withFilter('Approval', '@secret')).toBe('@secret Approval');
  expect(withFilter('@secret Approval', '@secret')).toBe('@secret Approval');
});

test('the menu offers what these settings have, and not what is already chosen', () => {
  const groups = filterGroups([
    setting({ key: 'a', source: 'file', kind: 'url', category: 'general', changedBy: 'maria' }),
    setting({ key: 'b', source: 'set', kind: 'url', category: 'general', changedBy: null }),
  ]);
  expect(unusedFilters(groups, '@type:url @secret')).toEqual([
    { id: 'flags', filters: ['@modified', '@invalid', '@restart', '@critical'] },
    { id: 'changed', filters: ['@changed:1d', '@changed:7d', '@changed:30d'] },
    { id: 'source', filters: ['@source:file', '@source:set'] },
    { id: 'category', filters: ['@category:general'] },
    { id: 'user', filters: ['@user:maria'] },
  ]);
});
