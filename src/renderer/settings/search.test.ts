import { expect, test } from 'vitest';
import { highlight, matches, parseSearch } from './search.ts';
import { setting } from './testing/setting.ts';

const all = [
  setting({ key: 'general.theme', title: 'Theme', value: 'dark', modified: true, source: 'file' }),
  setting({
    key: 's3.region',
    title: 'Region',
    description: 'Where the bucket lies',
    value: 'eu-central-1',
    category: 's3',
  }),
  setting({ key: 'env.TOKEN', title: 'Token', secret: true, kind: 'secret', value: null, restart: true }),
];
const found = (text: string): string[] => all.filter((one) => matches(one, parseSearch(text))).map((one) => one.key);

test('words are looked for in title, key, description, category and value, and all must be there', () => {
  expect([found('THEME'), found('eu-central'), found('bucket region'), found('bucket theme'), found('  ')]).toEqual([
    ['general.theme'],
    ['s3.region'],
    ['s3.region'],
    [],
    ['general.theme', 's3.region', 'env.TOKEN'],
  ]);
});

test('marks narrow, and a half-typed one hides nothing', () => {
  expect([found('@modified'), found('@secret'), found('@restart token'), found('@source:file'), found('@mod')]).toEqual(
    [['general.theme'], ['env.TOKEN'], ['env.TOKEN'], ['general.theme'], ['general.theme', 's3.region', 'env.TOKEN']],
  );
});

test('hits are marked without changing the text', () => {
  expect(highlight('Theme of themes (a.b)', ['theme', 'a.b'])).toEqual([
    ['Theme', true],
    [' of ', false],
    ['theme', true],
    ['s (', false],
    ['a.b', true],
    [')', false],
  ]);
  expect(highlight('x', [])).toEqual([['x', false]]);
});
