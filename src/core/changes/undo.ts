/**
 * Taking a change set back: the versions before it are written again, as a new change set. It never goes past somebody's
 * later change without saying so, and never rewrites history.
 */
import { Buffer } from 'node:buffer';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { ChangeView, UndoResult } from '../../contract/settings.ts';
import { cutProblem, undoEnd } from '../audit/retention/horizon.ts';
import type { Context } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import type { Keyring } from '../secrets/types.ts';
import { lockedFailure, lockReasons } from '../settings/locks.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { laterChange } from './later.ts';
import { changeView } from './view.ts';
import { cipherPlace, type ChangeWriter, type Put, type SubjectKind } from './write.ts';

export type UndoTarget = 'undo' | 'redo' | { uid: string };

type Selected = { id: number; uid: string; at: string; actor: string };

const undoableKinds = ['edit', 'setup', 'restore', 'redo', 'revert'];

/** Undo ends where entries were removed: what a change set before that did is no longer all there. */
const notRemoved = (reader: Reader, found: Selected | undefined): Selected | undefined =>
  found === undefined || found.id <= undoEnd(reader) || cutProblem(reader, found.id) !== null ? undefined : found;

/** The newest change set that is in force; a redo stands for what it brought back. */
export const undoCandidate = (reader: Reader): Selected | undefined => {
  const found = reader.first(
    db
      .selectFrom('change_set')
      .innerJoin('term', 'term.id', 'change_set.kind')
      .innerJoin('term as actor', 'actor.id', 'change_set.actor')
      .select(['change_set.id', 'change_set.uid', 'change_set.at', 'actor.text as actor'])
      .where('term.text', 'in', undoableKinds)
      .where('change_set.undone_by', 'is', null)
      .orderBy('change_set.id', 'desc')
      .limit(1)
      .compile(),
  );
  return notRemoved(reader, found);
};

/** The newest undo with no fresh edit after it. */
export const redoCandidate = (reader: Reader): Selected | undefined => {
  const lastEdit = reader.first(
    db
      .selectFrom('change_set')
      .innerJoin('term', 'term.id', 'change_set.kind')
      .select('change_set.id')
      .where('term.text', 'in', ['edit', 'setup', 'restore', 'revert', 'migrate'])
      .orderBy('change_set.id', 'desc')
      .limit(1)
      .compile(),
  );
  const found = reader.first(
    db
      .selectFrom('change_set')
      .innerJoin('term', 'term.id', 'change_set.kind')
      .innerJoin('term as actor', 'actor.id', 'change_set.actor')
      .select(['change_set.id', 'change_set.uid', 'change_set.at', 'actor.text as actor'])
      .leftJoin('change_set as undone', 'undone.id', 'change_set.of')
      .leftJoin('term as undone_kind', 'undone_kind.id', 'undone.kind')
      .where('term.text', '=', 'undo')
      // A restore is made again from its backup, with preview and safety copy, never by a redo.
      .where('undone_kind.text', 'is distinct from', 'restore')
      .where('change_set.undone_by', 'is', null)
      .where('change_set.id', '>', lastEdit?.id ?? 0)
      .orderBy('change_set.id', 'desc')
      .limit(1)
      .compile(),
  );
  return notRemoved(reader, found);
};

export type Step = {
  kind: string;
  key: string;
  live: number | null;
  written: number;
  before: { id: number; value: string | null; secret: number; cipher: Uint8Array | null } | null;
  source: string;
};

