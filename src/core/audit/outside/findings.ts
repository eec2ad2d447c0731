/** What a closer look came to, as people see it: what the chain vouches for, what is there, and what can be done. */
import { createHash } from 'node:crypto';
import type { OutsideChange, OutsideSide } from '../../../contract/audit-outside.ts';
import { parseValue } from '../../changes/view.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { Reader } from '../../store/types.ts';
import { badEntriesOf, examine, opensWith, type Entry, type Examined, type Looking } from './examine.ts';
import { entriesOfSet, subjectIdOf, type StoredVersion } from './queries.ts';
import type { Suspects } from './scan.ts';

/** A change and what it was told from. */
export type Finding = { change: OutsideChange } & (
  { examined: Examined; bad: null } | { examined: null; bad: readonly Entry[] }
);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const gone: OutsideSide = { value: null, secret: false, print: null, removed: true, at: null };

const sideOf = (row: StoredVersion | null, at: string | null): OutsideSide =>
  row === null
    ? { ...gone, at }
    : {
        value: row.secret === 1 ? null : parseValue(row.value),
        secret: row.secret === 1,
        print: row.print === null ? null : hex(row.print).slice(0, 16),
        removed: row.value === null && row.cipher === null,
        at,
      };

const whatOf = (seen: Examined): OutsideChange['what'] | null => {
  const { chain, found, liveRow, entries, strays } = seen;
  if (chain === null) return liveRow !== null ? 'added' : historyOf(seen);
  if (found === null) return 'removed';
  if (found.id !== chain.version)
    return entries.some(({ row }) => row.newVersion === found.id) && found.subject === seen.subject
      ? 'set-back'
      : 'changed';
  if (seen.renamedFrom !== null) return 'renamed';
  const last = entries.find(({ row }) => row.newVersion === chain.version);
  if (seen.originals.has(chain.version) || chain.known === null || last?.closed === true) return 'changed';
  return strays.length > 0 ? 'earlier' : historyOf(seen);
};

const historyOf = (seen: Examined): 'earlier' | null =>
  seen.entries.some(({ state, closed }) => state === 'bad' || closed) ||
  seen.strays.length > 0 ||
  seen.misplaced.length > 0
    ? 'earlier'
    : null;

/** Present values change; of these only the past does. */
export const leavesValue = (what: OutsideChange['what']): boolean => what === 'earlier' || what === 'renamed';

const isSecret = ({ found, chain }: Examined): boolean => found?.secret === 1 || chain?.known?.secret === 1;

/** The ways back: to exactly what the chain vouches for, else to the last value before that it does vouch for. */
const revertOf = (reader: Reader, seen: Examined, what: OutsideChange['what']): OutsideChange['revertTo'] => {
  const { chain, earlier, found } = seen;
  if (what === 'renamed') {
    const taken = seen.renamedFrom !== null && subjectIdOf(reader, seen.kind, seen.renamedFrom) !== null;
    return taken || !seen.explained ? null : { ...sideOf(found, null), exact: true };
  }
  if (what === 'earlier') return seen.explained ? { ...sideOf(found, null), exact: true } : null;
  if (chain === null) return { ...gone, exact: true };
  if (chain.known !== null) return { ...sideOf(chain.known, chain.entry.at), exact: true };
  return earlier === null ? null : { ...sideOf(earlier.version, earlier.at), exact: false };
};

const noteOf = (seen: Examined, what: OutsideChange['what'], opensNow: boolean): string | null => {
  if (!opensNow) return 'The keys do not open what is there now.';
  if (what === 'renamed') return `It was ${seen.renamedFrom ?? ''} before.`;
  if (what === 'earlier')
    return seen.explained ? null : 'The earlier value is no longer in the store; the present one is as it was.';
  if (seen.chain !== null && seen.chain.known === null)
    return 'The value before is no longer in the store. A backup may have it: compare with one under Versions.';
  return null;
};

const markOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value), 'utf8').digest('hex').slice(0, 16);

const changeOf = (
  reader: Reader,
  seen: Examined,
  keyring: Keyring | null,
  title: (key: string) => string | null,
): OutsideChange | null => {
  const what = whatOf(seen);
  if (what === null) return null;
  const { chain, found, kind, key } = seen;
  const opensNow = found?.secret !== 1 || keyring === null || opensWith(keyring, { kind, key }, found) !== null;
  const vouched =
    what === 'earlier'
      ? null
      : chain === null
        ? gone
        : chain.known === null
          ? null
          : sideOf(chain.known, chain.entry.at);
  const told = {
    type: kind,
    key,
    title: kind === 'setting' ? title(key) : null,
    what,
    vouched,
    found: sideOf(found, null),
    revertTo: revertOf(reader, seen, what),
    acceptable: opensNow || leavesValue(what),
    entries: seen.entries.flatMap(({ row, state, closed }) => (state === 'bad' || closed ? [row.id] : [])),
    note: noteOf(seen, what, opensNow),
  };
  const bytes = isSecret(seen) && found !== null && found.cipher !== null ? hex(found.cipher) : '';
  return { id: markOf([told, bytes, seen.strays.map(({ id }) => id)]), ...told };
};

const logChange = (uid: string, bad: readonly Entry[]): OutsideChange => {
  const told = {
    type: 'log',
    key: uid,
    title: null,
    what: 'entry' as const,
    vouched: null,
    found: null,
    revertTo: null,
    acceptable: true,
    entries: bad.map(({ row }) => row.id),
    note: 'Who, when, why or what of these entries was changed. A backup may have them as they were.',
  };
  return { id: markOf([told, bad.map(({ row }) => [row.at, row.actor, row.reason, row.detail])]), ...told };
};

type Titles = (key: string) => string | null;

export const subjectFinding = (reader: Reader, subject: number, looking: Looking, title: Titles): Finding | null => {
  const examined = examine(reader, subject, looking);
  const change = examined === null ? null : changeOf(reader, examined, looking.keyring, title);
  return examined === null || change === null ? null : { change, examined, bad: null };
};

export const setFinding = (reader: Reader, set: number, looking: Looking): Finding | null => {
  const bad = badEntriesOf(reader, entriesOfSet(reader, set), looking);
  const uid = looking.sets.get(set);
  return bad.length === 0 || uid === undefined ? null : { change: logChange(uid, bad), examined: null, bad };
};

/** In the order in which people look for them: values of now first. */
export const findingsOf = (reader: Reader, suspects: Suspects, looking: Looking, title: Titles): Finding[] => {
  const found = [
    ...[...suspects.subjects].map((subject) => subjectFinding(reader, subject, looking, title)),
    ...[...suspects.sets.keys()].map((set) => setFinding(reader, set, looking)),
  ].filter((one) => one !== null);
  const rank = ({ change }: Finding): number => (change.what === 'entry' ? 2 : change.what === 'earlier' ? 1 : 0);
  return found.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      a.change.type.localeCompare(b.change.type, 'en') ||
      a.change.key.localeCompare(b.change.key, 'en'),
  );
};
