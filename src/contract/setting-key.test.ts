import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnder, keyToSegments, segmentsToKey } from './setting-key.ts';

describe('setting keys', () => {
  test.each([
    [['general', 'theme'], 'general.theme'],
    [['settings', 'recent.files'], 'settings["recent.files"]'],
    [['enabled_integrations', 3], 'enabled_integrations[3]'],
    [['a', ''], 'a[""]'],
    [['a b'], '["a b"]'],
    [['say "hi"'], '["say \\"hi\\""]'],
    [['ключ', '值'], 'ключ.值'],
  ])('%j is written %s', (segments, key) => {
    expect(segmentsToKey(segments)).toBe(key);
    expect(keyToSegments(key)).toEqual(segments);
  });

  test('every path has exactly one key and comes back', () => {
    const segment = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('.', '"', '[0]', '\\', '__proto__'),
      fc.nat(9999),
    );
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
        expect(keyToSegments(segmentsToKey(segments))).toEqual(segments);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['', '.', 'a.', '.a', 'a..b', 'a["b"]c', 'a[b]', 'a["plain"]', 'a[01]', '["unclosed', 'a b'])(
    '%j is not a key',
    (text) => {
      expect(keyToSegments(text)).toBeNull();
    },
  );

  test('a prefix covers itself and what lies below, not what merely begins alike', () => {
    expect(
      ['general', 'general.theme', 'general["a.b"]', 'generally', 'x.general'].map((key) => isUnder(key, 'general')),
    ).toEqual([true, true, true, false, false]);
  });
});
