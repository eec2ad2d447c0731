/**
 * F7: random histories of a home against a simple model. (Taking a key out of use, "rotate", is not built yet and not in
 * them.) The audit log is verified after each restart, and with the keys at the end.
 */
import { expect, it } from 'vitest';
import { runHistory } from './testing/history-run.ts';

const histories = process.env['HOLDFAST_LONG'] === undefined ? 8 : 160;
const operations = process.env['HOLDFAST_LONG'] === undefined ? 625 : 1250;

it(`live ${String(histories * operations)} operations as the model does`, async () => {
  const all: Record<string, number> = {};
  for (let seed = 1; seed <= histories; seed++) {
    const { counts, ...found } = await runHistory({ seed, operations });
    expect({ seed, ...found }).toEqual({ seed, operations, differences: [] });
    for (const [name, count] of Object.entries(counts)) all[name] = (all[name] ?? 0) + count;
  }
  console.info(`F7: ${JSON.stringify(all)}`);
  expect(Object.keys(all).toSorted()).toEqual(['apply', 'crash', 'import', 'redo', 'refused', 'restart', 'undo']);
}, 7_200_000);

it('notices a store that forgets its last answered save', async () => {
  const { differences } = await runHistory({ seed: 5, operations: 400, forgetful: true });
  expect(differences.length).toBeGreaterThan(0);
});
