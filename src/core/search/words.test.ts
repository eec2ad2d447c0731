/** What a search finds, word by word. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addWords, hasAll, searchWords } from './words.ts';

const words = (text: string): Set<string> => {
  const found = new Set<string>();
  addWords(found, text);
  return found;
};
const finds = (search: string, text: string): boolean => {
  const wanted = searchWords(search);
  return wanted.length > 0 && hasAll(words(text), wanted);
};

test('a word is found by its beginning, every word of a search must be there', () => {
  expect([
    finds('them', 'general.theme'),
    finds('heme', 'general.theme'),
    finds('theme general', 'general.theme'),
  ]).toEqual([true, false, true]);
  expect([
    finds('theme dark', 'general.theme'),
    finds('manual', 'force_manual_approval'),
    finds('8080', 'port 8080'),
  ]).toEqual([false, true, true]);
});

test('upper and lower case, accents, widths and final sigmas are the same', () => {
  const same: [string, string][] = [
    ['THEME', 'theme'],
    ['cafe', 'Café'],
    ['CAFÉ', 'cafe'],
    ['istanbul', 'İstanbul'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'ΟΔΟΣ'],
    ['ＡＰＩ', 'api'],
    ['ｶﾞｽ', 'ガス'],
  ];
  expect(same.filter(([search, text]) => !finds(search, text))).toEqual([]);
});

test('a name in camel case is found by each of its parts, and whole', () => {
  expect(['apiToken', 'apitoken', 'token', 'tokenname', 'api'].filter((text) => !finds(text, 'apiTokenName'))).toEqual(
    [],
  );
  expect(finds('pitoken', 'apiTokenName')).toBe(false);
});

test('scripts without blanks are found by any characters that stand together', () => {
  expect(['東', '京都', '東京都', '庁', '京'].filter((text) => !finds(text, '東京都庁'))).toEqual([]);
  expect([finds('都東', '東京都庁'), finds('ราคา', 'ตั้งราคาใหม่'), finds('서울', '서울특별시')]).toEqual([
    false,
    true,
    true,
  ]);
  expect([finds('東京tower', '東京Tower開業'), finds('🎉', 'done 🎉')]).toEqual([true, true]);
});

test('signs alone are no words', () => {
  expect([searchWords(''), searchWords('%._-"\'*'), searchWords('\ud800')]).toEqual([[], [], []]);
});

test('every word of a text is found, whole and by its beginning, whatever the script', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 6 }),
      fc.nat(200),
      (parts, at) => {
        const text = parts.join(' ');
        const found = words(text);
        expect(hasAll(found, searchWords(text))).toBe(true);
        // Nothing in an index may be what SQLite changes: no half characters, no control characters.
        expect([...found].filter((word) => /\p{Surrogate}/u.test(word) || /[\p{Cc}\s]/u.test(word))).toEqual([]);
        const part = parts[at % Math.max(1, parts.length)] ?? '';
        expect(hasAll(found, searchWords(part))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
