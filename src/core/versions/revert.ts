/** Going back: one change set, everything since a moment, some keys of any version, or what was removed. */
import { CompiledQuery } from 'kysely';
import type { JsonValue } from '../../contract/json.ts';
import { fail, type Result } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { RevertResult } from '../../contract/versions.ts';
import { laterChange } from '../changes/later.ts';
import { cutProblem } from '../audit/retention/horizon.ts';
import { stepsOf, untouched, type Step } from '../changes/undo.ts';
import type { SubjectKind } from '../changes/write.ts';
import type { Context, Handler } from '../context.ts';
import type { Reader } from '../store/types.ts';
import { bringBack, type Asked, type Wanted } from './bring-back.ts';
import { resolveReference, setByUid, type Reference } from './reference.ts';
import { idOf, stateOfVersions, type State } from './state.ts';

type Way = Asked['input'] & { keys?: readonly string[] };

const covers = (keys: readonly string[] | undefined, key: string): boolean =>
  keys === undefined || keys.some((prefix) => isUnder(key, prefix));

const revertChangeSet = async (ctx: Context, uid: string, way: Way): Promise<Result<RevertResult>> => {
  const found = await ctx.read((reader) => setByUid(reader, uid));
  if (!found.ok) return found;
  const set = found.data;
  if (set === undefined) return fail({ type: 'NotFound', what: 'change set', name: uid });
  const cut = await ctx.read((reader) => cutProblem(reader, set.id));
  if (!cut.ok) return cut;
  if (cut.data !== null) return fail({ type: 'InputInvalid', field: 'changeSet', problem: cut.data });
  const steps = new Map<string, Step>();
  return bringBack(ctx, {
    wanted: (reader) => {
      steps.clear();
      for (const step of stepsOf(reader, set.id))
        if (step.kind !== 'name' && covers(way.keys, step.key)) steps.set(idOf(step), step);
      const ids = [...steps.values()].flatMap((step) => (step.before === null ? [] : [step.before.id]));
      const before = stateOfVersions(reader, ids);
      return [...steps.values()].map((step): Wanted => ({
        // Kinds in the table are those that `changes.put` wrote.
        subject: { kind: step.kind as SubjectKind, key: step.key },
        held: before.get(idOf(step)) ?? null,
      }));
    },
    later: (reader, subject) => {
      const step = steps.get(idOf(subject));
      if (step === undefined || untouched(reader, step)) return null;
      return laterChange(reader, subject, step.written);
    },
    input: way,
    of: uid,
    label: `cs:${uid}`,
  });
};

/** Everything that `from` can tell of becomes as it was there, as far as `keys` go. */
const wantedOf = (from: Reference, keys: readonly string[] | undefined, live: State): Wanted[] => {
  const known = (kind: string): boolean => from.kinds === null || from.kinds.has(kind);
  const gone = [...live.values()].filter(({ subject }) => known(subject.kind) && !from.state.has(idOf(subject)));
  return [
    ...gone.map(({ subject }) => ({ subject, held: null })),
    ...[...from.state.values()].map((held) => ({ subject: held.subject, held })),
  ].filter(({ subject }) => covers(keys, subject.key));
};

const unknownThen = 'what it was then was removed by the limits of the history; it stays as it is';

const takeFrom = (ctx: Context, from: Reference, way: Way): Promise<Result<RevertResult>> => {
  const { upTo } = from;
  return bringBack(ctx, {
    ...(from.incomplete === true ? { problem: (subject) => (from.state.has(idOf(subject)) ? null : unknownThen) } : {}),
    wanted: (_, live) => wantedOf(from, way.keys, live),
    later: (reader, subject) => (upTo === null ? null : laterChange(reader, subject, upTo, ctx.actor.user)),
    input: way,
    of: null,
    label: `from ${from.info.ref}`,
  });
};

