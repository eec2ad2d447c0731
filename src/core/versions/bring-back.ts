/**
 * Brings values of another version into now, as one new change set of kind `revert`: what would change, what cannot be
 * brought back and why, and whose later changes lie in the way. History is never rewritten.
 */
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { LaterChange, LeftOut, RevertResult, VersionChange } from '../../contract/versions.ts';
import { crossing } from '../changes/crossing.ts';
import { endTrial } from '../changes/undo.ts';
import type { Put, Subject } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import { withNotMirrored } from '../mirrors/not-mirrored.ts';
import type { Keyring } from '../secrets/types.ts';
import { tellsSecret } from '../settings/apply.ts';
import type { Reader } from '../store/types.ts';
import { changeBetween } from './diff.ts';
import { idOf, liveState, type Held, type State } from './state.ts';

/** `held` null removes the subject. */
export type Wanted = { subject: Subject; held: Held | null };

export type Asked = {
  /** Read inside the transaction, and once before it. */
  wanted: (reader: Reader, live: State) => Wanted[];
  /** The later change by somebody else that would be lost. */
  later: (reader: Reader, subject: Subject) => LaterChange | null;
  input: { reason?: string; dryRun?: boolean; over?: boolean };
  of: string | null;
  /** What the log calls it. */
  label: string;
  /** Where it is no going back: the entry that says what it is, instead of `version` and `revert`. */
  as?: { noun: string; action: string };
  /** What else stands against a value, asked after `wanted`. */
  problem?: (subject: Subject) => string | null;
};

type Plan = { puts: Put[]; changes: VersionChange[]; left: LeftOut[]; later: LaterChange[]; needsKeys: boolean };

const crossingOf = (live: State, wanted: readonly Wanted[]): Set<string> =>
  crossing(
    [...live.values()].map(({ subject }) => subject),
    wanted.map(({ subject, held }) => ({ subject, goes: held === null })),
  );

const lockedWhy = (live: State, definition: Definition | null, subject: Subject): string | null => {
  if (subject.kind !== 'setting') return null;
  if (live.has(`lock/${subject.key}`)) return 'it is locked';
  const reason = definition === null ? null : (entryFor(definition, subject.key)?.['x-locked'] ?? null);
  return reason === null ? null : `the application locks it: ${reason}`;
};

const mirrorProblem = 'whether a file is written in clear is decided on the Migration page, not by going back';

/** Null when nothing stands against it. */
const problemOf = (
  { subject, held }: Wanted,
  seen: { live: State; crossing: Set<string>; definition: Definition | null; keyring: Keyring | null },
): string | null => {
  if (subject.kind === 'mirror') return mirrorProblem;
  const locked = lockedWhy(seen.live, seen.definition, subject);
  if (locked !== null) return locked;
  if (held === null) return null;
  if (seen.crossing.has(subject.key) && subject.kind === 'setting')
    return 'another setting lies in its place now: a value cannot be a group as well';
  const text = held.open(seen.keyring);
  if (text === null) return held.closed ?? (seen.keyring === null ? null : 'the key it was encrypted with is gone');
  const invalid =
    subject.kind === 'setting' && seen.definition !== null
      ? validateValue(seen.definition, subject.key, JSON.parse(text) as JsonValue)
      : null;
  return invalid === null ? null : `its value is not valid any more: it ${invalid}`;
};

const planOf = (reader: Reader, asked: Asked, definition: Definition | null, keyring: Keyring | null): Plan => {
  const live = liveState(reader);
  const wanted = asked.wanted(reader, live);
  const seen = { live, crossing: crossingOf(live, wanted), definition, keyring };
  const plan: Plan = { puts: [], changes: [], left: [], later: [], needsKeys: false };
  for (const one of wanted) {
    const { subject, held } = one;
    const old = live.get(idOf(subject));
    const change = changeBetween(old, held ?? undefined);
    if (change === null) continue;
    const problem = asked.problem?.(subject) ?? problemOf(one, seen);
    if (problem !== null) {
      plan.left.push({ kind: subject.kind, key: subject.key, problem });
      continue;
    }
    const later = asked.later(reader, subject);
    if (later !== null) plan.later.push(later);
    plan.changes.push(change);
    const secret = held === null ? old?.secret === true : held.secret || old?.secret === true;
    const text = held?.open(keyring) ?? null;
    if (secret && held !== null) plan.needsKeys = true;
    const source = held?.source ?? 'set';
    const value = held === null ? undefined : text === null ? null : (JSON.parse(text) as JsonValue);
    plan.puts.push({ subject, value, secret, source });
  }
  // What a removal frees may be taken again.
  plan.puts.sort((a, b) => Number(a.value !== undefined) - Number(b.value !== undefined));
  return plan;
};

const inTheWay = (later: readonly LaterChange[]) =>
  fail({
    type: 'Conflict',
    what: 'Somebody changed this later; going back would take that change back too (--force, or over, if that is meant)',
    items: later.map(({ kind, key, changeSet, at, actor }) => ({
      file: '',
      path: kind,
      key,
      reason: `changed by ${actor} at ${at} (change set ${changeSet})`,
    })),
  });

const answer = (plan: Plan, changeSet: string | null, dryRun: boolean): RevertResult => ({
  changeSet,
  dryRun,
  changes: plan.changes,
  left: plan.left,
  later: plan.later,
});

/** Errors: `Conflict` naming who changed what later (unless `over`), `SecretsLocked`, `InputInvalid` for the reason. */
export const bringBack = async (ctx: Context, asked: Asked): Promise<Result<RevertResult>> => {
  const { input } = asked;
  const definition = await ctx.definition();
  let keyring = await ctx.keyringIfUnlocked();
  const first = await ctx.read((reader) => planOf(reader, asked, definition, keyring));
  if (!first.ok) return first;
  if (input.dryRun === true) return ok(answer(first.data, null, true));
  if (first.data.later.length > 0 && input.over !== true) return inTheWay(first.data.later);
  if (first.data.needsKeys && keyring === null) {
    const unlocked = await ctx.keyring('Going back brings a secret back');
    if (!unlocked.ok) return unlocked;
    keyring = unlocked.data;
  }
  const kind = asked.as === undefined ? ('revert' as const) : ('edit' as const);
  const options = { kind, reason: input.reason ?? null, of: asked.of };
  const done = await ctx.commit(options, (changes): Result<RevertResult> => {
    const plan = planOf(changes.tx, asked, definition, keyring);
    if (plan.later.length > 0 && input.over !== true) return inTheWay(plan.later);
    if (plan.needsKeys && keyring === null) return fail({ type: 'Stale', keys: plan.changes.map(({ key }) => key) });
    if (tellsSecret(plan.puts, input.reason))
      return fail({ type: 'InputInvalid', field: 'reason', problem: 'it holds the secret itself' });
    if (plan.puts.length === 0) return ok(answer(plan, null, false));
    for (const put of plan.puts) changes.put(put);
    if (asked.of !== null) endTrial(changes, asked.of);
    const { noun, action } = asked.as ?? { noun: 'version', action: 'revert' };
    changes.event(noun, asked.label, action, { left: plan.left, over: plan.later.length });
    return ok(answer(plan, changes.uid, false));
  });
  const kinds = new Map(done.ok ? done.data.changes.map((change) => [change, change.kind]) : []);
  return withNotMirrored(ctx, done, (change) => ({
    // They are the changes of this answer, with the kinds that `put` took.
    kind: (kinds.get(change as VersionChange) ?? 'setting') as Subject['kind'],
    key: change.key,
  }));
};
