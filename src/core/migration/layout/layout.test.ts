/** Layouts of every sample home and of homes nobody thought of: the same bytes back, one change shows as one change, no value inside. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, jsonEqual, type JsonValue } from '../../../contract/json.ts';
import { loadDefinitions } from '../../definitions/load.ts';
import type { Definition } from '../../definitions/types.ts';
import { resourcesDir } from '../../testing/test-app.ts';
import { mapSource } from '../mappers.ts';
import { isMapped, type Candidate, type Decided, type ReadSource } from '../plan-types.ts';
import { readerFor } from '../readers/index.ts';
import { scanHome } from '../scan.ts';
import { readSources } from '../sources.ts';
import { randomHome } from '../testing/random-home.ts';
import { makeLayout, type Made, type Placing } from './make.ts';
import { render, type Rendered, type Values } from './render.ts';
import { partOf } from './value-parts.ts';

const now = '2026-03-01T00:00:00.000Z';

const definitions = async (): Promise<Definition[]> => {
  const loaded = await loadDefinitions({ homeDir: null, configDir: '/nowhere', resourcesDir });
  if (!loaded.ok) throw new Error(loaded.error.type);
  return loaded.data;
};

const decide = (candidates: readonly Candidate[]): Decided[] =>
  candidates.map((one) =>
    isMapped(one)
      ? { ...one, action: 'create', reason: null, version: null, subjectId: null }
      : { ...one, action: 'quarantine' },
  );

type Subject = { kind: string; key: string };
const nameOf = ({ kind, key }: Subject): string => `${kind}/${key}`;

/** What a store would hold of these files. */
const storedIn = (candidates: readonly Candidate[]): Map<string, JsonValue> =>
  new Map(candidates.flatMap((one) => (isMapped(one) && !one.mark ? [[nameOf(one.subject), one.value]] : [])));

type File = { source: ReadSource; candidates: Candidate[]; made: Made; placings: Placing[] };

const take = (definition: Definition, source: ReadSource): File => {
  const candidates = mapSource({ definition, source, now });
  const placings = decide(candidates).map((item, i) => ({ item, ledgerId: i }));
  const made = makeLayout(source, placings);
  if (made === null) throw new Error(`${source.file} was not read`);
  return { source, candidates, made, placings };
};

const write = (file: File, stored: ReadonlyMap<string, JsonValue>): Rendered => {
  const values: Values = {
    of: (kind, key) => {
      const value = stored.get(nameOf({ kind, key }));
      return value === undefined ? { found: 'nothing' } : { found: 'value', value };
    },
    kept: (id) => file.placings[id]?.item.raw ?? null,
    hidden: file.made.hidden,
  };
  // Through JSON, as it lies in the store.
  return render(JSON.parse(JSON.stringify(file.made.layout)) as typeof file.made.layout, values);
};

const reread = (definition: Definition, file: File, text: string): Candidate[] => {
  const bytes = Buffer.from(text, 'utf8');
  const { opened, rule } = file.source;
  if (opened.status !== 'read') throw new Error('not read');
  const read = readerFor(rule.format).read(bytes);
  expect([text, read.ok]).toEqual([text, true]);
  return mapSource({ definition, source: { ...file.source, opened: { ...opened, bytes }, read }, now });
};

const bytesOf = (file: File): string =>
  file.source.opened.status === 'read' ? Buffer.from(file.source.opened.bytes).toString('utf8') : '';

/** Another value of the same type. */
const other = (value: JsonValue, seed: string): JsonValue => {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return Number.isInteger(value) ? value - 1 : value / 2;
  if (typeof value === 'string') return value === seed ? `${seed}1` : seed;
  if (value === null) return seed;
  if (Array.isArray(value)) return [...value, 'added'];
  return Object.keys(value).length === 0 ? seed : { ...value, added: seed };
};

const withPart = (value: JsonValue, part: readonly (string | number)[], wanted: JsonValue): JsonValue => {
  const [first, ...rest] = part;
  if (first === undefined) return wanted;
  if (!isJsonObject(value)) throw new Error('no such part');
  return { ...value, [first]: withPart(value[String(first)] ?? null, rest, wanted) };
};

/** Changes one value and gives what then differs, read from the file again; null when the file cannot hold it. */
const changeOne = (definition: Definition, file: File, item: Candidate & { subject: Subject }, seed: string) => {
  const before = storedIn(file.candidates);
  const name = nameOf(item.subject);
  const value = before.get(name);
  const own = 'part' in item ? item.part : [];
  if (value === undefined) throw new Error(`${name} is not stored`);
  const wanted = withPart(value, own, other(partOf(value, own) ?? null, seed));
  const written = write(file, new Map([...before, [name, wanted]]));
  if (written.unwritable.length > 0) return null;
  const after = storedIn(reread(definition, file, written.text));
  const changed = [...after].filter(([key, found]) => !jsonEqual(found, before.get(key))).map(([key]) => key);
  expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted());
  return { changed, found: after.get(name), wanted, name };
};

const samples = readdirSync(join(resourcesDir, 'sample-homes'));

const filesOf = async (sample: string): Promise<{ definition: Definition; files: File[] }> => {
  const definition = (await definitions()).find((one) => one.id === sample);
  if (definition === undefined) throw new Error(`no definition ${sample}`);
  const homeDir = join(resourcesDir, 'sample-homes', sample);
  const sources = await readSources(homeDir, definition, await scanHome(homeDir));
  return { definition, files: sources.filter((one) => one.read?.ok === true).map((one) => take(definition, one)) };
};

