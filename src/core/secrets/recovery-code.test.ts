import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRecoveryCode, parseRecoveryCode } from './recovery-code.ts';

const codeBytes = fc.uint8Array({ minLength: 20, maxLength: 20 });

test('known codes', () => {
  expect(formatRecoveryCode(new Uint8Array(20))).toBe('0000-0000-0000-0000-0000-0000-0000-0000-0');
  // 2^160 - 1 = 31 mod 37: 2^36 = 1, so 2^160 = 2^16 = 65536 = 9 mod 37, less one is 8.
  expect(formatRecoveryCode(new Uint8Array(20).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-8');
});

test('every code reads back, also as people type it', () => {
  fc.assert(
    fc.property(codeBytes, (bytes) => {
      const code = formatRecoveryCode(bytes);
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z*~$=U]$/u);
      for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')}\n`]) {
        expect(parseRecoveryCode(typed)).toEqual(bytes);
      }
      expect(parseRecoveryCode(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(bytes);
    }),
  );
});

test('one wrong symbol, or two swapped neighbours, is noticed', () => {
  const code = formatRecoveryCode(Uint8Array.from({ length: 20 }, (_, i) => i * 13 + 7)).replaceAll('-', '');
  for (let i = 0; i < code.length; i += 1) {
    for (const symbol of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') {
      if (symbol !== code[i]) expect(parseRecoveryCode(code.slice(0, i) + symbol + code.slice(i + 1))).toBeNull();
    }
    const [a = '', b = ''] = [code[i], code[i + 1]];
    if (i < 31 && a !== b) expect(parseRecoveryCode(code.slice(0, i) + b + a + code.slice(i + 2))).toBeNull();
  }
});

test.each(['', 'hello', '0'.repeat(32), '0'.repeat(34), `${'0'.repeat(31)}!0`, `${'0'.repeat(31)}U0`])(
  '%j is no code',
  (text) => {
    expect(parseRecoveryCode(text)).toBeNull();
  },
);
