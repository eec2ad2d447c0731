import { describe, expect, it } from 'vitest';
import {
  facts,
  formatCount,
  formatSide,
  formatSize,
  formatTime,
  formatValue,
  formatWhen,
  printable,
  table,
  wrap,
} from './format.ts';

process.env['TZ'] = 'UTC';

describe('words', () => {
  it('shows sizes with three figures at most', () => {
    expect([0, 812, 1023, 1024, 12_288, 3_565_158, 5_368_709_120].map(formatSize)).toEqual([
      '0 B',
      '812 B',
      '1023 B',
      '1.0 KB',
      '12 KB',
      '3.4 MB',
      '5.0 GB',
    ]);
  });

  it('counts with the right word', () => {
    expect([formatCount(0, 'setting'), formatCount(1, 'setting'), formatCount(12_345, 'entry', 'entries')]).toEqual([
      '0 settings',
      '1 setting',
      '12,345 entries',
    ]);
  });

  it('says today and yesterday, else the date', () => {
    const now = '2026-03-01T08:00:00.000Z';
    expect(
      ['2026-03-01T07:05:00.000Z', '2026-02-28T23:59:00.000Z', '2026-02-27T23:59:00.000Z', 'soon'].map((at) =>
        formatWhen(at, now),
      ),
    ).toEqual(['today 07:05', 'yesterday 23:59', '2026-02-27 23:59', 'soon']);
    expect(formatTime('2026-03-01T07:05:09.123Z')).toBe('2026-03-01 07:05:09');
  });

  it('shows secrets as words and other values as they are', () => {
    expect([
      formatValue(null, true, true),
      formatValue(null, true, false),
      formatValue(null),
      formatValue('dark'),
      formatValue(''),
      formatValue(['a', 'b']),
      formatValue({ a: 1 }),
      formatValue(false),
    ]).toEqual(['secret, set', 'secret, not set', 'null', 'dark', '""', '["a","b"]', '{"a":1}', 'false']);
  });

  it('spells out what could drive a terminal', () => {
    expect(printable('a\u001b[31mb\nc\td\u202ee\u009b')).toBe('a\\u001b[31mb\\nc\\td\\u202ee\\u009b');
  });

  it('tells both sides of a change apart', () => {
    const plain = { action: 'update', old: 'dark', new: 'light', secret: false };
    const secret = { action: 'update', old: null, new: null, secret: true, set: true };
    const sides = (change: Parameters<typeof formatSide>[1]) => [formatSide('old', change), formatSide('new', change)];
    expect([
      sides(plain),
      sides({ ...plain, action: 'create', old: null }),
      sides({ ...plain, action: 'delete', new: null }),
      sides({ ...secret, same: false }),
      sides({ ...secret, same: true }),
      sides({ ...secret, action: 'create' }),
      sides({ ...secret, action: 'delete', set: false }),
    ]).toEqual([
      ['dark', 'light'],
      ['-', 'light'],
      ['dark', '-'],
      ['secret', 'secret, changed'],
      ['secret', 'secret, same as before'],
      ['-', 'secret, set'],
      ['secret', '-'],
    ]);
  });
});

describe('table', () => {
  const columns = [
    { title: 'KEY', narrow: 'key' as const },
    { title: 'SIZE', align: 'right' as const },
    { title: 'NOTE', narrow: 'cut' as const },
  ];
  const rows = [
    ['general.theme', '9', 'a note that goes on for quite a while'],
    ['integrations.virustotal.api_key', '1234', ''],
  ];

  it('aligns, and gives pipes one line a row', () => {
    expect(table(columns, rows, Number.POSITIVE_INFINITY)).toEqual([
      'KEY                              SIZE  NOTE',
      'general.theme                       9  a note that goes on for quite a while',
      'integrations.virustotal.api_key  1234',
    ]);
  });

  it('keeps to the width by wrapping keys at dots and cutting notes', () => {
    const lines = table(columns, rows, 44);
    expect(lines).toEqual([
      'KEY                   SIZE  NOTE',
      'general.theme            9  a note that goe…',
      'integrations.         1234',
      'virustotal.api_key',
    ]);
    expect(lines.every((line) => [...line].length <= 44)).toBe(true);
  });

  it('is nothing without rows', () => {
    expect(table(columns, [], 80)).toEqual([]);
  });
});

describe('wrap', () => {
  it('never makes a line longer than it may be', () => {
    const text =
      'https://example.org/a/very/long/path and then a few words, and averyveryverylongwordwithoutanybreakinit';
    for (const width of [10, 17, 40]) {
      const lines = wrap(text, width);
      expect(lines.every((line) => line.length <= width && line !== '')).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }
  });

  it('lays facts under each other', () => {
    expect(
      facts(
        [
          ['Home', '/a'],
          ['Store', null],
          ['Last backup', 'today 09:14, proven, in a folder'],
        ],
        33,
      ),
    ).toEqual(['Home         /a', 'Last backup  today 09:14, proven,', '             in a folder']);
  });
});
