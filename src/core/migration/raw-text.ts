/**
 * The exact text of what was quarantined or left out, kept in the ledger so that it can be mapped later and nothing is
 * lost. Encrypted, except where it is the text of a value that is known not to be secret.
 */
import { Buffer } from 'node:buffer';
import { nonceBytes, tagBytes } from '../secrets/aead.ts';
import type { CipherPlace, Keyring } from '../secrets/types.ts';

/** No ciphertext begins with this byte: theirs name a format. */
const clearMark = 0;

const placeOf = (at: { file: string; path: string }, ledgerId: number): CipherPlace => ({
  row: `quarantine/${at.file}:${at.path}`,
  field: 'raw',
  version: ledgerId,
});

export const isClear = (raw: Uint8Array): boolean => raw[0] === clearMark;

export const sealRaw = (
  keyring: Keyring,
  at: { file: string; path: string; raw: string },
  ledgerId: number,
): Uint8Array => keyring.encrypt(placeOf(at, ledgerId), at.raw);

export const clearRaw = (raw: string): Uint8Array =>
  Buffer.concat([Buffer.from([clearMark]), Buffer.from(raw, 'utf8')]);

/** The text of a row that was kept in clear; null for any other. */
export const readClear = (raw: Uint8Array | null): string | null =>
  raw === null || !isClear(raw) ? null : Buffer.from(raw.subarray(1)).toString('utf8');

/** Format, key id, salt, nonce and tag around the text (secrets/cipher.ts). */
const sealBytes = 1 + 8 + 16 + nonceBytes + tagBytes;

/** How many bytes of text a row keeps, without opening it. */
export const rawSize = (raw: Uint8Array): number => raw.length - (isClear(raw) ? 1 : sealBytes);

/** Null when it cannot be opened with these keys, or without any. */
export const openRaw = (
  keyring: Keyring | null,
  at: { file: string; path: string },
  from: { ledgerId: number; raw: Uint8Array | null },
): string | null => {
  if (from.raw === null) return null;
  return readClear(from.raw) ?? keyring?.decrypt(placeOf(at, from.ledgerId), from.raw) ?? null;
};
