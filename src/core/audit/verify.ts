/**
 * Walks the whole chain: every hash recomputed from the rows, every seal's mac checked while keys are unlocked, the rows
 * compared with each other, and known heads (anchors) looked for. In slices, so that a long log holds nobody up.
 */
import { Buffer } from 'node:buffer';
import type { Output } from '../../contract/commands.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import type { Anchor } from './anchors.ts';
import { canonicalValue, chainStart, nextHash, type CanonicalEntry, type ChainForm } from './chain.ts';
import type { WalkedRow } from './queries.ts';
import { createSealBook, notOurs } from './seals.ts';
import { createStructure } from './structure.ts';
import { createWalk } from './walk.ts';

type Verified = Output<'audit.verify'>;
type Bad = { id: number; problem: string };
const sliceRows = 2000;
const shownJumps = 20;

const value = (text: string | null, secret: number | null, print: Uint8Array | null) =>
  canonicalValue(secret === null ? null : { value: text, secret, print });

export const canonicalOf = (row: WalkedRow): CanonicalEntry => ({
  id: row.id,
  at: row.at,
  changeSet: row.changeSet,
  changeSetKind: row.changeSetKind,
  actor: row.actor,
  door: row.door,
  reason: row.reason,
  action: row.action,
  subjectKind: row.subjectKind,
  subjectKey: row.subjectKey,
  detail: row.detail,
  of: row.of,
  source: row.source,
  old: value(row.oldValue, row.oldSecret, row.oldPrint),
  new: value(row.newValue, row.newSecret, row.newPrint),
});

/** The form of the entry whose hash this is; null when it is of none. */
export const formOf = (previous: Uint8Array, row: WalkedRow): ChainForm | null => {
  const entry = canonicalOf(row);
  for (const form of [2, 1] as const) if (Buffer.compare(nextHash(previous, entry, form), row.hash) === 0) return form;
  return null;
};

/** What of the anchors the log still has. An anchor without a number may be anywhere. */
const createAnchorBook = (anchors: readonly Anchor[]) => {
  const byId = new Map(anchors.flatMap((anchor) => (anchor.id === null ? [] : [[anchor.id, anchor] as const])));
  const loose = new Map(anchors.flatMap((anchor) => (anchor.id === null ? [[anchor.hash, anchor] as const] : [])));
  return {
    see: (row: WalkedRow): string | null => {
      const wanted = byId.get(row.id);
      if (wanted === undefined && loose.size === 0) return null;
      const hash = Buffer.from(row.hash).toString('hex');
      loose.delete(hash);
      byId.delete(row.id);
      return wanted === undefined || wanted.hash === hash
        ? null
        : `it is not the entry that ${wanted.from} names: the log was replaced`;
    },
    finish: (entries: number): Bad | null => {
      const cut = [...byId.values()].toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0)).at(-1);
      if (cut !== undefined) {
        const { id, from, at } = cut;
        const problem = `the log was cut after entry ${String(entries)}: ${from} of ${at} names entry ${String(id)}`;
        return { id: entries + 1, problem };
      }
      const [lost] = loose.values();
      if (lost === undefined) return null;
      const problem = `the log was cut or replaced: its head in ${lost.from} of ${lost.at} is not in it`;
      return { id: entries + 1, problem };
    },
  };
};

export const createVerifier = (keyring: Keyring | null, anchors: readonly Anchor[] = []) => {
  let previous: { id: number; hash: Uint8Array; at: string } = { id: 0, hash: chainStart, at: '' };
  let sealedUpTo = 0;
  let firstBad: Bad | null = null;
  let clockBack = 0;
  const jumps: Verified['clockJumps']['first'] = [];
  const walk = createWalk();
  const seals = createSealBook(keyring);
  const structure = createStructure(keyring);
  const anchored = createAnchorBook(anchors);

  const problemOf = (row: WalkedRow): string | null => {
    if (row.id !== previous.id + 1) return `entries ${String(previous.id + 1)} to ${String(row.id - 1)} are missing`;
    if (formOf(previous.hash, row) === null) return 'the entry or one before it was changed';
    const seen = seals.see(row, previous);
    if ('problem' in seen) return seen.problem;
    if (seen.seals) sealedUpTo = row.id;
    return structure.see(row) ?? anchored.see(row);
  };

  const finish = (reader: Reader): void => {
    const unaccounted = seals.unaccounted();
    // A seal of a strange key that nothing accounts for comes before whatever else is wrong.
    if (unaccounted !== null) firstBad = { id: unaccounted, problem: notOurs };
    firstBad ??= anchored.finish(previous.id) ?? structure.finish(reader, seals.keysSince());
  };

  /** True when there is nothing left to look at. */
  const step = (reader: Reader): boolean => {
    const rows = walk.slice(reader, previous.id, sliceRows);
    for (const row of rows) {
      const problem = problemOf(row);
      if (problem !== null) {
        firstBad = { id: row.id, problem };
        break;
      }
      if (row.at < previous.at) {
        clockBack += 1;
        if (jumps.length < shownJumps) jumps.push({ id: row.id, from: previous.at, to: row.at });
      }
      previous = { id: row.id, hash: row.hash, at: row.at };
    }
    if (firstBad === null && rows.length === sliceRows) return false;
    finish(reader);
    return true;
  };

  const answer = (): Verified => ({
    ok: firstBad === null,
    entries: previous.id,
    head: previous.id === 0 ? null : Buffer.from(previous.hash).toString('hex'),
    sealedUpTo,
    unsealed: previous.id - sealedUpTo,
    sealsChecked: keyring !== null,
    sealsOfLostKeys: seals.accepted(),
    anchors: anchors.length,
    clockJumps: { count: clockBack, first: jumps },
    firstBad,
  });
  return { step, answer };
};

/** In one go: for a log that nobody else waits for. */
export const verifyChain = (reader: Reader, keyring: Keyring | null, anchors: readonly Anchor[] = []): Verified => {
  const verifier = createVerifier(keyring, anchors);
  while (!verifier.step(reader));
  return verifier.answer();
};
