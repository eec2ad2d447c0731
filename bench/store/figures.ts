/** From measured times to the figures of the design's table, each with its goal. Pure. */
import type { Measured } from './measure.ts';
import { rounded } from './statistics.ts';

export type Figure = {
  /** Null when it was not measured. */
  value: number | null;
  goal: number;
  unit: string;
  /** The goal is the least, not the most. */
  atLeast?: boolean;
  reason?: string;
  /** What stands behind it, by number of audit rows. */
  details?: Record<string, unknown>;
};
export type Figures = Record<string, Figure>;

export const isReached = ({ value, goal, atLeast }: Figure): boolean =>
  value !== null && (atLeast === true ? value >= goal : value <= goal);

type Context = { measured: Measured[]; calls: Record<string, number>; nativeReason: string | null };

const byRows = (measured: Measured[], pick: (one: Measured) => unknown): Record<string, unknown> =>
  Object.fromEntries(measured.map((one) => [String(one.rows), pick(one)]));

const ratio = ({ save, append }: { save: { p50: number }; append: { p50: number } }): number => save.p50 / append.p50;
const worst = (values: number[]): number => rounded(Math.max(...values));

export const figuresOf = ({ measured, calls, nativeReason }: Context): Figures => {
  const largest = measured.toSorted((a, b) => b.rows - a.rows)[0];
  const smallest = measured.toSorted((a, b) => a.rows - b.rows)[0];
  if (largest === undefined || smallest === undefined) throw new Error('nothing was measured');
  const missing = nativeReason === null ? {} : { reason: `not measured: ${nativeReason}` };
  const against = (pick: (one: Measured) => number | null): number | null => {
    const found = measured.map(pick).filter((value) => value !== null);
    return found.length === 0 ? null : worst(found);
  };
  const saves = (mode: 'sync' | 'async' | 'app') =>
    byRows(measured, (one) => ({
      ratio: rounded(ratio(one[mode])),
      saveP50Ms: rounded(one[mode].save.p50),
      saveP99Ms: rounded(one[mode].save.p99),
      appendP50Ms: rounded(one[mode].append.p50),
    }));
  const beyond = measured.length > 1 ? {} : { reason: 'not measured: needs two numbers of rows' };
  const slowest = Math.max(...Object.values(largest.queries).map(({ p50 }) => p50));
  return {
    P1: {
      value: worst(measured.map((one) => ratio(one.sync))),
      goal: 1.5,
      unit: 'x of append + fdatasync, synchronous',
      details: saves('sync'),
    },
    'P1-async': {
      value: worst(measured.map((one) => ratio(one.async))),
      goal: 1.5,
      unit: 'x of append + fdatasync, asynchronous',
      details: saves('async'),
    },
    'P1-app': {
      value: worst(measured.map((one) => ratio(one.app))),
      goal: 1.5,
      unit: "x of append + fdatasync, one setting through the app's change writer",
      details: saves('app'),
    },
    P2: {
      value: against((one) => (one.native === null ? null : one.sync.save.p50 / one.native.p50)),
      goal: 0.9,
      unit: 'x of better-sqlite3 (WAL, FULL), p50',
      ...missing,
      details: byRows(measured, ({ native, sync }) => ({ ours: sync.save, native })),
    },
    'P2-p99': {
      value: against((one) => (one.native === null ? null : one.sync.save.p99 / one.native.p99)),
      goal: 0.35,
      unit: 'x of better-sqlite3 (WAL, FULL), p99',
      ...missing,
    },
    P3: {
      value: measured.length > 1 ? rounded(largest.sync.save.p50 / smallest.sync.save.p50) : null,
      goal: 1.05,
      unit: `x, p50 at ${String(largest.rows)} rows against ${String(smallest.rows)}`,
      ...beyond,
      details: { async: rounded(largest.async.save.p50 / smallest.async.save.p50) },
    },
    P4: {
      value: worst(measured.map((one) => one.sync.bytes)),
      goal: 300,
      unit: 'bytes per save',
      details: { calls, app: byRows(measured, (one) => one.app.bytes) },
    },
    P5: {
      value: worst(measured.map((one) => one.loopBlockedUs)),
      goal: 120,
      unit: 'microseconds of event loop per asynchronous save',
      details: byRows(measured, (one) => rounded(one.loopBlockedUs)),
    },
    'P5-throughput': {
      value:
        nativeReason === null ? rounded(Math.min(...measured.map((one) => one.throughput.ratio ?? Number.NaN))) : null,
      goal: 5,
      atLeast: true,
      unit: 'x of better-sqlite3 at 64 callers',
      ...missing,
      details: byRows(measured, ({ throughput }) => ({
        savesPerSecond: rounded(throughput.ours),
        native: throughput.native === null ? null : rounded(throughput.native),
      })),
    },
    P6: {
      value: rounded(largest.openMs),
      goal: largest.rows > 100_000 ? 200 : 60,
      unit: `ms to open at ${String(largest.rows)} rows`,
      details: byRows(measured, (one) => ({ ms: rounded(one.openMs), imageBytes: one.imageBytes })),
    },
    P7: {
      value: worst(measured.map((one) => one.checkpoint.activeMs)),
      goal: 8,
      unit: 'ms of event loop per checkpoint',
      details: byRows(measured, ({ checkpoint }) => ({
        longestDelayMs: rounded(checkpoint.delayMs),
        tookMs: rounded(checkpoint.tookMs),
      })),
    },
    P9: {
      value: rounded(slowest),
      goal: 3,
      unit: `ms, p50 of the slowest query at ${String(largest.rows)} rows`,
      details: byRows(measured, ({ queries }) =>
        Object.fromEntries(Object.entries(queries).map(([name, { p50, p99 }]) => [name, [rounded(p50), rounded(p99)]])),
      ),
    },
    'whole-image': {
      value: rounded(Math.min(...measured.map((one) => one.wholeImageMs / one.sync.save.p50))),
      goal: 1,
      atLeast: true,
      unit: 'times a save that writes the whole image takes longer (least over the sizes)',
      details: byRows(measured, (one) => ({ ms: rounded(one.wholeImageMs) })),
    },
  };
};
