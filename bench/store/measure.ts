/**
 * Runs everything that is compared by turns in one process, so that what else the machine does slows all of it. Gives
 * times in milliseconds; it judges nothing.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { crc32 } from '../../src/core/store/checksum.ts';
import { imagePath } from '../../src/core/store/files.ts';
import { realFs } from '../../src/core/store/fs.ts';
import { readImage } from '../../src/core/store/image.ts';
import { openStore } from '../../src/core/store/open.ts';
import type { Store, StoreFs } from '../../src/core/store/types.ts';
import { clock, copyHome, fillHome, openHome } from './filled-home.ts';
import { createNativeSaver, type Native, type NativeSaver } from './native.ts';
import { measureQueries, type QueryTimes } from './queries.ts';
import { createAppSaver, createAppender, createSaver, type Appender, type Saver } from './saves.ts';
import { median, timed, timesOf, type Times } from './statistics.ts';

export type MeasureOptions = {
  rows: number[];
  rounds: number;
  /** Where the files go: the disk that is measured. */
  parentDir: string;
  native: Native;
  log: (line: string) => void;
};

export type SaveTimes = { save: Times; append: Times; bytes: number };

export type Measured = {
  rows: number;
  imageBytes: number;
  sync: SaveTimes;
  async: SaveTimes;
  /** One setting through the app's change writer, synchronously. */
  app: SaveTimes;
  native: Times | null;
  wholeImageMs: number;
  /** Of one asynchronous save, in microseconds. */
  loopBlockedUs: number;
  /** Saves a second with 64 callers. */
  throughput: { ours: number; native: number | null; ratio: number | null };
  openMs: number;
  /** Of one checkpoint: the event loop's work in all, an upper bound of any one block; the longest delay seen; how long it took. */
  checkpoint: { activeMs: number; delayMs: number; tookMs: number };
  queries: QueryTimes;
};

type Bench = {
  rows: number;
  dir: string;
  imageBytes: number;
  stores: { sync: Store; async: Store };
  savers: { sync: Saver; async: Saver };
  native: NativeSaver | null;
  appenders: { sync: Appender; async: Appender };
};

const setUp = async (home: string, rows: number, native: Native): Promise<Bench> => {
  const dir = await fillHome(join(home, 'filled'), rows);
  const stores = {
    sync: await openHome(copyHome(dir, join(home, 'sync')), 'sync'),
    async: await openHome(copyHome(dir, join(home, 'async')), 'async'),
  };
  const image = readImage(realFs.readFile(imagePath(dir, 1)), crc32);
  if (!image.ok) throw new Error(image.problem);
  const nativePath = join(home, 'native.db');
  if (native.kind === 'ready') writeFileSync(nativePath, image.database);
  return {
    rows,
    dir,
    imageBytes: image.database.length,
    stores,
    savers: { sync: createSaver(stores.sync, rows), async: createSaver(stores.async, rows) },
    native: native.kind === 'ready' ? createNativeSaver(native, nativePath, rows) : null,
    appenders: {
      sync: createAppender(join(home, 'append-sync'), 'sync'),
      async: createAppender(join(home, 'append-async'), 'async'),
    },
  };
};

type Samples = { save: number[]; append: number[] };
type Collected = { sync: Samples; async: Samples; app: Samples; native: number[] };

/** What a flush costs depends on what was written just before: each round begins with another of them. */
const rotated = <T>(items: readonly T[], by: number): T[] => [
  ...items.slice(by % items.length),
  ...items.slice(0, by % items.length),
];

const warmUp = 50;

type Step = { into: number[]; run: () => Promise<void> | void; prepare: (count: number) => void };

/** Rounds of what is compared directly, before the next size has its turn: as many switches as needed, and no more. */
const blockRounds = 25;

