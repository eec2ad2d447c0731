/** The schema's work in its own thread: the same as here, cancelled before the first byte, and a thread that dies. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { latestSchema } from '../store/schema/index.ts';
import { bundleForNode } from '../store/testing/bundle.ts';
import { expectOk, makeTestHome, type TestHome } from '../store/testing/home.ts';
import { writeOlderStore } from '../store/testing/older-store.ts';
import { createRandom } from '../store/testing/random.ts';
import { beginCancelling, beginWriting, createGate } from './gate.ts';
import { writeRandomLog } from './testing/random-log.ts';
import { runSchemaWork, type WorkOptions } from './thread.ts';

let program = '';
const homes: TestHome[] = [];
beforeAll(async () => {
  program = await bundleForNode(join(import.meta.dirname, 'schema-worker.ts'));
});
afterAll(() => {
  if (program !== '') rmSync(dirname(program), { recursive: true, force: true });
});

let home: TestHome;
const olderHome = async (): Promise<TestHome> => {
  const made = makeTestHome();
  homes.push(made);
  const random = createRandom(3);
  await writeOlderStore(made.dir, 1, (tx) => void writeRandomLog(tx, 80, (below) => random.below(below)));
  return made;
};
beforeEach(async () => {
  home = await olderHome();
});
afterEach(() => {
  for (const one of homes.splice(0)) one.remove();
});

const now = '2026-03-02T09:00:00.000Z';
const seal = (head: Uint8Array): Uint8Array => new Uint8Array([...head.slice(0, 31), 7]);
const options = (changes: Partial<WorkOptions> = {}): WorkOptions => ({
  signal: new AbortController().signal,
  seal,
  program,
  ...changes,
});
const about = { from: 1, to: latestSchema };
const note = { action: 'upgrade', about, user: 'tester', door: 'cli', uid: 'note', reason: null };
const move = (dir: string) => ({ dir, now, to: latestSchema, note, unchangedFrom: null });
/** A program in place of the worker's. */
const standIn = (text: string): string => {
  const path = join(dirname(program), 'stand-in.mjs');
  writeFileSync(path, `import { workerData } from 'node:worker_threads';\n${text}`);
  return path;
};

it('plans, moves and verifies as this thread does, sealed with the keys of this one', async () => {
  const other = await olderHome();
  const sealed: number[] = [];
  const counting = (head: Uint8Array): Uint8Array => {
    sealed.push(head.length);
    return seal(head);
  };
  const place = { dir: home.dir, now };
  for (const where of [options({ seal: counting }), options({ program: null })]) {
    const dir = where.program === null ? other.dir : home.dir;
    expect(expectOk(await runSchemaWork('facts', { dir, now }, where)).current).toBe(1);
    const plan = expectOk(await runSchemaWork('plan', { dir, now, to: latestSchema }, where));
    expect(plan.steps.map(({ version }) => version)).toEqual(
      Array.from({ length: latestSchema - 1 }, (_, step) => step + 2),
    );
    expect(expectOk(await runSchemaWork('move', move(dir), where))).toMatchObject({ ...about, generation: 2 });
  }
  expect(sealed).toEqual([32]);
  // Byte for byte, the entry of the log and its seal included.
  const [moved, here] = [home.dir, other.dir].map((dir) => readFileSync(join(dir, 'image-2.db')));
  expect(moved !== undefined && here !== undefined && moved.equals(here)).toBe(true);
  const verified = expectOk(await runSchemaWork('verify', place, options()));
  expect(verified).toEqual(expectOk(await runSchemaWork('verify', place, options({ program: null }))));
  expect(verified).toMatchObject({ version: latestSchema, differences: [], integrity: [], brokenReferences: 0 });
});

it('leaves the event loop free while it works', async () => {
  let turns = 0;
  let working = true;
  const turn = (): void => {
    turns += 1;
    if (working) setImmediate(turn);
  };
  turn();
  expectOk(await runSchemaWork('move', move(home.dir), options()));
  working = false;
  // A thread must start, load SQLite, run the steps and flush: a blocked loop has a handful of turns.
  expect(turns).toBeGreaterThan(100);
});

it('ends where it is when cancelled, with the store as it was', async () => {
  const before = home.snapshot();
  const cancelled = { ok: false, error: { type: 'Cancelled', what: 'The work on the schema' } };
  for (const chosen of [program, null]) {
    const early = new AbortController();
    early.abort();
    const stopped = options({ program: chosen, signal: early.signal });
    expect(await runSchemaWork('move', move(home.dir), stopped)).toEqual(cancelled);
    // The seal is the last thing that is asked for before the image is written.
    const late = new AbortController();
    const stopping = (head: Uint8Array): Uint8Array => {
      late.abort();
      return seal(head);
    };
    const midway = options({ program: chosen, signal: late.signal, seal: stopping });
    expect(await runSchemaWork('move', move(home.dir), midway)).toEqual(cancelled);
  }
  expect(home.snapshot()).toEqual(before);
  expectOk(await runSchemaWork('move', move(home.dir), options()));
});

it('lets only one of the two be first: the one who cancels, or the first byte', () => {
  const written = createGate();
  expect([beginWriting(written), beginCancelling(written)]).toEqual([true, false]);
  const cancelled = createGate();
  expect([beginCancelling(cancelled), beginWriting(cancelled)]).toEqual([true, false]);
});

it('that dies leaves the store as it was, and says what is not known', async () => {
  const before = home.snapshot();
  const run = (text: string) => runSchemaWork('move', move(home.dir), options({ program: standIn(text) }));
  expect(await run('process.exit(3);')).toEqual({
    ok: false,
    error: {
      type: 'CheckUnmet',
      unmet: ['the thread that works on the schema ended with code 3 and without an answer'],
    },
  });
  expect(await run('Atomics.store(workerData.gate, 0, 1); process.exit(3);')).toEqual({
    ok: false,
    error: { type: 'OutcomeUnknown', what: 'the new schema' },
  });
  await expect(run('throw new Error("a bug");')).rejects.toThrow('a bug');
  expect(home.snapshot()).toEqual(before);
});
