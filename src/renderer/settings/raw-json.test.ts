import { expect, test } from 'vitest';
import { rawText, readRaw } from './raw-json.ts';
import { setting } from './testing/setting.ts';

const theme = setting({ key: 'general.theme', value: 'dark', default: 'light', hasDefault: true, version: 7 });
const minutes = setting({ key: 'general.minutes', value: 5, kind: 'integer', version: 8, schema: { minimum: 1 } });
const token = setting({ key: 'general.token', secret: true, set: true, kind: 'secret', version: 3 });
const fixed = setting({ key: 'general.fixed', value: 1, locked: 'by the owner', version: 4 });
const group = [theme, minutes, token, fixed];
const edits = (text: string) => readRaw(text, group, {}).edits.map(({ setting: { key }, edit }) => [key, edit]);

test('a group is shown without secrets and locked ones, and read back without an edit', () => {
  const text = rawText(group, {});
  expect(JSON.parse(text)).toEqual({ 'general.theme': 'dark', 'general.minutes': 5 });
  expect(readRaw(text, group, {})).toEqual({ edits: [], problems: [] });
});

test('what differs is set, what is gone is reset', () => {
  expect(edits('{"general.theme": "blue"}')).toEqual([
    ['general.theme', { op: 'set', value: 'blue' }],
    ['general.minutes', { op: 'unset' }],
  ]);
});

test('each problem has its line', () => {
  const read = (text: string) =>
    readRaw(text, group, {}).problems.map(({ line, problem }) => `${String(line)}: ${problem}`);
  expect(read('{\n  "general.minutes": 0,\n  "general.theme": "x",\n  "other": 1,\n  "general.token": "t"\n}')).toEqual(
    [
      '2: general.minutes must be at least 1',
      '4: other is no setting of this group that can be edited here',
      '5: general.token is no setting of this group that can be edited here',
    ],
  );
  expect(read('{\n  "general.theme": "x"\n  "a": 1\n}')).toEqual([
    '3: is not valid JSON: a comma is missing in line 3, column 3',
  ]);
  expect(read('[]')).toEqual(['1: must be an object of settings']);
});
