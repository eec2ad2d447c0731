/**
 * Which entries of the log go and which stay: a pure decision. What is live, named, imported or needed to understand what
 * stays is never removed. An entry is as old as the newest one up to it: a clock that was ahead once keeps more.
 */
import type { HistoryLimits } from '../../../contract/audit.ts';
import { chainStart } from '../chain.ts';
import type { Removed } from './detail.ts';

export type EntryKind = 'change' | 'event' | 'seal' | 'kept';
export type LogEntry = {
  id: number;
  set: number;
  subject: number;
  action: number;
  kind: EntryKind;
  old: number | null;
  new: number | null;
  hash: Uint8Array;
};
/** A version row; `audit` is the number of the entry that made it, which may be gone. */
export type LogRow = { id: number; subject: number; audit: number; removal: boolean };
export type LogSet = { at: string; of: number | null; undoneBy: number | null };

/** The state up to a version stays; `entry` where a person can ask for that moment. */
export type Moment = { version: number; entry: number | null };

export type Log = {
  /** Each in the order of their numbers. */
  entries: readonly LogEntry[];
  rows: readonly LogRow[];
  sets: ReadonlyMap<number, LogSet>;
  live: ReadonlySet<number>;
  /** Versions that the ledger of a migration points at. */
  imported: ReadonlySet<number>;
  /** Change sets that stay whole: named ones, and changes on trial. */
  wholeSets: ReadonlySet<number>;
  /** Change sets that other tables point at: something of them stays. */
  neededSets: ReadonlySet<number>;
  moments: readonly Moment[];
  /** Subjects whose first version says when they were made: live records. */
  firsts: ReadonlySet<number>;
  /** What was written last of each subject since this version stays: a mirrored file has to follow it. */
  mirroredUpTo: number | null;
  /** The hash (hex) of the last entry of each range that was removed before. */
  removedEnds: ReadonlyMap<number, string>;
};

export const reasons = ['limits', 'young', 'live', 'named', 'imported', 'log'] as const;
export type Reason = (typeof reasons)[number];

export type Removal = {
  entries: LogEntry[];
  versions: number[];
  sets: number[];
  ranges: Removed[];
  /** Change sets that lose a part. */
  cut: number[];
  /** Rows without an entry that stay. */
  left: number[];
  /** How many entries stay, and why. */
  kept: Record<Reason, number>;
  /** Lowest entry whose moment is touched, and the last that goes. */
  blurred: [number, number];
};

const dayMs = 86_400_000;
const before = (time: string, days: number): string => new Date(Date.parse(time) - days * dayMs).toISOString();
/** Nothing younger goes, whatever the limits say. */
const youngDays = 1;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** For each entry: which versions of its subject are newer. */
const ranksOf = (rows: readonly LogRow[]): Map<number, number> => {
  const seen = new Map<number, number>();
  const ranks = new Map<number, number>();
  for (const row of rows.toReversed()) {
    const rank = (seen.get(row.subject) ?? 0) + 1;
    seen.set(row.subject, rank);
    ranks.set(row.id, rank);
  }
  return ranks;
};

