/**
 * One subject held against the chain: which of its entries fit, what its present value should be and what it is. Where an
 * entry does not fit, what is known to have stood there once is tried: what gives it its hash again was the original.
 */
import { Buffer } from 'node:buffer';
import { cipherPlace, type SubjectKind } from '../../changes/write.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { Reader } from '../../store/types.ts';
import { formOf } from '../canonical.ts';
import { chainStart } from '../chain.ts';
import { hashesOf, newestEntry, walkedByIds, type WalkedRow } from '../queries.ts';
import { opens } from '../structure.ts';
import type { Originals } from './originals.ts';
import {
  entriesOf,
  hasEntry,
  isNamed,
  liveOf,
  madeBy,
  subjectById,
  versionById,
  versionsOf,
  type StoredVersion,
} from './queries.ts';
import type { SettledBook } from './settled.ts';

export type Looking = {
  keyring: Keyring | null;
  settled: SettledBook;
  originals: Originals;
  keysSince: number;
  /** Change sets whose own words were changed: their entries are told there. */
  sets: ReadonlyMap<number, string>;
  /** Names that a subject of this kind may have had. */
  names: (kind: string) => readonly string[];
};

export type Entry = {
  row: WalkedRow;
  /** Null after a hole in the numbers. */
  previous: Uint8Array | null;
  state: 'good' | 'bad';
  /** Its secret does not open, although the keys are there. */
  closed: boolean;
};

export type Examined = {
  subject: number;
  kind: string;
  key: string;
  /** The name it had, where that is known and another one. */
  renamedFrom: string | null;
  entries: readonly Entry[];
  /** Versions as they were, by number, where that is known and not what is there. */
  originals: ReadonlyMap<number, StoredVersion>;
  /** Every entry that does not fit is explained by `originals` and `renamedFrom`. */
  explained: boolean;
  /** What the chain says is live. */
  chain: { version: number; entry: WalkedRow; known: StoredVersion | null } | null;
  found: StoredVersion | null;
  /** A live row whose version is gone, too. */
  liveRow: number | null;
  /** The newest version before, of which the chain still vouches for every byte. */
  earlier: { version: StoredVersion; at: string } | null;
  strays: readonly StoredVersion[];
  misplaced: readonly { version: number; entry: number }[];
};

const isBad = (row: WalkedRow, previous: Uint8Array, settled: SettledBook): boolean =>
  formOf(previous, row) === null && !settled.covers(previous, row);

export const opensWith = (
  keyring: Keyring,
  subject: { kind: string; key: string },
  row: StoredVersion,
): string | null =>
  row.cipher === null
    ? null
    : // A kind of the store is one that a writer gave: nothing here depends on which.
      keyring.decrypt(cipherPlace({ kind: subject.kind as SubjectKind, key: subject.key }, row.id), row.cipher);

type Tried = { name: string | null; versions: Map<number, StoredVersion> };

const withVersions = (row: WalkedRow, { name, versions }: Tried): WalkedRow => {
  const old = row.oldVersion === null ? undefined : versions.get(row.oldVersion);
  const now = row.newVersion === null ? undefined : versions.get(row.newVersion);
  return {
    ...row,
    ...(name === null ? {} : { subjectKey: name }),
    ...(old === undefined ? {} : { oldValue: old.value, oldSecret: old.secret, oldPrint: old.print }),
    ...(now === undefined
      ? {}
      : {
          newValue: now.value,
          newSecret: now.secret,
          newPrint: now.print,
          newCipher: now.cipher,
          newAudit: row.id,
          newSubject: row.subject,
          source: now.source,
        }),
  };
};

/** What version `id` may have been. */
const guesses = (reader: Reader, row: WalkedRow, looking: Looking): StoredVersion[] => {
  const id = row.newVersion;
  if (id === null) return [];
  const kept = looking.originals.versions(id).filter((one) => one.subject === row.subject);
  const present = versionById(reader, id);
  const base = present ?? kept[0];
  if (base === undefined || base.secret === 1) return kept;
  const texts = new Set(versionsOf(reader, row.subject).flatMap(({ value }) => (value === null ? [] : [value])));
  return [...kept, ...[...texts].map((value) => ({ ...base, value, secret: 0, cipher: null, print: null }))];
};

/** The keys' own word: what the ciphertext opens to has the fingerprint that was there. */
const printOf = (reader: Reader, row: WalkedRow, keyring: Keyring | null): StoredVersion[] => {
  const present = row.newVersion === null ? null : versionById(reader, row.newVersion);
  if (keyring === null || present?.secret !== 1) return [];
  const text = opensWith(keyring, { kind: row.subjectKind, key: row.subjectKey }, present);
  return text === null ? [] : [{ ...present, print: keyring.fingerprint(text) }];
};

