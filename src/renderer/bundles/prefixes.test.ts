import { expect, test } from 'vitest';
import { prefixesOf } from './prefixes.ts';

const keys = ['s3.region', 's3.bucket', 'ui.theme', 'ui.list.dense', 'ui.list.size', 'alone', '["odd.name"].x'];
const those = (...chosen: string[]): string[] => prefixesOf(keys, (key) => chosen.includes(key));

test('a whole group is one prefix, a part of one its keys', () => {
  expect(those('s3.region', 's3.bucket', 'alone')).toEqual(['s3', 'alone']);
  expect(those('s3.region', 'ui.list.dense', 'ui.list.size')).toEqual(['s3.region', 'ui.list']);
  expect(those()).toEqual([]);
});

test('names with dots stay what they are, and nothing beside them comes along', () => {
  expect(those('["odd.name"].x')).toEqual(['["odd.name"].x']);
  expect(prefixesOf(['a.b', 'a.c', 'ab.c'], (key) => key.startsWith('a.'))).toEqual(['a']);
});
