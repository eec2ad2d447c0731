/** Decides one value by comparing three ways: the file now, the file at its last import, the store now. Pure. */
import type { Choice, Mapped, OnConflict, Placed } from './plan-types.ts';
import type { Imported, StoredValue } from './present.ts';
import type { Comparer } from './same-value.ts';

export type Verdict = Pick<Placed, 'action' | 'reason' | 'version' | 'subjectId'>;

/** What stands in the store and what the last import did, for one value of a file. */
export type Standing = {
  live: StoredValue | undefined;
  before: Imported | undefined;
  /** The file's bytes are those of its last import. */
  fileUnchanged: boolean;
  /** The import that last counted, when another file's did and the definition's order settles between the two. */
  handover: { from: Imported; reason: string } | null;
  choice: Choice | null;
  onConflict: OnConflict;
};

export const fresh = (action: Placed['action'], reason: string | null = null): Verdict => ({
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

/** The value at this place was the same when the file was last imported. */
export const placeUnchanged = (comparer: Comparer, item: Mapped, before: Imported, fileUnchanged: boolean): boolean => {
  if (fileUnchanged) return true;
  return before.version !== null ? comparer.same(item, before.version) : comparer.sameRaw(item, before);
};

export const take = (comparer: Comparer, item: Mapped, live: StoredValue | undefined): Verdict => {
  if (live === undefined) return fresh('create');
  return comparer.same(item, live) && live.secret === item.secret
    ? found(live)
    : fresh('update', 'the file’s value is taken by your choice');
};

export const keepStore = (comparer: Comparer, item: Mapped, live: StoredValue | undefined): Verdict => {
  if (live === undefined) return fresh('skip', 'left out by your choice');
  return comparer.same(item, live)
    ? found(live)
    : { ...found(live), action: 'skip', reason: 'Holdfast’s value is kept by your choice', version: null };
};

const conflict = (comparer: Comparer, item: Mapped, standing: Standing, reason: string): Verdict => {
  if (standing.onConflict === 'file') return take(comparer, item, standing.live);
  return standing.onConflict === 'store' ? keepStore(comparer, item, standing.live) : fresh('conflict', reason);
};

/** Why a value stays as it is in the store although the file has not changed; null when the two agree. */
const stayReason = (comparer: Comparer, base: StoredValue | null, live: StoredValue | undefined): string | null => {
  if (base === null) return 'left out at the last import; the file has not changed since';
  if (live === undefined) return 'removed in Holdfast since; it stays removed';
  return comparer.sameStored(base, live) ? null : 'changed in Holdfast since; the file has not changed';
};

const secrecyChanged = (item: Mapped, standing: Standing, base: StoredValue | null): boolean =>
  standing.choice !== null &&
  base !== null &&
  standing.live?.version === base.version &&
  standing.live.secret !== item.secret;

const whenUnchanged = (comparer: Comparer, item: Mapped, standing: Standing, before: Imported): Verdict => {
  const base = before.version;
  if (secrecyChanged(item, standing, base)) return fresh('update', 'kept secret or not by your choice');
  const reason = stayReason(comparer, base, standing.live);
  return { action: 'unchanged', reason, version: base?.version ?? null, subjectId: before.subjectId };
};

/** The file says something else than `base`, its value at the last import. */
const whenChanged = (
  comparer: Comparer,
  item: Mapped,
  standing: Standing,
  base: StoredValue | null,
  reason: string,
): Verdict => {
  const { live } = standing;
  if (live === undefined)
    return base === null
      ? fresh('create')
      : conflict(comparer, item, standing, 'changed in the file and removed in Holdfast since the last import');
  if (comparer.same(item, live)) return found(live, 'changed to the same value in both');
  if (base !== null && comparer.sameStored(base, live)) return fresh('update', reason);
  return conflict(comparer, item, standing, 'changed in the file and in Holdfast since the last import');
};

const afterImport = (comparer: Comparer, item: Mapped, standing: Standing, before: Imported): Verdict =>
  placeUnchanged(comparer, item, before, standing.fileUnchanged)
    ? whenUnchanged(comparer, item, standing, before)
    : whenChanged(comparer, item, standing, before.version, 'changed in the file since the last import');

/** Another file counted until now: what it gave is the base, and this file's value the change. */
const afterHandover = (
  comparer: Comparer,
  item: Mapped,
  standing: Standing,
  { from, reason }: NonNullable<Standing['handover']>,
): Verdict => {
  const base = from.version;
  return base !== null && comparer.same(item, base)
    ? whenUnchanged(comparer, item, standing, from)
    : whenChanged(comparer, item, standing, base, reason);
};

export const decide = (comparer: Comparer, item: Mapped, standing: Standing): Verdict => {
  const { live, before, choice, handover } = standing;
  if (choice === 'skip') return { ...fresh('skip', 'left out by your choice'), subjectId: live?.subjectId ?? null };
  if (choice === 'file') return take(comparer, item, live);
  if (choice === 'store') return keepStore(comparer, item, live);
  if (handover !== null) return afterHandover(comparer, item, standing, handover);
  if (before !== undefined) return afterImport(comparer, item, standing, before);
  if (live === undefined) return fresh('create');
  if (!comparer.same(item, live)) return conflict(comparer, item, standing, 'Holdfast already has another value');
  return live.secret === item.secret ? found(live) : fresh('update', 'kept secret or not by your choice');
};
