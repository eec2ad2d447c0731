/**
 * For tests only: a random history of one home (set, remove, undo, redo, import of changed files, restart, crash) lived
 * through the app's own dispatch and, beside it, in a few plain maps. It reports where the two differ; the test judges.
 */
import { appendFileSync, cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonValue } from '../../contract/json.ts';
import { createRandom, type Random } from '../store/testing/random.ts';
import { steppingClock } from './clock.ts';
import { createHistoryModel, type Changes, type HistoryModel } from './history-model.ts';
import { openTestApp, passphrase, tempHome, type TempHome, type TestApp } from './test-app.ts';

export type HistoryReport = { operations: number; counts: Record<string, number>; differences: string[] };
export type HistoryOptions = {
  seed: number;
  operations: number;
  /** The mutant: what a crash leaves is the disk of before the last answered save. */
  forgetful?: boolean;
  stopAtFirst?: boolean;
};

type Life = {
  random: Random;
  home: TempHome;
  clock: ReturnType<typeof steppingClock>;
  app: TestApp;
  model: HistoryModel;
  /** What `app.json` holds now, and what it held at the last import. */
  file: Map<string, JsonValue>;
  report: HistoryReport;
  homes: number;
};

/** Keys keep the type of their first value, as in the app; `f…` stand in the file as well. */
const keys = [...'01234567'].flatMap((n) => [`app.s${n}`, `app.n${n}`, `app.b${n}`, `app.f${n}`]);
const randomValue = (random: Random, key: string): JsonValue => {
  const kind = key.slice(4, 5);
  if (kind === 'b') return random.chance(0.5);
  if (kind === 's') return `v ${String(random.below(6))} ${'ü'.repeat(random.below(40))}`;
  return random.below(8) / 4 - 1;
};

const differ = (life: Life, what: string): void => {
  life.report.differences.push(`operation ${String(life.report.operations)}: ${what}`);
};

const stored = async (app: TestApp): Promise<Map<string, JsonValue>> => {
  const { settings } = await app.get('settings.list', {});
  return new Map(settings.filter(({ source }) => source !== 'default').map(({ key, value }) => [key, value]));
};

