/**
 * The metric commands: numbers that somebody measured are added in batches, listed, summed up, and pruned by age. They are
 * no settings: no versions and no undo; the log gets one entry for each call (docs/decisions/0016).
 */
import type { Input, Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { Measurement, MetricStats, MetricView } from '../../contract/metrics.ts';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import { parseValue } from '../changes/view.ts';
import type { ChangeWriter } from '../changes/write.ts';
import type { Context, Handlers } from '../context.ts';
import { stringProblem } from '../migration/readers/exactness.ts';
import { exactProblem } from '../records/document.ts';
import type { Reader } from '../store/types.ts';
import * as sql from './queries.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const defaultDays = 30;
/** What comes with a number is a note, not a document. */
const maxDataBytes = 16 * 1024;

type Ready = { name: string; unit: string | null; at: string; value: number; data: string | null };

const invalid = (field: string, problem: string): Failure => fail({ type: 'InputInvalid', field, problem });

const timeOf = (text: string): string | null => {
  const ms = Date.parse(text);
  const iso = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  return iso.length === 24 ? iso : null;
};

const dataText = (data: JsonValue | undefined): string | null => (data === undefined ? null : JSON.stringify(data));

const readyOf = (one: Measurement, field: string, now: string): Result<Ready> => {
  const at = timeOf(one.at ?? now);
  if (at === null) return invalid(`${field}.at`, 'give a time such as 2026-03-01T09:00:00Z');
  const text = [one.name, one.unit ?? ''].find((part) => part.includes('\0') || stringProblem(part) !== null);
  if (text !== undefined) return invalid(`${field}.name`, 'a name or unit holds characters that cannot be stored');
  const problem = exactProblem(one.value) ?? (one.data === undefined ? null : exactProblem(one.data));
  if (problem !== null)
    return invalid(`${field}.${problem.field === 'data' ? 'value' : problem.field}`, problem.problem);
  const data = dataText(one.data);
  if (data !== null && Buffer.byteLength(data) > maxDataBytes) return invalid(`${field}.data`, 'it has at most 16 KiB');
  return ok({ name: one.name, unit: one.unit ?? null, at, value: one.value, data });
};

/** All or none. */
const readyAll = (metrics: readonly Measurement[], now: string): Result<Ready[]> => {
  const ready: Ready[] = [];
  for (const [i, one] of metrics.entries()) {
    const result = readyOf(one, `metrics[${String(i)}]`, now);
    if (!result.ok) return result;
    ready.push(result.data);
  }
  return ok(ready);
};

/** The entry names the metric, or none when there were several. */
const logAdded = (changes: ChangeWriter, ready: readonly Ready[]): void => {
  const names = [...new Set(ready.map(({ name }) => name))];
  const times = ready.map(({ at }) => at).toSorted();
  const [from, to] = [times[0] ?? null, times.at(-1) ?? null];
  const several = names.length > 1 ? { names: names.slice(0, 20) } : {};
  changes.event('metric', names.length === 1 ? (names[0] ?? '') : '', 'add', {
    count: ready.length,
    from,
    to,
    ...several,
  });
};

const add = async (ctx: Context, input: Input<'metrics.add'>): Promise<Result<Output<'metrics.add'>>> => {
  const ready = readyAll(input.metrics, ctx.clock.now());
  if (!ready.ok) return ready;
  const added = ready.data.length;
  if (input.dryRun === true) {
    const store = await ctx.store();
    return store.ok ? ok({ added, dryRun: true, changeSet: null }) : store;
  }
  return ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    for (const { name, unit, at, value, data } of ready.data) {
      const terms = [changes.term(name), unit === null ? null : changes.term(unit)];
      changes.tx.run(sql.insertMetric([changes.nextId('metric'), ...terms, at, value, data]));
    }
    logAdded(changes, ready.data);
    return ok({ added, dryRun: false, changeSet: changes.uid });
  });
};

const windowOf = (hours: number | undefined, now: string): sql.Window =>
  hours === undefined
    ? sql.always
    : { since: new Date(Date.parse(now) - hours * hourMs).toISOString(), until: sql.always.until };

/** One name, or all that have numbers; an unknown one has none. */
const namesFor = (reader: Reader, name: string | undefined): sql.MetricName[] =>
  sql.metricNames(reader).filter(({ text }) => name === undefined || text === name);

const viewOf = (row: sql.MetricRow): MetricView => ({ ...row, data: parseValue(row.data) });

