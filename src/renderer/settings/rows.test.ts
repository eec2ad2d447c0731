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
  expect(names(filterSettings(settings, categories, 'nothing', '', { keep: new Set(['s3.region']) }).rows)).toEqual([
    '# Storage',
    's3.region',
  ]);
});

test('the search is the one of the terminal: mistyped words, synonyms, filters, invalid drafts', () => {
  const found = (search: string): string[] =>
    filterSettings(
      [
        ...settings,
        setting({
          key: 'a',
          category: 'odd',
          title: 'Other',
          synonyms: ['skin'],
          changedAt: '2026-03-01T00:00:00.000Z',
        }),
      ],
      categories,
      search,
      '',
      { invalid: new Set(['s3.region']), now: '2026-03-03T00:00:00.000Z' },
    ).rows.flatMap((row) => (row.kind === 'setting' ? [row.setting.key] : []));
  expect([
    found('regoin'),
    found('skin'),
    found('@changed:7d'),
    found('@changed:1d'),
    found('@invalid'),
    found('@inv').length,
  ]).toEqual([['s3.region'], ['a'], ['a'], [], ['s3.region'], 4]);
});
