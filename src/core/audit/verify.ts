/** Walks the whole chain: every hash recomputed from the rows, every seal's mac checked while keys are unlocked. */
import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { Output } from '../../contract/commands.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import { canonicalValue, chainStart, nextHash } from './chain.ts';
import { auditSlice } from './queries.ts';

type Row = ReturnType<typeof auditSlice>[number];
type SealDetail = { upTo: number; head: string; mac: string };

const value = (text: string | null, secret: number | null, print: Uint8Array | null) =>
  canonicalValue(secret === null ? null : { value: text, secret, print });

export const hashOf = (previous: Uint8Array, row: Row): Uint8Array =>
  nextHash(previous, {
    ...row,
    old: value(row.oldValue, row.oldSecret, row.oldPrint),
    new: value(row.newValue, row.newSecret, row.newPrint),
  });

const parseSeal = (detail: string | null): SealDetail | null => {
  try {
    const parsed = JSON.parse(detail ?? '') as Partial<SealDetail> | null;
    return typeof parsed?.upTo === 'number' && typeof parsed.head === 'string' && typeof parsed.mac === 'string'
      ? { upTo: parsed.upTo, head: parsed.head, mac: parsed.mac }
      : null;
  } catch {
    return null;
  }
};

const sealProblem = (row: Row, previous: { id: number; hash: Uint8Array }, keyring: Keyring | null): string | null => {
  const seal = parseSeal(row.detail);
  if (seal === null) return 'the seal cannot be read';
  if (seal.upTo !== previous.id || seal.head !== Buffer.from(previous.hash).toString('hex'))
    return 'the seal is of another log';
  if (keyring === null) return null;
  const expected = Buffer.from(keyring.seal(previous.hash));
  const found = Buffer.from(seal.mac, 'hex');
  return found.length === expected.length && timingSafeEqual(found, expected)
    ? null
    : 'the seal was not made with this home’s key';
};

export const verifyChain = (reader: Reader, keyring: Keyring | null): Output<'audit.verify'> => {
  let previous: { id: number; hash: Uint8Array } = { id: 0, hash: chainStart };
  let sealedUpTo = 0;
  let firstBad: { id: number; problem: string } | null = null;
  for (;;) {
    const rows = auditSlice(reader, previous.id, 2000);
    for (const row of rows) {
      const problem =
        row.id !== previous.id + 1
          ? `entries ${String(previous.id + 1)} to ${String(row.id - 1)} are missing`
          : !Buffer.from(hashOf(previous.hash, row)).equals(Buffer.from(row.hash))
            ? 'the entry or one before it was changed'
            : row.action === 'seal'
              ? sealProblem(row, previous, keyring)
              : null;
      if (problem !== null) {
        firstBad = { id: row.id, problem };
        break;
      }
      if (row.action === 'seal') sealedUpTo = row.id;
      previous = { id: row.id, hash: row.hash };
    }
    if (firstBad !== null || rows.length === 0) break;
  }
  return {
    ok: firstBad === null,
    entries: previous.id,
    head: previous.id === 0 ? null : Buffer.from(previous.hash).toString('hex'),
    sealedUpTo,
    unsealed: previous.id - sealedUpTo,
    sealsChecked: keyring !== null,
    firstBad,
  };
};
