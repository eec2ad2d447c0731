import { expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import { foldEntries } from './change-sets.ts';
import { factsOf, summarise } from './describe.ts';

const entry = (given: Partial<AuditEntry> & { id: number }): AuditEntry => ({
  changeSet: 'a',
  at: '2026-11-20T09:00:00.000Z',
  actor: 'maria',
  source: 'cli',
  action: 'update',
  type: 'setting',
  key: 's3.region',
  old: 1,
  new: 2,
  secret: false,
  reason: null,
  ...given,
});
const summaryOf = (...entries: AuditEntry[]) => foldEntries(entries).map(summarise);

test('one change shows itself, several are counted by type under their common prefix', () => {
  const one = entry({ id: 1 });
  expect(summaryOf(one)).toEqual([{ kind: 'change', entry: one }]);
  expect(
    summaryOf(entry({ id: 3, key: 's3.bucket' }), entry({ id: 2 }), entry({ id: 1, key: 's3.key', secret: true })),
  ).toEqual([{ kind: 'words', text: '1 secret and 2 settings', under: 's3' }]);
});

test('a change set that goes on past the loaded pages never gives a false count', () => {
  const sets = foldEntries(
    [entry({ id: 9, changeSet: 'b' }), entry({ id: 3, key: 's3.bucket' }), entry({ id: 2 })],
    true,
  );
  expect(sets.map(summarise).map((one) => (one.kind === 'words' ? one.text : one.kind))).toEqual([
    'change',
    'at least 2 settings',
  ]);
});

test('events are told in words, with their changes counted; unknown ones still say what and where', () => {
  expect(summaryOf(entry({ id: 1, action: 'reveal', key: 'env.TOKEN' }))).toEqual([
    { kind: 'words', text: 'env.TOKEN revealed', under: null },
  ]);
  expect(summaryOf(entry({ id: 2, action: 'migrate', type: 'home' }), entry({ id: 1, action: 'create' }))).toEqual([
    { kind: 'words', text: 'Migration: 1 setting', under: null },
  ]);
  expect(summaryOf(entry({ id: 1, action: 'polish', type: 'store', key: 'x' }))).toEqual([
    { kind: 'words', text: 'store x: polish', under: null },
  ]);
});

test("an event's facts are listed by name", () => {
  expect(factsOf(entry({ id: 1, detail: { files: 6, path: 'a b' } }))).toEqual([
    ['files', '6'],
    ['path', 'a b'],
  ]);
  expect(factsOf(entry({ id: 1 }))).toEqual([]);
});

test('going back, names and trials are told in words', () => {
  const back = (key: string, id = 1) => entry({ id, action: 'revert', type: 'version', key });
  const texts = (...entries: AuditEntry[]) =>
    summaryOf(...entries).map((one) => (one.kind === 'words' ? one.text : one.kind));
  expect(texts(back('cs:abc', 2), entry({ id: 1 }))).toEqual(['A change set taken back: 1 setting']);
  expect(texts(back('from cs:abc'))).toEqual(['Values of an earlier version brought back']);
  expect(texts(back('from backup:.holdfast/backups/a.age'))).toEqual(['Values of a backup brought back: a.age']);
  expect(texts(back('from files'))).toEqual(['Values of the legacy files brought in']);
  expect(texts(back('undelete own.x'))).toEqual(['Removed setting brought back: own.x']);
  expect(texts(back('from 2020-01-02T10:00:00.000Z'))[0]).toContain('2 Jan 2020');
  const name = entry({ id: 1, type: 'name', key: 'good', action: 'create', old: null, new: { changeSet: 'a' } });
  expect(texts(name)).toEqual(['Version named: good']);
  expect(texts({ ...name, action: 'delete' })).toEqual(['Name of a version removed: good']);
  const trial = entry({ id: 2, type: 'trial', key: 'a', action: 'create', new: { until: '2020-01-02T10:00:00.000Z' } });
  expect(texts(trial, entry({ id: 1 }))[0]).toMatch(/^On trial until 2 Jan 2020 .*: s3\.region$/u);
  const ended = entry({ id: 9, type: 'trial', key: 'a', action: 'delete', new: null });
  expect(texts(ended)).toEqual(['Trial change kept']);
  expect(texts(ended, entry({ id: 8 }), entry({ id: 7, key: 's3.bucket' }))).toEqual([
    'Trial change taken back: 2 settings',
  ]);
});
