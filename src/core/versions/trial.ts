/**
 * A change on trial: settings changed for some minutes. That it is one is written in the same transaction as the change,
 * so that whoever opens the home after a crash finds it and takes it back. What was changed since stays as it is.
 */
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Trial } from '../../contract/trial.ts';
import type { LeftOut, VersionChange } from '../../contract/versions.ts';
import { endTrial, stepsOf, untouched } from '../changes/undo.ts';
import type { ChangeSetOptions, ChangeWriter, Put, SubjectKind } from '../changes/write.ts';
import type { Handler, Handlers } from '../context.ts';
import { withNotMirrored } from '../mirrors/not-mirrored.ts';
import { applySettings } from '../settings/apply.ts';
import { storedSettings } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';
import { changeBetween } from './diff.ts';
import { setByUid } from './reference.ts';
import { momentOfSet } from './moments.ts';
import { idOf, liveState, sourceOf, stateOfVersions } from './state.ts';

/** The ones under way, the first to end first. */
export const trialsOf = (reader: Reader): Trial[] =>
  [...storedSettings(reader, 'trial').values()]
    .flatMap((row): Trial[] => {
      const value = JSON.parse(row.value ?? 'null') as JsonValue;
      const set = setByUid(reader, row.key);
      const moment = set === undefined ? undefined : momentOfSet(reader, set.id);
      if (!isJsonObject(value) || typeof value['until'] !== 'string' || moment === undefined) return [];
      const keys = Array.isArray(value['keys']) ? value['keys'].filter((key) => typeof key === 'string') : [];
      return [{ changeSet: row.key, until: value['until'], keys, actor: moment.actor, reason: moment.reason }];
    })
    .toSorted((a, b) => (a.until < b.until ? -1 : 1));

export const startTrial: Handler<'settings.trial'> = async (ctx, input) => {
  const { minutes, ...change } = input;
  const until = new Date(Date.parse(ctx.clock.now()) + minutes * 60_000).toISOString();
  const keys = change.changes.map(({ key }) => key);
  // What went back while the keys are locked could not be encrypted again.
  const preview = await applySettings(ctx, { ...change, dryRun: true }, { source: 'set', kind: 'edit' });
  if (!preview.ok) return preview;
  const secret = preview.data.changes.find((one) => one.secret);
  if (secret !== undefined) {
    const problem =
      'is a secret; a secret cannot be changed on trial, because it could not go back while the keys are locked';
    return fail({ type: 'SettingInvalid', key: secret.key, problem, invalid: [{ key: secret.key, problem }] });
  }
  if (input.dryRun === true) return ok({ ...preview.data, until });
  const done = await applySettings(ctx, change, {
    source: 'set',
    kind: 'edit',
    also: (changes) => {
      const subject = { kind: 'trial' as const, key: changes.uid };
      changes.put({ subject, value: { until, keys }, secret: false, source: 'set' });
    },
  });
  const told = await withNotMirrored(ctx, done);
  return told.ok ? ok({ ...told.data, until }) : told;
};

export type Ended = { changes: VersionChange[]; left: LeftOut[] };

const goBack = (changes: ChangeWriter, trial: Trial): Ended => {
  const ended: Ended = { changes: [], left: [] };
  const set = setByUid(changes.tx, trial.changeSet);
  const steps = set === undefined ? [] : stepsOf(changes.tx, set.id);
  const live = liveState(changes.tx);
  const before = stateOfVersions(
    changes.tx,
    steps.flatMap((step) => (step.before === null ? [] : [step.before.id])),
  );
  for (const step of steps) {
    const held = before.get(idOf(step));
    const change = changeBetween(live.get(idOf(step)), held);
    if (change === null) continue;
    if (!untouched(changes.tx, step) || change.secret) {
      ended.left.push({ kind: step.kind, key: step.key, problem: 'it was changed since, and stays as it is' });
      continue;
    }
    ended.changes.push(change);
    const put: Put = {
      // Kinds in the table are those that `changes.put` wrote.
      subject: { kind: step.kind as SubjectKind, key: step.key },
      value: held === undefined ? undefined : (JSON.parse(held.value ?? 'null') as JsonValue),
      secret: false,
      source: held === undefined ? 'set' : sourceOf(held.source),
    };
    changes.put(put);
  }
  endTrial(changes, trial.changeSet);
  return ended;
};

/** As a handler's context or the owner itself commits. */
export type Commit = <T>(options: ChangeSetOptions, fn: (changes: ChangeWriter) => Result<T>) => Promise<Result<T>>;

/** Each trial goes back in a change set of its own; one that cannot be written stays for the next time. */
export const endTrials = async (
  commit: Commit,
  trials: readonly Trial[],
  reason: string,
): Promise<Result<Ended & { ended: string[] }>> => {
  const all: Ended & { ended: string[] } = { ended: [], changes: [], left: [] };
  for (const trial of trials) {
    const done = await commit({ kind: 'undo', of: trial.changeSet, reason }, (changes) => {
      // Somebody may have kept it in between.
      const still = trialsOf(changes.tx).find((one) => one.changeSet === trial.changeSet);
      return ok(still === undefined ? null : goBack(changes, still));
    });
    if (!done.ok) return done;
    if (done.data === null) continue;
    all.ended.push(trial.changeSet);
    all.changes.push(...done.data.changes);
    all.left.push(...done.data.left);
  }
  return ok(all);
};

const chosen = (trials: readonly Trial[], changeSet: string | undefined): Result<Trial[]> => {
  const found = trials.filter((trial) => changeSet === undefined || trial.changeSet === changeSet);
  return found.length === 0 ? fail({ type: 'NotFound', what: 'trial change', name: changeSet ?? '' }) : ok(found);
};

const end: Handler<'trial.end'> = async (ctx, input) => {
  const trials = await ctx.read(trialsOf);
  if (!trials.ok) return trials;
  const found = chosen(trials.data, input.changeSet);
  return found.ok ? endTrials(ctx.commit, found.data, 'the trial was ended') : found;
};

const keep: Handler<'trial.keep'> = (ctx, input) =>
  ctx.commit({ kind: 'event', reason: 'the trial change is kept' }, (changes) => {
    const found = chosen(trialsOf(changes.tx), input.changeSet);
    if (!found.ok) return found;
    for (const trial of found.data) endTrial(changes, trial.changeSet);
    return ok({ kept: found.data.map((trial) => trial.changeSet) });
  });

export const trialHandlers = {
  'settings.trial': startTrial,
  'trial.list': (ctx) => ctx.read((reader) => ({ trials: trialsOf(reader) })),
  'trial.keep': keep,
  'trial.end': end,
} satisfies Partial<Handlers>;
