/** Reading a home in its own thread: the same as here, in parts, cancelled midway, and a thread that dies (P12). */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { loadDefinitions } from '../definitions/load.ts';
import type { Definition } from '../definitions/types.ts';
import { bundleForNode } from '../store/testing/bundle.ts';
import { expectOk } from '../store/testing/home.ts';
import { resourcesDir, tempHome, type TempHome } from '../testing/test-app.ts';
import { scanHome } from './scan.ts';
import { seenSources } from './sources.ts';
import { runPlanWork, type WorkOptions } from './thread.ts';
import type { Part } from './work.ts';

let program = '';
let definitions: Definition[] = [];
beforeAll(async () => {
  program = await bundleForNode(join(import.meta.dirname, 'migration-worker.ts'));
  definitions = expectOk(await loadDefinitions({ homeDir: null, configDir: '/nowhere', resourcesDir }));
});
afterAll(() => {
  if (program !== '') rmSync(dirname(program), { recursive: true, force: true });
});

const homes: TempHome[] = [];
afterEach(() => {
  for (const one of homes.splice(0)) one.remove();
});
const homeOf = (sample: string | null): TempHome => {
  const home = tempHome(sample);
  homes.push(home);
  return home;
};
const definitionOf = (id: string): Definition => {
  const found = definitions.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no definition ${id}`);
  return found;
};
const now = '2026-03-02T09:00:00.000Z';
const options = (changes: Partial<WorkOptions> = {}): WorkOptions => ({
  signal: new AbortController().signal,
  program,
  ...changes,
});
const standIn = (text: string): string => {
  const path = join(dirname(program), 'stand-in.mjs');
  writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${text}`);
  return path;
};
const inputFor = async ({ homeDir }: TempHome, id: string) => ({
  homeDir,
  scan: await scanHome(homeDir),
  definition: definitionOf(id),
  now,
});
const readAll = async (home: TempHome, id: string, where: string | null) => {
  const parts: Part[] = [];
  const onPart = (part: Part): number => parts.push(part);
  expectOk(await runPlanWork('read', await inputFor(home, id), options({ program: where, onPart })));
  return {
    parts,
    sources: parts.flatMap((part) => part.sources),
    candidates: parts.flatMap((part) => part.candidates),
  };
};

/** Files of folders, with values enough for many parts. */
const largeHome = (files: number, values: number): TempHome => {
  const home = homeOf(null);
  mkdirSync(join(home.homeDir, 'part'));
  for (let i = 0; i < files; i += 1) {
    const content = Object.fromEntries(
      Array.from({ length: values }, (_, j) => [`value_${String(j)}`, `${String(i)} ${String(j)}`]),
    );
    writeFileSync(join(home.homeDir, 'part', `file-${String(i)}.json`), JSON.stringify(content));
  }
  return home;
};
const filesIn = (dir: string): { [file: string]: string } =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(dir, file)).isFile())
      .map((file) => [file, readFileSync(join(dir, file), 'base64')]),
  );

it('reads every sample home as this thread does, value by value and byte by byte', async () => {
  for (const sample of readdirSync(join(resourcesDir, 'sample-homes'))) {
    const home = homeOf(sample);
    for (const id of new Set([sample, 'generic'])) {
      const [there, here] = [await readAll(home, id, program), await readAll(home, id, null)];
      expect(there.sources.length).toBeGreaterThan(0);
      expect(there.candidates.length).toBeGreaterThan(0);
      expect(there).toStrictEqual(here);
    }
  }
});

it('recognises, infers and sees changes as this thread does', async () => {
  const home = homeOf('deeptempo');
  const scan = await scanHome(home.homeDir);
  const { sources } = await readAll(home, 'deeptempo', null);
  writeFileSync(join(home.homeDir, 'general_config.json'), '{}');
  const place = { homeDir: home.homeDir, scan };
  const about = { name: 'own', usualPlace: null, generic: definitionOf('generic'), now, taken: new Set(['generic']) };
  const answers = async (where: WorkOptions) => ({
    fits: expectOk(await runPlanWork('recognise', { ...place, definitions }, where)),
    changed: expectOk(await runPlanWork('changed', { homeDir: home.homeDir, seen: seenSources(sources) }, where)),
    inferred: expectOk(await runPlanWork('infer', { ...place, input: about }, where)),
  });
  const there = await answers(options());
  expect(there).toEqual(await answers(options({ program: null })));
  expect(there.fits[0]?.id).toBe('deeptempo');
  expect(there.changed).toEqual(['general_config.json']);
  expect(there.inferred.files.length).toBeGreaterThan(0);
});

it('hands a large home over in parts, each value once and in its order', async () => {
  const home = largeHome(5, 1000);
  const there = await readAll(home, 'generic', program);
  expect(there.parts.length).toBeGreaterThan(10);
  expect(there.parts.every((part) => part.candidates.length <= 400)).toBe(true);
  expect(there.sources.filter((source) => source.read?.ok === true)).toHaveLength(5);
  expect(new Set(there.candidates.map(({ file, path }) => `${file}:${path}`)).size).toBe(5000);
  expect(there).toStrictEqual(await readAll(home, 'generic', null));
});

it('leaves the event loop free while it works', async () => {
  const home = largeHome(1, 4000);
  let turns = 0;
  let working = true;
  const turn = (): void => {
    turns += 1;
    if (working) setImmediate(turn);
  };
  turn();
  await readAll(home, 'generic', program);
  working = false;
  expect(turns).toBeGreaterThan(100);
});

it('ends where it is when cancelled midway, with every file as it was', async () => {
  const home = largeHome(5, 1000);
  const before = filesIn(home.homeDir);
  const input = await inputFor(home, 'generic');
  for (const where of [program, null]) {
    const controller = new AbortController();
    let parts = 0;
    const onPart = (): void => {
      parts += 1;
      controller.abort();
    };
    expect(await runPlanWork('read', input, { signal: controller.signal, program: where, onPart })).toEqual({
      ok: false,
      error: { type: 'Cancelled', what: 'Reading the files' },
    });
    expect(parts).toBe(1);
  }
  expect(filesIn(home.homeDir)).toEqual(before);
});

it('that dies is an error, whenever it does, and nothing is lost', async () => {
  const home = largeHome(1, 10);
  const before = filesIn(home.homeDir);
  const input = await inputFor(home, 'generic');
  const run = (text: string) => runPlanWork('read', input, options({ program: standIn(text) }));
  const died = (why: string) => ({
    ok: false,
    error: { type: 'CheckUnmet', unmet: [`the thread that reads the files ${why}; nothing was changed`] },
  });
  expect(await run('process.exit(3);')).toEqual(died('ended with code 3 and without an answer'));
  const part = '{ sources: [], candidates: [], done: 0, of: 1 }';
  const midway = `parentPort.postMessage({ kind: 'part', part: ${part} }); parentPort.on('message', () => process.exit(4));`;
  expect(await run(midway)).toEqual(died('ended with code 4 and without an answer'));
  const full = "throw Object.assign(new Error('full'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });";
  expect(await run(full)).toEqual(died('ran out of memory'));
  await expect(run('throw new Error("a bug");')).rejects.toThrow('a bug');
  expect(filesIn(home.homeDir)).toEqual(before);
});
