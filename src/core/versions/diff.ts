/** Two states side by side, and one as it was. Only reads. */
import type { Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { VersionChange } from '../../contract/versions.ts';
import { parseValue } from '../changes/view.ts';
import type { Context, Handler } from '../context.ts';
import { momentOfSet } from './moments.ts';
import { momentByNumber, resolveReference, setByUid, type Reference } from './reference.ts';
import { idOf, sameHeld, type Held, type State } from './state.ts';

type Totals = Output<'versions.diff'>['totals'];

/** Null when both are the same. */
export const changeBetween = (old: Held | undefined, now: Held | undefined): VersionChange | null => {
  const subject = (now ?? old)?.subject;
  if (subject === undefined) return null;
  const action = old === undefined ? 'create' : now === undefined ? 'delete' : 'update';
  const same = old === undefined || now === undefined ? false : sameHeld(old, now);
  if (same === true) return null;
  const base = { kind: subject.kind, key: subject.key, action } as const;
  if (old?.secret === true || now?.secret === true) {
    const told = same === null ? {} : { same };
    return { ...base, old: null, new: null, secret: true, set: now !== undefined, ...told };
  }
  return { ...base, old: parseValue(old?.value ?? null), new: parseValue(now?.value ?? null), secret: false };
};

type Scope = {
  prefix: string;
  kinds: readonly (ReadonlySet<string> | null)[];
  /** States of a time whose entries were removed: what they do not have is unknown, and is not compared. */
  partial?: readonly State[];
};

export const partialOf = (...references: readonly Reference[]): State[] =>
  references.flatMap(({ incomplete, state }) => (incomplete === true ? [state] : []));

type Differences = Pick<Output<'versions.diff'>, 'changes' | 'totals' | 'notCompared'>;

export const diffStates = (a: State, b: State, scope: Scope): Differences => {
  const outside = new Map<string, number>();
  const changes: VersionChange[] = [];
  const totals: Totals = { add: 0, update: 0, delete: 0, same: 0 };
  for (const id of new Set([...a.keys(), ...b.keys()])) {
    const [old, now] = [a.get(id), b.get(id)];
    const subject = (now ?? old)?.subject;
    if (subject === undefined || !isUnder(subject.key, scope.prefix)) continue;
    if (scope.kinds.some((kinds) => kinds?.has(subject.kind) === false)) {
      outside.set(subject.kind, (outside.get(subject.kind) ?? 0) + 1);
      continue;
    }
    if (scope.partial?.some((state) => !state.has(id)) === true) continue;
    const change = changeBetween(old, now);
    if (change === null) totals.same += 1;
    else {
      totals[({ create: 'add', update: 'update', delete: 'delete', unchanged: 'same' } as const)[change.action]] += 1;
      changes.push(change);
    }
  }
  const order = (one: VersionChange): string => idOf(one);
  const notCompared = [...outside].map(([kind, count]) => ({ kind, count }));
  return { changes: changes.toSorted((x, y) => (order(x) < order(y) ? -1 : 1)), totals, notCompared };
};

export const diff: Handler<'versions.diff'> = async (ctx, input) => {
  const { a: from, b: to, prefix = '', ...outside } = input;
  const a = await resolveReference(ctx, from, outside);
  if (!a.ok) return a;
  const b = await resolveReference(ctx, to, outside);
  if (!b.ok) return b;
  const scope = { prefix, kinds: [a.data.kinds, b.data.kinds], partial: partialOf(a.data, b.data) };
  return ok({ a: a.data.info, b: b.data.info, ...diffStates(a.data.state, b.data.state, scope) });
};

const referenceOf = (
  ctx: Context,
  { ref, number, file, credential }: Parameters<Handler<'versions.at'>>[1],
): Promise<Result<Reference>> => {
  if ((ref === undefined) === (number === undefined))
    return Promise.resolve(fail({ type: 'InputInvalid', field: 'ref', problem: 'give either ref or number' }));
  const outside = { ...(file === undefined ? {} : { file }), ...(credential === undefined ? {} : { credential }) };
  return number === undefined ? resolveReference(ctx, ref ?? 'now', outside) : momentByNumber(ctx, number);
};

export const at: Handler<'versions.at'> = async (ctx, input) => {
  const then = await referenceOf(ctx, input);
  if (!then.ok) return then;
  const now = await resolveReference(ctx, 'now', {});
  if (!now.ok) return now;
  const { info, state, kinds } = then.data;
  const prefix = input.prefix ?? '';
  const held = [...state.values()].filter(({ subject }) => isUnder(subject.key, prefix));
  const entries = held.slice(0, input.limit ?? 1000).map((one) => {
    const live = now.data.state.get(idOf(one.subject));
    const standing: 'same' | 'differs' | 'gone' =
      live === undefined ? 'gone' : sameHeld(one, live) === true ? 'same' : 'differs';
    const { kind, key } = one.subject;
    return { kind, key, value: one.secret ? null : parseValue(one.value), secret: one.secret, now: standing };
  });
  const { totals } = diffStates(state, now.data.state, { prefix, kinds: [kinds], partial: partialOf(then.data) });
  const { changeSet } = info;
  const moment = await ctx.read((reader) => {
    const set = changeSet === null ? undefined : setByUid(reader, changeSet);
    return set === undefined ? null : (momentOfSet(reader, set.id) ?? null);
  });
  return moment.ok ? ok({ version: info, moment: moment.data, entries, total: held.length, totals }) : moment;
};
