/** The fold in its own thread: what it writes, that saves go on meanwhile, and what happens when it cannot be done. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { crc32 } from './checksum.ts';
import { realFs } from './fs.ts';
import { readImage } from './image.ts';
import { openStore, openTunedStore, type StoreTuning } from './open.ts';
import { bundleForNode } from './testing/bundle.ts';
import { expectOk, makeTestHome, putRow, readRows, type TestHome } from './testing/home.ts';
import type { Store } from './types.ts';

let program = '';
let home: TestHome;
const open: Store[] = [];

beforeAll(async () => {
  program = await bundleForNode(join(import.meta.dirname, 'checkpoint-worker.ts'));
});
afterAll(() => {
  if (program !== '') rmSync(dirname(program), { recursive: true, force: true });
});
beforeEach(() => {
  home = makeTestHome();
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  home.remove();
});

const openHere = async (changes: Partial<StoreTuning> = {}): Promise<Store> => {
  const tuning = { foldProgram: program, ...changes };
  const store = expectOk(await openTunedStore(home.options({ flush: 'async' }), tuning));
  open.push(store);
  return store;
};
const storeFiles = (): string[] =>
  realFs
    .list(home.dir)
    .filter((name) => /^(?:image|journal)-/u.test(name))
    .toSorted();
const path = (name: string): string => join(home.dir, name);
const save = async (store: Store, count: number, size = 100): Promise<void> => {
  for (let i = 0; i < count; i++) expectOk(await store.transact(putRow(`k${String(i)}`, 'x'.repeat(size))));
};

it('writes the image that memory would have given, keeps the pair before, and removes what is older', async () => {
  const store = await openHere();
  for (let round = 1; round <= 3; round++) {
    await save(store, 3, round);
    const memory = await store.exportImage();
    expectOk(await store.checkpoint());
    const image = readImage(new Uint8Array(readFileSync(store.info().imagePath)), crc32);
    expect(image).toEqual({ ok: true, database: expect.anything() as Uint8Array, sequence: round * 3 });
    expect(image.ok && Buffer.compare(image.database.subarray(100), memory.subarray(100))).toBe(0);
  }
  expect(storeFiles()).toEqual(['image-3.db', 'image-4.db', 'journal-3.log', 'journal-4.log']);
  expect(store.notices()).toEqual([]);
});

it('lets saves go on while it works, and loses none of them', async () => {
  const store = await openHere();
  await save(store, 20);
  const fold = { ended: false };
  const folding = store.checkpoint().then((result) => {
    fold.ended = true;
    return result;
  });
  let meanwhile = 0;
  for (; !fold.ended; meanwhile++) expectOk(await store.transact(putRow(`m${String(meanwhile)}`, '1')));
  expectOk(await folding);
  // The thread has to start, read, write and flush: some saves always fit in.
  expect(meanwhile).toBeGreaterThan(1);
  expect(store.info()).toMatchObject({ generation: 2, sequence: 20 + meanwhile, imagePath: path('image-2.db') });
  await store.close();
  const again = expectOk(await openStore(home.options()));
  open.push(again);
  expect(Object.keys(await readRows(again)).length).toBe(20 + meanwhile);
  expect(store.notices()).toEqual([]);
});

it('begins by itself once the store idles', async () => {
  const store = await openHere({ foldIdleOverBytes: 2000, idleMs: 1 });
  await save(store, 30);
  while (!realFs.exists(path('image-2.db'))) await new Promise((resolve) => setImmediate(resolve));
  await store.close();
  expect(store.notices()).toEqual([]);
});

it('is done in this thread when the thread does not start, which is told once', async () => {
  const broken = path('broken.mjs');
  writeFileSync(broken, 'throw new Error("no such thread");');
  const store = await openHere({ foldProgram: broken });
  await save(store, 2);
  expectOk(await store.checkpoint());
  await save(store, 2, 7);
  expectOk(await store.checkpoint());
  expect(store.notices()).toEqual([
    {
      id: 'fold-broken',
      severity: 'warning',
      message:
        "the thread that folds the journal did not work (Error: no such thread); it is done in the app's own thread until the next start",
      at: '2026-02-03T14:02:05.000Z',
    },
  ]);
  await store.close();
  const again = expectOk(await openStore(home.options()));
  open.push(again);
  expect(await readRows(again)).toEqual({ k0: 'x'.repeat(7), k1: 'x'.repeat(7) });
});

it('that cannot read back what was saved makes the image from memory, and warns', async () => {
  const store = await openHere();
  await save(store, 3);
  const journal = path('journal-1.log');
  const bytes = readFileSync(journal);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(journal, bytes);
  expect(statSync(journal).size).toBe(bytes.length);
  expectOk(await store.checkpoint());
  expect(store.notices().map(({ id }) => id)).toEqual(['fold-unreadable']);
  await store.close();
  const again = expectOk(await openStore(home.options()));
  open.push(again);
  expect(Object.keys(await readRows(again))).toEqual(['k0', 'k1', 'k2']);
});
