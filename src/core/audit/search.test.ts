/** Looking for a text in a log of several slices: every page of it, in order, whatever else is filtered. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { writeRandomLog, type Model } from '../schema/testing/random-log.ts';
import { schemaSteps } from '../store/schema/index.ts';
import { createRandom } from '../store/testing/random.ts';
import { writeOlderStore } from '../store/testing/older-store.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
afterEach(async () => {
  await app.close();
  home.remove();
});

it('finds every entry with the text, page by page, over more entries than are searched at once', async () => {
  home = tempHome(null);
  const dir = join(home.homeDir, '.holdfast');
  mkdirSync(dir, { mode: 0o700 });
  const random = createRandom(21);
  let model: Model = { entries: [], states: [] };
  await writeOlderStore(dir, schemaSteps.length, (tx) => {
    model = writeRandomLog(tx, 1500, (below) => random.below(below));
  });
  expect(model.entries.length).toBeGreaterThan(2 * 2048);
  app = await openTestApp(home);
  const pages = async (filter: { actor?: string; until?: string }): Promise<number[]> => {
    const found: number[] = [];
    let after: number | null | undefined;
    do {
      const page = await app.get('audit.list', {
        text: 'LONG',
        limit: 70,
        ...filter,
        ...(after === undefined || after === null ? {} : { after }),
      });
      expect(page.changes.length <= 70).toBe(true);
      found.push(...page.changes.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    return found;
  };
  const expected = (keep: (entry: Model['entries'][number]) => boolean): number[] =>
    model.entries
      .filter((entry) => entry.key.includes('long') && keep(entry))
      .map(({ id }) => id)
      .toReversed();
  expect(await pages({})).toEqual(expected(() => true));
  expect(await pages({ actor: 'carol' })).toEqual(expected(({ actor }) => actor === 'carol'));
  const until = model.states[700]?.at ?? '';
  expect(await pages({ until })).toEqual(expected(({ at }) => at <= until));
  expect(await app.get('audit.list', { text: 'nowhere at all' })).toEqual({ changes: [], next: null });
});
