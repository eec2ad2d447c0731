/**
 * P12: homes with very much in them, planned and migrated through the app as a door has it, with the longest pause of its
 * event loop. `npm run bench -- bulk [--homes files,values,documents] [--dir DIR]` prints the figures.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openApp } from '../src/core/app.ts';
import { systemClock } from '../src/core/clock.ts';
import type { OpenedApp } from '../src/core/app-types.ts';
import { defaultParentDir } from './store/measure.ts';
import { rounded } from './store/statistics.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** 10,000 files of ten values each, over 100 folders. */
const manyFiles = (homeDir: string): void => {
  for (let folder = 0; folder < 100; folder++) {
    mkdirSync(join(homeDir, `part-${String(folder)}`), { recursive: true });
    for (let file = 0; file < 100; file++) {
      const value = {
        name: `File ${String(file)}`,
        enabled: file % 2 === 0,
        limits: { rows: file * 10, seconds: file / 4, tries: null },
        colours: ['red', 'green', 'blue'],
        window: { width: 800 + file, height: 600, title: `A window of part ${String(folder)}` },
      };
      writeFileSync(join(homeDir, `part-${String(folder)}`, `file-${String(file)}.json`), json(value));
    }
  }
};

/** One file with 150,000 settings in 16 MB: as many as the generic definition takes. */
const manyValues = (homeDir: string): void => {
  const sections: Record<string, Record<string, string>> = {};
  for (let i = 0; i < 300; i++) {
    const section: Record<string, string> = {};
    for (let j = 0; j < 500; j++)
      section[`setting_${String(j)}`] = `value ${String(i)} ${String(j)} `.padEnd(70, 'and more ');
    sections[`section_${String(i)}`] = section;
  }
  writeFileSync(join(homeDir, 'settings.json'), json(sections));
};

/** One file of 44 MB: 25,000 documents of 2 KB, with a definition that takes files of this size. */
const manyDocuments = (homeDir: string, configDir: string): void => {
  const documents: Record<string, unknown> = {};
  for (let i = 0; i < 25_000; i++) {
    documents[`doc-${String(i)}`] = {
      title: `Document ${String(i)}`,
      text: `What document ${String(i)} says. `.repeat(60),
      tags: ['one', 'two', `three ${String(i % 9)}`],
      counts: { words: i, pages: i % 40 },
      at: '2026-01-01T00:00:00.000Z',
    };
  }
  writeFileSync(join(homeDir, 'documents.json'), json(documents));
  const definition = {
    id: 'bulk',
    title: 'Bulk',
    version: 1,
    recognise: [{ file: 'documents.json', score: 100 }],
    sources: [
      {
        file: 'documents.json',
        format: 'json',
        maxBytes: 64 * 1024 * 1024,
        maxNodes: 1_000_000,
        to: { kind: 'records', collection: 'documents', layout: 'map' },
      },
    ],
    leaveAlone: [],
    categories: [],
    catalog: {},
    collections: { documents: { title: 'Documents', schema: {}, columns: ['title'] } },
  };
  mkdirSync(join(configDir, 'definitions'), { recursive: true });
  writeFileSync(join(configDir, 'definitions', 'bulk.json'), json(definition));
};

const homes: { [name: string]: { what: string; make: (homeDir: string, configDir: string) => void } } = {
  files: { what: '10,000 files of 10 values', make: manyFiles },
  values: { what: 'one file of 150,000 values', make: manyValues },
  documents: { what: 'one file of 44 MB, 25,000 documents', make: manyDocuments },
};

/** What any program would do with these files at least: read and parse them. */
const readAndParse = (homeDir: string): { ms: number; bytes: number; files: number } => {
  const files = readdirSync(homeDir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(homeDir, name))
    .filter((path) => path.endsWith('.json') && statSync(path).isFile());
  const start = performance.now();
  let bytes = 0;
  for (const path of files) {
    const text = readFileSync(path, 'utf8');
    bytes += text.length;
    JSON.parse(text);
  }
  return { ms: performance.now() - start, bytes, files: files.length };
};

/** The longest time that this thread did not come back to its event loop. */
const watchPauses = () => {
  let last = performance.now();
  let longest = 0;
  let step = '';
  const pauses = new Map<string, number>();
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    pauses.set(step, Math.max(pauses.get(step) ?? 0, now - last));
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    enter: (name: string): void => {
      look();
      step = name;
    },
    end: () => {
      look();
      clearInterval(timer);
      return { longest, pauses };
    },
  };
};

type Told = { ms: number; longestMs: number; cpuMs: number; ratio: number; rssMiB: number };

const measureCall = async (app: OpenedApp, name: string, input: object, floorMs: number): Promise<Told> => {
  const watch = watchPauses();
  const jobId = `job-${name}`;
  const stop = app.onEvent((event) => {
    if (event.type === 'progress') watch.enter(event.job.step);
  });
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let rss = 0;
  const memory = setInterval(() => (rss = Math.max(rss, process.memoryUsage.rss())), 50);
  const actor = { user: 'bench', role: 'admin', door: 'window', session: 'bench' } as const;
  const result = await app.dispatch({ name, input, actor, credential: null, jobId });
  const ms = performance.now() - start;
  const used = process.cpuUsage(cpu);
  clearInterval(memory);
  stop();
  const { longest, pauses } = watch.end();
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`);
  for (const [step, pause] of pauses)
    console.log(`      ${step === '' ? '-' : step}: longest pause ${String(rounded(pause))} ms`);
  return {
    ms: rounded(ms),
    longestMs: rounded(longest),
    cpuMs: rounded((used.user + used.system) / 1000),
    ratio: rounded(ms / floorMs),
    rssMiB: Math.round(rss / 2 ** 20),
  };
};

const measureHome = async (name: string, root: string): Promise<void> => {
  const home = homes[name];
  if (home === undefined) throw new Error(`there is no home ${name}`);
  const [homeDir, configDir] = [join(root, name), join(root, `${name}-config`)];
  mkdirSync(homeDir);
  home.make(homeDir, configDir);
  const floor = readAndParse(homeDir);
  console.log(
    `${home.what}: ${String(floor.files)} files, ${String(rounded(floor.bytes / 1e6))} MB; read + JSON.parse ${String(rounded(floor.ms))} ms`,
  );
  const app = await openApp({
    homeDir,
    configDir,
    resourcesDir: resolve('resources'),
    door: 'window',
    env: {},
    clock: systemClock,
  });
  if (!app.ok) throw new Error(JSON.stringify(app.error));
  try {
    for (const [call, input] of [
      ['migration.plan', {}],
      ['migration.run', { protect: { passphrase: 'correct horse battery staple' } }],
      ['migration.plan', {}],
      ['migration.proof', {}],
    ] as const) {
      const told = await measureCall(app.data, call, input, floor.ms);
      console.log(`   ${call}: ${JSON.stringify(told)}`);
    }
  } finally {
    await app.data.close();
  }
};

export const main = async (argv: string[]): Promise<number> => {
  const after = (name: string, otherwise: string): string =>
    argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? otherwise) : otherwise;
  const root = mkdtempSync(join(after('--dir', defaultParentDir), 'holdfast-bench-'));
  try {
    for (const name of after('--homes', Object.keys(homes).join(',')).split(',')) await measureHome(name, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return 0;
};
