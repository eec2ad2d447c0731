/**
 * Walks the whole chain: every hash recomputed from the rows, every seal's mac checked while keys are unlocked, the rows
 * compared with each other, and known heads (anchors) looked for. In slices, so that a long log holds nobody up.
 */
import { Buffer } from 'node:buffer';
import type { Output } from '../../contract/commands.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import type { Anchor } from './anchors.ts';
import { formOf } from './canonical.ts';
import { chainStart } from './chain.ts';
import type { WalkedRow } from './queries.ts';
import { readSettled, type SettledBook } from './outside/settled.ts';
import { createRetentionBook, type RetentionBook } from './retention/book.ts';
import { createLeftRows } from './retention/left.ts';
import { createSealBook, notOurs } from './seals.ts';
import { createStructure } from './structure.ts';
import { createWalk } from './walk.ts';

type Verified = Output<'audit.verify'>;
type Bad = { id: number; problem: string };
const sliceRows = 2000;
const shownJumps = 20;

/** What of the anchors the log still has. An anchor without a number may be anywhere. */
const createAnchorBook = (anchors: readonly Anchor[]) => {
  let untold = 0;
  const byId = new Map(anchors.flatMap((anchor) => (anchor.id === null ? [] : [[anchor.id, anchor] as const])));
  const loose = new Map(anchors.flatMap((anchor) => (anchor.id === null ? [[anchor.hash, anchor] as const] : [])));
  return {
    untold: (): number => untold,
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
    /** Anchors whose entries were removed by the log's own account tell nothing any more, but for the last of a range. */
    finish: (entries: number, retention: RetentionBook): Bad | null => {
      for (const { id, hash, from } of byId.values()) {
        const range = id === null ? null : retention.rangeOf(id);
        if (range === null || id === null) continue;
        if (range.to === id && range.hash !== hash)
          return {
            id: range.by,
            problem: `entry ${String(id)} is not the one that ${from} names: the log was replaced`,
          };
        byId.delete(id);
        if (range.to !== id) untold += 1;
      }
      const until = retention.newestAt();
      for (const { hash, at } of loose.values()) {
        const known = retention.hasEnd(hash);
        if (!known && (until === null || at > until)) continue;
        loose.delete(hash);
        if (!known) untold += 1;
      }
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
  let entries = 0;
  let sealedUpTo = 0;
  let firstBad: Bad | null = null;
  let clockBack = 0;
  const jumps: Verified['clockJumps']['first'] = [];
  const walk = createWalk();
  const seals = createSealBook(keyring);
  let settledBook: SettledBook | null = null;
  const settled: Verified['settled'] = { count: 0, first: [] };
  const retention = createRetentionBook();
  const left = createLeftRows(retention, keyring);
  const structure = createStructure(keyring, left, (row) => settledBook?.coversCipher(row) === true);
  const anchored = createAnchorBook(anchors);

  const countSettled = (row: WalkedRow): boolean => {
    const one = settledBook?.covers(previous.hash, row) === true ? settledBook.of(row.id) : undefined;
    if (one === undefined) return false;
    settled.count += 1;
    if (settled.first.length < shownJumps) settled.first.push({ id: row.id, by: one.by, at: one.at, actor: one.actor });
    return true;
  };

  const problemOf = (row: WalkedRow): string | null => {
    if (row.id !== previous.id + 1) {
      const over = retention.over(previous.hash, previous.id + 1, row.id - 1);
      if ('problem' in over) return over.problem;
      previous = { ...previous, id: row.id - 1, hash: over.hash };
    }
    const settledHere = formOf(previous.hash, row) === null;
    if (settledHere && !countSettled(row)) return 'the entry or one before it was changed';
    const seen = seals.see(row, previous);
    if ('problem' in seen) return seen.problem;
    if (seen.seals) sealedUpTo = row.id;
    return retention.see(row) ?? structure.see(row, settledHere) ?? anchored.see(row);
  };

  const finish = (reader: Reader): void => {
    const unaccounted = seals.unaccounted();
    // A seal of a strange key that nothing accounts for comes before whatever else is wrong.
    if (unaccounted !== null) firstBad = { id: unaccounted, problem: notOurs };
    firstBad ??=
      retention.finish() ?? anchored.finish(previous.id, retention) ?? structure.finish(reader, seals.keysSince());
  };

  /** True when there is nothing left to look at. */
  const step = (reader: Reader): boolean => {
    settledBook ??= readSettled(reader);
    retention.load(reader);
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
      entries += 1;
    }
    if (firstBad === null && rows.length === sliceRows) return false;
    finish(reader);
    return true;
  };

  const answer = (): Verified => ({
    ok: firstBad === null,
    entries,
    removed: retention.removed(),
    head: previous.id === 0 ? null : Buffer.from(previous.hash).toString('hex'),
    sealedUpTo,
    unsealed: previous.id - sealedUpTo,
    sealsChecked: keyring !== null,
    sealsOfLostKeys: seals.accepted(),
    anchors: anchors.length - anchored.untold(),
    anchorsRemoved: anchored.untold(),
    clockJumps: { count: clockBack, first: jumps },
    settled,
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
