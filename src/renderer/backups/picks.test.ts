import { expect, test } from 'vitest';
import { filterChanges, partsIn, picksOf, remapOf, withUnits } from './picks.ts';

const changes = [
  { kind: 'setting', key: 'general.theme', unit: 'setting/general.theme' },
  { kind: 'setting', key: 's3.region', unit: 'setting/s3.region' },
  { kind: 'user', key: 'alice', unit: 'user/alice' },
  { kind: 'override', key: 'alice.general.theme', unit: 'user/alice' },
];
const none = new Set<string>();

test('all is no list of picks; a user goes with what belongs to it', () => {
  expect(picksOf(changes, none)).toBeNull();
  const left = withUnits(none, changes.slice(3), false);
  expect([...left]).toEqual(['user/alice']);
  expect(picksOf(changes, left)).toEqual(['setting/general.theme', 'setting/s3.region']);
  expect(picksOf(changes, withUnits(left, changes, true))).toBeNull();
  expect(picksOf(changes, withUnits(none, changes, false))).toEqual([]);
});

test('what a setting becomes here counts only while the setting is picked', () => {
  const remap = { 's3.region': 'x', 'general.theme': 'y' };
  expect(remapOf(remap, none)).toEqual({ remap });
  expect(remapOf(remap, new Set(['setting/s3.region', 'user/alice']))).toEqual({ remap: { 'general.theme': 'y' } });
  expect(remapOf({ 's3.region': 'x' }, new Set(['setting/s3.region']))).toEqual({});
});

test('each kind is counted, with how much of it comes back', () => {
  expect(partsIn(changes, new Set(['setting/s3.region']))).toEqual([
    { part: 'setting', all: 2, picked: 1 },
    { part: 'user', all: 2, picked: 2 },
  ]);
});

test('the filter takes words of key, kind and name', () => {
  expect(filterChanges(changes, '  ')).toBe(changes);
  expect(filterChanges(changes, 'Theme').map(({ key }) => key)).toEqual(['general.theme', 'alice.general.theme']);
  expect(filterChanges(changes, 'override theme')).toHaveLength(1);
  expect(filterChanges(changes, 'user/')).toHaveLength(2);
  expect(filterChanges(changes, 'nothing')).toEqual([]);
});