/** `clock`: its time now. Not the newest entry's: that would change with the entry that is written before a removal. */
export const decideRemoval = (log: Log, limits: HistoryLimits, clock: string): Removal => {
  const { entries, rows, sets } = log;
  const why = new Uint8Array(entries.length);
  const code = (reason: Reason): number => reasons.indexOf(reason) + 1;
  const keep = (index: number | undefined, reason: Reason): void => {
    if (index !== undefined && why[index] === 0) why[index] = code(reason);
  };
  const made = new Map<number, number>();
  const next = new Map<number, number>();
  const inSet = new Map<number, number[]>();
  for (const [i, entry] of entries.entries()) {
    if (entry.new !== null) made.set(entry.new, i);
    if (entry.old !== null) next.set(entry.old, i);
    const mates = inSet.get(entry.set);
    if (mates === undefined) inSet.set(entry.set, [i]);
    else mates.push(i);
  }
  /** Where the entry that made a row is gone already, the one that names it as its old value holds it. */
  const keepRow = (version: number, reason: Reason): void => keep(made.get(version) ?? next.get(version), reason);

  // What the limits and the youth of an entry say.
  const young = before(clock, youngDays);
  const old = limits.keepDays === null ? null : before(clock, Math.max(limits.keepDays, youngDays));
  const ranks = limits.keepVersions === null ? null : ranksOf(rows);
  let time = '';
  for (const [i, entry] of entries.entries()) {
    const at = sets.get(entry.set)?.at ?? clock;
    if (at > time) time = at;
    if (time >= young) keep(i, 'young');
    else if (entry.kind === 'kept') keep(i, 'log');
    else if (entry.kind !== 'seal') {
      const isOld = old !== null && time < old;
      const isMany = ranks !== null && entry.new !== null && (ranks.get(entry.new) ?? 0) > (limits.keepVersions ?? 0);
      if (!isOld && !isMany) keep(i, 'limits');
    }
  }

  for (const version of log.live) keepRow(version, 'live');
  for (const version of log.imported) keepRow(version, 'imported');
  for (const set of log.wholeSets) for (const i of inSet.get(set) ?? []) keep(i, 'named');
  for (const { version } of log.moments) {
    const newest = new Map<number, number>();
    for (const row of rows) {
      if (row.id > version) break;
      newest.set(row.subject, row.id);
    }
    for (const id of newest.values()) keepRow(id, 'named');
  }
  const lastRow = rows.at(-1);
  // Numbers are never given twice.
  if (lastRow !== undefined) keepRow(lastRow.id, 'log');
  const first = new Set<number>();
  const newest = new Map<number, number>();
  for (const row of rows) {
    if (log.firsts.has(row.subject) && !first.has(row.subject)) keepRow(row.id, 'live');
    first.add(row.subject);
    if (log.mirroredUpTo !== null && row.id > log.mirroredUpTo) newest.set(row.subject, row.id);
  }
  for (const id of newest.values()) keepRow(id, 'log');
  // What happened last of each kind of event: when keys were last opened, when a backup was last proven.
  const lastEvent = new Map<string, number>();
  for (const [i, { kind, subject, action }] of entries.entries())
    if (kind === 'event') lastEvent.set(`${String(subject)} ${String(action)}`, i);
  for (const i of lastEvent.values()) keep(i, 'log');

  const isKept = (i: number | undefined): boolean => i !== undefined && why[i] !== 0;
  const staysInSet = (set: number): boolean => (inSet.get(set) ?? []).some(isKept);
  /** A change set that stays names those that it took back, and that took it back. */
  const keepLinks = (): void => {
    const wanted = [...sets.keys()].filter((set) => log.neededSets.has(set) || staysInSet(set));
    for (let set = wanted.pop(); set !== undefined; set = wanted.pop()) {
      if (!staysInSet(set)) keep(inSet.get(set)?.at(-1), 'log');
      const about = sets.get(set);
      for (const other of [about?.of ?? null, about?.undoneBy ?? null])
        if (other !== null && !staysInSet(other)) wanted.push(other);
    }
  };
  /** A removal stays while an older value of its subject does: else that would seem to go on. True when one was added. */
  const keepRemovals = (): boolean => {
    let added = false;
    const standing = new Map<number, boolean>();
    for (const row of rows) {
      const entry = made.get(row.id);
      if (!row.removal) {
        if (isKept(entry) || isKept(next.get(row.id))) standing.set(row.subject, true);
        continue;
      }
      if (!isKept(entry) && standing.get(row.subject) === true) {
        keep(entry, 'log');
        added = true;
      }
      if (isKept(entry)) standing.set(row.subject, false);
    }
    return added;
  };
  do keepLinks();
  while (keepRemovals());
  // A seal says that its change set was whole: it goes with the last of the others.
  for (const [i, entry] of entries.entries()) if (entry.kind === 'seal' && staysInSet(entry.set)) keep(i, 'log');

  const gone = entries.filter((_, i) => why[i] === 0);
  const ranges: Removed[] = [];
  const hashes = new Map(entries.map(({ id, hash }) => [id, hash]));
  /** Of an entry, or of one that an earlier removal took. */
  const hashOf = (id: number): string => {
    const hash = hashes.get(id);
    return hash === undefined ? (log.removedEnds.get(id) ?? hexOf(chainStart)) : hexOf(hash);
  };
  for (const { id, hash } of gone) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === id - 1) [range[1], range[2]] = [id, hexOf(hash)];
    else ranges.push([id, id, hexOf(hash), hashOf(id - 1)]);
  }
  const stays = (row: LogRow): boolean => isKept(made.get(row.id)) || isKept(next.get(row.id));
  const goneRows = rows.filter((row) => !stays(row));
  const kept = Object.fromEntries(reasons.map((reason) => [reason, 0])) as Record<Reason, number>;
  for (const value of why) {
    const reason = reasons[value - 1];
    if (reason !== undefined) kept[reason] += 1;
  }
  const touched = new Set(gone.map((entry) => entry.set));
  return {
    entries: gone,
    versions: goneRows.map((row) => row.id),
    sets: [...touched].filter((set) => !staysInSet(set)),
    ranges,
    cut: [...touched].filter(staysInSet),
    left: rows.filter((row) => stays(row) && !isKept(made.get(row.id))).map((row) => row.id),
    kept,
    blurred: [Math.min(gone[0]?.id ?? 0, ...goneRows.slice(0, 1).map((row) => row.audit)), gone.at(-1)?.id ?? 0],
  };
};
