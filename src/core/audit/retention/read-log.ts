/** The log as the decision about it needs it, read in slices. */
import { lastEntryOf } from '../window.ts';
import type { Reader } from '../../store/types.ts';
import { versionUpTo } from '../../versions/state.ts';
import type { EntryKind, Log, LogEntry, LogRow, LogSet, Moment } from './decide.ts';
import * as sql from './queries.ts';

const sliceRows = 4000;

export type LogReading = {
  /** True when everything was read. */
  step: (reader: Reader) => boolean;
  log: () => Log;
};

type Facts = Omit<Log, 'entries' | 'rows' | 'sets'> & {
  seals: Set<number>;
  lasting: Set<number>;
  /** Subjects of entries that were changed outside and settled: their history stays as it was found. */
  settled: Set<number>;
};

const factsOf = (reader: Reader): Facts => {
  const marked = sql.markedSets(reader);
  const mirrors = sql.mirrorVersions(reader);
  const named = marked.map(({ id }): Moment => {
    const entry = lastEntryOf(reader, id);
    return { entry: sql.isCut(reader, id) ? null : entry, version: versionUpTo(reader, entry) };
  });
  return {
    live: new Set(sql.liveVersions(reader)),
    imported: new Set(sql.importedVersions(reader)),
    wholeSets: new Set(marked.map(({ id }) => id)),
    neededSets: new Set(sql.neededSets(reader)),
    moments: [...named, ...mirrors.map((version) => ({ version, entry: null }))],
    firsts: new Set(sql.liveRecords(reader)),
    removedEnds: new Map(sql.removedRanges(reader).map(({ to, hash }) => [to, hash])),
    mirroredUpTo: mirrors.length === 0 ? null : Math.min(...mirrors),
    seals: new Set(sql.sealSubjects(reader)),
    lasting: new Set(sql.lastingActions(reader)),
    settled: new Set(sql.settledSubjects(reader)),
  };
};

export const readLog = (): LogReading => {
  const entries: LogEntry[] = [];
  const rows: LogRow[] = [];
  const sets = new Map<number, LogSet>();
  let facts: Facts | null = null;
  let lastSet = 0;
  const kindOf = (entry: sql.BareEntry, { seals, lasting }: Facts): EntryKind => {
    if (entry.new !== null) return 'change';
    return seals.has(entry.subject) ? 'seal' : lasting.has(entry.action) ? 'kept' : 'event';
  };
  /** Each table to its end before the next. */
  const step = (reader: Reader): boolean => {
    facts ??= factsOf(reader);
    const about = facts;
    const { settled } = about;
    const some = sql.entriesAfter(reader, entries.at(-1)?.id ?? 0, sliceRows);
    for (const entry of some)
      entries.push({ ...entry, kind: settled.has(entry.subject) ? 'kept' : kindOf(entry, about) });
    if (some.length === sliceRows) return false;
    const versions = sql.versionsAfter(reader, rows.at(-1)?.id ?? 0, sliceRows);
    for (const { removal, ...row } of versions) rows.push({ ...row, removal: removal === 1 });
    if (versions.length === sliceRows) return false;
    const found = sql.setsAfter(reader, lastSet, sliceRows);
    for (const { id, ...set } of found) sets.set(id, set);
    lastSet = found.at(-1)?.id ?? lastSet;
    return found.length < sliceRows;
  };
  return {
    step,
    log: () => {
      if (facts === null) throw new Error('the log was not read');
      const { seals: _, lasting: __, settled: ___, ...about } = facts;
      return { entries, rows, sets, ...about };
    },
  };
};
