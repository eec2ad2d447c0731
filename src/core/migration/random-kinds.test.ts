/** Records, overrides, integrations and users from files that nobody thought of: all is planned once and comes back equal. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { pathOf } from './map-parts.ts';
import { openOwnHome } from './testing/own-home.ts';
import { kindsDefinition, randomKinds, type RandomFile } from './testing/random-home.ts';

const subjects: { [file: string]: { kind: string; key: (segments: string[]) => string } } = {
  'docs.json': { kind: 'record', key: (segments) => segmentsToKey(['docs', ...segments]) },
  'prefs/ann.json': { kind: 'override', key: (segments) => segmentsToKey(['ann', 'ui', ...segments]) },
  'conn/x.json': { kind: 'field', key: (segments) => segmentsToKey(['x', ...segments]) },
};

/** Who wrote it may say that a document is not secret, whatever it looks like. */
const allPlain = (files: readonly RandomFile[]): { [place: string]: 'plain' } =>
  Object.fromEntries(
    files.flatMap(({ file, leaves }) => leaves.map((leaf) => [`${file}:${pathOf(leaf.segments)}`, 'plain' as const])),
  );

const valueIn = (kind: string, stored: JsonValue | undefined): JsonValue | undefined =>
  kind === 'record' ? (isJsonObject(stored) ? stored['data'] : undefined) : stored;

it('plans every document and leaf once, keeps them exactly, and finds nothing new in a second run', async () => {
  await fc.assert(
    fc.asyncProperty(randomKinds, async (files) => {
      const own = await openOwnHome(kindsDefinition, Object.fromEntries(files.map(({ file, text }) => [file, text])));
      try {
        const run = await own.migrate({ choices: allPlain(files) });
        expect(run.verification?.checks.filter((check) => !check.ok)).toEqual([]);
        for (const { file, leaves } of files) {
          const subject = subjects[file];
          if (subject === undefined) continue;
          const planned = run.items.filter((item) => item.file === file && item.path !== '').length;
          expect(planned).toBe(leaves.filter((leaf) => leaf.segments.length > 0).length);
          const stored = await own.stored(subject.kind);
          const expected = leaves.filter((leaf) => leaf.kept);
          expect(Object.keys(stored).toSorted()).toEqual(expected.map((leaf) => subject.key(leaf.segments)).toSorted());
          for (const leaf of expected)
            expect(valueIn(subject.kind, stored[subject.key(leaf.segments)])).toEqual(leaf.value);
        }
        const again = await own.plan();
        expect(again.totals).toEqual({ ...run.totals, create: 0, unchanged: run.totals.create });
      } finally {
        await own.remove();
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
