/**
 * `audit.prune`: entries beyond the limits go, with their versions and the change sets that are empty then, all in one
 * transaction that also writes down what went. Only from a log that holds, and only while the keys are there to seal it.
 */
import { setImmediate } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import type { HistoryLimits } from '../../../contract/audit.ts';
import type { Input, Output } from '../../../contract/commands.ts';
import { fail, ok, type Failure, type Result } from '../../../contract/result.ts';
import type { ChangeWriter } from '../../changes/write.ts';
import type { Context } from '../../context.ts';
import type { Steps } from '../../store/steps.ts';
import type { Reader, Store } from '../../store/types.ts';
import { createVerifier } from '../verify.ts';
import { decideRemoval, type Log, type Removal } from './decide.ts';
import { detailsOf, digestOfLeft, retentionAction, retentionSubject, type About } from './detail.ts';
import { momentKnown } from './horizon.ts';
import { isLimited, readLimits } from './policy.ts';
import { deleteEntries, deleteSets, deleteVersions, leftVersions, newestAbout, tidyHours } from './queries.ts';
import { readLog } from './read-log.ts';

type Answer = Output<'audit.prune'>;
const atOnce = 500;
const undoable = ['edit', 'setup', 'restore', 'redo', 'revert'];

const cancelled = (): Failure => fail({ type: 'Cancelled', what: 'Removing old entries' });

/** What tampering left must not be swept away with the rest. */
const refuseBroken = async (ctx: Context, store: Store): Promise<Failure | null> => {
  ctx.progress('Verifying the log', null);
  const verifier = createVerifier(await ctx.keyringIfUnlocked());
  while (!(await store.read(verifier.step))) {
    if (ctx.signal.aborted) return cancelled();
    await setImmediate();
  }
  const { firstBad } = verifier.answer();
  if (firstBad === null) return null;
  const problem = `nothing was removed, because the audit log does not hold at entry ${String(firstBad.id)}: ${firstBad.problem}`;
  return fail({ type: 'StoreDamaged', problem, candidates: [] });
};

const undoLost = (reader: Reader, { blurred }: Removal, before: About | null): number =>
  reader.first<{ n: number }>(
    CompiledQuery.raw(
      `SELECT count(DISTINCT change_set.id) AS n FROM audit JOIN change_set ON change_set.id = audit.change_set
       JOIN term ON term.id = change_set.kind
       WHERE audit.id > ? AND audit.id <= ? AND change_set.undone_by IS NULL
         AND term.text IN (SELECT value FROM json_each(?))`,
      [before?.blurred[1] ?? 0, blurred[1], JSON.stringify(undoable)],
    ),
  )?.n ?? 0;

const timesOf = (log: Log, removal: Removal): { since: string | null; until: string | null } => {
  const at = (set: number | undefined): string | null => (set === undefined ? null : (log.sets.get(set)?.at ?? null));
  return { since: at(removal.entries[0]?.set), until: at(removal.entries.at(-1)?.set) };
};

const answerOf = (reader: Reader, log: Log, removal: Removal, limits: HistoryLimits): Answer => ({
  dryRun: true,
  limits,
  changeSet: null,
  removed: {
    entries: removal.entries.length,
    versions: removal.versions.length,
    changeSets: removal.sets.length,
    ...timesOf(log, removal),
  },
  kept: removal.kept,
  undoLost: undoLost(reader, removal, newestAbout(reader)),
});

const aboutOf = (changes: ChangeWriter, log: Log, removal: Removal, limits: HistoryLimits): About => {
  const before = newestAbout(changes.tx);
  const { blurred } = removal;
  const { since, until } = timesOf(log, removal);
  const left = leftVersions(changes.tx, removal.left);
  return {
    limits,
    entries: removal.entries.length,
    versions: removal.versions.length,
    changeSets: removal.sets.length,
    since: since ?? changes.at,
    until: until ?? changes.at,
    blurred:
      before === null ? blurred : [Math.min(before.blurred[0], blurred[0]), Math.max(before.blurred[1], blurred[1])],
    whole: log.moments.flatMap(({ entry }) => (entry !== null && momentKnown(before, entry) ? [entry] : [])),
    left: { count: left.length, digest: digestOfLeft(left) },
  };
};