const cursorOf = (text: string): sql.Cursor | null => {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_(\d{1,15})$/u.exec(text);
  return match === null ? null : { at: match[1] ?? '', id: Number(match[2]) };
};

const newestFirst = (a: sql.MetricRow, b: sql.MetricRow): number =>
  a.at === b.at ? b.id - a.id : a.at < b.at ? 1 : -1;

const list = async (ctx: Context, input: Input<'metrics.list'>): Promise<Result<Output<'metrics.list'>>> => {
  const cursor = input.after === undefined ? null : cursorOf(input.after);
  if (input.after !== undefined && cursor === null) return invalid('after', 'give what `next` said');
  const limit = input.limit ?? 1000;
  const window = windowOf(input.hours, ctx.clock.now());
  return ctx.read((reader) => {
    const found = namesFor(reader, input.name)
      .flatMap(({ id }) => sql.metricsOf(reader, id, window, { cursor, limit: limit + 1 }))
      .sort(newestFirst);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const next = found.length > limit && last !== undefined ? `${last.at}_${String(last.id)}` : null;
    return { metrics: page.map(viewOf), next };
  });
};

const statsFor = (reader: Reader, name: sql.MetricName, window: sql.Window): MetricStats[] => {
  const stats = sql.statsOf(reader, name.id, window);
  const [last] = sql.metricsOf(reader, name.id, window, { cursor: null, limit: 1 });
  if (stats === undefined || last === undefined) return [];
  return [{ name: name.text, unit: last.unit, ...stats, last: last.value, lastAt: last.at }];
};

const stats = async (ctx: Context, input: Input<'metrics.stats'>): Promise<Result<Output<'metrics.stats'>>> => {
  const now = ctx.clock.now();
  const window = windowOf(input.hours, now);
  return ctx.read((reader) => ({
    since: input.hours === undefined ? null : window.since,
    until: now,
    stats: namesFor(reader, input.name).flatMap((name) => statsFor(reader, name, window)),
  }));
};

const series = async (ctx: Context, input: Input<'metrics.series'>): Promise<Result<Output<'metrics.series'>>> => {
  const until = ctx.clock.now();
  const { since } = windowOf(input.hours, until);
  const seconds = (input.hours * 3600) / (input.points ?? 120);
  const found = await ctx.read((reader) => {
    const name = sql.metricName(reader, input.name);
    if (name === undefined) return null;
    const [last] = sql.metricsOf(reader, name.id, sql.always, { cursor: null, limit: 1 });
    return { unit: last?.unit ?? null, pieces: sql.piecesOf(reader, name.id, { since, until }, seconds) };
  });
  if (!found.ok) return found;
  if (found.data === null) return fail({ type: 'NotFound', what: 'metric', name: input.name });
  const start = Date.parse(since);
  const points = found.data.pieces.map(({ piece, ...one }) => ({
    at: new Date(Math.min(start + (piece + 0.5) * seconds * 1000, Date.parse(until))).toISOString(),
    ...one,
  }));
  return ok({ name: input.name, unit: found.data.unit, since, until, points });
};

const prune = async (ctx: Context, input: Input<'metrics.prune'>): Promise<Result<Output<'metrics.prune'>>> => {
  const days = input.days ?? defaultDays;
  const before = new Date(Date.parse(ctx.clock.now()) - days * dayMs).toISOString();
  const old = (reader: Reader): (sql.MetricName & { count: number })[] =>
    namesFor(reader, input.name)
      .map((name) => ({ ...name, count: sql.countBefore(reader, name.id, before) }))
      .filter(({ count }) => count > 0);
  const sum = (found: readonly { count: number }[]): number => found.reduce((all, { count }) => all + count, 0);
  if (input.dryRun === true) {
    const found = await ctx.read(old);
    return found.ok ? ok({ removed: sum(found.data), before, dryRun: true, changeSet: null }) : found;
  }
  return ctx.commit<Output<'metrics.prune'>>({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    const found = old(changes.tx);
    if (found.length === 0) return ok({ removed: 0, before, dryRun: false, changeSet: null });
    for (const { id } of found) changes.tx.run(sql.deleteBefore(id, before));
    changes.event('metric', input.name ?? '', 'prune', { count: sum(found), before });
    return ok({ removed: sum(found), before, dryRun: false, changeSet: changes.uid });
  });
};

export const metricHandlers = {
  'metrics.add': add,
  'metrics.list': list,
  'metrics.stats': stats,
  'metrics.series': series,
  'metrics.prune': prune,
} satisfies Partial<Handlers>;
