/** Decides for every value of a plan what a migration does with it. Pure; the same decisions make the dry run and the run. */
import type { Precedence } from '../definitions/types.ts';
import { parseValue } from '../changes/view.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Steps } from '../slices.ts';
import {
  isMapped,
  type Candidate,
  type Choice,
  type Choices,
  type Decided,
  type Mapped,
  type OnConflict,
  type Quarantined,
} from './plan-types.ts';
import { importedAt, placeKey, subjectKey, type Imported, type Present } from './present.ts';
import { addToGroup, isOverruled, lostTo, overruledBy, rankOf } from './rivals.ts';
import type { ByHand } from './by-hand.ts';
import { createComparer, type Comparer } from './same-value.ts';
import { decide, fresh, type Standing, type Verdict } from './three-ways.ts';

export type Rules = {
  present: Present;
  choices: Choices;
  onConflict: OnConflict;
  /** Null while locked: secrets can then not be compared. */
  keyring: Keyring | null;
  /** Hash of each file that was read now. */
  hashes: ReadonlyMap<string, string>;
  /** Files that are there and could not be read: what they say is not known. */
  unreadable: ReadonlySet<string>;
  precedence: Precedence | null;
};

/** `needsKeys`: a secret had to be compared while locked; the decisions then must not be used. */
export type Comparison = { items: Decided[]; needsKeys: boolean };

const isEmpty = (choices: Choices): boolean => {
  for (const name in choices) if (Object.hasOwn(choices, name)) return false;
  return true;
};

/** The owner's word on one place. An integration that is left out takes its fields along; its marks obey it. */
const choiceOf = (choices: Choices, item: Mapped): Choice | null => {
  if (isEmpty(choices)) return null;
  const own = choices[`${item.file}:${item.path}`];
  const parent = item.within === null ? undefined : choices[`${item.file}:${item.within}`];
  return parent === 'skip' ? 'skip' : (own ?? (item.mark ? (parent ?? null) : null));
};

const fileUnchanged = ({ present, hashes }: Rules, file: string): boolean =>
  present.hashes.get(file) === hashes.get(file);

/** Kept in clear always, or encrypted always: nobody is asked. */
const fixedSecrecy: ReadonlySet<string> = new Set(['integration', 'user', 'user-field']);

/** The owner's word beats what the store has, which beats the proposal. */
const withSecrecy = (comparer: Comparer, rules: Rules, item: Mapped): Mapped => {
  if (fixedSecrecy.has(item.subject.kind)) return item;
  const choice = choiceOf(rules.choices, item);
  if (item.subject.kind === 'record')
    return choice === 'secret' ? { ...item, secret: true } : plainRecord(comparer, rules, item);
  if (choice === 'secret' || choice === 'plain') return { ...item, secret: choice === 'secret', note: null };
  const stored = rules.present.live.get(subjectKey(item.subject)) ?? importedAt(rules.present, item)?.version;
  return stored === undefined || stored === null ? item : { ...item, secret: stored.secret };
};

/** Records are kept in clear. One that seems to hold a secret comes in only by the owner's word, given now or before. */
const plainRecord = (comparer: Comparer, rules: Rules, item: Mapped): Mapped => {
  const live = rules.present.live.get(subjectKey(item.subject));
  const known = live !== undefined && comparer.same(item, live);
  return known || choiceOf(rules.choices, item) === 'plain' ? { ...item, secret: false, note: null } : item;
};

const inQuarantine = (item: Mapped): Decided => {
  const { file, path, line, column, raw, note } = item;
  const reason = `${note ?? 'it holds a secret'}; records are kept in clear, so say that it is plain, or leave it here`;
  return { file, path, line, column, raw, subject: null, reason, action: 'quarantine' };
};

/** What one comparison looks at: the rules and what the files say altogether. */
type Round = {
  comparer: Comparer;
  rules: Rules;
  groups: ReadonlyMap<string, Mapped[]>;
  /** Every place that the files have now, quarantined ones too. */
  places: ReadonlySet<string>;
};

const otherImports = ({ rules }: Round, item: Mapped): { from: Imported; rank: number }[] =>
  (rules.present.bySubject.get(subjectKey(item.subject)) ?? []).flatMap((from) => {
    const rank = rankOf(rules.precedence, { file: from.file, subject: item.subject });
    return from.version === null || rank === null || from.file === item.file ? [] : [{ from, rank }];
  });

/**
 * A file above this one gave the value and may still do so: it cannot be read now, what it says cannot be kept, or it is
 * left out this time. None of these hands over to this file.
 */
const stillOverruled = (round: Round, item: Mapped): string | null => {
  const own = rankOf(round.rules.precedence, item);
  if (own === null) return null;
  for (const { from, rank } of otherImports(round, item)) {
    if (rank >= own) continue;
    if (round.rules.unreadable.has(from.file)) return `${overruledBy(from.file)}, and cannot be read now`;
    if (round.places.has(placeKey(from.file, from.path))) return overruledBy(from.file);
  }
  return null;
};