/** What each subject of a change set was before it; the first entry of a subject counts, the last is what it left. */
export const stepsOf = (reader: Reader, changeSet: number): Step[] => {
  const rows = reader.all(
    db
      .selectFrom('audit')
      .innerJoin('subject', 'subject.id', 'audit.subject')
      .leftJoin('version as old', 'old.id', 'audit.old_version')
      .leftJoin('term', 'term.id', 'old.source')
      .leftJoin('live', 'live.subject', 'audit.subject')
      .select(['subject.kind', 'subject.key', 'audit.new_version as written', 'live.version as live'])
      .select(['old.id as oldId', 'old.value', 'old.secret', 'old.cipher', 'term.text as source'])
      .where('audit.change_set', '=', changeSet)
      .where('audit.new_version', 'is not', null)
      // That a change was on trial is no part of what it changed; `endTrial` looks after it.
      .where('subject.kind', '<>', 'trial')
      .orderBy('audit.id')
      .compile(),
  );
  const steps = new Map<string, Step>();
  for (const row of rows) {
    const id = `${row.kind}/${row.key}`;
    const first = steps.get(id);
    const written = row.written ?? 0;
    if (first !== undefined) {
      first.written = written;
      continue;
    }
    const before =
      row.oldId === null ? null : { id: row.oldId, value: row.value, secret: row.secret ?? 0, cipher: row.cipher };
    steps.set(id, { kind: row.kind, key: row.key, live: row.live, written, before, source: row.source ?? 'set' });
  }
  return [...steps.values()];
};

const contentOf = (reader: Reader, version: number) =>
  reader.first(
    db.selectFrom('version').select(['value', 'secret', 'cipher', 'print']).where('id', '=', version).compile(),
  );

/** Two versions that hold the same: a restore that was taken back leaves everything as it was, under new numbers. */
const sameContent = (reader: Reader, a: number, b: number): boolean => {
  const [one, two] = [contentOf(reader, a), contentOf(reader, b)];
  if (one === undefined || two === undefined || one.secret !== two.secret || one.value !== two.value) return false;
  return one.print === null || two.print === null ? one.print === two.print : Buffer.from(one.print).equals(two.print);
};

/** The live version a subject should have if nobody touched it since; a removal left none. */
export const untouched = (reader: Reader, step: Step): boolean => {
  if (step.live !== null) return step.live === step.written || sameContent(reader, step.live, step.written);
  const tombstone = reader.first(
    db.selectFrom('version').select(['value', 'cipher']).where('id', '=', step.written).compile(),
  );
  return tombstone !== undefined && tombstone.value === null && tombstone.cipher === null;
};

const putOf = (step: Step, keyring: Keyring | null): Put | null => {
  const subject = { kind: step.kind as SubjectKind, key: step.key };
  const source = step.source === 'file' || step.source === 'wizard' ? step.source : 'set';
  const before = step.before;
  const secret = before?.secret === 1;
  if (before === null || (before.value === null && before.cipher === null)) {
    return { subject, value: undefined, secret, source };
  }
  if (before.cipher === null)
    return { subject, value: JSON.parse(before.value ?? 'null') as JsonValue, secret, source };
  const plain = keyring?.decrypt(cipherPlace(subject, before.id), before.cipher) ?? null;
  return plain === null ? null : { subject, value: JSON.parse(plain) as JsonValue, secret, source };
};

/** What only an admin may change only an admin may take back: else an editor could undo the role that it was given. */
const adminKinds: readonly string[] = ['user', 'user-field', 'lock', 'policy'];
const adminOnly = (ctx: Context, steps: readonly Step[]): Failure | null => {
  const kind = steps.find((step) => adminKinds.includes(step.kind))?.kind;
  if (kind === undefined || ctx.actor.role === 'admin') return null;
  const problem = `This change is of a ${kind}, and only an admin may take it back`;
  return fail({ type: 'Forbidden', action: 'undo', role: ctx.actor.role, problem });
};

const lockedSteps = (reader: Reader, definition: Definition | null, steps: readonly Step[]): Failure | null => {
  const keys = steps.filter((step) => step.kind === 'setting').map((step) => step.key);
  return lockedFailure({ definition, locks: lockReasons(reader) }, keys);
};

const select = (reader: Reader, target: UndoTarget): Selected | undefined => {
  if (target === 'undo') return undoCandidate(reader);
  if (target === 'redo') return redoCandidate(reader);
  return reader.first(
    db
      .selectFrom('change_set')
      .innerJoin('term as actor', 'actor.id', 'change_set.actor')
      .select(['change_set.id', 'change_set.uid', 'change_set.at', 'actor.text as actor'])
      .where('change_set.uid', '=', target.uid)
      .compile(),
  );
};

const nothing = (target: UndoTarget) =>
  fail({ type: 'NotFound', what: 'change to', name: typeof target === 'string' ? target : target.uid });

