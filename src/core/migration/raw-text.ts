/**
 * The exact text of what was quarantined or left out, encrypted in the ledger so that it can be mapped later and never
 * stands in clear beside the secrets it may hold.
 */
import type { CipherPlace, Keyring } from '../secrets/types.ts';

const placeOf = (at: { file: string; path: string }, ledgerId: number): CipherPlace => ({
  row: `quarantine/${at.file}:${at.path}`,
  field: 'raw',
  version: ledgerId,
});

export const sealRaw = (
  keyring: Keyring,
  at: { file: string; path: string; raw: string },
  ledgerId: number,
): Uint8Array => keyring.encrypt(placeOf(at, ledgerId), at.raw);

/** Null when it cannot be opened with these keys. */
export const openRaw = (
  keyring: Keyring,
  at: { file: string; path: string },
  from: { ledgerId: number; raw: Uint8Array | null },
): string | null => (from.raw === null ? null : keyring.decrypt(placeOf(at, from.ledgerId), from.raw));
