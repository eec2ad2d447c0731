/**
 * F1: no crash loses an answered save, leaves half of one, or makes the store unopenable, be it in its creation, a
 * save or a checkpoint; and the test can tell. (Schema steps: crash-schema.test.ts.) Only states of the disk that differ are counted.
 */
import { describe, expect, it } from 'vitest';
import { runCrashStates } from './testing/crash-run.ts';

const long = process.env['HOLDFAST_LONG'] !== undefined;

describe('crash states of the model file system', () => {
  it('keeps every answered save whole in all of them', async () => {
    const wanted = long ? 60_000 : 6000;
    const report = await runCrashStates({ seed: 1, states: wanted });
    const { states, torn, folded, unborn, moved: _moved, ...problems } = report;
    expect(problems).toEqual({ lost: 0, mixed: 0, unopenable: 0, examples: [] });
    expect(states).toBeGreaterThanOrEqual(wanted);
    // The states are not the easy ones only.
    expect(torn).toBeGreaterThan(wanted / 50);
    expect(folded).toBeGreaterThan(wanted / 10);
    expect(unborn).toBeGreaterThan(wanted / 500);
    console.info(`F1: ${JSON.stringify(report)}`);
  }, 7_200_000);

  it('notices a store that never flushes a file', async () => {
    const report = await runCrashStates({ seed: 2, states: 100, stopAtFirst: true, broken: { flush: 'all' } });
    expect(report.lost + report.unopenable).toBeGreaterThan(0);
  });

  it('notices a store that answers before the save is flushed', async () => {
    const report = await runCrashStates({ seed: 2, states: 100, stopAtFirst: true, broken: { flush: 'later' } });
    expect(report.lost).toBeGreaterThan(0);
  });

  it('notices a store that does not flush its folder', async () => {
    const report = await runCrashStates({ seed: 3, states: 100, stopAtFirst: true, broken: { flushDir: true } });
    expect(report.lost + report.unopenable).toBeGreaterThan(0);
  });

  it('notices a store without checksums', async () => {
    const report = await runCrashStates({ seed: 4, states: 600, stopAtFirst: true, checksum: () => 0 });
    expect(report.mixed + report.unopenable).toBeGreaterThan(0);
  });
});
