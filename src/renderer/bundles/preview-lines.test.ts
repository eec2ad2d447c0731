import { expect, test } from 'vitest';
import type { ImportResult } from '../../contract/bundles.ts';
import { countByState, linesOf, shownLines } from './preview-lines.ts';

const change = (key: string, action: 'create' | 'update' | 'delete') => ({
  kind: 'setting',
  key,
  action,
  old: null,
  new: null,
  secret: false,
});
const preview: ImportResult = {
  changeSet: null,
  dryRun: true,
  mode: 'merge',
  bundle: {
    title: null,
    made: '',
    app: '',
    definition: null,
    only: null,
    parts: ['settings'],
    counts: { settings: 5, integrations: 0, records: 0, secrets: 1 },
    leftOut: [],
  },
  changes: [
    change('a.new', 'create'),
    change('a.old', 'update'),
    change('a.mine', 'update'),
    change('a.gone', 'delete'),
  ],
  left: [
    { kind: 'setting', key: 'a.strange', problem: 'this application knows no such setting' },
    { kind: 'secret', key: 'team.json', problem: 'needs the passphrase' },
  ],
  notes: [],
  missing: [],
  same: [{ kind: 'setting', key: 'a.same' }],
  unknown: [{ kind: 'setting', key: 'a.strange' }],
  conflicts: [{ kind: 'setting', key: 'a.mine', at: '2026-11-20T10:00:00.000Z', actor: 'anna' }],
};

test('every key has one line: what a person must look at stands first', () => {
  const lines = linesOf(preview);
  expect(lines.map(({ state, key }) => `${state} ${key}`)).toEqual([
    'conflict a.mine',
    'add a.new',
    'change a.old',
    'remove a.gone',
    'refused a.strange',
    'same a.same',
  ]);
  expect(lines[0]?.since?.actor).toBe('anna');
  expect(countByState(lines)).toEqual({ conflict: 1, add: 1, change: 1, remove: 1, refused: 1, same: 1 });
});

test('the list is narrowed by state and by words of the key or the reason', () => {
  const lines = linesOf(preview);
  expect(shownLines(lines, 'add', '').map(({ key }) => key)).toEqual(['a.new']);
  expect(shownLines(lines, null, 'NO SUCH').map(({ key }) => key)).toEqual(['a.strange']);
  expect(shownLines(lines, 'same', 'new')).toEqual([]);
});