/** True when the entry has its hash again. */
const explain = (reader: Reader, row: WalkedRow, previous: Uint8Array, tried: Tried, looking: Looking): boolean => {
  const fits = (other: Tried): boolean => formOf(previous, withVersions(row, other)) !== null;
  if (fits(tried)) return true;
  const id = row.newVersion;
  const more = [...guesses(reader, row, looking), ...printOf(reader, row, looking.keyring)];
  for (const one of more) {
    if (id === null || !fits({ ...tried, versions: new Map([...tried.versions, [id, one]]) })) continue;
    tried.versions.set(id, { ...one, subject: row.subject, audit: row.id });
    return true;
  }
  if (tried.name !== null) return false;
  const kept = looking.originals.subjects(row.subject).filter((one) => one.kind === row.subjectKind);
  const name = [...kept.map((one) => one.key), ...looking.names(row.subjectKind)].find((key) =>
    [null, ...more].some((one) => {
      const versions = one === null || id === null ? tried.versions : new Map([...tried.versions, [id, one]]);
      return fits({ name: key, versions });
    }),
  );
  if (name === undefined) return false;
  tried.name = name;
  return explain(reader, row, previous, tried, looking);
};

const readEntries = (reader: Reader, ids: readonly number[], looking: Looking): Entry[] => {
  const before = hashesOf(
    reader,
    ids.map((id) => id - 1),
  );
  return walkedByIds(reader, ids).map((row) => {
    const previous = row.id === 1 ? chainStart : (before.get(row.id - 1) ?? null);
    const bad = previous !== null && isBad(row, previous, looking.settled) && !looking.sets.has(row.set);
    const mayOpen = looking.keyring !== null && row.newSecret === 1 && row.id >= looking.keysSince;
    const closed =
      mayOpen && looking.keyring !== null && !opens(row, looking.keyring) && !looking.settled.coversCipher(row);
    return { row, previous, state: bad ? 'bad' : 'good', closed };
  });
};

/** The same for entries of which only the set is asked: those of the log's own words. */
export const badEntriesOf = (reader: Reader, ids: readonly number[], looking: Looking): Entry[] =>
  readEntries(reader, ids, { ...looking, sets: new Map() }).filter((entry) => entry.state === 'bad');

/** A ciphertext from an older image that opens, where that in the row does not. */
const openable = (row: WalkedRow, looking: Looking): StoredVersion | null => {
  const { keyring } = looking;
  if (keyring === null || row.newVersion === null || row.newPrint === null) return null;
  const print = Buffer.from(row.newPrint);
  return (
    looking.originals.versions(row.newVersion).find((one) => {
      const text = opensWith(keyring, { kind: row.subjectKind, key: row.subjectKey }, one);
      return text !== null && print.equals(keyring.fingerprint(text));
    }) ?? null
  );
};

/** Null for a subject that is not there any more. */
export const examine = (reader: Reader, subject: number, looking: Looking): Examined | null => {
  const named = subjectById(reader, subject);
  if (named === null) return null;
  const entries = readEntries(reader, entriesOf(reader, subject), looking);
  const tried: Tried = { name: null, versions: new Map() };
  let explained = true;
  for (const { row, previous, state, closed } of entries) {
    if (state === 'bad' && previous !== null && !explain(reader, row, previous, tried, looking)) explained = false;
    const kept = closed ? openable(row, looking) : null;
    if (kept !== null && row.newVersion !== null) tried.versions.set(row.newVersion, kept);
    if (closed && kept === null) explained = false;
  }
  const proven = new Map<number, WalkedRow | null>();
  for (const { row, previous, state, closed } of entries) {
    const good = state === 'good' || (previous !== null && formOf(previous, withVersions(row, tried)) !== null);
    if (!good) continue;
    if (row.oldVersion !== null && !proven.has(row.oldVersion)) proven.set(row.oldVersion, null);
    if (row.newVersion !== null && (!closed || tried.versions.has(row.newVersion))) proven.set(row.newVersion, row);
  }
  const known = (id: number): StoredVersion | null =>
    proven.has(id) ? (tried.versions.get(id) ?? versionById(reader, id)) : null;
  const changes = entries.filter(({ row }) => row.newVersion !== null);
  const last = changes.at(-1)?.row;
  const chain =
    last?.newVersion == null || last.action === 'delete'
      ? null
      : { version: last.newVersion, entry: last, known: known(last.newVersion) };
  const before = changes.toReversed().find(({ row, closed }) => {
    const version = row.newVersion === null ? null : known(row.newVersion);
    return !closed && version !== null && (version.value !== null || version.cipher !== null);
  })?.row;
  const earlier = before?.newVersion == null ? null : known(before.newVersion);
  const liveRow = liveOf(reader, subject);
  const newest = newestEntry(reader);
  const mine = new Set(changes.map(({ row }) => row.newVersion));
  const strays = versionsOf(reader, subject).filter(
    ({ id, audit }) =>
      !mine.has(id) &&
      (audit < 1 || audit > newest || hasEntry(reader, audit) || liveRow === id) &&
      !isNamed(reader, id),
  );
  const found = liveRow === null ? null : versionById(reader, liveRow);
  return {
    subject,
    ...named,
    renamedFrom: tried.name,
    entries,
    originals: tried.versions,
    explained,
    chain,
    found,
    liveRow,
    earlier: earlier === null || before === undefined ? null : { version: earlier, at: before.at },
    strays,
    misplaced: changes.flatMap(({ row }) =>
      row.newVersion !== null &&
      row.newSecret !== null &&
      (row.newAudit !== row.id || row.newSubject !== subject) &&
      // The number of a row that was taken away may have been given again.
      (row.newAudit === row.id || row.newAudit === null || !madeBy(reader, row.newVersion, row.newAudit))
        ? [{ version: row.newVersion, entry: row.id }]
        : [],
    ),
  };
};
