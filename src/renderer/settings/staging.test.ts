import { expect, test } from 'vitest';
import { setting } from './testing/setting.ts';
import {
  fromDraft,
  rebase,
  shownValue,
  stagedAt,
  stageEdit,
  staleKeys,
  toChanges,
  toDraft,
  toExpect,
  unstage,
  type StagedEdits,
} from './staging.ts';

const theme = setting({ key: 'general.theme', value: 'dark', default: 'light', hasDefault: true, version: 7 });
const port = setting({ key: 'port', value: 8080, default: 8080, hasDefault: true, version: null, kind: 'port' });
const token = setting({ key: 'env.TOKEN', secret: true, set: true, kind: 'secret', version: 3 });

test('an edit is staged with the version it was made against, and goes away when it brings back what is stored', () => {
  const one = stageEdit({}, theme, { op: 'set', value: 'light' });
  expect(one).toEqual({
    'general.theme': { edit: { op: 'set', value: 'light' }, version: 7, secret: false, base: 'dark' },
  });
  expect(shownValue(theme, one['general.theme'])).toBe('light');
  expect(stageEdit(one, theme, { op: 'set', value: 'dark' })).toEqual({});
});

test('a later edit of the same key keeps the version of the first', () => {
  const one = stageEdit({}, theme, { op: 'set', value: 'light' });
  const two = stageEdit(one, { ...theme, version: 9, value: 'blue' }, { op: 'unset' });
  expect(two['general.theme']).toEqual({ edit: { op: 'unset' }, version: 7, secret: false, base: 'dark' });
  expect(shownValue(theme, two['general.theme'])).toBe('light');
});

test('setting the default where nothing is stored, or unsetting there, is no change', () => {
  expect(stageEdit({}, port, { op: 'set', value: 8080 })).toEqual({});
  expect(stageEdit({}, port, { op: 'unset' })).toEqual({});
  expect(Object.keys(stageEdit({}, theme, { op: 'unset' }))).toEqual(['general.theme']);
});

test('a secret is always a change, and is never kept on disk', () => {
  const staged = stageEdit(stageEdit({}, token, { op: 'set', value: 'new' }), theme, { op: 'set', value: 'light' });
  expect(toDraft(staged)).toEqual({
    'general.theme': { edit: { op: 'set', value: 'light' }, version: 7, base: 'dark' },
  });
  expect(fromDraft(toDraft(staged))).toEqual(unstage(staged, ['env.TOKEN']));
  expect(stageEdit({}, { ...token, set: false }, { op: 'unset' })).toEqual({});
});

test('changes and expected versions follow the staged edits; a draft is not applied', () => {
  const staged: StagedEdits = {
    a: { edit: { op: 'set', value: [1] }, version: 1, secret: false, base: [] },
    b: { edit: { op: 'unset' }, version: 2, secret: false, base: 2 },
    c: { edit: { op: 'draft', text: '{', problem: 'is not JSON' }, version: 3, secret: false, base: {} },
  };
  expect(toChanges(staged)).toEqual([
    { key: 'a', op: 'set', value: [1] },
    { key: 'b', op: 'unset' },
  ]);
  expect(toExpect(staged)).toEqual({ a: 1, b: 2, c: 3 });
  expect(Object.keys(unstage(staged, ['a', 'c']))).toEqual(['b']);
  expect(toExpect(rebase(staged, [setting({ key: 'a', version: 11 })]))).toEqual({ a: 11, b: null, c: null });
});

test('an edit against an older version is found, and goes on against the new one or is given up', () => {
  const staged = stageEdit(stageEdit({}, theme, { op: 'set', value: 'light' }), port, { op: 'set', value: 1 });
  const now = [{ ...theme, value: 'blue', version: 9 }, port];
  expect(staleKeys(staged, [theme, port])).toEqual([]);
  expect(staleKeys(staged, now)).toEqual(['general.theme']);
  const mine = rebase(staged, now);
  expect(mine['general.theme']).toEqual({
    edit: { op: 'set', value: 'light' },
    version: 9,
    secret: false,
    base: 'blue',
  });
  expect(staleKeys(mine, now)).toEqual([]);
  expect(Object.keys(rebase(staged, now, ['general.theme']))).toEqual(['port']);
  // Somebody else made the same edit: nothing is left of it.
  expect(Object.keys(rebase(staged, [{ ...theme, value: 'light', version: 9 }, port]))).toEqual(['port']);
});

test('a key that every object has is staged like any other', () => {
  for (const key of ['constructor', 'toString', '__proto__']) {
    const one = setting({ key, value: 1, version: 7 });
    expect(staleKeys({}, [one])).toEqual([]);
    const staged = stageEdit({}, one, { op: 'set', value: 2 });
    expect(Object.entries(staged)).toEqual([
      [key, { edit: { op: 'set', value: 2 }, version: 7, secret: false, base: 1 }],
    ]);
    expect(stagedAt(staged, key)).toEqual(Object.values(staged)[0]);
    expect(stagedAt({}, key)).toBeUndefined();
    expect(stageEdit(staged, one, { op: 'set', value: 1 })).toEqual({});
  }
});

test('the default can be kept as a value of its own', () => {
  expect(stageEdit({}, port, { op: 'set', value: 8080, keep: true })['port']?.edit).toMatchObject({ value: 8080 });
  expect(toChanges(stageEdit({}, port, { op: 'set', value: 8080, keep: true }))).toEqual([
    { key: 'port', op: 'set', value: 8080 },
  ]);
});
