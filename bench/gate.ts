/**
 * `npm run bench -- gate`: measures again and compares the ratios with the recorded ones; a quarter worse is a failure.
 * Absolute times depend on the machine and are not compared.
 */
import { readFileSync } from 'node:fs';
import { measureFigures } from './store.ts';
import { defaultParentDir } from './store/measure.ts';
import { recordedPath } from './store/report.ts';

const slack = 1.25;
/** Ratios of two things done by turns, and counts. */
const compared = ['P1', 'P1-async', 'P1-app', 'P2', 'P3', 'P4', 'P5-throughput'];

type Recorded = { figures: Record<string, { value: number | null; atLeast?: boolean }> };

export const main = async (argv: string[]): Promise<number> => {
  const recorded = JSON.parse(readFileSync(recordedPath, 'utf8')) as Recorded;
  const rows = (argv[argv.indexOf('--rows') + 1] ?? '1000,100000').split(',').map(Number);
  const figures = await measureFigures({
    rows: argv.includes('--rows') ? rows : [1000, 100_000],
    rounds: 1000,
    dir: defaultParentDir,
  });
  let failed = 0;
  for (const name of compared) {
    const now = figures[name]?.value ?? null;
    const then = recorded.figures[name];
    if (now === null || then === undefined || then.value === null) {
      console.log(`   ${name.padEnd(14)} not compared: ${figures[name]?.reason ?? 'not recorded'}`);
      continue;
    }
    const worse = then.atLeast === true ? then.value / now : now / then.value;
    if (worse > slack) failed += 1;
    console.log(`${worse > slack ? '!! ' : '   '}${name.padEnd(14)} ${String(now)}, recorded ${String(then.value)}`);
  }
  console.log(failed === 0 ? 'no ratio is more than 25 % worse' : `${String(failed)} ratios are more than 25 % worse`);
  return failed === 0 ? 0 : 1;
};
