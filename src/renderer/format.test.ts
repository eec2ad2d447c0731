import { expect, test } from 'vitest';
import {
  formatAbsolute,
  formatBytes,
  formatCountdown,
  formatDay,
  formatValue,
  formatWhen,
  setCommand,
  shellQuote,
} from './format.ts';

const now = new Date('2026-11-20T12:00:00.000Z');
const when = (iso: string, seconds = false): string => formatWhen(iso, now, { seconds, timeZone: 'UTC' });

test('a time says today, yesterday, the day, and the year only when it differs', () => {
  expect([
    when('2026-11-20T09:14:02.000Z'),
    when('2026-11-20T09:14:02.000Z', true),
    when('2026-11-19T17:20:55.000Z'),
    when('2026-11-12T11:40:00.000Z'),
    when('2025-11-12T11:40:00.000Z'),
    when('not a time'),
  ]).toEqual(['Today 09:14', 'Today 09:14:02', 'Yesterday 17:20', '12 Nov 11:40', '12 Nov 2025 11:40', 'not a time']);
  expect(formatAbsolute('2026-11-20T09:14:02.000Z', 'UTC')).toBe('Fri, 20 Nov 2026, 09:14:02 UTC');
  expect(formatDay('2026-10-21')).toBe('21 Oct');
});

test('sizes use decimal units and one digit below ten', () => {
  expect([0, 340, 1000, 12_400, 2_100_000, 5_000_000_000].map(formatBytes)).toEqual([
    '0 B',
    '340 B',
    '1.0 KB',
    '12 KB',
    '2.1 MB',
    '5.0 GB',
  ]);
});

test('values are one line of JSON and end in an ellipsis when cut', () => {
  expect(formatValue({ a: [1, null, 'x'] })).toBe('{"a":[1,null,"x"]}');
  expect(formatValue('abcdefgh', 6)).toBe('"abcd…');
});

test('commands are quoted for a shell and never carry a secret', () => {
  expect(shellQuote('general.theme')).toBe('general.theme');
  expect(shellQuote(`it's`)).toBe(`'it'\\''s'`);
  expect(setCommand('general.theme', 'dark', false)).toBe('holdfast config set general.theme dark');
  expect(setCommand('a["b.c"]', ['x y'], false)).toBe(`holdfast config set 'a["b.c"]' '["x y"]' --json-value`);
  expect(setCommand('a', undefined, false)).toBe('holdfast config unset a');
  expect(setCommand('env.KEY', 'hunter2', true)).toBe('holdfast config set env.KEY --stdin');
});

test('what is left of a time counts down to zero and no further', () => {
  expect([600_000, 245_001, 1000, 1, 0, -5, 3_723_000].map(formatCountdown)).toEqual([
    '10:00',
    '4:06',
    '0:01',
    '0:01',
    '0:00',
    '0:00',
    '1:02:03',
  ]);
});
