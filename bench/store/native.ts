/**
 * better-sqlite3, for comparison only: installed into a folder for temporary files, never into this project. It is
 * compiled where no built one can be had, which takes minutes, so the folder is kept for the next run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlValue } from '../../src/core/store/types.ts';
import { statements, valuesOf } from './saves.ts';

const version = '12.11.1';
const limitMs = 15 * 60_000;

type NativeStatement = { run: (...values: unknown[]) => unknown };
type NativeDatabase = {
  prepare: (sql: string) => NativeStatement;
  pragma: (text: string) => unknown;
  transaction: (work: (values: SqlValue[][]) => void) => (values: SqlValue[][]) => void;
  close: () => void;
};
type NativeModule = new (path: string) => NativeDatabase;

export type Native = { kind: 'ready'; open: (path: string) => NativeDatabase } | { kind: 'missing'; reason: string };

const load = (dir: string): NativeModule | string => {
  try {
    const found = createRequire(join(dir, 'package.json'))('better-sqlite3') as NativeModule;
    // The addon itself is loaded with the first database.
    new found(':memory:').close();
    return found;
  } catch (error) {
    return String(error).split('\n')[0] ?? 'unknown';
  }
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** Installs on first use; says so on stderr. */
export const findNative = (): Native => {
  const dir = join(tmpdir(), `holdfast-bench-better-sqlite3-${version}-abi${process.versions.modules}`);
  let found = existsSync(dir) ? load(dir) : '';
  if (typeof found === 'string') {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"private":true}');
    process.stderr.write(`Installing better-sqlite3 ${version} into ${dir} (compiling it may take minutes) ...\n`);
    const args = ['i', `better-sqlite3@${version}`, '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = spawnSync('npm', args, {
      cwd: dir,
      encoding: 'utf8',
      timeout: limitMs,
      shell: process.platform === 'win32',
    });
    const why = npm.error?.message ?? lastLine(npm.stderr);
    found = load(dir);
    if (typeof found === 'string')
      return { kind: 'missing', reason: `better-sqlite3 could not be built: ${why || found}` };
  }
  const Database = found;
  return { kind: 'ready', open: (path) => new Database(path) };
};

export type NativeSaver = { save: () => void; prepare: (count: number) => void; close: () => void };

/** The same tables, rows, indexes and statements, on disk with WAL and a flush at each commit. */
export const createNativeSaver = (
  native: Extract<Native, { kind: 'ready' }>,
  path: string,
  firstId: number,
): NativeSaver => {
  const database = native.open(path);
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) database.pragma(pragma);
  const compiled = Object.values(statements).map((sql) => database.prepare(sql));
  const transact = database.transaction((values) => {
    for (const [i, statement] of compiled.entries()) statement.run(...(values[i] ?? []));
  });
  let id = firstId;
  const prepared: SqlValue[][][] = [];
  const prepare = (count: number): void => {
    while (prepared.length < count) prepared.push(valuesOf((id += 1)));
  };
  return {
    prepare,
    save: () => {
      prepare(1);
      transact(prepared.shift() ?? []);
    },
    close: () => {
      database.close();
    },
  };
};
