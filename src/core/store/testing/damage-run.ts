/**
 * The damage test: one file of a small store cut at every byte, or with single bits flipped, and then opened by the real
 * code. Detected is what is refused or comes with a notice. It counts, the test judges.
 */
import { crc32, type Checksum } from '../checksum.ts';
import { openTunedStore } from '../open.ts';
import type { StoreFs } from '../types.ts';
import { expectOk, putRow, readRows } from './home.ts';
import { createModelFs, type ModelFiles } from './model-fs.ts';

export const damageDir = '/home/.holdfast';
const clock = { now: () => '2026-02-03T14:02:05.000Z', newId: () => 'store' };
const options = { dir: damageDir, mode: 'owner', create: true, flush: 'sync', ...clock } as const;

/** The rows after each save; a damaged store may show an earlier one of these, never anything else. */
export const rowsAfter = [{ a: '1' }, { a: '1', b: '2' }, { a: '3', b: '2' }];

/** One save in image 2, two in journal 2; closed in good order unless `killed`: then its mark is as old as the image. */
export const makeSmallStore = async (killed: boolean, checksum: Checksum = crc32): Promise<ModelFiles> => {
  const model = createModelFs(
    new Map([
      ['/home', null],
      [damageDir, null],
    ]),
  );
  const store = expectOk(await openTunedStore({ ...options, fs: model.fs }, { checksum }));
  expectOk(await store.transact(putRow('a', '1')));
  expectOk(await store.checkpoint());
  expectOk(await store.transact(putRow('b', '2')));
  expectOk(await store.transact(putRow('a', '3')));
  const asKilled = model.files();
  await store.close();
  return killed ? asKilled : model.files();
};

export type DamageCount = {
  tried: number;
  refused: number;
  noticed: number;
  /** Opened without a word, though the file is not as it was. */
  undetected: number;
  /** Opened with rows that never were. */
  changed: number;
  /** Where it was not detected: "cut 204", "bit 17". */
  where: string[];
};

export const noDamage = (): DamageCount => ({
  tried: 0,
  refused: 0,
  noticed: 0,
  undetected: 0,
  changed: 0,
  where: [],
});

export type DamageTrial = { files: ModelFiles; path: string; checksum?: Checksum };

const refusals = new Set(['StoreDamaged', 'StoreFromNewerApp']);

/** Opens the store with other bytes in one file. */
export const tryBytes = async (
  { files, path, checksum }: DamageTrial,
  bytes: Uint8Array,
  where: string,
  count: DamageCount,
): Promise<void> => {
  count.tried += 1;
  const fs: StoreFs = createModelFs(new Map([...files, [path, bytes]])).fs;
  const opened = await openTunedStore({ ...options, fs }, checksum === undefined ? {} : { checksum });
  if (!opened.ok) {
    if (!refusals.has(opened.error.type)) throw new Error(`${where}: ${JSON.stringify(opened.error)}`);
    count.refused += 1;
    return;
  }
  try {
    const rows = JSON.stringify(await readRows(opened.data));
    if (!rowsAfter.some((known) => JSON.stringify(known) === rows)) count.changed += 1;
    if (opened.data.notices().length > 0) count.noticed += 1;
    else {
      count.undetected += 1;
      count.where.push(where);
    }
  } finally {
    await opened.data.close();
  }
};

export const bytesAt = (files: ModelFiles, path: string): Uint8Array => {
  const bytes = files.get(path);
  if (bytes === undefined || bytes === null) throw new Error(`${path} is not there`);
  return bytes;
};

export const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const changed = new Uint8Array(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
};

export const tryFlips = async (trial: DamageTrial, bits: Iterable<number>): Promise<DamageCount> => {
  const count = noDamage();
  const bytes = bytesAt(trial.files, trial.path);
  for (const bit of bits) await tryBytes(trial, flipped(bytes, bit), `bit ${String(bit)}`, count);
  return count;
};

export const tryCuts = async (trial: DamageTrial, sizes: Iterable<number>): Promise<DamageCount> => {
  const count = noDamage();
  const bytes = bytesAt(trial.files, trial.path);
  for (const size of sizes) await tryBytes(trial, bytes.slice(0, size), `cut ${String(size)}`, count);
  return count;
};

/** 0, step, 2 x step … below `end`. */
export const every = (step: number, end: number): number[] =>
  Array.from({ length: Math.ceil(end / step) }, (_, i) => i * step);
