/** File patterns: stars stay inside a folder, `**` stands for any folders or none, everything else is itself. */
import { expect, it } from 'vitest';
import { covers, matches } from './glob.ts';

it.each([
  ['*.json', 'a.json', true],
  ['*.json', 'a/b.json', false],
  ['*/*.json', 'a/b.json', true],
  ['**/*.json', 'a.json', true],
  ['**/*.json', 'a/b/c.json', true],
  ['a/**/b.json', 'a/b.json', true],
  ['a/**/b.json', 'a/x/y/b.json', true],
  ['a/**/b.json', 'xa/b.json', false],
  ['**/.env', '.env', true],
  ['**/.env', 'a/x.env', false],
  ['**/logs/*', 'a/logs/b.json', true],
  ['**/logs/*', 'a/mylogs/b.json', false],
  ['a**.json', 'abc.json', true],
  ['a.json', 'axjson', false],
  ['[a](b)+.json', '[a](b)+.json', true],
])('%s and %s: %s', (pattern, file, fits) => {
  expect(matches(pattern, file)).toBe(fits);
});

it('covers what lies in a folder that it names', () => {
  expect([
    covers('**/cache/*', 'x/cache/deep/er/a.json'),
    covers('data/*', 'data/a/b.json'),
    covers('data/*', 'other/data/b.json'),
    covers('*.log', 'api.log'),
  ]).toEqual([true, true, false, true]);
});