const saveByTurns = async (benches: Bench[], rounds: number): Promise<Collected[]> => {
  const none = (): Samples => ({ save: [], append: [] });
  const all = benches.map(() => ({ sync: none(), async: none(), app: none(), native: [] as number[] }));
  const groups = benches.flatMap(({ savers, appenders, native }, i) => {
    const found = all[i] ?? { sync: none(), async: none(), app: none(), native: [] };
    return (['sync', 'async'] as const).map((flush): Step[] => {
      const { save, prepare, bytes } = savers[flush];
      const append = (): Promise<void> | void => appenders[flush].append(new Uint8Array(bytes()).fill(7));
      const both = [
        { into: found[flush].save, run: save, prepare },
        { into: found[flush].append, run: append, prepare: () => undefined },
      ];
      const other = { into: found.native, run: (): void => native?.save(), prepare: (n: number) => native?.prepare(n) };
      return native === null || flush === 'async' ? both : [...both, other];
    });
  });
  for (let done = 0; done < rounds; done += blockRounds) {
    for (const steps of groups) {
      // The first rounds after a switch are not measured: they pay for the switch.
      for (let round = -5; round < Math.min(blockRounds, rounds - done); round++) {
        for (const { into, run, prepare } of rotated(steps, done + round + 5)) {
          prepare(1);
          const took = await timed(run);
          if (round >= 0) into.push(took);
        }
      }
    }
  }
  return all;
};

const appByTurns = async (benches: Bench[], rounds: number, all: Collected[]): Promise<number[]> => {
  const savers = benches.map(({ stores, rows }) => createAppSaver(stores.sync, rows * 10));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, saver] of savers.entries()) {
      const save = await timed(saver.save);
      const bytes = new Uint8Array(saver.bytes()).fill(7);
      const append = await timed(() => benches[i]?.appenders.sync.append(bytes));
      if (round < 0) continue;
      all[i]?.app.save.push(save);
      all[i]?.app.append.push(append);
    }
  }
  return savers.map((saver) => saver.bytes());
};

/** The event loop's work for one asynchronous save, by Node's own account: median over groups of 20. */
const loopBlocked = async ({ savers }: Bench, rounds: number): Promise<number> => {
  const groups: number[] = [];
  for (let group = 0; group < rounds / 20; group++) {
    savers.async.prepare(20);
    const before = performance.eventLoopUtilization();
    for (let i = 0; i < 20; i++) await savers.async.save();
    groups.push((performance.eventLoopUtilization(before).active * 1000) / 20);
  }
  return median(groups);
};

const callers = 64;

const throughput = async ({ savers, native }: Bench, rounds: number): Promise<Measured['throughput']> => {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    savers.async.prepare(callers);
    native?.prepare(callers);
    ours.push(await timed(() => Promise.all(Array.from({ length: callers }, savers.async.save))));
    if (native === null) continue;
    // It has no asynchronous way: 64 callers wait for each other.
    theirs.push(
      await timed(() => {
        for (let i = 0; i < callers; i++) native.save();
      }),
    );
  }
  const perSecond = (times: number[]): number => (callers * 1000) / median(times);
  if (native === null) return { ours: perSecond(ours), native: null, ratio: null };
  return { ours: perSecond(ours), native: perSecond(theirs), ratio: perSecond(ours) / perSecond(theirs) };
};

const wholeImage = async ({ stores }: Bench, path: string, rounds: number): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const appender = createAppender(path, 'sync');
    times.push(await timed(async () => appender.append(await stores.sync.exportImage())));
    appender.close();
  }
  return median(times);
};

const checkpoints = async ({ stores, savers }: Bench, times: number): Promise<Measured['checkpoint']> => {
  const active: number[] = [];
  const delays: number[] = [];
  const took: number[] = [];
  for (let i = 0; i < times * 2; i++) {
    for (let burst = 0; burst < 5; burst++) await Promise.all(Array.from({ length: 200 }, savers.async.save));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    // It wakes the loop a thousand times a second, which is work as well: every other time it is not there.
    const watched = i % 2 === 1;
    if (watched) delay.enable();
    const before = performance.eventLoopUtilization();
    took.push(
      await timed(async () => {
        const folded = await stores.async.checkpoint();
        if (!folded.ok) throw new Error(`the checkpoint failed: ${JSON.stringify(folded.error)}`);
      }),
    );
    if (!watched) active.push(performance.eventLoopUtilization(before).active);
    delay.disable();
    if (watched) delays.push(delay.max / 1e6 - 1);
  }
  const notices = stores.async.notices();
  if (notices.length > 0) throw new Error(`the checkpoint was not done in its thread: ${notices[0]?.message ?? ''}`);
  return { activeMs: median(active), delayMs: median(delays), tookMs: median(took) };
};

