/** Walks the whole chain: every hash recomputed from the rows, every seal's mac checked while keys are unlocked. */
import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { Output } from '../../contract/commands.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import { canonicalValue, chainStart, nextHash } from './chain.ts';
import { auditSlice } from './queries.ts';

type Row = ReturnType<typeof auditSlice>[number];
type SealDetail = { upTo: number; head: string; mac: string; key: string | null };

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
      ? {
          upTo: parsed.upTo,
          head: parsed.head,
          mac: parsed.mac,
          // Seals of the first builds do not name their key.
          key: typeof parsed.key === 'string' ? parsed.key : null,
        }
      : null;
  } catch {
    return null;
  }
};

const notOurs = 'the seal was not made with this home’s key';

type SealFinding = { problem: string } | 'good' | 'other key';

const judgeSeal = (row: Row, previous: { id: number; hash: Uint8Array }, keyring: Keyring | null): SealFinding => {
  const seal = parseSeal(row.detail);
  if (seal === null) return { problem: 'the seal cannot be read' };
  if (seal.upTo !== previous.id || seal.head !== Buffer.from(previous.hash).toString('hex'))
    return { problem: 'the seal is of another log' };
  if (keyring === null) return 'good';
  const ourKey = keyring.auditKeyId();
  if (seal.key !== null && seal.key !== ourKey) return 'other key';
  const expected = Buffer.from(keyring.seal(previous.hash));
  const found = Buffer.from(seal.mac, 'hex');
  if (found.length === expected.length && timingSafeEqual(found, expected)) return 'good';
  return seal.key === null ? 'other key' : { problem: notOurs };
};

/** The detail of the entry `new-keys`. */
const newKeysDetail = (keyring: Keyring): string => JSON.stringify({ auditKey: keyring.auditKeyId() });

/** The entry by which new keys were made (secret.reset) names the audit key that seals from there on. */
const namesKey = (row: Row, keyring: Keyring | null): boolean =>
  row.action === 'new-keys' &&
  row.subjectKind === 'keys' &&
  keyring !== null &&
  row.detail === newKeysDetail(keyring);

/**
 * Seals of another key count as those of lost keys only where the log itself says that the present key took over, and
 * the present key has sealed that: everybody can write an entry, but not the seal after it.
 */
const createSealBook = (keyring: Keyring | null) => {
  let others: number[] = [];
  let announced = false;
  let accepted = 0;
  return {
    see: (row: Row, previous: { id: number; hash: Uint8Array }): { problem: string } | { seals: boolean } => {
      if (namesKey(row, keyring)) announced = true;
      if (row.action !== 'seal') return { seals: false };
      const finding = judgeSeal(row, previous, keyring);
      if (finding === 'other key') {
        if (announced) return { problem: notOurs };
        others.push(row.id);
        return { seals: false };
      }
      if (finding !== 'good') return finding;
      if (others.length > 0 && !announced) return { problem: notOurs };
      accepted += others.length;
      others = [];
      return { seals: true };
    },
    accepted: () => accepted,
    /** The first seal of a key that nothing accounts for. */
    unaccounted: () => others[0] ?? null,
  };
};

export const verifyChain = (reader: Reader, keyring: Keyring | null): Output<'audit.verify'> => {
  let previous: { id: number; hash: Uint8Array } = { id: 0, hash: chainStart };
  let sealedUpTo = 0;
  let firstBad: { id: number; problem: string } | null = null;
  const seals = createSealBook(keyring);
  for (;;) {
    const rows = auditSlice(reader, previous.id, 2000);
    for (const row of rows) {
      const broken =
        row.id !== previous.id + 1
          ? `entries ${String(previous.id + 1)} to ${String(row.id - 1)} are missing`
          : !Buffer.from(hashOf(previous.hash, row)).equals(Buffer.from(row.hash))
            ? 'the entry or one before it was changed'
            : null;
      const seen = broken === null ? seals.see(row, previous) : { problem: broken };
      if ('problem' in seen) {
        firstBad = { id: row.id, problem: seen.problem };
        break;
      }
      if (seen.seals) sealedUpTo = row.id;
      previous = { id: row.id, hash: row.hash };
    }
    if (firstBad !== null || rows.length === 0) break;
  }
  const unaccounted = seals.unaccounted();
  // A seal of a strange key that nothing accounts for comes before whatever else is wrong.
  if (unaccounted !== null) firstBad = { id: unaccounted, problem: notOurs };
  return {
    ok: firstBad === null,
    entries: previous.id,
    head: previous.id === 0 ? null : Buffer.from(previous.hash).toString('hex'),
    sealedUpTo,
    unsealed: previous.id - sealedUpTo,
    sealsChecked: keyring !== null,
    sealsOfLostKeys: seals.accepted(),
    firstBad,
  };
};
