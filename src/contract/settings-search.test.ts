import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettingsQuery, searchSettings } from './settings-search.ts';
import type { SettingView } from './settings.ts';
import { slips } from './typos.ts';

const setting = (given: Partial<SettingView> & { key: string }): SettingView => ({
  value: null,
  type: 'string',
  source: 'default',
  secret: false,
  default: null,
  modified: false,
  restart: false,
  version: null,
  hasDefault: false,
  kind: 'string',
  title: given.key,
  description: '',
  category: 'general',
  critical: false,
  known: true,
  schema: {},
  changedAt: null,
  changedBy: null,
  ...given,
});

const all = [
  setting({ key: 'general.theme', title: 'Theme', value: 'dark', modified: true, source: 'file' }),
  setting({ key: 'editor.themes', title: 'Editor themes', value: ['a'], type: 'array', synonyms: ['skin', 'colours'] }),
  setting({ key: 's3.region', title: 'Region', description: 'Where the theme lies', value: 'eu-1', category: 's3' }),
  setting({ key: 'env.TOKEN', title: 'Token', secret: true, kind: 'secret', value: null, restart: true }),
  setting({
    key: 'port',
    title: 'Port',
    value: 99_999,
    type: 'integer',
    kind: 'port',
    critical: true,
    source: 'set',
    changedAt: '2026-03-01T09:00:00.000Z',
    changedBy: 'Alice',
  }),
];
const context = { now: '2026-03-05T09:00:00.000Z', isInvalid: ({ value }: SettingView) => value === 99_999 };
const found = (text: string): string[] => searchSettings(all, parseSettingsQuery(text), context).map(({ key }) => key);

test('words and filters are told apart; what is no filter is ignored', () => {
  expect(parseSettingsQuery(' Dark @Modified @source:FILE @changed:7d @changed:soon @mod @secret:x a@b ')).toEqual({
    words: ['dark', 'a@b'],
    flags: ['modified'],
    filters: [
      { name: 'source', value: 'file' },
      { name: 'changed', value: '7d' },
    ],
    ignored: ['@changed:soon', '@mod', '@secret:x'],
  });
});

test('the best fit comes first: key and title before description', () => {
  expect(found('theme')).toEqual(['general.theme', 'editor.themes', 's3.region']);
  expect([found('eu-1'), found('theme region'), found('skin'), found('  ').length]).toEqual([
    ['s3.region'],
    ['s3.region'],
    ['editor.themes'],
    all.length,
  ]);
});

test('a mistyped word finds what it was meant for, a word that is somewhere is not guessed at', () => {
  expect([found('thmee'), found('regoin'), found('tokne'), found('colurs')]).toEqual([
    ['general.theme', 'editor.themes'],
    ['s3.region'],
    ['env.TOKEN'],
    ['editor.themes'],
  ]);
  expect([found('port'), found('prt'), found('completely different')]).toEqual([['port'], [], []]);
});

test('filters narrow, several values of one filter are any of them', () => {
  expect([found('@modified'), found('@secret @restart'), found('@critical'), found('@invalid')]).toEqual([
    ['general.theme'],
    ['env.TOKEN'],
    ['port'],
    ['port'],
  ]);
  expect([
    found('@source:file'),
    found('@source:file @source:set'),
    found('@category:s3'),
    found('@type:array'),
  ]).toEqual([['general.theme'], ['general.theme', 'port'], ['s3.region'], ['editor.themes']]);
  expect([found('@changed:7d'), found('@changed:3d'), found('@changed:2026-03-01'), found('@user:ali')]).toEqual([
    ['port'],
    [],
    ['port'],
    ['port'],
  ]);
  expect(found('theme @source:set')).toEqual([]);
});

test("a secret's value is not looked at, even where a view holds one", () => {
  const leaky = setting({ key: 'a.b', secret: true, value: 'hunter2' });
  expect(searchSettings([leaky], parseSettingsQuery('hunter2'), context)).toEqual([]);
});

test('slips: swapped neighbours are one, the count does not depend on the side, and the limit cuts it off', () => {
  expect([slips('theme', 'thmee'), slips('abc', ''), slips('abcdef', 'ghijkl', 2), slips('same', 'same', 0)]).toEqual([
    1, 3, 3, 0,
  ]);
  const text = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(text, text, fc.nat(5), (a, b, limit) => {
      const count = slips(a, b);
      expect(count).toBe(slips(b, a));
      expect(count === 0).toBe(a === b);
      expect(slips(a, b, limit)).toBe(Math.min(count, limit + 1));
    }),
  );
});