export const revert: Handler<'versions.revert'> = async (ctx, input) => {
  const { changeSet, to, ...way } = input;
  if ((changeSet === undefined) === (to === undefined))
    return fail({ type: 'InputInvalid', field: 'to', problem: 'give either changeSet or to' });
  if (changeSet !== undefined) return revertChangeSet(ctx, changeSet, way);
  const from = await resolveReference(ctx, to ?? 'now', {});
  if (!from.ok) return from;
  return takeFrom(ctx, from.data, way);
};

export const pick: Handler<'versions.pick'> = async (ctx, input) => {
  const { from: ref, file, credential, ...way } = input;
  const outside = { ...(file === undefined ? {} : { file }), ...(credential === undefined ? {} : { credential }) };
  const from = await resolveReference(ctx, ref, outside);
  if (!from.ok) return from;
  const live = await resolveReference(ctx, 'now', {});
  if (!live.ok) return live;
  const unmet = way.keys.find((key) => wantedOf(from.data, [key], live.data.state).length === 0);
  return unmet === undefined
    ? takeFrom(ctx, from.data, way)
    : fail({ type: 'NotFound', what: 'value here or there under', name: unmet });
};

type RemovedRow = {
  key: string;
  value: string | null;
  secret: 0 | 1;
  at: string;
  actor: string;
  changeSet: string;
};

const removedFrom = `FROM subject
  JOIN version AS gone ON gone.id = (SELECT max(id) FROM version WHERE subject = subject.id)
  JOIN version AS last ON last.id =
    (SELECT max(id) FROM version WHERE subject = subject.id AND (value IS NOT NULL OR cipher IS NOT NULL))
  JOIN audit ON audit.id = gone.audit JOIN change_set ON change_set.id = audit.change_set
  JOIN term AS actor ON actor.id = change_set.actor
  WHERE subject.kind = 'setting' AND NOT EXISTS (SELECT 1 FROM live WHERE live.subject = subject.id)
    AND instr(lower(subject.key), lower(?)) > 0`;

export const removed: Handler<'versions.removed'> = (ctx, input) =>
  ctx.read((reader) => {
    const text = input.text ?? '';
    const rows = reader.all<RemovedRow>(
      CompiledQuery.raw(
        `SELECT subject.key, last.value, last.secret, change_set.at, actor.text AS actor, change_set.uid AS changeSet
         ${removedFrom} ORDER BY gone.id DESC LIMIT ?`,
        [text, input.limit ?? 100],
      ),
    );
    const all = reader.first<{ n: number }>(CompiledQuery.raw(`SELECT count(*) AS n ${removedFrom}`, [text]));
    return {
      removed: rows.map(({ secret, value, ...row }) => ({
        ...row,
        secret: secret === 1,
        value: secret === 1 || value === null ? null : (JSON.parse(value) as JsonValue),
      })),
      total: all?.n ?? 0,
    };
  });

/** The last value of every removed setting. */
const removedSettings = (reader: Reader): State =>
  stateOfVersions(
    reader,
    reader
      .all<{ id: number }>(
        CompiledQuery.raw(
          `SELECT max(version.id) AS id FROM version JOIN subject ON subject.id = version.subject
           WHERE subject.kind = 'setting' AND (version.value IS NOT NULL OR version.cipher IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM live WHERE live.subject = subject.id)
           GROUP BY version.subject`,
        ),
      )
      .map((row) => row.id),
  );

export const undelete: Handler<'versions.undelete'> = async (ctx, input) => {
  const { key, ...way } = input;
  const wanted = (reader: Reader): Wanted[] =>
    [...removedSettings(reader).values()]
      .filter(({ subject }) => isUnder(subject.key, key))
      .map((held) => ({ subject: held.subject, held }));
  const found = await ctx.read((reader) => wanted(reader).length);
  if (!found.ok) return found;
  if (found.data === 0) return fail({ type: 'NotFound', what: 'removed setting', name: key });
  return bringBack(ctx, { wanted, later: () => null, input: way, of: null, label: `undelete ${key}` });
};
