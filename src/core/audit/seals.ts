/** The seals of the chain: what one says, and whether the keys that are there vouch for it. */
import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../secrets/types.ts';
import type { WalkedRow } from './queries.ts';

type SealDetail = { upTo: number; head: string; mac: string; key: string | null };
type Previous = { id: number; hash: Uint8Array };

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

export const notOurs = 'the seal was not made with this home’s key';

type SealFinding = { problem: string } | 'good' | 'other key';

const judgeSeal = (row: WalkedRow, previous: Previous, keyring: Keyring | null, ourKey: string | null): SealFinding => {
  const seal = parseSeal(row.detail);
  if (seal === null) return { problem: 'the seal cannot be read' };
  if (seal.upTo !== previous.id || seal.head !== Buffer.from(previous.hash).toString('hex'))
    return { problem: 'the seal is of another log' };
  if (keyring === null) return 'good';
  if (seal.key !== null && seal.key !== ourKey) return 'other key';
  const expected = Buffer.from(keyring.seal(previous.hash));
  const found = Buffer.from(seal.mac, 'hex');
  if (found.length === expected.length && timingSafeEqual(found, expected)) return 'good';
  return seal.key === null ? 'other key' : { problem: notOurs };
};

/** The entry by which new keys were made (secret.reset) names the audit key that seals from there on. */
const namesKey = (row: WalkedRow, ourKey: string | null): boolean =>
  row.action === 'new-keys' &&
  row.subjectKind === 'keys' &&
  ourKey !== null &&
  row.detail === JSON.stringify({ auditKey: ourKey });

/**
 * Seals of another key count as those of lost keys only where the log itself says that the present key took over, and
 * the present key has sealed that: everybody can write an entry, but not the seal after it.
 */
export const createSealBook = (keyring: Keyring | null) => {
  // Once: it is a digest of the key.
  const ourKey = keyring?.auditKeyId() ?? null;
  let others: number[] = [];
  let announcedAt: number | null = null;
  let announced = false;
  /** The present key has sealed: from then on it is the only one, and nothing announces it any more. */
  let ours = false;
  let accepted = 0;
  return {
    see: (row: WalkedRow, previous: Previous): { problem: string } | { seals: boolean } => {
      if (!ours && namesKey(row, ourKey)) announced = true;
      if (announced) announcedAt ??= row.id;
      if (row.action !== 'seal') return { seals: false };
      const finding = judgeSeal(row, previous, keyring, ourKey);
      if (finding === 'other key') {
        if (announced || ours) return { problem: notOurs };
        others.push(row.id);
        return { seals: false };
      }
      if (finding !== 'good') return finding;
      if (others.length > 0 && !announced) return { problem: notOurs };
      accepted += others.length;
      others = [];
      ours = keyring !== null;
      return { seals: true };
    },
    accepted: () => accepted,
    /** The first seal of a key that nothing accounts for. */
    unaccounted: () => others[0] ?? null,
    /** From this entry on the present keys are the home's; secrets before it may be of lost ones. */
    keysSince: () => announcedAt ?? 1,
  };
};
