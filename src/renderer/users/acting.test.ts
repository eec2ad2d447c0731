/** What the page says to whom before the core would refuse it. */
import { expect, test } from 'vitest';
import type { UserView } from '../../contract/users.ts';
import { actingOf, nameInSentence, refusalOf, shownName } from './acting.ts';

const user = (name: string, more: Partial<UserView> = {}): UserView => ({
  name,
  displayName: null,
  email: null,
  role: 'editor',
  disabled: false,
  lastSeen: null,
  changedAt: '2026-11-20T10:00:00.000Z',
  overrides: 0,
  secretFields: [],
  ...more,
});

const users = [
  user('anna', { role: 'admin' }),
  user('ed'),
  user('vic', { role: 'viewer' }),
  user('gone', { role: 'admin', disabled: true, displayName: 'Gone Away' }),
];

test('each role may what it may, and a name without a profile everything', () => {
  const may = (name: string) =>
    (['view', 'edit', 'admin'] as const).map((needs) => refusalOf(actingOf(users, name), needs) === null);
  expect([may('anna'), may('ed'), may('vic'), may('gone'), may('tester')]).toEqual([
    [true, true, true],
    [true, true, false],
    [true, false, false],
    [false, false, false],
    [true, true, true],
  ]);
});

test('whose profile was removed while it was acted as may nothing, not everything', () => {
  const may = (['view', 'edit', 'admin'] as const).map((needs) => refusalOf(actingOf(users, 'rob', true), needs));
  expect(new Set(may)).toEqual(
    new Set([
      'The profile rob, as which you acted, was removed: this session may do nothing until you choose again who you are, under “Acting as”.',
    ]),
  );
});

test('a refusal names who and why', () => {
  expect(refusalOf(actingOf(users, 'vic'), 'edit')).toBe(
    'You act as vic, a viewer: everything can be looked at, nothing changed.',
  );
  expect(refusalOf(actingOf(users, 'ed'), 'admin')).toBe('You act as ed, an editor. This is for an admin.');
  expect(refusalOf(actingOf(users, 'gone'), 'view')).toMatch(/^The profile Gone Away, as which you act, is disabled/u);
});

test('a name of 200 letters, or from right to left, leaves a sentence readable', () => {
  const said = (displayName: string) => nameInSentence(user('x', { displayName }));
  expect([said('Anna Berg'), said('long '.repeat(40)), said('نوعا')]).toEqual([
    'Anna Berg',
    `${'long '.repeat(7)}long…`,
    '\u2068نوعا\u2069',
  ]);
});

test('a shown name of blanks is none', () => {
  expect([shownName(user('ed', { displayName: ' ' })), shownName(user('ed', { displayName: 'Ed' }))]).toEqual([
    'ed',
    'Ed',
  ]);
});
