/**
 * The recovery code: 160 random bits as Crockford base32 in groups of four, with Crockford's mod-37 check symbol, so that
 * a mistyped code is told apart from a wrong one (https://www.crockford.com/base32.html). Nothing here keeps a code.
 */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const checkSymbols = `${digits}*~$=U`;

export const recoveryCodeBytes = 20;

const toNumber = (bytes: Uint8Array): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** 20 bytes -> `0000-1111-…-7777-C`. */
export const formatRecoveryCode = (bytes: Uint8Array): string => {
  if (bytes.length !== recoveryCodeBytes) throw new Error('a recovery code has 20 bytes');
  const value = toNumber(bytes);
  let text = '';
  for (let place = 31n; place >= 0n; place -= 1n) text += digits[Number((value >> (place * 5n)) & 31n)] ?? '';
  const groups = text.match(/.{4}/gu) ?? [];
  return `${groups.join('-')}-${checkSymbols[Number(value % 37n)] ?? ''}`;
};

/**
 * Reads a typed code: case, blanks, hyphens, and the letters O, I, L for 0, 1, 1 do not matter. Null when it cannot be a
 * code: wrong length, foreign symbol, or a check symbol that does not fit.
 */
export const parseRecoveryCode = (text: string): Uint8Array | null => {
  const symbols = text.toUpperCase().replaceAll(/[\s-]/gu, '').replaceAll('O', '0').replaceAll(/[IL]/gu, '1');
  if (symbols.length !== 33) return null;
  let value = 0n;
  for (const symbol of symbols.slice(0, 32)) {
    const digit = digits.indexOf(symbol);
    if (digit < 0) return null;
    value = (value << 5n) | BigInt(digit);
  }
  if (checkSymbols[Number(value % 37n)] !== symbols[32]) return null;
  const bytes = new Uint8Array(recoveryCodeBytes);
  for (let i = recoveryCodeBytes - 1; i >= 0; i -= 1) {
    bytes[i] = Number(value & 255n);
    value >>= 8n;
  }
  return bytes;
};
