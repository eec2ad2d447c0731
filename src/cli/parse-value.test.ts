import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../contract/json.ts';
import type { SettingKind } from '../contract/settings.ts';
import { parseJsonValue, parseMoment, parseValue, parseWhole } from './parse-value.ts';

process.env['TZ'] = 'UTC';

const parse = (text: string, kind: SettingKind, schema: JsonObject = {}) => parseValue(text, { kind, schema });

describe('parseValue', () => {
  it('reads by the kind of the setting', () => {
    expect([
      parse('true', 'boolean'),
      parse('OFF', 'boolean'),
      parse('8884', 'port'),
      parse('-5', 'integer'),
      parse('0.85', 'number'),
      parse('a, b ,c', 'list'),
      parse('1,2', 'list', { items: { type: 'integer' } }),
      parse('["a,b"]', 'list'),
      parse('', 'list'),
      parse('{"a":1}', 'json'),
      parse('2', 'enum', { enum: [1, 2, 3] }),
      parse('dark', 'enum', { enum: ['dark', 'light'] }),
      parse('null', 'integer', { type: ['integer', 'null'] }),
      parse('true', 'string'),
      parse('007', 'secret'),
      parseValue('8080', null),
    ]).toEqual([
      true,
      false,
      8884,
      -5,
      0.85,
      ['a', 'b', 'c'],
      [1, 2],
      ['a,b'],
      [],
      { a: 1 },
      2,
      'dark',
      null,
      'true',
      '007',
      '8080',
    ]);
  });

  it('leaves what does not fit as text, for the core to refuse', () => {
    expect([
      parse('maybe', 'boolean'),
      parse('1.5', 'integer'),
      parse('9007199254740993', 'integer'),
      parse('-0', 'integer'),
      parse('1e999', 'number'),
      parse('0x10', 'number'),
      parse('', 'number'),
      parse('4', 'enum', { enum: [1, 2, 3] }),
      parse('{', 'json'),
    ]).toEqual(['maybe', '1.5', '9007199254740993', '-0', '1e999', '0x10', '', '4', '{']);
  });

  it('takes JSON when told so', () => {
    expect([parseJsonValue('[1,null]'), parseJsonValue('nope')]).toEqual([
      { ok: true, data: [1, null] },
      {
        ok: false,
        error: {
          type: 'InputInvalid',
          field: 'VALUE',
          problem: expect.stringContaining('it is not JSON (--json-value was given)') as string,
        },
      },
    ]);
  });

  it.each(['{"a":1,"a":2}', '0.10000000000000000555', '[1e999]', '{"__proto__":1}', '9007199254740993', '-0'])(
    'refuses %s, which could not be kept exactly',
    (text) => {
      expect(parseJsonValue(text)).toMatchObject({ ok: false, error: { type: 'InputInvalid', field: 'VALUE' } });
    },
  );
});

describe('parseMoment', () => {
  const now = '2026-03-01T08:00:00.000Z';
  const at = (text: string, end = false) => {
    const moment = parseMoment(text, now, '--since', end);
    return moment.ok ? moment.data : moment.error.type;
  };

  it('reads times, dates, words and ages', () => {
    expect([
      at('2026-02-03T04:05:06Z'),
      at('2026-02-03T04:05+02:00'),
      at('2026-02-03'),
      at('2026-02-03', true),
      at('today'),
      at('yesterday', true),
      at('now'),
      at('30m'),
      at('7d'),
      at('2w'),
    ]).toEqual([
      '2026-02-03T04:05:06.000Z',
      '2026-02-03T02:05:00.000Z',
      '2026-02-03T00:00:00.000Z',
      '2026-02-03T23:59:59.999Z',
      '2026-03-01T00:00:00.000Z',
      '2026-02-28T23:59:59.999Z',
      now,
      '2026-03-01T07:30:00.000Z',
      '2026-02-22T08:00:00.000Z',
      '2026-02-15T08:00:00.000Z',
    ]);
  });

  it('refuses what is no moment', () => {
    expect(['2026-02-30', '2026-13-01', 'soon', '7y', '', '2026', '2026-02-03T99:00'].map((text) => at(text))).toEqual(
      Array.from({ length: 7 }, () => 'InputInvalid'),
    );
  });
});

describe('parseWhole', () => {
  it('keeps to its limits', () => {
    expect(
      ['0', '1', '1000', '1001', '-1', '1.0', '', '1e2'].map((text) => parseWhole(text, '--limit', 1, 1000).ok),
    ).toEqual([false, true, true, false, false, false, false, false]);
  });
});
