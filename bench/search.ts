/**
 * P10: searching the audit log for words, through the index as an owner and as a reader has it; and the settings search.
 * `npm run bench -- search [--settings] [--rows 1000000] [--rounds 200] [--dir DIR]` prints milliseconds; `--settings`
 * leaves the log out.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Input } from '../src/contract/commands.ts';
import { parseSettingsQuery, searchSettings } from '../src/contract/settings-search.ts';
import type { SettingView } from '../src/contract/settings.ts';
import { entriesById } from '../src/core/audit/queries.ts';
import { searchEntries } from '../src/core/search/find.ts';
import { createLogIndex, type LogIndex } from '../src/core/search/log-index.ts';
import { realFs } from '../src/core/store/fs.ts';
import type { Store } from '../src/core/store/types.ts';
import { fillHome, openHome } from './store/filled-home.ts';
import { defaultParentDir } from './store/measure.ts';
import { rounded, timed, timesOf } from './store/statistics.ts';

const hits = 100;
/** The filled home's entries hold `value <n>`, its keys `general.setting-<1..200>`; `rare` wrote one in 5,000. */
const searches: { [name: string]: Input<'audit.list'> } = {
  'a word of every entry': { text: 'value' },
  'two words': { text: 'bob setting' },
  'one entry in 100': { text: '77 general' },
  'one entry in 5,000': { text: 'rare' },
  'one entry in 5,000, two words': { text: 'rare gen' },
  'a word and another actor': { text: 'value', actor: 'rare' },
  'a word and a key': { text: 'update', key: 'general.setting-7' },
  'in no entry': { text: 'nowhere' },
};
const signal = new AbortController().signal;

/** CPU time tells more than the clock while other programs run. */
const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const mib = (bytes: number): number => rounded(bytes / 2 ** 20);

const find = async (index: LogIndex, store: Store, filter: Input<'audit.list'>): Promise<number[]> => {
  const found = await searchEntries({ index, store, filter, limit: hits, signal });
  if (!found.ok) throw new Error(found.error.type);
  return found.data.ids;
};

const searchAll = async (title: string, index: LogIndex, store: Store, rounds: number): Promise<void> => {
  console.log(title);
  for (const [name, filter] of Object.entries(searches)) {
    const first = await timed(async () => find(index, store, filter));
    const times: number[] = [];
    const withRows: number[] = [];
    let count = 0;
    let cpuMs = 0;
    for (let round = 0; round < rounds; round++) {
      let ids: number[] = [];
      const cpu = process.cpuUsage();
      times.push(
        await timed(async () => {
          ids = await find(index, store, filter);
        }),
      );
      cpuMs += cpuMsSince(cpu);
      withRows.push(await timed(async () => store.read((reader) => entriesById(reader, ids))));
      count = ids.length;
    }
    const [found, rows] = [timesOf(times), timesOf(withRows)];
    console.log(
      `   ${name.padEnd(32)} ${String(count).padStart(3)} hits: p50 ${String(rounded(found.p50))} p99 ${String(rounded(found.p99))} ms, ${String(rounded(cpuMs / rounds))} ms of CPU (first ${String(rounded(first))}); their rows ${String(rounded(rows.p50))} ms`,
    );
  }
};

const searchLog = async (rows: number, rounds: number, parentDir: string): Promise<void> => {
  const root = mkdtempSync(join(parentDir, 'holdfast-bench-'));
  try {
    const dir = await fillHome(root, rows);
    const parts = { fs: realFs, dir, mayWrite: () => true, log: console.log };
    const store = await openHome(dir, 'async');
    const index = createLogIndex(parts);
    const scanned = await timed(async () => find(index, store, { text: 'nowhere' }));
    console.log(`read entry by entry, without an index: ${String(rounded(scanned))} ms`);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const [cpu, started] = [process.cpuUsage(), performance.now()];
    index.keep(store);
    await index.catchUp();
    const used = process.cpuUsage(cpu);
    delay.disable();
    const files = readdirSync(dir).filter((name) => name.startsWith('search-'));
    const bytes = files.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
    console.log(
      `made ${String(files.length)} files, ${String(mib(bytes))} MiB, in ${String(rounded(performance.now() - started))} ms, ${String(rounded((used.user + used.system) / 1000))} ms of CPU; event loop delay p99 ${String(rounded(delay.percentile(99) / 1e6))} ms, longest ${String(rounded(delay.max / 1e6))} ms`,
    );
    const before = process.memoryUsage();
    await searchAll(`the owner, ${String(rows)} entries`, index, store, rounds);
    const after = process.memoryUsage();
    console.log(
      `   memory of the open index: ${String(mib(after.rss - before.rss))} MiB more in all, ${String(mib(after.arrayBuffers - before.arrayBuffers))} MiB of buffers`,
    );
    await index.close();
    await store.close();
    const reader = await openHome(dir, 'sync', 'reader');
    const read = createLogIndex(parts);
    await searchAll('a reader, the newest range entry by entry', read, reader, Math.ceil(rounds / 10));
    await read.close();
    await reader.close();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

const count = 5000;

const settingOf = (i: number): SettingView => ({
  key: `section${String(i % 50)}.part${String(i % 7)}.setting_${String(i)}`,
  title: `Setting ${String(i)} of the section`,
  description: 'How long the window waits before it asks the service again, in seconds',
  value: `value ${String(i)}`,
  type: 'string',
  kind: 'string',
  category: `section${String(i % 50)}`,
  source: i % 3 === 0 ? 'file' : 'default',
  default: null,
  hasDefault: false,
  secret: false,
  modified: i % 3 === 0,
  restart: false,
  critical: false,
  known: true,
  schema: {},
  version: null,
  changedAt: null,
  changedBy: null,
});

const searchManySettings = async (rounds: number): Promise<void> => {
  const settings = Array.from({ length: count }, (_, i) => settingOf(i));
  const context = { now: '2026-01-01T00:00:00.000Z', isInvalid: () => false };
  console.log(`${String(count)} settings`);
  for (const text of [
    'setting_4711',
    'window service @modified',
    'sectoin settign',
    'nowhere at all',
    '@source:file',
  ]) {
    const times: number[] = [];
    const cpu = process.cpuUsage();
    for (let round = 0; round < rounds; round++)
      times.push(await timed(() => void searchSettings(settings, parseSettingsQuery(text), context)));
    const { p50, p99 } = timesOf(times);
    console.log(
      `   ${text.padEnd(32)} p50 ${String(rounded(p50))} p99 ${String(rounded(p99))} ms, ${String(rounded(cpuMsSince(cpu) / rounds))} ms of CPU`,
    );
  }
};

export const main = async (argv: string[]): Promise<number> => {
  const after = (name: string, otherwise: string): string =>
    argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? otherwise) : otherwise;
  await searchManySettings(Number(after('--rounds', '200')));
  if (argv.includes('--settings')) return 0;
  // The builder's own timers never keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  await searchLog(
    Number(after('--rows', '1000000')),
    Number(after('--rounds', '200')),
    after('--dir', defaultParentDir),
  );
  clearInterval(alive);
  return 0;
};
