/**
 * The crash test: a random working life of a store on the model file system, cut at every call; each state that the disk
 * may then be in is opened by the real code and compared with what had been answered. It reports, the test judges.
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../../contract/result.ts';
import type { Checksum } from '../checksum.ts';
import { openTunedStore, type StoreTuning } from '../open.ts';
import { latestSchema, schemaSteps, type SchemaStep } from '../schema/index.ts';
import { db } from '../sql.ts';
import type { Reader, Store, Tx } from '../types.ts';
import { moveSchema } from '../upgrade.ts';
import { createCrashMachine } from './crash-states.ts';
import { createModelFs, type BrokenPromises, type ModelFiles, type ModelFs } from './model-fs.ts';
import { createRandom, type Random } from './random.ts';

export type CrashReport = {
  states: number;
  lost: number;
  mixed: number;
  unopenable: number;
  examples: string[];
  /** How often the states had an unfinished save at their end, and a folded journal: the test is not an empty one. */
  torn: number;
  folded: number;
  /** States between two schema versions' images, and those of before the store was there. */
  moved: number;
  unborn: number;
};

export type CrashRunOptions = {
  seed: number;
  states: number;
  /** How likely a schema step, up and back, follows a session. */
  moves?: number;
  /** The mutants: promises not kept, checksums that never fail. */
  broken?: BrokenPromises;
  checksum?: Checksum;
  /** A mutant is caught by its first problem. */
  stopAtFirst?: boolean;
};

const dir = '/home/.holdfast';
const statesPerLife = 100;
const emptyHome: ModelFiles = new Map([
  ['/home', null],
  [dir, null],
]);

/** What the store should hold after transaction n: kept beside the store, in plain JS. */
type Life = {
  model: ModelFs;
  /** By transaction number; [0] is the empty store. */
  contents: string[];
  /** Transaction n was answered when so many calls had been made. */
  answers: { sequence: number; afterOps: number }[];
};

const show = (rows: ReadonlyMap<string, string>): string =>
  JSON.stringify([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)));

const readContent = (reader: Reader): string =>
  show(
    new Map(
      reader
        .all(db.selectFrom('meta').select(['key', 'value']).where('key', 'like', 'k%').compile())
        .map(({ key, value }) => [key, value]),
    ),
  );

const openModel = (model: ModelFs, options: CrashRunOptions, flush: 'sync' | 'async'): Promise<Result<Store>> => {
  let id = 0;
  const tuning: Partial<StoreTuning> = {
    foldOverBytes: 2500,
    foldAtCloseOverBytes: 1500,
    // Both orders of file operations: the image from memory, and the image from what is on disk.
    foldFromDisk: flush === 'async',
    ...(options.checksum === undefined ? {} : { checksum: options.checksum }),
  };
  const store = { dir, mode: 'owner', create: true, fs: model.fs, flush } as const;
  return openTunedStore({ ...store, now: () => '2026-01-02T03:04:05.000Z', newId: () => `id-${String(++id)}` }, tuning);
};

/** One step more than there are, so that there is always a way up and back. */
const nextStep: SchemaStep = {
  version: latestSchema + 1,
  name: 'crash-test',
  up: ['CREATE TABLE crash_test (id INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES meta (key)) STRICT'],
  down: ['DROP TABLE crash_test'],
};

/** Upgrades when the store is of this schema, else brings it back. */
const moveTo = (model: ModelFs, to: number): ReturnType<typeof moveSchema> =>
  moveSchema({
    dir,
    fs: model.fs,
    now: () => '2026-01-02T03:04:05.000Z',
    to,
    steps: [...schemaSteps, nextStep],
  });

const text = (random: Random): string => String.fromCodePoint(97 + random.below(26)).repeat(random.below(300));

