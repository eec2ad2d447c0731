/**
 * Decides per value what a migration does, by comparing three ways: the file now, the file at its last import, the store
 * now. Pure; the same decisions make the dry run and the run.
 */
import { Buffer } from 'node:buffer';
import type { JsonValue } from '../../contract/json.ts';
import type { Keyring } from '../secrets/types.ts';
import {
  isMapped,
  type Candidate,
  type Choice,
  type Choices,
  type Decided,
  type Mapped,
  type OnConflict,
  type Placed,
} from './plan-types.ts';
import { importedAt, subjectKey, type Imported, type Present, type StoredValue } from './present.ts';
import { openRaw } from './raw-text.ts';

export type Rules = {
  present: Present;
  choices: Choices;
  onConflict: OnConflict;
  /** Null while locked: secrets can then not be compared. */
  keyring: Keyring | null;
  /** Hash of each file that was read now. */
  hashes: ReadonlyMap<string, string>;
};

/** `needsKeys`: a secret had to be compared while locked; the decisions then must not be used. */
export type Comparison = { items: Decided[]; needsKeys: boolean };

type Verdict = { action: Placed['action']; reason: string | null; version: number | null; subjectId: number | null };

const fresh = (action: Placed['action'], reason: string | null = null): Verdict => ({
  action,
  reason,
  version: null,
  subjectId: null,
});

const found = (stored: StoredValue, reason: string | null = null): Verdict => ({
  action: 'unchanged',
  reason,
  version: stored.version,
  subjectId: stored.subjectId,
});

