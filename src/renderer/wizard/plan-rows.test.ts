import { expect, test } from 'vitest';
import type { PlanItem } from '../../contract/migration.ts';
import { choiceKey, fitsFilter, movedKinds, nameOfPlace, planRows, planTotals } from './plan-rows.ts';

const item = (given: Partial<PlanItem> & { path: string }): PlanItem => ({
  file: 'general_config.json',
  target: { kind: 'setting', key: `general.${given.path}` },
  action: 'create',
  secret: false,
  ...given,
});

const plan = {
  items: [
    item({ path: 'theme', line: 5, preview: 'dark' }),
    item({ path: 'token', secret: true, target: { kind: 'secret', key: 'general.token' } }),
    item({ path: 'shodan', action: 'quarantine', target: null, reason: 'no fields' }),
    item({ path: 'port', action: 'conflict', reason: 'store and file differ' }),
  ],
  sources: [
    { file: 'general_config.json', status: 'read' as const, sha256: 'a' },
    { file: 'mcp-config.json', status: 'left-alone' as const, sha256: null },
    {
      file: 's3_config.json',
      status: 'unreadable' as const,
      sha256: null,
      error: { message: 'a comma is missing', line: 3 },
    },
    { file: 'theme_config.json', status: 'missing' as const, sha256: null },
  ],
};

test('what needs the owner stands first, what is left alone last, missing files nowhere', () => {
  expect(planRows(plan).map((row) => [row.place, row.outcome])).toEqual([
    ['s3_config.json:3', 'unreadable'],
    ['general_config.json', 'conflict'],
    ['general_config.json:5', 'create'],
    ['general_config.json', 'create'],
    ['general_config.json', 'quarantine'],
    ['mcp-config.json', 'left-alone'],
  ]);
  expect(choiceKey(item({ path: 'enabled[3]' }))).toBe('general_config.json:enabled[3]');
});

test('totals count outcomes, and secrets besides', () => {
  expect(planTotals(planRows(plan))).toEqual({
    create: 2,
    update: 0,
    unchanged: 0,
    skip: 0,
    conflict: 1,
    quarantine: 1,
    'left-alone': 1,
    unreadable: 1,
    secret: 1,
  });
});

test('says what the values that move become, most first, and names a whole file by its name', () => {
  expect(movedKinds(planRows(plan))).toEqual([
    { kind: 'setting', n: 1 },
    { kind: 'secret', n: 1 },
  ]);
  const record = { file: 'goals/one.json', path: '', target: { kind: 'record' as const, key: 'goals.one' } };
  const records = [1, 2].map(() => ({ ...record, action: 'create' as const, secret: false }));
  expect(movedKinds(planRows({ sources: [], items: records }))).toEqual([{ kind: 'record', n: 2 }]);
  expect([nameOfPlace('goals/one.json', ''), nameOfPlace('app.json', 'a.b')]).toEqual(['one.json', 'a.b']);
});

test('filters by outcome, by secret and by words in place, target, reason and value', () => {
  const rows = planRows(plan);
  const ids = (only: Parameters<typeof fitsFilter>[1], text: string) =>
    rows.filter((row) => fitsFilter(row, only, text)).map((row) => row.item?.path ?? row.file);
  expect(ids('secret', '')).toEqual(['token']);
  expect(ids('create', 'dark')).toEqual(['theme']);
  expect(ids(null, 'comma')).toEqual(['s3_config.json']);
  expect(ids(null, 'store differ')).toEqual(['port']);
});