/** Some rows put, some removed; sometimes refused or thrown after the writing. */
const randomCommand =
  (random: Random, rows: Map<string, string>, life: Life) =>
  (tx: Tx): Result<number> => {
    const before = new Map(rows);
    const count = 1 + random.below(4);
    for (let i = 0; i < count; i++) {
      const key = `k${String(random.below(12))}`;
      if (random.chance(0.25)) {
        tx.run(db.deleteFrom('meta').where('key', '=', key).compile());
        rows.delete(key);
      } else {
        const value = text(random);
        tx.run(
          db
            .insertInto('meta')
            .values({ key, value })
            .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
            .compile(),
        );
        rows.set(key, value);
      }
    }
    const end = random.next();
    if (end < 0.8) return ok(life.contents.push(show(rows)) - 1);
    rows.clear();
    for (const [key, value] of before) rows.set(key, value);
    if (end < 0.9) return fail({ type: 'Stale', keys: ['k'] });
    throw new Error('a bug in the handler');
  };

const liveOnce = async (
  options: CrashRunOptions,
  seed: number,
  from: { files: ModelFiles; content: string },
): Promise<Life> => {
  const random = createRandom(seed);
  const model = createModelFs(from.files, options.broken);
  const life: Life = { model, contents: [from.content], answers: [] };
  const rows = new Map(JSON.parse(from.content) as [string, string][]);
  const sessions = 1 + random.below(3);
  for (let session = 0; session < sessions; session++) {
    const opened = await openModel(model, options, random.pick(['sync', 'async']));
    if (!opened.ok) throw new Error(`the store did not open without any crash: ${JSON.stringify(opened.error)}`);
    const store = opened.data;
    for (let burst = 1 + random.below(8); burst > 0; burst--) {
      const waiting = Array.from({ length: 1 + random.below(4) }, () =>
        store.transact(randomCommand(random, rows, life)).then(
          (answer) => {
            if (answer.ok) life.answers.push({ sequence: answer.data, afterOps: model.ops.length });
          },
          // Thrown on purpose by the command.
          () => undefined,
        ),
      );
      if (random.chance(0.2)) waiting.push(store.checkpoint().then(() => undefined));
      await Promise.all(waiting);
    }
    await store.close();
    if (!random.chance(options.moves ?? 0)) continue;
    for (const to of [nextStep.version, latestSchema]) {
      const moved = await moveTo(model, to);
      if (!moved.ok) throw new Error(`the schema did not move: ${JSON.stringify(moved.error)}`);
    }
  }
  return life;
};

type Problem = { kind: 'lost' | 'mixed' | 'unopenable'; text: string };

/** As a person would: a store that a schema step left half-way up is brought back before it is used. */
const openState = async (
  model: ModelFs,
  options: CrashRunOptions,
  report: CrashReport,
): ReturnType<typeof openModel> => {
  const opened = await openModel(model, options, 'sync');
  if (opened.ok || opened.error.type !== 'StoreFromNewerApp') return opened;
  report.moved += 1;
  const back = await moveTo(model, latestSchema);
  return back.ok ? openModel(model, options, 'sync') : back;
};

/** Opens one state of the disk; then saves once more, and opens again. Null when all is well. */
const judge = async (
  options: CrashRunOptions,
  files: ModelFiles,
  life: Life,
  answered: number,
  report: CrashReport,
): Promise<Problem | null> => {
  const model = createModelFs(files);
  if (![...files.keys()].some((path) => path.includes('image-'))) report.unborn += 1;
  const opened = await openState(model, options, report);
  if (!opened.ok) return { kind: 'unopenable', text: JSON.stringify(opened.error) };
  if (opened.data.notices().some(({ id }) => id === 'torn-tail')) report.torn += 1;
  if (opened.data.info().generation > 1) report.folded += 1;
  const content = await opened.data.read(readContent);
  const found = life.contents.lastIndexOf(content);
  const key = 'k-after';
  const added = await opened.data.transact((tx) => {
    tx.run(db.insertInto('meta').values({ key, value: 'x' }).compile());
    return ok(null);
  });
  await opened.data.close();
  if (found === -1) return { kind: 'mixed', text: content.slice(0, 200) };
  if (found < answered) return { kind: 'lost', text: `${String(answered)} answered, ${String(found)} found` };
  if (!added.ok) return { kind: 'unopenable', text: `no more saves: ${JSON.stringify(added.error)}` };
  const again = await openModel(createModelFs(model.files()), options, 'sync');
  if (!again.ok) return { kind: 'unopenable', text: `after the next save: ${JSON.stringify(again.error)}` };
  const last = await again.data.read(readContent);
  await again.data.close();
  const expected = show(new Map([...(JSON.parse(content) as [string, string][]), [key, 'x']]));
  return last === expected ? null : { kind: 'mixed', text: `after the next save: ${last.slice(0, 200)}` };
};

