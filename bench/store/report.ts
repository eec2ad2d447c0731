/** Puts measured figures where they are read: a table in docs/benchmarks.md between two marks, and bench/recorded.json. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { isReached, type Figures } from './figures.ts';

const marks = {
  begin: '<!-- bench store: written by npm run bench -- store --write -->',
  end: '<!-- end of bench store -->',
};
export const recordedPath = join('bench', 'recorded.json');
const docsPath = join('docs', 'benchmarks.md');

const fileSystem = (dir: string): string => {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', dir], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown file system';
  }
};

const machine = (dir: string): string => {
  const [first] = cpus();
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  const load = loadavg().map((value) => value.toFixed(1));
  return `${String(cpus().length)} cores (${first?.model.trim() ?? 'unknown'}), ${memory}, ${process.platform} ${release()}, ${fileSystem(dir)}, Node ${process.versions.node}; load average at the end ${load.join(', ')}`;
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

const table = (figures: Figures): string[] => [
  '| # | goal | measured | reached |',
  '| --- | --- | --- | --- |',
  ...Object.entries(figures).map(([name, figure]) => {
    const { value, goal, unit, reason, atLeast } = figure;
    const shown = value === null ? (reason ?? 'not measured') : `${String(value)} ${unit}`;
    return `| ${name} | ${atLeast === true ? '>=' : '<='} ${String(goal)} | ${cell(shown)} | ${isReached(figure) ? 'yes' : 'no'} |`;
  }),
];

const detailLines = (figures: Figures): string[] =>
  Object.entries(figures).flatMap(([name, { details }]) =>
    Object.entries(details ?? {}).map(([rows, detail]) => `${name} ${rows}: ${JSON.stringify(detail)}`),
  );

export const writeReport = (
  figures: Figures,
  { rows, rounds, dir }: { rows: number[]; rounds: number; dir: string },
): void => {
  const command = `npm run bench -- store --rows ${rows.join(',')} --rounds ${String(rounds)}`;
  const text = [
    marks.begin,
    '',
    `\`${command}\`, ${new Date().toISOString().slice(0, 10)}; ${machine(dir)}.`,
    '',
    ...table(figures),
    '',
    'What stands behind it, by number of audit rows:',
    '',
    '```text',
    ...detailLines(figures),
    '```',
    '',
    marks.end,
  ].join('\n');
  const page = readFileSync(docsPath, 'utf8');
  const [begin, end] = [page.indexOf(marks.begin), page.indexOf(marks.end)];
  if (begin === -1 || end === -1) throw new Error(`${docsPath} has no place for the figures (${marks.begin})`);
  writeFileSync(docsPath, page.slice(0, begin) + text + page.slice(end + marks.end.length));
  const values = Object.fromEntries(
    Object.entries(figures).map(([name, { value, atLeast }]) => [
      name,
      { value, ...(atLeast === true ? { atLeast } : {}) },
    ]),
  );
  writeFileSync(recordedPath, `${JSON.stringify({ rows, rounds, figures: values }, null, 2)}\n`);
};
