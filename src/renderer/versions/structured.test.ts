import { expect, it } from 'vitest';
import { fieldChanges } from './structured.ts';

it('names each field that differs by its path', () => {
  expect(
    fieldChanges(
      { server: { host: 'a', port: 1 }, old: true, 'odd name': 1 },
      { server: { host: 'b', port: 1 }, fresh: [], 'odd name': 2 },
    ),
  ).toEqual([
    { path: 'server.host', action: 'update', old: 'a', new: 'b' },
    { path: 'old', action: 'delete', old: true, new: null },
    { path: '["odd name"]', action: 'update', old: 1, new: 2 },
    { path: 'fresh', action: 'create', old: null, new: [] },
  ]);
});

it('tells an item put in or taken out of a list from a list that changed', () => {
  expect(fieldChanges(['a', 'b', 'c'], ['a', 'x', 'b', 'c'])).toEqual([
    { path: '[1]', action: 'create', old: null, new: 'x' },
  ]);
  expect(fieldChanges([1, 2, 2], [1, 2])).toEqual([{ path: '[2]', action: 'delete', old: 2, new: null }]);
  expect(fieldChanges([{ a: 1 }, 5], [{ a: null }, 6])).toEqual([
    { path: '[0].a', action: 'update', old: 1, new: null },
    { path: '[1]', action: 'update', old: 5, new: 6 },
  ]);
});

it('leaves values that are no group to themselves', () => {
  expect(fieldChanges('a', 'b')).toBeNull();
  expect(fieldChanges([], {})).toBeNull();
  expect(fieldChanges({}, {})).toEqual([]);
});