function* removeRows({ tx }: ChangeWriter, log: Log, removal: Removal): Steps<void> {
  for (const [from, to] of removal.ranges)
    for (let first = from; first <= to; first += atOnce) {
      deleteEntries(tx, first, Math.min(to, first + atOnce - 1));
      yield;
    }
  for (let i = 0; i < removal.versions.length; i += atOnce) {
    deleteVersions(tx, removal.versions.slice(i, i + atOnce));
    yield;
  }
  // Newest first: a change set names the older one that it took back.
  const sets = removal.sets.toReversed();
  for (let i = 0; i < sets.length; i += atOnce) {
    deleteSets(tx, sets.slice(i, i + atOnce));
    yield;
  }
  tidyHours(tx, [...new Set(sets.map((set) => log.sets.get(set)?.at.slice(0, 13) ?? ''))]);
}

/** All of it within a change set: what is beyond the limits goes, and entries `retention` say so. */
export function* removeBeyond(changes: ChangeWriter, limits: HistoryLimits): Steps<Answer> {
  const reading = readLog();
  while (!reading.step(changes.tx)) yield;
  const log = reading.log();
  yield;
  const removal = decideRemoval(log, limits, changes.at);
  const answer = { ...answerOf(changes.tx, log, removal, limits), dryRun: false };
  if (removal.entries.length === 0) return answer;
  // These first: they take the numbers after the newest of all.
  const about = aboutOf(changes, log, removal, limits);
  for (const detail of detailsOf(removal.ranges, removal.cut, about))
    changes.event(retentionSubject.kind, retentionSubject.key, retentionAction, detail);
  yield* removeRows(changes, log, removal);
  return { ...answer, changeSet: changes.uid };
}

const preview = async (ctx: Context, store: Store, limits: HistoryLimits): Promise<Result<Answer>> => {
  const reading = readLog();
  while (!(await store.read(reading.step))) {
    if (ctx.signal.aborted) return cancelled();
    await setImmediate();
  }
  const log = reading.log();
  const removal = decideRemoval(log, limits, ctx.clock.now());
  return ctx.read((reader) => answerOf(reader, log, removal, limits));
};

export const pruneLog = async (ctx: Context, input: Input<'audit.prune'>): Promise<Result<Answer>> => {
  const store = await ctx.store();
  if (!store.ok) return store;
  const limits = input.limits ?? (await store.data.read(readLimits));
  if (!isLimited(limits)) {
    const problem = 'everything is kept; choose a limit first: holdfast audit retention --keep-days 365';
    return fail({ type: 'InputInvalid', field: 'limits', problem });
  }
  if (input.dryRun === true) return preview(ctx, store.data, limits);
  if (input.limits !== undefined)
    return fail({ type: 'InputInvalid', field: 'limits', problem: 'can only be looked at; set them first' });
  const keyring = await ctx.keyring('What is removed from the audit log has to be sealed');
  if (!keyring.ok) return keyring;
  const refused = await refuseBroken(ctx, store.data);
  if (refused !== null) return refused;
  ctx.progress('Removing entries', null);
  const done = await ctx.commitInSteps(
    { kind: 'event', reason: input.reason ?? null, removesMany: true },
    function* (changes): Steps<Result<Answer>> {
      // Somebody may have changed the limits meanwhile.
      const steps = removeBeyond(changes, readLimits(changes.tx));
      for (;;) {
        const step = steps.next();
        if (step.done === true) return ok(step.value);
        if (ctx.signal.aborted) return cancelled();
        yield;
      }
    },
  );
  if (!done.ok || done.data.changeSet === null) return done;
  await ctx.logIndex.forget(store.data);
  // Until the next generations are written the old ones still hold what went. A disk that refuses does no harm.
  await store.data.checkpoint();
  ctx.changed('audit', 'settings', 'status');
  return done;
};