const opens = async (dir: string, times: number): Promise<number> => {
  const found: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    const store = await openHome(dir, 'async');
    found.push(performance.now() - start);
    await store.close();
  }
  return median(found);
};

/** Fewer of what takes long: at a million rows one export alone takes a second. */
const fewer = (most: number, rows: number): number => Math.max(3, Math.round(most / Math.max(1, rows / 20_000)));

export const measure = async (options: MeasureOptions): Promise<Measured[]> => {
  const { rows: sizes, rounds, native, log } = options;
  const root = mkdtempSync(join(options.parentDir, 'holdfast-bench-'));
  try {
    const benches: Bench[] = [];
    for (const rows of sizes) {
      log(`filling a home with ${String(rows)} audit rows ...`);
      const home = join(root, String(rows));
      mkdirSync(home);
      benches.push(await setUp(home, rows, native));
    }
    log(`${String(rounds)} rounds of saves by turns ...`);
    const all = await saveByTurns(benches, rounds);
    const bytes = await appByTurns(benches, rounds, all);
    const results: Measured[] = [];
    for (const [i, bench] of benches.entries()) {
      const samples = all[i];
      if (samples === undefined) continue;
      log(`the rest at ${String(bench.rows)} audit rows ...`);
      results.push(await finish(bench, samples, { bytes: bytes[i] ?? 0, rounds, path: join(root, 'whole') }));
    }
    return results;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

const finish = async (
  bench: Bench,
  samples: Collected,
  { bytes, rounds, path }: { bytes: number; rounds: number; path: string },
): Promise<Measured> => {
  const { rows, imageBytes, savers, stores } = bench;
  const times = (found: Samples, size: number): SaveTimes => ({
    save: timesOf(found.save),
    append: timesOf(found.append),
    bytes: size,
  });
  const saves = {
    sync: times(samples.sync, savers.sync.bytes()),
    async: times(samples.async, savers.async.bytes()),
    app: times(samples.app, bytes),
  };
  const loopBlockedUs = await loopBlocked(bench, rounds);
  const through = await throughput(bench, Math.ceil(rounds / 20));
  const queries = await measureQueries(stores.sync, rows, rounds);
  const wholeImageMs = await wholeImage(bench, path, fewer(50, rows));
  const checkpoint = await checkpoints(bench, fewer(20, rows));
  await stores.sync.close();
  await stores.async.close();
  bench.native?.close();
  for (const appender of Object.values(bench.appenders)) appender.close();
  const openMs = await opens(bench.dir, fewer(40, rows));
  return {
    rows,
    imageBytes,
    ...saves,
    native: bench.native === null ? null : timesOf(samples.native),
    wholeImageMs,
    loopBlockedUs,
    throughput: through,
    openMs,
    checkpoint,
    queries,
  };
};

/** What one save asks of the file system, counted at the store's own seam. */
export const countCalls = async (parentDir: string): Promise<Record<string, number>> => {
  const root = mkdtempSync(join(parentDir, 'holdfast-bench-'));
  const counts = { write: 0, fdatasync: 0, stat: 0, other: 0 };
  const fs: StoreFs = {
    ...realFs,
    open: (path, how) => {
      counts.other += 1;
      const file = realFs.open(path, how);
      return {
        ...file,
        write: (bytes, position) => {
          counts.write += 1;
          file.write(bytes, position);
        },
        flushSync: () => {
          counts.fdatasync += 1;
          file.flushSync();
        },
      };
    },
    stat: (path) => {
      counts.stat += 1;
      return realFs.stat(path);
    },
  };
  try {
    const dir = await fillHome(root, 1000);
    const opened = await openStore({ dir, mode: 'owner', create: false, fs, flush: 'sync', ...clock });
    if (!opened.ok) throw new Error(opened.error.type);
    const saver = createSaver(opened.data, 1000);
    for (let i = 0; i < 10; i++) await saver.save();
    Object.assign(counts, { write: 0, fdatasync: 0, stat: 0, other: 0 });
    for (let i = 0; i < 100; i++) await saver.save();
    const perSave = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / 100]));
    await opened.data.close();
    return perSave;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

export const defaultParentDir = tmpdir();