/** What was taken back by hand must not be taken back once more when its time is over. */
export const endTrial = (changes: ChangeWriter, changeSet: string): void => {
  changes.put({ subject: { kind: 'trial', key: changeSet }, value: undefined, secret: false, source: 'set' });
};

/** Past a later change only a revert goes, once its person was told: `versions.revert` with `over`. */
const changedLater = (reader: Reader, of: string, stale: readonly Step[]): Failure => {
  const later = stale.flatMap((step) => laterChange(reader, step, step.written) ?? []);
  return fail({ type: 'Stale', keys: stale.map((step) => step.key), of, later });
};

/** Whose it was, where that is somebody else than who takes it back. */
const byAnother = (ctx: Context, { actor, at }: Selected): Pick<UndoResult, 'by'> =>
  actor === ctx.actor.user ? {} : { by: { actor, at } };

/** `NotFound` when there is nothing to take back, `Stale` naming who touched the same keys later, `SecretsLocked`. */
export const undoChangeSet = async (
  ctx: Context,
  target: UndoTarget,
  options: { reason?: string | undefined; dryRun?: boolean | undefined },
): Promise<Result<UndoResult>> => {
  const found = await ctx.read((reader) => {
    const selected = select(reader, target);
    return selected === undefined ? null : { selected, steps: stepsOf(reader, selected.id) };
  });
  if (!found.ok) return found;
  if (found.data === null) return nothing(target);
  const { selected } = found.data;
  const cut = await ctx.read((reader) => cutProblem(reader, selected.id));
  if (!cut.ok) return cut;
  if (cut.data !== null) return fail({ type: 'InputInvalid', field: 'changeSet', problem: cut.data });
  let keyring: Keyring | null = await ctx.keyringIfUnlocked();
  if (found.data.steps.some((step) => step.before?.cipher !== null && step.before !== null)) {
    const unlocked = await ctx.keyring('This change holds a secret');
    if (!unlocked.ok) return unlocked;
    keyring = unlocked.data;
  }
  const definition = await ctx.definition();
  const plan = (reader: Reader): Result<Put[]> => {
    const now = select(reader, target);
    if (now?.id !== selected.id) return fail({ type: 'Stale', keys: [selected.uid] });
    const steps = stepsOf(reader, selected.id);
    const refused = adminOnly(ctx, steps) ?? lockedSteps(reader, definition, steps);
    if (refused !== null) return refused;
    const stale = steps.filter((step) => !untouched(reader, step));
    if (stale.length > 0) return changedLater(reader, selected.uid, stale);
    const puts = steps.map((step) => putOf(step, keyring));
    const lost = steps.filter((_, i) => puts[i] === null).map((step) => step.key);
    if (lost.length > 0)
      return fail({ type: 'WrongKey', what: lost.join(', '), needs: 'the key it was encrypted with' });
    return ok(puts.filter((put) => put !== null));
  };
  if (options.dryRun === true) {
    const preview = await ctx.read((reader) => {
      const puts = plan(reader);
      return puts.ok ? ok(puts.data.map((put) => changeView(reader, put, keyring))) : puts;
    });
    if (!preview.ok) return preview;
    if (!preview.data.ok) return preview.data;
    return ok({
      changeSet: null,
      of: selected.uid,
      ...byAnother(ctx, selected),
      dryRun: true,
      changes: preview.data.data,
    });
  }
  const kind = target === 'redo' ? ('redo' as const) : ('undo' as const);
  return ctx.commit({ kind, reason: options.reason ?? null, of: selected.uid }, (changes) => {
    const puts = plan(changes.tx);
    if (!puts.ok) return puts;
    const views: ChangeView[] = puts.data.map((put) => {
      const view = changeView(changes.tx, put, keyring);
      changes.put(put);
      return view;
    });
    endTrial(changes, selected.uid);
    // An undo that finds everything as it was still counts: it must be marked, or it would come up again.
    changes.changeSetId();
    return ok({ changeSet: changes.uid, of: selected.uid, ...byAnother(ctx, selected), dryRun: false, changes: views });
  });
};