export const compareAll = (candidates: readonly Candidate[], rules: Rules): Comparison => {
  const { present, keyring } = rules;
  let needsKeys = false;

  const same = (value: JsonValue, stored: StoredValue): boolean => {
    const text = JSON.stringify(value);
    if (!stored.secret) return stored.value === text;
    if (keyring === null || stored.print === null) {
      needsKeys ||= keyring === null;
      return false;
    }
    return Buffer.from(stored.print).equals(Buffer.from(keyring.fingerprint(text)));
  };

  const sameStored = (a: StoredValue, b: StoredValue): boolean =>
    a.version === b.version ||
    (a.secret === b.secret &&
      (a.secret
        ? a.print !== null && b.print !== null && Buffer.from(a.print).equals(Buffer.from(b.print))
        : a.value === b.value));

  const choiceOf = (item: Mapped): Choice | null => {
    const own = rules.choices[`${item.file}:${item.path}`];
    const parent = item.within === null ? undefined : rules.choices[`${item.file}:${item.within}`];
    return parent === 'skip' ? 'skip' : (own ?? (item.mark ? (parent ?? null) : null));
  };

  const fileUnchanged = (item: Mapped): boolean => present.hashes.get(item.file) === rules.hashes.get(item.file);

  /** The value at this place was the same when the file was last imported. */
  const placeUnchanged = (item: Mapped, before: Imported): boolean => {
    if (fileUnchanged(item)) return true;
    if (before.version !== null) return same(item.value, before.version);
    if (before.raw === null) return false;
    if (keyring === null) {
      needsKeys = true;
      return false;
    }
    return openRaw(keyring, item, before) === item.raw;
  };

  const take = (item: Mapped, live: StoredValue | undefined): Verdict => {
    if (live === undefined) return fresh('create');
    return same(item.value, live) && live.secret === item.secret
      ? found(live)
      : fresh('update', 'the file’s value is taken by your choice');
  };

  const keepStore = (item: Mapped, live: StoredValue | undefined): Verdict => {
    if (live === undefined) return fresh('skip', 'left out by your choice');
    return same(item.value, live)
      ? found(live)
      : { ...found(live), action: 'skip', reason: 'Holdfast’s value is kept by your choice', version: null };
  };

  const conflict = (item: Mapped, live: StoredValue | undefined, reason: string): Verdict => {
    if (rules.onConflict === 'file') return take(item, live);
    return rules.onConflict === 'store' ? keepStore(item, live) : fresh('conflict', reason);
  };

  const afterImport = (item: Mapped, before: Imported, live: StoredValue | undefined, explicit: boolean): Verdict => {
    const base = before.version;
    if (placeUnchanged(item, before)) {
      if (explicit && base !== null && live?.version === base.version && live.secret !== item.secret)
        return fresh('update', 'kept secret or not by your choice');
      const reason =
        base === null
          ? 'left out at the last import; the file has not changed since'
          : live === undefined
            ? 'removed in Holdfast since; it stays removed'
            : sameStored(base, live)
              ? null
              : 'changed in Holdfast since; the file has not changed';
      return { action: 'unchanged', reason, version: base?.version ?? null, subjectId: before.subjectId };
    }
    if (live === undefined)
      return base === null
        ? fresh('create')
        : conflict(item, live, 'changed in the file and removed in Holdfast since the last import');
    if (same(item.value, live)) return found(live, 'changed to the same value in both');
    if (base !== null && sameStored(base, live)) return fresh('update', 'changed in the file since the last import');
    return conflict(item, live, 'changed in the file and in Holdfast since the last import');
  };

  const decide = (item: Mapped): Verdict => {
    const live = present.live.get(subjectKey(item.subject));
    const before = importedAt(present, item);
    const choice = choiceOf(item);
    if (choice === 'skip') return { ...fresh('skip', 'left out by your choice'), subjectId: live?.subjectId ?? null };
    if (choice === 'file') return take(item, live);
    if (choice === 'store') return keepStore(item, live);
    if (before !== undefined) return afterImport(item, before, live, choice !== null);
    if (live === undefined) return fresh('create');
    if (!same(item.value, live)) return conflict(item, live, 'Holdfast already has another value');
    return live.secret === item.secret ? found(live) : fresh('update', 'kept secret or not by your choice');
  };

  /** The owner's word beats what the store has, which beats the proposal. */
  const withSecrecy = (item: Mapped): Mapped => {
    const choice = choiceOf(item);
    if (item.subject.kind === 'integration') return item;
    if (choice === 'secret' || choice === 'plain') return { ...item, secret: choice === 'secret', note: null };
    const stored = present.live.get(subjectKey(item.subject)) ?? importedAt(present, item)?.version;
    return stored === undefined || stored === null ? item : { ...item, secret: stored.secret };
  };

  const rivals = new Map<string, Mapped[]>();
  for (const item of candidates) {
    if (!isMapped(item) || item.mark) continue;
    const key = subjectKey(item.subject);
    rivals.set(key, [...(rivals.get(key) ?? []), item]);
  }

  /** Two files with one setting: which of them counts. Null when this one does, or when it stands alone. */
  const lost = (item: Mapped): Verdict | null => {
    const group = rivals.get(subjectKey(item.subject)) ?? [];
    if (group.length < 2 || item.mark) return null;
    const open = group.filter((one) => choiceOf(one) !== 'skip' && choiceOf(one) !== 'store');
    if (!open.includes(item)) return null;
    const chosen = open.filter((one) => choiceOf(one) === 'file');
    const first = open[0];
    const last = open.at(-1);
    const equal = open.every((one) => JSON.stringify(one.value) === JSON.stringify(first?.value));
    const settled = open.every((one) => fileUnchanged(one) && importedAt(present, one) !== undefined);
    if (open.length < 2 || settled) return null;
    const winner = chosen.length === 1 ? chosen[0] : equal ? first : rules.onConflict === 'file' ? last : null;
    if (winner === item) return null;
    if (winner !== null && winner !== undefined)
      return fresh('skip', equal ? `the same value as in ${winner.file}` : `${winner.file} has this too and is taken`);
    if (rules.onConflict === 'store') return keepStore(item, present.live.get(subjectKey(item.subject)));
    return fresh(
      'conflict',
      `${group
        .filter((one) => one !== item)
        .map((one) => one.file)
        .join(' and ')} has another value for it`,
    );
  };

  const verdicts = new Map<string, Verdict>();
  const items = candidates.map((candidate): Decided => {
    if (!isMapped(candidate)) return { ...candidate, action: 'quarantine' };
    const item = withSecrecy(candidate);
    const verdict = lost(candidate) ?? decide(item);
    if (!item.mark) verdicts.set(subjectKey(item.subject), verdict);
    return { ...item, ...verdict };
  });
  // A mark shares the fate of the integration it speaks about.
  const settle = (item: Decided): Decided => {
    if (item.action === 'quarantine' || !item.mark) return item;
    const verdict = verdicts.get(subjectKey(item.subject));
    return verdict === undefined
      ? item
      : {
          ...item,
          action: verdict.action,
          reason: verdict.reason,
          version: verdict.version,
          subjectId: verdict.subjectId,
        };
  };
  return { items: items.map(settle), needsKeys };
};
