import { expect, test } from 'vitest';
import type { JsonObject } from '../../contract/json.ts';
import { openRaw, rawProblems, syncRaw, typeRaw, type RawDoc } from './raw-json.ts';
import { stageEdit, type Edit, type StagedEdits } from './staging.ts';
import { setting } from './testing/setting.ts';

const theme = setting({ key: 'general.theme', value: 'dark', default: 'light', hasDefault: true, version: 7 });
const minutes = setting({ key: 'general.minutes', value: 5, kind: 'integer', version: 8, schema: { minimum: 1 } });
const level = setting({ key: 'general.level', value: 'INFO', default: 'INFO', hasDefault: true });
const note = setting({ key: 'general.note' });
const token = setting({ key: 'general.token', secret: true, set: true, kind: 'secret', version: 3 });
const fixed = setting({ key: 'general.fixed', value: 1, locked: 'by the owner', version: 4 });
const own = setting({ key: 'general.own', value: 1, source: 'override', version: 5 });
const general = [theme, minutes, level, note, token, fixed, own];

/** The form and the text beside it, as the page keeps them. */
const page = (group = general) => {
  let staged: StagedEdits = {};
  let doc: RawDoc = openRaw(group, staged);
  return {
    text: () => doc.text,
    values: () => JSON.parse(doc.text) as JsonObject,
    staged: () => Object.fromEntries(Object.entries(staged).map(([key, { edit }]) => [key, edit])),
    type: (text: string) => {
      const typed = typeRaw(doc, text, group, staged);
      staged = typed.edits.reduce<StagedEdits>((all, one) => stageEdit(all, one.setting, one.edit), staged);
      // The page hears of the text only when it stages something.
      doc = typed.edits.length === 0 ? typed.doc : syncRaw(typed.doc, group, staged);
    },
    form: (one: (typeof general)[number], edit: Edit) => {
      staged = stageEdit(staged, one, edit);
      doc = syncRaw(doc, group, staged);
    },
  };
};

test('a group is shown without secrets, locked ones and own values, and reading it back is no edit', () => {
  const { values, text, type, staged } = page();
  expect(values()).toEqual({ 'general.theme': 'dark', 'general.minutes': 5, 'general.level': 'INFO' });
  type(`${text()}\n`);
  expect(staged()).toEqual({});
});

test('what differs is set, what is gone is reset, and typing it back takes the edit back', () => {
  const { type, staged, text } = page();
  const before = text();
  type('{"general.theme": "blue", "general.level": "INFO", "general.note": null}');
  expect(staged()).toEqual({
    'general.theme': { op: 'set', value: 'blue' },
    'general.minutes': { op: 'unset' },
    'general.note': { op: 'set', value: null, keep: true },
  });
  type(before);
  expect(staged()).toEqual({});
});

test('a line that is taken out stays out while the text is typed, although the default shows in the form', () => {
  const { type, text } = page();
  type('{"general.minutes": 5, "general.level": "INFO"}');
  expect(text()).toBe('{"general.minutes": 5, "general.level": "INFO"}');
});

test('an edit of the form changes its line only; the rest stays as it was typed', () => {
  const { type, form, text, staged } = page();
  type('{"general.theme":   "blue",\n "general.minutes": 5, "general.level": "INFO"}');
  form(minutes, { op: 'set', value: 9 });
  expect(text()).toBe('{"general.theme":   "blue",\n "general.minutes": 9, "general.level": "INFO"}');
  form(minutes, { op: 'unset' });
  expect(text()).not.toContain('general.minutes');
  expect(staged()['general.theme']).toEqual({ op: 'set', value: 'blue' });
});

test('while the text is no JSON the form goes on, and neither loses what the other did', () => {
  const { type, form, staged, values } = page();
  type('{"general.theme": "blue" "general.minutes": 5, "general.level": "INFO"}');
  form(minutes, { op: 'set', value: 9 });
  expect(staged()).toEqual({ 'general.minutes': { op: 'set', value: 9 } });
  type('{"general.theme": "blue", "general.minutes": 5, "general.level": "INFO"}');
  expect(staged()).toEqual({
    'general.minutes': { op: 'set', value: 9 },
    'general.theme': { op: 'set', value: 'blue' },
  });
  expect(values()).toEqual({ 'general.theme': 'blue', 'general.minutes': 9, 'general.level': 'INFO' });
});

