/**
 * X25519 keys in the text forms of age (`AGE-SECRET-KEY-1…`, `age1…`): Bech32 of BIP 173 without its length limit. It
 * only turns bytes into text; encryption itself is age's.
 */
import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey } from 'node:crypto';

const charset = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

const polymod = (values: readonly number[]): number => {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    generators.forEach((generator, bit) => {
      if (((top >>> bit) & 1) === 1) check ^= generator;
    });
  }
  return check;
};

const toFiveBits = (bytes: Uint8Array): number[] => {
  const words: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      words.push((buffer >>> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  if (bits > 0) words.push((buffer << (5 - bits)) & 31);
  return words;
};

export const bech32 = (prefix: string, bytes: Uint8Array): string => {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  const words = toFiveBits(bytes);
  const expanded = [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
  const check = polymod([...expanded, ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checkWords = [0, 1, 2, 3, 4, 5].map((i) => (check >>> (5 * (5 - i))) & 31);
  return `${prefix}1${[...words, ...checkWords].map((word) => charset[word] ?? '').join('')}`;
};

/** The DER head of an unencrypted X25519 key in PKCS #8 (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** 32 secret bytes -> the identity, and the recipient that stands in clear. */
export const ageKeyPair = (secret: Uint8Array): { identity: string; recipient: string } => {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, secret]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { identity: bech32('age-secret-key-', secret).toUpperCase(), recipient: bech32('age', publicKey) };
};
