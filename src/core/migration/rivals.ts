/**
 * Two places with one subject: which of them counts. By the owner's choice, else by the definition's order of files, else
 * equal values agree and different ones are a conflict. Pure.
 */
import { jsonEqual } from '../../contract/json.ts';
import type { Precedence } from '../definitions/types.ts';
import { matches } from './glob.ts';
import type { Choice, Mapped, OnConflict } from './plan-types.ts';
import { subjectKey, type Imported, type StoredValue } from './present.ts';
import type { Comparer } from './same-value.ts';
import { fresh, keepStore, placeUnchanged, type Verdict } from './three-ways.ts';

type Placed = Pick<Mapped, 'file' | 'subject'>;

/** 0 is the strongest; null when the definition does not name the file. */
export const rankOf = (precedence: Precedence | null, { file, subject }: Placed): number | null => {
  if (precedence === null) return null;
  const own = precedence.keys !== undefined && Object.hasOwn(precedence.keys, subject.key);
  const files = (own && subject.kind === 'setting' ? precedence.keys?.[subject.key] : undefined) ?? precedence.files;
  const rank = files.findIndex((pattern) => matches(pattern, file));
  return rank === -1 ? null : rank;
};

/** The reason of a value that lost by the definition's order; the ledger keeps it, and later runs know it by this. */
export const overruledBy = (file: string): string => `${file} overrules it`;
export const isOverruled = (reason: string | null): boolean => reason !== null && / overrules it(?:$|,)/u.test(reason);

/** The one whose file is above all the others'; null when the definition does not say so. */
const strongest = (precedence: Precedence | null, group: readonly Mapped[]): Mapped | null => {
  const ranks = group.map((item) => rankOf(precedence, item));
  if (ranks.includes(null)) return null;
  const top = Math.min(...ranks.map(Number));
  return ranks.filter((rank) => rank === top).length === 1 ? (group[ranks.indexOf(top)] ?? null) : null;
};

export type Rivals = {
  item: Mapped;
  /** All places with this subject, in the order of the files. */
  group: readonly Mapped[];
  choiceOf: (item: Mapped) => Choice | null;
  beforeOf: (item: Mapped) => Imported | undefined;
  fileUnchanged: (item: Mapped) => boolean;
  live: StoredValue | undefined;
  precedence: Precedence | null;
  onConflict: OnConflict;
};

const equalValue = (a: Mapped, b: Mapped): boolean => {
  if (a.subject.kind !== 'record') return JSON.stringify(a.value) === JSON.stringify(b.value);
  return jsonEqual(a.value, b.value);
};

/** Each place is as it was when it was imported: what was decided then still holds. */
const settled = (comparer: Comparer, open: readonly Mapped[], rivals: Rivals): boolean =>
  open.every((one) => {
    const before = rivals.beforeOf(one);
    return before !== undefined && placeUnchanged(comparer, one, before, rivals.fileUnchanged(one));
  });

/** The owner once decided against the definition's order, and nothing has changed since. */
const decidedOtherwise = (comparer: Comparer, winner: Mapped, open: readonly Mapped[], rivals: Rivals): boolean => {
  const before = rivals.beforeOf(winner);
  return before?.version === null && !isOverruled(before.reason) && settled(comparer, open, rivals);
};

const placeName = (item: Mapped, other: Mapped): string =>
  item.file === other.file ? `${other.path} (line ${String(other.line)})` : other.file;

/** Null when this place counts, or when it stands alone. */
export const lostTo = (comparer: Comparer, rivals: Rivals): Verdict | null => {
  const { item, group, choiceOf } = rivals;
  if (group.length < 2) return null;
  const open = group.filter((one) => choiceOf(one) !== 'skip' && choiceOf(one) !== 'store');
  if (open.length < 2 || !open.includes(item)) return null;
  const chosen = open.filter((one) => choiceOf(one) === 'file');
  const picked = chosen.length === 1 ? (chosen[0] ?? null) : null;
  const ruled = picked === null ? strongest(rivals.precedence, open) : null;
  if (ruled !== null) {
    if (decidedOtherwise(comparer, ruled, open, rivals) || ruled === item) return null;
    return fresh('skip', overruledBy(ruled.file));
  }
  return withoutRule(comparer, rivals, open, picked);
};

const withoutRule = (
  comparer: Comparer,
  rivals: Rivals,
  open: readonly Mapped[],
  picked: Mapped | null,
): Verdict | null => {
  const { item, group } = rivals;
  if (settled(comparer, open, rivals)) return null;
  const [first] = open;
  const last = open.at(-1);
  const equal = first !== undefined && open.every((one) => equalValue(one, first));
  const winner = picked ?? (equal ? first : rivals.onConflict === 'file' ? last : undefined);
  if (winner === item) return null;
  if (winner !== undefined) {
    const name = placeName(item, winner);
    return fresh('skip', equal ? `the same value as in ${name}` : `${name} has this too and is taken`);
  }
  if (rivals.onConflict === 'store') return keepStore(comparer, item, rivals.live);
  const others = group.filter((one) => one !== item).map((one) => placeName(item, one));
  return fresh('conflict', `${others.join(' and ')} ${others.length === 1 ? 'has' : 'have'} another value for it`);
};

export const addToGroup = (groups: Map<string, Mapped[]>, item: Mapped): void => {
  const key = subjectKey(item.subject);
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
};
