/**
 * Looks for rows that do not fit the chain: a walk over the log, then over what is live and over every version. It only
 * marks what has to be looked at closely (examine.ts), in steps, so that it can be done in idle time while others save.
 */
import type { Keyring } from '../../secrets/types.ts';
import type { Steps } from '../../store/steps.ts';
import type { Reader } from '../../store/types.ts';
import { formOf } from '../canonical.ts';
import { chainStart } from '../chain.ts';
import type { WalkedRow } from '../queries.ts';
import { createSealBook } from '../seals.ts';
import { opens } from '../structure.ts';
import { createWalk } from '../walk.ts';
import { hasEntry, liveAfter, versionsAfter } from './queries.ts';
import { readSettled, type SettledBook } from './settled.ts';

export type Suspects = {
  subjects: ReadonlySet<number>;
  /** Change sets of which an event does not fit: their own words were changed. Row id -> uid. */
  sets: ReadonlyMap<number, string>;
  /** From this entry on a secret must open with the present keys. */
  keysSince: number;
};

const rowsAtOnce = 200;
const livesAtOnce = 1000;
const mostMarked = 2 ** 31 - 1;

/** One bit for each version that an entry names. */
const createMarks = () => {
  let bits = new Uint8Array(1024);
  /** Numbers that Holdfast never gives. */
  const strange = new Set<number>();
  return {
    set: (id: number): void => {
      if (id < 0 || id > mostMarked) {
        strange.add(id);
        return;
      }
      if (id >> 3 >= bits.length) {
        const larger = new Uint8Array(Math.max(bits.length * 2, (id >> 3) + 1));
        larger.set(bits);
        bits = larger;
      }
      bits[id >> 3] = (bits[id >> 3] ?? 0) | (1 << (id & 7));
    },
    has: (id: number): boolean => strange.has(id) || ((bits[id >> 3] ?? 0) & (1 << (id & 7))) !== 0,
  };
};

const createFinder = (keyring: Keyring | null, settled: SettledBook) => {
  const subjects = new Set<number>();
  const sets = new Map<number, string>();
  /** Subject -> its newest version, null once removed. */
  const newest = new Map<number, number | null>();
  const named = createMarks();
  const closed: { entry: number; subject: number }[] = [];
  const seals = createSealBook(keyring);
  let previous: { id: number; hash: Uint8Array } = { id: 0, hash: chainStart };

  const seeChange = (row: WalkedRow, version: number): void => {
    newest.set(row.subject, row.action === 'delete' ? null : version);
    named.set(version);
    const there = row.newSecret !== null;
    if (there && (row.newAudit !== row.id || row.newSubject !== row.subject)) subjects.add(row.subject);
    if (keyring !== null && row.newSecret === 1 && !opens(row, keyring) && !settled.coversCipher(row))
      closed.push({ entry: row.id, subject: row.subject });
  };

  return {
    last: () => previous.id,
    see: (row: WalkedRow): void => {
      // After a hole in the numbers the hash before is not known; verification says what the hole is.
      const follows = row.id === previous.id + 1;
      if (follows && formOf(previous.hash, row) === null && !settled.covers(previous.hash, row)) {
        if (row.newVersion === null && row.oldVersion === null) sets.set(row.set, row.changeSet);
        else subjects.add(row.subject);
      }
      seals.see(row, previous);
      if (row.newVersion !== null) seeChange(row, row.newVersion);
      previous = row;
    },
    seeLive: (reader: Reader, row: { subject: number; version: number }): void => {
      if (!newest.has(row.subject)) subjects.add(row.subject);
      else if (newest.get(row.subject) !== row.version) subjects.add(row.subject);
      newest.delete(row.subject);
    },
    seeVersion: (reader: Reader, row: { id: number; subject: number; audit: number }): void => {
      if (named.has(row.id)) return;
      // Its entry was removed by the limits of the history: nobody else made it.
      if (row.audit >= 1 && row.audit <= previous.id && !hasEntry(reader, row.audit)) return;
      subjects.add(row.subject);
    },
    finish: (): Suspects => {
      for (const [subject, version] of newest) if (version !== null) subjects.add(subject);
      const keysSince = seals.keysSince();
      for (const { entry, subject } of closed) if (entry >= keysSince) subjects.add(subject);
      return { subjects, sets, keysSince };
    },
  };
};

export function* findSuspects(reader: () => Reader, keyring: Keyring | null): Steps<Suspects> {
  const finder = createFinder(keyring, readSettled(reader()));
  const walk = createWalk();
  for (;;) {
    const rows = walk.slice(reader(), finder.last(), rowsAtOnce);
    for (const row of rows) finder.see(row);
    yield;
    if (rows.length < rowsAtOnce) break;
  }
  for (let after = 0; ;) {
    const rows = liveAfter(reader(), after, livesAtOnce);
    for (const row of rows) finder.seeLive(reader(), row);
    after = rows.at(-1)?.subject ?? after;
    yield;
    if (rows.length < livesAtOnce) break;
  }
  for (let after = 0; ;) {
    const rows = versionsAfter(reader(), after, livesAtOnce);
    for (const row of rows) finder.seeVersion(reader(), row);
    after = rows.at(-1)?.id ?? after;
    yield;
    if (rows.length < livesAtOnce) break;
  }
  return finder.finish();
}