describe.each(samples)('the sample home %s', (sample) => {
  it('comes back byte for byte from layouts that hold no value', async () => {
    const { files } = await filesOf(sample);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const written = write(file, storedIn(file.candidates));
      expect(written).toEqual({ text: bytesOf(file), locked: false, removed: [], unwritable: [] });
      expect(file.made.inexact).toEqual([]);
    }
  });

  it('shows a changed value as exactly one change', async () => {
    const { definition, files } = await filesOf(sample);
    let changes = 0;
    for (const file of files) {
      for (const item of file.candidates) {
        if (!isMapped(item) || (!item.mark && ['integration', 'user'].includes(item.subject.kind))) continue;
        const result = changeOne(definition, file, item, 'changed');
        if (result === null) continue;
        changes += 1;
        expect([item.path, result.changed]).toEqual([item.path, [result.name]]);
        expect(result.found).toEqual(result.wanted);
      }
    }
    expect(changes).toBeGreaterThan(3);
  });

  it('cuts out what was removed and leaves the rest', async () => {
    const { definition, files } = await filesOf(sample);
    for (const file of files) {
      for (const item of file.candidates) {
        if (!isMapped(item) || item.mark || ['integration', 'user'].includes(item.subject.kind)) continue;
        const stored = storedIn(file.candidates);
        stored.delete(nameOf(item.subject));
        const written = write(file, stored);
        expect(written.removed.map((hole) => hole.a)).toEqual([item.path]);
        // One document that is a whole file leaves nothing to read.
        if (item.path === '' || written.text.trim() === 'null') continue;
        const after = storedIn(reread(definition, file, written.text));
        // The last member of an object leaves an empty object.
        expect([...after].filter(([key, value]) => !stored.has(key) && JSON.stringify(value) !== '{}')).toEqual([]);
        expect([...stored].filter(([key, value]) => !jsonEqual(after.get(key), value))).toEqual([]);
      }
    }
  });

  it('keeps nothing of a value in clear', async () => {
    const { files } = await filesOf(sample);
    const texts = (value: JsonValue): string[] =>
      typeof value === 'string'
        ? [value]
        : typeof value === 'number'
          ? [String(value)]
          : Array.isArray(value)
            ? value.flatMap(texts)
            : isJsonObject(value)
              ? Object.values(value).flatMap(texts)
              : [];
    for (const file of files) {
      const layout = JSON.stringify(file.made.layout);
      const names = file.candidates.map((one) => `${one.path} ${isMapped(one) ? one.subject.key : ''}`).join(' ');
      for (const item of file.candidates) {
        for (const text of isMapped(item) ? texts(item.value) : [item.raw]) {
          if (text.length < 5 || names.includes(text)) continue;
          expect([item.path, layout.includes(text)]).toEqual([item.path, false]);
        }
      }
    }
  });
});

it('comes back byte for byte whatever the files say, and shows one change as one', async () => {
  const definition = (await definitions()).find((one) => one.generic === true);
  if (definition === undefined) throw new Error('no generic definition');
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(randomHome, fc.nat(), fc.string({ unit: 'grapheme', maxLength: 8 }), async (files, pick, seed) => {
      const homeDir = mkdtempSync(join(tmpdir(), 'holdfast-layout-'));
      try {
        for (const { file, text } of files) writeFileSync(join(homeDir, file), text);
        const sources = await readSources(homeDir, definition, await scanHome(homeDir));
        for (const source of sources.filter((one) => one.read?.ok === true)) {
          const file = take(definition, source);
          expect(write(file, storedIn(file.candidates)).text).toBe(bytesOf(file));
          expect(file.made.inexact).toEqual([]);
          const mapped = file.candidates.filter(isMapped);
          const item = mapped[pick % Math.max(1, mapped.length)];
          const result = item === undefined ? null : changeOne(definition, file, item, seed);
          if (result === null) continue;
          changes += 1;
          expect(result.changed).toEqual([result.name]);
          expect(result.found).toEqual(result.wanted);
        }
      } finally {
        rmSync(homeDir, { recursive: true, force: true });
      }
    }),
    { numRuns: process.env['HOLDFAST_LONG'] === undefined ? 200 : 5000 },
  );
  expect(changes).toBeGreaterThan(50);
});

it('keeps a comment encrypted, for a secret may be commented out', async () => {
  const definition = (await definitions()).find((one) => one.generic === true);
  if (definition === undefined) throw new Error('no generic definition');
  const homeDir = mkdtempSync(join(tmpdir(), 'holdfast-layout-'));
  try {
    const text =
      '\uFEFF# OLD_API_KEY=sk-live-commented-out\r\nexport A = "x" # sk-live-beside\r\n\r\nB=it\'s\r\nwords\r\nA=last';
    writeFileSync(join(homeDir, '.env'), text);
    const sources = await readSources(homeDir, definition, await scanHome(homeDir));
    const source = sources.find((one) => one.file === '.env');
    if (source === undefined) throw new Error('not found');
    const file = take(definition, source);
    expect(JSON.stringify(file.made.layout)).not.toMatch(/sk-live|last|words|it's/u);
    expect(write(file, storedIn(file.candidates)).text).toBe(text);
  } finally {
    rmSync(homeDir, { recursive: true, force: true });
  }
});
