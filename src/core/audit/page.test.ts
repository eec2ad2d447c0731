/** Pages, filters and states at a time, found by indexes, against a plain model of the same random log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isUnder } from '../../contract/setting-key.ts';
import { writeRandomLog, type Model, type ModelEntry } from '../schema/testing/random-log.ts';
import { settingsAtTime } from '../settings/at.ts';
import { openImageReader, type ImageReader } from '../store/image-reader.ts';
import { olderDatabase } from '../store/testing/older-store.ts';
import { createRandom } from '../store/testing/random.ts';
import { entryIds, type EntryFilter } from './page.ts';
import { auditFacets } from './queries.ts';

const saves = 600;
let model: Model;
let reader: ImageReader;

beforeAll(async () => {
  const random = createRandom(11);
  const database = await olderDatabase(2, (tx) => {
    model = writeRandomLog(tx, saves, (below) => random.below(below));
  });
  const opened = await openImageReader(database);
  if (!opened.ok) throw new Error(opened.error.type);
  reader = opened.data;
});
afterAll(() => {
  reader.close();
});

const fits = (filter: EntryFilter, entry: ModelEntry): boolean =>
  (filter.after === undefined || entry.id < filter.after) &&
  (filter.seals === true || entry.type !== 'seal') &&
  (filter.type === undefined || entry.type === filter.type) &&
  (filter.actor === undefined || entry.actor === filter.actor) &&
  (filter.action === undefined || entry.action === filter.action) &&
  (filter.source === undefined || entry.source === filter.source) &&
  (filter.changeSet === undefined || `set-${String(entry.changeSet)}` === filter.changeSet) &&
  (filter.since === undefined || entry.at >= filter.since) &&
  (filter.until === undefined || entry.at <= filter.until) &&
  (filter.key === undefined || isUnder(entry.key, filter.key));

describe('entryIds', () => {
  it('finds what walking the whole log finds, for every mixture of filters', () => {
    const random = createRandom(12);
    const times = model.states.map(({ at }) => at).toSorted();
    const time = (): string => {
      const at = random.pick(times);
      return random.pick([at, at.slice(0, 10), at.slice(0, 13), at.replace(/...Z$/u, '500Z')]);
    };
    const choices: { [K in keyof EntryFilter]-?: () => NonNullable<EntryFilter[K]> } = {
      type: () => random.pick(['setting', 'store', 'seal', 'none']),
      key: () => random.pick(['a', 'a.b', 'a%', 'a%.d', 'z', 'z.other', '', 'none']),
      actor: () => random.pick(['alice', 'bob', 'carol', 'nobody']),
      action: () => random.pick(['create', 'update', 'delete', 'look', 'seal', 'none']),
      source: () => random.pick(['cli', 'window', 'restore', 'none']),
      changeSet: () => `set-${String(1 + random.below(saves + 20))}`,
      since: time,
      until: time,
      after: () => random.below(model.entries.length + 50),
      seals: () => random.chance(0.5),
    };
    let found = 0;
    for (let round = 0; round < 600; round += 1) {
      const names = Object.keys(choices).filter(() => random.chance(0.22));
      const filter = Object.fromEntries(
        names.map((name) => [name, choices[name as keyof typeof choices]()]),
      ) as EntryFilter;
      const limit = 1 + random.below(30);
      const floor = random.chance(0.3) ? random.below(model.entries.length) : 1;
      const all = model.entries.filter((entry) => entry.id >= floor && fits(filter, entry)).map(({ id }) => id);
      const expected = all.toReversed().slice(0, limit);
      expect([filter, limit, floor, entryIds(reader, filter, limit, { floor })]).toEqual([
        filter,
        limit,
        floor,
        expected,
      ]);
      const among = model.entries.map(({ id }) => id).filter(() => random.chance(0.2));
      const both = all
        .filter((id) => among.includes(id))
        .toReversed()
        .slice(0, limit);
      expect([filter, entryIds(reader, filter, limit, { floor, among })]).toEqual([filter, both]);
      found += expected.length;
    }
    expect(found).toBeGreaterThan(500);
  });

  it('counts the facets without walking the log', () => {
    const without = model.entries.filter(({ type }) => type !== 'seal');
    const distinct = (values: string[]): string[] => [...new Set(values)].toSorted();
    const perDay = new Map<string, number>();
    for (const { at } of model.states) perDay.set(at.slice(0, 10), (perDay.get(at.slice(0, 10)) ?? 0) + 1);
    expect(auditFacets(reader, '2026-03-04')).toEqual({
      total: without.length,
      actors: ['alice', 'bob', 'carol'],
      types: distinct(without.map(({ type }) => type)),
      actions: distinct(without.map(({ action }) => action)),
      sources: ['cli', 'restore', 'window'],
      days: [...perDay]
        .filter(([day]) => day >= '2026-03-04')
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([day, changeSets]) => ({ day, changeSets })),
    });
  });
});

describe('settingsAtTime', () => {
  it('gives the state after the last save that was made no later', () => {
    const shown = (time: string): Record<string, string> =>
      Object.fromEntries(
        settingsAtTime(reader, time, '').settings.map(({ key, value, secret }) => [
          key,
          secret ? 'secret' : JSON.stringify(value),
        ]),
      );
    const times = model.states.map(({ at }) => at);
    for (const at of [...times, '2026-02-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z', '2026-03-03T00:00:00.000Z']) {
      const last = model.states.findLast((state) => state.at <= at);
      expect([at, shown(at)]).toEqual([at, last?.settings ?? {}]);
    }
    expect(settingsAtTime(reader, '2030-01-01T00:00:00.000Z', 'a').settings.map(({ key }) => key)).toEqual(
      Object.keys(model.states.at(-1)?.settings ?? {})
        .filter((key) => isUnder(key, 'a'))
        .toSorted(),
    );
  });
});
