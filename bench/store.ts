/**
 * P1: a durable save (one change set of five statements through `transact`, 1,000 audit rows in the store) against
 * appending the same bytes and fdatasync, by turns in one process. A ratio of medians: the disk's own speed cancels out.
 */
import { closeSync, fdatasync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { ok } from '../src/contract/result.ts';
import { realFs } from '../src/core/store/fs.ts';
import { openStore } from '../src/core/store/open.ts';
import type { SqlValue, Store } from '../src/core/store/types.ts';

export type StoreBenchOptions = {
  flush: 'sync' | 'async';
  /** Interleaved rounds that are measured. */
  rounds: number;
  /** Audit rows that the store holds before. */
  auditRows: number;
  /** Where the files go: the disk that is measured. */
  parentDir: string;
};

export type StoreBenchResult = {
  flush: 'sync' | 'async';
  saveMs: { p50: number; p99: number };
  appendMs: { p50: number; p99: number };
  ratio: number;
  bytesPerSave: number;
};

const goal = 2;

const statements = {
  changeSet:
    'insert into "change_set" ("id", "uid", "at", "actor", "door", "kind", "reason", "of", "undone_by") values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  version:
    'insert into "version" ("id", "subject", "audit", "value", "secret", "cipher", "print", "source") values (?, ?, ?, ?, ?, ?, ?, ?)',
  audit:
    'insert into "audit" ("id", "change_set", "action", "subject", "old_version", "new_version", "detail", "hash") values (?, ?, ?, ?, ?, ?, ?, ?)',
  live: 'insert into "live" ("subject", "version") values (?, ?) on conflict ("subject") do update set "version" = excluded."version"',
  meta: 'insert into "meta" ("key", "value") values (?, ?) on conflict ("key") do update set "value" = excluded."value"',
};

const query = (sql: string, values: SqlValue[]): CompiledQuery => CompiledQuery.raw(sql, values);
const subjects = 50;

const seedTerms = (store: Store): Promise<unknown> =>
  store.transact((tx) => {
    for (const [i, text] of ['alice', 'window', 'edit', 'update', 'set'].entries()) {
      tx.run(query('insert into "term" ("id", "text") values (?, ?)', [i + 1, text]));
    }
    for (let id = 1; id <= subjects; id++) {
      tx.run(
        query('insert into "subject" ("id", "kind", "key") values (?, ?, ?)', [
          id,
          'setting',
          `general.setting-${String(id)}`,
        ]),
      );
    }
    return ok(null);
  });

/** One setting changed, as `settings.apply` writes it. */
const save = async (store: Store, id: number): Promise<void> => {
  const hash = new Uint8Array(32).fill(id % 251);
  const subject = 1 + (id % subjects);
  const at = new Date(1_767_225_600_000 + id * 1000).toISOString();
  const answer = await store.transact((tx) => {
    tx.run(query(statements.changeSet, [id, `bench-${String(id).padStart(14, '0')}`, at, 1, 2, 3, null, null, null]));
    tx.run(query(statements.version, [id, subject, id, JSON.stringify(`value ${String(id)}`), 0, null, null, 5]));
    tx.run(query(statements.audit, [id, id, 4, subject, id > subjects ? id - subjects : null, id, null, hash]));
    tx.run(query(statements.live, [subject, id]));
    tx.run(query(statements.meta, ['audit_head', String(id)]));
    return ok(null);
  });
  if (!answer.ok) throw new Error(`the save failed: ${answer.error.type}`);
};

const append = (fd: number, bytes: Uint8Array, position: number, flush: 'sync' | 'async'): Promise<void> | void => {
  writeSync(fd, bytes, 0, bytes.length, position);
  if (flush === 'sync') {
    fdatasyncSync(fd);
    return;
  }
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
};

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
const summary = (times: number[]): { p50: number; p99: number } => {
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
};

const timed = async (work: () => Promise<void> | void): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

export const run = async (options: StoreBenchOptions): Promise<StoreBenchResult> => {
  const home = mkdtempSync(join(options.parentDir, 'holdfast-bench-'));
  const dir = join(home, '.holdfast');
  mkdirSync(dir);
  try {
    const clock = { now: () => '2026-01-01T00:00:00.000Z', newId: () => 'bench' };
    const opened = await openStore({ dir, mode: 'owner', create: true, fs: realFs, flush: options.flush, ...clock });
    if (!opened.ok) throw new Error(`the store did not open: ${opened.error.type}`);
    const measured = await measure(opened.data, join(home, 'append'), options);
    await opened.data.close();
    return measured;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

const measure = async (store: Store, appendPath: string, options: StoreBenchOptions): Promise<StoreBenchResult> => {
  const { flush } = options;
  await seedTerms(store);
  let id = 0;
  // Warm-up and history at once; in bursts, as only their number matters.
  while (id < options.auditRows) await Promise.all(Array.from({ length: 20 }, () => save(store, ++id)));
  await store.checkpoint();
  await save(store, ++id);
  const before = store.info().journalBytes;
  await save(store, ++id);
  const bytes = new Uint8Array(store.info().journalBytes - before).fill(7);
  const fd = openSync(appendPath, 'w');
  const saves: number[] = [];
  const appends: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    saves.push(await timed(() => save(store, ++id)));
    appends.push(await timed(() => append(fd, bytes, round * bytes.length, flush)));
  }
  closeSync(fd);
  const saveMs = summary(saves);
  const appendMs = summary(appends);
  return { flush, saveMs, appendMs, ratio: saveMs.p50 / appendMs.p50, bytesPerSave: bytes.length };
};

const rounded = (value: number): number => Number(value.toFixed(3));

const asText = (result: StoreBenchResult): string =>
  `${result.flush.padEnd(5)}  save p50 ${result.saveMs.p50.toFixed(3)} ms, p99 ${result.saveMs.p99.toFixed(3)} ms · ` +
  `append + fdatasync p50 ${result.appendMs.p50.toFixed(3)} ms, p99 ${result.appendMs.p99.toFixed(3)} ms · ` +
  `${result.ratio.toFixed(2)}x · ${String(result.bytesPerSave)} bytes`;

/** `--json`; `--rounds N` (default 1000); `--dir DIR` (default: the folder for temporary files). */
export const main = async (argv: string[]): Promise<void> => {
  const after = (name: string): string | undefined => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined);
  const options = {
    rounds: Number(after('--rounds') ?? '1000'),
    auditRows: 1000,
    parentDir: after('--dir') ?? tmpdir(),
  };
  const sync = await run({ ...options, flush: 'sync' });
  const async = await run({ ...options, flush: 'async' });
  if (argv.includes('--json')) {
    const figure = (result: StoreBenchResult): object => ({
      value: rounded(result.ratio),
      goal,
      unit: 'x of append + fdatasync',
      p50Ms: rounded(result.saveMs.p50),
      bytes: result.bytesPerSave,
    });
    console.log(JSON.stringify({ P1: figure(sync), 'P1-async': figure(async) }));
    return;
  }
  console.log(
    `P1: durable save against append + fdatasync, ${String(options.auditRows)} audit rows, ${String(options.rounds)} rounds (goal ${String(goal)}x)`,
  );
  console.log(asText(sync));
  console.log(asText(async));
};
