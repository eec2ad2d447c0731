/**
 * P1 to P7 and P9: the store against append + fdatasync, better-sqlite3 and whole-image export. `main` measures, prints,
 * and with `--write` puts the figures into docs/benchmarks.md and bench/recorded.json.
 */
import { figuresOf, isReached, type Figures } from './store/figures.ts';
import { countCalls, defaultParentDir, measure } from './store/measure.ts';
import { findNative } from './store/native.ts';
import { writeReport } from './store/report.ts';

const usage = 'usage: npm run bench -- store [--json] [--write] [--rows 1000,100000] [--rounds 1000] [--dir DIR]';

export type StoreBenchOptions = { rows: number[]; rounds: number; dir: string };

export const measureFigures = async ({ rows, rounds, dir }: StoreBenchOptions): Promise<Figures> => {
  const native = findNative();
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const measured = await measure({ rows, rounds, parentDir: dir, native, log });
  const calls = await countCalls(dir);
  return figuresOf({ measured, calls, nativeReason: native.kind === 'missing' ? native.reason : null });
};

const print = (figures: Figures): void => {
  for (const [name, figure] of Object.entries(figures)) {
    const { value, goal, unit, atLeast, reason, details } = figure;
    const shown = value === null ? (reason ?? 'not measured') : `${String(value)} ${unit}`;
    console.log(
      `${isReached(figure) ? '   ' : '!! '}${name.padEnd(14)} ${shown} (goal ${atLeast === true ? '>=' : '<='} ${String(goal)})`,
    );
    for (const [rows, detail] of Object.entries(details ?? {})) console.log(`      ${rows}: ${JSON.stringify(detail)}`);
  }
};

export const main = async (argv: string[]): Promise<number> => {
  const after = (name: string): string | undefined => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined);
  const rows = (after('--rows') ?? '1000,100000,1000000').split(',').map(Number);
  const rounds = Number(after('--rounds') ?? '1000');
  if (![...rows, rounds].every((count) => Number.isSafeInteger(count) && count > 0)) {
    console.error(usage);
    return 2;
  }
  const options = { rows, rounds, dir: after('--dir') ?? defaultParentDir };
  const figures = await measureFigures(options);
  if (argv.includes('--json')) console.log(JSON.stringify(figures));
  else print(figures);
  if (argv.includes('--write')) writeReport(figures, options);
  return 0;
};
