/**
 * F1, the schema's part: a store that goes up a schema step and back between its sessions, cut anywhere: every state of
 * the disk is one version or the other, with every answered save in it. (The rest, and the mutants: crash.test.ts.)
 */
import { expect, it } from 'vitest';
import { runCrashStates } from './testing/crash-run.ts';

const wanted = process.env['HOLDFAST_LONG'] !== undefined ? 40_000 : 4000;

it('keeps every answered save through schema steps', async () => {
  const report = await runCrashStates({ seed: 11, states: wanted, moves: 0.25 });
  const { states, torn, folded, unborn, moved, ...problems } = report;
  expect(problems).toEqual({ lost: 0, mixed: 0, unopenable: 0, examples: [] });
  expect(states).toBeGreaterThanOrEqual(wanted);
  expect(Math.min(torn, folded, unborn)).toBeGreaterThan(0);
  // Cut while the store was of the newer version.
  expect(moved).toBeGreaterThan(wanted / 50);
  console.info(`F1, schema: ${JSON.stringify(report)}`);
}, 7_200_000);

it('notices a schema step whose image is not flushed', async () => {
  const report = await runCrashStates({ seed: 12, states: 400, moves: 1, stopAtFirst: true, broken: { flush: 'all' } });
  expect(report.lost + report.unopenable + report.mixed).toBeGreaterThan(0);
});