/** The newest import that gave this subject a value, when it was another file's and the order of files speaks of both. */
const handoverTo = (round: Round, item: Mapped): Standing['handover'] => {
  const own = rankOf(round.rules.precedence, item);
  const newest = round.rules.present.bySubject.get(subjectKey(item.subject))?.findLast((one) => one.version !== null);
  const found = otherImports(round, item).find((one) => one.from === newest);
  if (own === null || found === undefined || found.rank === own) return null;
  const { from, rank } = found;
  const reason =
    own < rank ? `${item.file} overrules ${from.file}` : `${from.file} no longer has it, so this file counts`;
  return { from, reason };
};

/** What the owner left out stays so, whichever file counts: only an overruled value waits for its turn. */
const wasLeftOut = (before: Imported | undefined): boolean =>
  before !== undefined && before.version === null && !isOverruled(before.reason);

/** `candidate` as the mapper made it, `item` with the secrecy that counts. */
const verdictOf = (round: Round, candidate: Mapped, item: Mapped): Verdict => {
  const { comparer, rules } = round;
  const { present, onConflict } = rules;
  const live = present.live.get(subjectKey(item.subject));
  const before = importedAt(present, item);
  const choice = choiceOf(rules.choices, item);
  const standing = { live, before, choice, onConflict, fileUnchanged: fileUnchanged(rules, item.file), handover: null };
  if (item.mark) return decide(comparer, item, standing);
  const lost = lostTo(comparer, {
    item: candidate,
    group: round.groups.get(subjectKey(item.subject)) ?? [],
    choiceOf: (one) => choiceOf(rules.choices, one),
    beforeOf: (one) => importedAt(present, one),
    fileUnchanged: (one) => fileUnchanged(rules, one.file),
    live,
    precedence: rules.precedence,
    onConflict,
  });
  if (lost !== null) return lost;
  if (choice !== null || wasLeftOut(before)) return decide(comparer, item, standing);
  const overruled = isOverruled(before?.reason ?? null) || before === undefined ? stillOverruled(round, item) : null;
  if (overruled !== null) return fresh('skip', overruled);
  return decide(comparer, item, { ...standing, handover: handoverTo(round, item) });
};

/** A mark shares the fate of the integration or user it speaks about. */
const withFate = (item: Decided, verdicts: ReadonlyMap<string, Verdict>): Decided => {
  if (item.action === 'quarantine' || !item.mark || item.byHand !== undefined) return item;
  const verdict = verdicts.get(placeKey(item.file, subjectKey(item.subject)));
  if (verdict === undefined) return item;
  const { action, reason, version, subjectId } = verdict;
  return { ...item, action, reason, version, subjectId };
};

/** The newest decision about this very text. */
const decisionOn = (comparer: Comparer, rules: Rules, item: Quarantined): ByHand | undefined => {
  const decisions = rules.present.byHand.get(placeKey(item.file, item.path)) ?? [];
  const atPlace = (one: ByHand): boolean => one.line === item.line && one.column === item.column;
  return decisions.findLast((one) =>
    fileUnchanged(rules, item.file) ? atPlace(one) : comparer.sameRaw(item, { ledgerId: one.ledgerId, raw: one.raw }),
  );
};

/** What was mapped by hand stays mapped while the text is the same; other text at its place is quarantined anew. */
const kept = (comparer: Comparer, rules: Rules, item: Quarantined): Decided => {
  const decision = decisionOn(comparer, rules, item);
  if (decision === undefined) return { ...item, action: 'quarantine' };
  if (decision.mapped === null)
    return { ...item, left: true, action: 'quarantine', reason: `${item.reason}; left here by your choice` };
  const { subject, version } = decision.mapped;
  return {
    ...item,
    subject,
    value: parseValue(version.value),
    secret: version.secret,
    note: null,
    within: null,
    mark: true,
    part: [],
    byHand: version.version,
    action: 'unchanged',
    reason: 'mapped by hand from quarantine',
    version: null,
    subjectId: version.subjectId,
  };
};

/** To be run in slices: a plan may have as many values as its files hold. */
export function* compareSteps(candidates: readonly Candidate[], rules: Rules): Steps<Comparison> {
  const comparer = createComparer(rules.keyring);
  const groups = new Map<string, Mapped[]>();
  const places = new Set<string>();
  for (const candidate of candidates) {
    places.add(placeKey(candidate.file, candidate.path));
    if (isMapped(candidate) && !candidate.mark) addToGroup(groups, candidate);
    yield;
  }
  const round: Round = { comparer, rules, groups, places };
  const verdicts = new Map<string, Verdict>();
  const decideOn = (candidate: Candidate): Decided => {
    if (!isMapped(candidate)) return kept(comparer, rules, candidate);
    const item = withSecrecy(comparer, rules, candidate);
    if (item.subject.kind === 'record' && item.secret && choiceOf(rules.choices, item) !== 'skip')
      return inQuarantine(item);
    const verdict = verdictOf(round, candidate, item);
    if (!item.mark) verdicts.set(placeKey(item.file, subjectKey(item.subject)), verdict);
    return { ...item, ...verdict };
  };
  const items: Decided[] = [];
  for (const candidate of candidates) {
    items.push(decideOn(candidate));
    yield;
  }
  // A mark may stand before the integration that it speaks about.
  for (const [i, item] of items.entries()) {
    items[i] = withFate(item, verdicts);
    yield;
  }
  return { items, needsKeys: comparer.needsKeys() };
}