test('what the form staged while the text was broken stands there once it is whole, also when nothing else was typed', () => {
  const { type, form, staged, text, values } = page();
  const whole = text();
  type(whole.slice(0, -1));
  form(minutes, { op: 'set', value: 9 });
  type(whole);
  expect(staged()).toEqual({ 'general.minutes': { op: 'set', value: 9 } });
  expect(values()).toMatchObject({ 'general.minutes': 9 });
});

test('a number that cannot be kept exactly stages nothing', () => {
  for (const number of ['1e999', '-1e999', '9007199254740993']) {
    const { type, staged } = page();
    const text = `{"general.theme": "dark", "general.minutes": ${number}, "general.level": "INFO"}`;
    type(text);
    expect(staged()).toEqual({});
    expect(rawProblems(text, general, {})).toEqual([
      { offset: 45, line: 1, words: 'Holds a number that cannot be kept exactly in line 1, column 46' },
    ]);
  }
});

test('while a name stands twice nothing is staged, and the text waits for the form', () => {
  const { type, form, staged, values } = page();
  const twice = '{"general.theme": "dark", "general.minutes": 6, "general.minutes": 7, "general.level": "INFO"}';
  type(twice);
  expect(staged()).toEqual({});
  form(minutes, { op: 'set', value: 9 });
  type(twice.replace('"general.minutes": 6, ', ''));
  expect(staged()).toEqual({ 'general.minutes': { op: 'set', value: values()['general.minutes'] } });
  expect(values()).toMatchObject({ 'general.minutes': 7 });
  expect(rawProblems('{"other": 1, "other": 2}', general, {}).map(({ words }) => words)).toEqual([
    'Line 1, column 11: other stands here twice',
  ]);
});

test('a setting may be named like what every object has', () => {
  const names = ['constructor', 'toString', '__proto__'];
  const group = names.map((key, i) => setting({ key, value: i, version: i + 1 }));
  const { type, text, staged, values } = page(group);
  expect(rawProblems(text(), group, {})).toEqual([]);
  type('{"constructor": 5, "toString": 1, "__proto__": 6}');
  expect(Object.entries(staged())).toEqual([
    ['constructor', { op: 'set', value: 5 }],
    ['__proto__', { op: 'set', value: 6 }],
  ]);
  type('{"constructor": 5}');
  expect(Object.entries(values())).toEqual([['constructor', 5]]);
  expect(staged()['toString']).toEqual({ op: 'unset' });
});

test('many changes at once write the text anew', () => {
  const many = Array.from({ length: 60 }, (_, i) => setting({ key: `k${String(i)}`, value: i, version: i + 1 }));
  const staged = many.reduce<StagedEdits>((all, one) => stageEdit(all, one, { op: 'set', value: -1 }), {});
  const typed = typeRaw(openRaw(many, {}), `${openRaw(many, {}).text} `, many, {}).doc;
  expect(new Set(Object.values(JSON.parse(syncRaw(typed, many, staged).text) as object))).toEqual(new Set([-1]));
});

test('each problem has its line and column, in the words of the form', () => {
  const read = (text: string, said = {}) => rawProblems(text, general, said).map(({ words }) => words);
  const text =
    '{\n  "general.minutes": 0,\n  "general.theme": "x",\n  "other": 1,\n  "general.token": "t",\n  "general.level": 1, "general.level": 2\n}';
  expect(read(text, { 'general.theme': 'must be one of dark, light' })).toEqual([
    'Line 2, column 22: general.minutes must be at least 1',
    'Line 3, column 20: general.theme must be one of dark, light',
    'Line 4, column 12: other is no setting of this group that can be edited here',
    'Line 5, column 20: general.token is no setting of this group that can be edited here',
    'Line 6, column 20: general.level stands here twice',
  ]);
  expect(rawProblems(text, general, {}).map(({ line }) => line)).toEqual([2, 4, 5, 6]);
  expect(read('{\n  "general.theme": "x"\n  "a": 1\n}')).toEqual([
    'Is not valid JSON: a comma is missing in line 3, column 3',
  ]);
  expect(read('[]')).toEqual(['Line 1, column 1: must be an object of settings']);
});