type Trial = { options: CrashRunOptions; random: Random; report: CrashReport };

/** Most of a state's files are the very arrays of the state before. */
const digests = new WeakMap<Uint8Array, string>();
const digestOf = (bytes: Uint8Array): string => {
  const known = digests.get(bytes);
  if (known !== undefined) return known;
  const digest = createHash('sha1').update(bytes).digest('base64');
  digests.set(bytes, digest);
  return digest;
};

const fingerprint = (files: ModelFiles, answered: number): string =>
  [String(answered), ...[...files].map(([path, bytes]) => `${path} ${bytes === null ? '' : digestOf(bytes)}`)].join(
    '\n',
  );

const judgeLife = async (trial: Trial, life: Life, start: ModelFiles): Promise<ModelFiles | null> => {
  const { options, random, report } = trial;
  const machine = createCrashMachine(start);
  const { ops } = life.model;
  let last: ModelFiles | null = null;
  /** Only states that differ count. */
  const seen = new Set<string>();
  const perOp = statesPerLife / (ops.length + 1);
  let due = 0;
  for (let cut = 0; cut <= ops.length; cut++) {
    const op = ops[cut - 1];
    if (op !== undefined) machine.step(op);
    const answered = Math.max(
      0,
      ...life.answers.filter(({ afterOps }) => afterOps <= cut).map(({ sequence }) => sequence),
    );
    for (due += perOp; due >= 1; due--) {
      const files = machine.crash(random);
      const print = fingerprint(files, answered);
      if (seen.has(print)) continue;
      seen.add(print);
      const problem = await judge(options, files, life, answered, report);
      report.states += 1;
      if (problem === null) last = files;
      else {
        report[problem.kind] += 1;
        if (report.examples.length < 5)
          report.examples.push(`seed ${String(options.seed)}, call ${String(cut)}: ${problem.kind}: ${problem.text}`);
      }
    }
  }
  return last;
};

const seenNothing = { torn: 0, folded: 0, moved: 0, unborn: 0 };

/** A third of the lives goes on from a state that a crash left. */
export const runCrashStates = async (options: CrashRunOptions): Promise<CrashReport> => {
  const report: CrashReport = { states: 0, lost: 0, mixed: 0, unopenable: 0, examples: [], ...seenNothing };
  const random = createRandom(options.seed);
  let from = { files: emptyHome, content: '[]' };
  const done = (): boolean =>
    report.states >= options.states || (options.stopAtFirst === true && report.examples.length > 0);
  for (let life = 0; !done(); life++) {
    const lived = await liveOnce(options, options.seed * 1000 + life, from);
    const crashed = await judgeLife({ options, random, report }, lived, from.files);
    from = { files: emptyHome, content: '[]' };
    if (crashed === null || !random.chance(0.34)) continue;
    const opened = await openModel(createModelFs(crashed), options, 'sync');
    if (!opened.ok) continue;
    from = { files: crashed, content: await opened.data.read(readContent) };
    await opened.data.close();
  }
  return report;
};
