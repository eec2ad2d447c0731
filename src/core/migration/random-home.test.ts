/** On homes that nobody thought of: every leaf is planned exactly once, what is kept comes back equal, files stay as they were. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlanItem } from '../../contract/migration.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp } from '../testing/test-app.ts';
import { pathOf } from './map-parts.ts';
import { randomHome, stemSegment, type RandomFile } from './testing/random-home.ts';

type Planned = { file: string; path: string; key: string | null };

const expectedItems = (files: readonly RandomFile[]): Planned[] =>
  files.flatMap(({ file, leaves }) =>
    leaves.map(({ segments, kept }) => {
      const path = file === '.env' && segments[0] === 'line' ? `line[${String(segments[1])}]` : pathOf(segments);
      const usable = kept && stemSegment(file) !== '__proto__';
      return { file, path, key: usable ? segmentsToKey([stemSegment(file), ...segments]) : null };
    }),
  );

const plannedItems = (items: readonly PlanItem[]): Planned[] =>
  items.map((item) => ({
    file: item.file,
    path: item.path,
    key: item.action === 'quarantine' ? null : (item.target?.key ?? 'none'),
  }));

const sorted = (items: Planned[]): string[] =>
  items.map((item) => JSON.stringify([item.file, item.path, item.key])).toSorted();

const withHome = async (
  files: readonly RandomFile[],
  use: (homeDir: string, configDir: string) => Promise<void>,
): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-random-'));
  const homeDir = mkdtempSync(join(root, 'home-'));
  try {
    for (const { file, text } of files) writeFileSync(join(homeDir, file), text);
    await use(homeDir, join(root, 'config'));
    for (const { file, text } of files) expect(readFileSync(join(homeDir, file)).equals(Buffer.from(text))).toBe(true);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

it('plans every leaf exactly once, as a setting or quarantined', async () => {
  await fc.assert(
    fc.asyncProperty(randomHome, (files) =>
      withHome(files, async (homeDir, configDir) => {
        const app = await openTestApp({ homeDir, configDir });
        const plan = await app.get('migration.plan', { definition: 'generic' });
        expect(plan.sources.map((source) => [source.file, source.status])).toEqual(
          expect.arrayContaining(files.map(({ file }) => [file, 'read'])),
        );
        expect(sorted(plannedItems(plan.items))).toEqual(sorted(expectedItems(files)));
        await app.close();
      }),
    ),
    { numRuns: 100 },
  );
});

it('gives back after a run, and after opening again, what the files said', async () => {
  await fc.assert(
    fc.asyncProperty(randomHome, (files) =>
      withHome(files, async (homeDir, configDir) => {
        const clock = steppingClock();
        const first = await openTestApp({ homeDir, configDir }, 'cli', clock);
        const run = await first.get('migration.run', { definition: 'generic', protect: { recoveryCode: true } });
        expect(run.verification?.ok).toBe(true);
        await first.close();
        const app = await openTestApp({ homeDir, configDir }, 'cli', clock);
        await app.get('secret.unlock', { credential: { recoveryCode: run.recoveryCode ?? '' } });
        const { settings } = await app.get('settings.list', {});
        const stored = new Map(settings.map((setting) => [setting.key, setting]));
        const expected = files.flatMap(({ file, leaves }) =>
          leaves.flatMap(({ segments, kept, value }) =>
            kept && stemSegment(file) !== '__proto__'
              ? [[segmentsToKey([stemSegment(file), ...segments]), value] as const]
              : [],
          ),
        );
        expect([...stored.keys()].toSorted()).toEqual(expected.map(([key]) => key).toSorted());
        for (const [key, value] of expected) {
          const setting = stored.get(key);
          const found = setting?.secret === true ? (await app.get('settings.reveal', { key })).value : setting?.value;
          expect([key, found]).toEqual([key, value]);
        }
        const again = await app.get('migration.plan', {});
        expect([again.totals.create, again.totals.update, again.totals.conflict, again.totals.quarantine]).toEqual([
          0,
          0,
          0,
          run.totals.quarantine,
        ]);
        await app.close();
      }),
    ),
    { numRuns: 20, endOnFailure: true },
  );
});