const asText = (values: ReadonlyMap<string, JsonValue>): string =>
  JSON.stringify([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const compare = async (life: Life, when: string): Promise<void> => {
  const found = asText(await stored(life.app));
  const expected = asText(life.model.values());
  if (found !== expected) differ(life, `${when}: ${found} instead of ${expected}`);
};

/** The app's answer must be of the kind that the model gives. */
const expectAnswer = async (life: Life, what: string, expected: string, call: Promise<{ ok: boolean }>) => {
  const answer = (await call) as { ok: true } | { ok: false; error: { type: string } };
  const found = answer.ok ? 'ok' : answer.error.type;
  if (found !== expected) differ(life, `${what} answered ${found} instead of ${expected}`);
};

const randomChanges = (life: Life): Changes => {
  const { random } = life;
  const changes: Changes = new Map();
  for (let count = 1 + random.below(3); count > 0; count--) {
    const key = random.pick(keys);
    const known = life.model.values().has(key);
    changes.set(key, known && random.chance(0.25) ? undefined : randomValue(random, key));
  }
  return changes;
};

const inputOf = (changes: Changes) => ({
  create: true,
  changes: [...changes].map(([key, value]) =>
    value === undefined ? { op: 'unset' as const, key } : { op: 'set' as const, key, value },
  ),
});

const apply = async (life: Life): Promise<void> => {
  const changes = randomChanges(life);
  await expectAnswer(life, 'apply', 'ok', life.app.call('settings.apply', inputOf(changes)));
  life.model.edit(changes);
};

/** Refused as a whole: one key is unknown, or was changed since it was read. */
const applyRefused = async (life: Life): Promise<void> => {
  const input = inputOf(new Map([[life.random.pick(keys), undefined]]));
  const key = input.changes[0]?.key ?? '';
  const known = life.model.values().has(key);
  const expect = { [key]: 999_999_999 };
  await expectAnswer(
    life,
    'apply of what is stale',
    known ? 'Stale' : 'SettingUnknown',
    life.app.call('settings.apply', { ...input, create: false, expect }),
  );
};

const undo = (life: Life): Promise<void> =>
  expectAnswer(life, 'undo', life.model.undo(), life.app.call('settings.undo', {}));
const redo = (life: Life): Promise<void> =>
  expectAnswer(life, 'redo', life.model.redo(), life.app.call('settings.redo', {}));

const writeFile = (life: Life): void => {
  const content = Object.fromEntries([...life.file].map(([key, value]) => [key.slice('app.'.length), value]));
  writeFileSync(join(life.home.homeDir, 'app.json'), JSON.stringify(content));
};

const importFiles = async (life: Life): Promise<void> => {
  for (let count = life.random.below(3); count > 0; count--) {
    const key = life.random.pick([...life.file.keys()]);
    life.file.set(key, randomValue(life.random, key));
  }
  writeFile(life);
  const call = life.app.call('migration.run', { definition: 'generic', onConflict: 'file' }, { passphrase });
  await expectAnswer(life, 'import', 'ok', call);
  life.model.importFile(life.file);
};

const reopen = async (life: Life): Promise<void> => {
  life.app = await openTestApp(life.home, life.random.pick(['window', 'cli']), life.clock);
  const verified = await life.app.get('audit.verify', {});
  if (!verified.ok) differ(life, `the audit log: ${JSON.stringify(verified.firstBad)}`);
};

const restart = async (life: Life): Promise<void> => {
  await life.app.close();
  await reopen(life);
};

/** The disk as a killed process leaves it: a copy, without giving it time to end. */
const copyOf = (life: Life): string => {
  const to = join(life.home.root, `home-${String(++life.homes)}`);
  const filter = (path: string): boolean => !basename(path).startsWith('owner-');
  cpSync(life.home.homeDir, to, { recursive: true, filter });
  // Holdfast's own folder is of the same moment: what it remembers of the log must not be later than the log.
  if (existsSync(life.home.configDir)) cpSync(life.home.configDir, `${to}-config`, { recursive: true });
  return to;
};

const crash = async (life: Life, forgetful: boolean): Promise<void> => {
  const changes = randomChanges(life);
  const before = forgetful ? copyOf(life) : null;
  const call = life.app.call('settings.apply', inputOf(changes));
  const answered = life.random.chance(0.5) || forgetful;
  if (answered) await call;
  else await new Promise((resolve) => setImmediate(resolve));
  const left = before ?? copyOf(life);
  // The old process is dead; closing it is only for this one's memory.
  await call;
  await life.app.close();
  life.home = { ...life.home, homeDir: left, configDir: `${left}-config` };
  if (life.random.chance(0.3)) {
    const dir = join(left, '.holdfast');
    const journals = readdirSync(dir).filter((name) => name.startsWith('journal-'));
    const newest = Math.max(...journals.map((name) => Number(/\d+/u.exec(name)?.[0])));
    appendFileSync(join(dir, `journal-${String(newest)}.log`), 'an unfinished save');
  }
  await reopen(life);
  // What was not answered may be there or not, but as a whole.
  const found = asText(await stored(life.app));
  if (answered || found !== asText(life.model.values())) life.model.edit(changes);
};

const pickOperation = (random: Random): keyof typeof operations => {
  const chance = random.next();
  if (chance < 0.6) return 'apply';
  if (chance < 0.65) return 'refused';
  if (chance < 0.8) return 'undo';
  if (chance < 0.962) return 'redo';
  // It opens the keys with the passphrase, which is made to be slow.
  if (chance < 0.97) return 'import';
  return chance < 0.985 ? 'restart' : 'crash';
};

const operations = {
  apply,
  refused: applyRefused,
  undo,
  redo,
  import: importFiles,
  restart,
  crash: (life: Life) => crash(life, false),
};

const begin = async (seed: number): Promise<Life> => {
  const random = createRandom(seed);
  const home = tempHome(null);
  const clock = steppingClock();
  const file = new Map(keys.filter((key) => key.startsWith('app.f')).map((key) => [key, randomValue(random, key)]));
  const report: HistoryReport = { operations: 0, counts: {}, differences: [] };
  const app = await openTestApp(home, 'window', clock);
  const life: Life = { random, home, clock, app, model: createHistoryModel(), file, report, homes: 0 };
  writeFile(life);
  await app.get('migration.run', { definition: 'generic', protect: { passphrase } });
  life.model.importFile(file);
  return life;
};

export const runHistory = async (options: HistoryOptions): Promise<HistoryReport> => {
  const life = await begin(options.seed);
  const { report, random } = life;
  try {
    while (report.operations < options.operations) {
      report.operations += 1;
      const name = pickOperation(random);
      report.counts[name] = (report.counts[name] ?? 0) + 1;
      if (name === 'crash') await crash(life, options.forgetful === true);
      else await operations[name](life);
      if (random.chance(0.1) || name === 'crash' || name === 'import' || name === 'restart') await compare(life, name);
      // From the first difference on the two live different lives.
      if (report.differences.length > 0) break;
    }
    await compare(life, 'at the end');
    const verified = await life.app.get('audit.verify', {}, { passphrase });
    if (!verified.ok || !verified.sealsChecked) differ(life, `the audit log at the end: ${JSON.stringify(verified)}`);
  } finally {
    await life.app.close();
    life.home.remove();
  }
  return report;
};
