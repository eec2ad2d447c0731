import { expect, test } from 'vitest';
import { filterSettings, type Row } from './rows.ts';
import { setting } from './testing/setting.ts';

const settings = [
  setting({ key: 's3.region', category: 's3', title: 'Region' }),
  setting({ key: 'general.theme', category: 'general', title: 'Theme' }),
  setting({ key: 'odd.one', category: 'odd', title: 'Theme of one' }),
];
const categories = [
  { id: 'general', title: 'General', count: 1, modified: 0 },
  { id: 's3', title: 'Storage', count: 1, modified: 0 },
];
const names = (rows: Row[]): string[] =>
  rows.map((row) => (row.kind === 'heading' ? `# ${row.title}` : row.setting.key));

test('all categories show under their headings, in their own order, unknown ones last', () => {
  expect(names(filterSettings(settings, categories, '', '').rows)).toEqual([
    '# General',
    'general.theme',
    '# Storage',
    's3.region',
    '# odd',
    'odd.one',
  ]);
});

test('one category shows without a heading; the search counts in every category', () => {
  const filtered = filterSettings(settings, categories, 'theme', 'general');
  expect([names(filtered.rows), filtered.found, filtered.perCategory]).toEqual([
    ['general.theme'],
    1,
    { general: 1, odd: 1 },
  ]);
});

test('a row that was edited stays although it no longer fits', () => {
  expect(names(filterSettings(settings, categories, 'nothing', '', new Set(['s3.region'])).rows)).toEqual([
    '# Storage',
    's3.region',
  ]);
});
