/**
 * F3: journal, image and mark of a small store cut at every byte and with every single bit flipped: nothing passes
 * without a refusal or a notice, and no value is silently another one. `npm test` flips all bits of journal and mark, and
 * a sample of the image's through a whole open; `npm run test:long` all of them.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { crc32 } from './checksum.ts';
import { readImage } from './image.ts';
import { scanJournal } from './journal.ts';
import { lastSaveName } from './last-save.ts';
import {
  bytesAt,
  damageDir,
  every,
  makeSmallStore,
  rowsAfter,
  tryBytes,
  tryCuts,
  tryFlips,
  noDamage,
  type DamageCount,
} from './testing/damage-run.ts';
import type { ModelFiles } from './testing/model-fs.ts';

const long = process.env['HOLDFAST_LONG'] !== undefined;
const journal = `${damageDir}/journal-2.log`;
const image = `${damageDir}/image-2.db`;
const mark = `${damageDir}/${lastSaveName}`;

const noChecksum = (): number => 0;
let files: ModelFiles = new Map();
let killed: ModelFiles = new Map();
/** Where each save of the journal ends, the header being the first. */
let saveEnds: number[] = [];

beforeAll(async () => {
  files = await makeSmallStore(false);
  killed = await makeSmallStore(true);
  const scan = scanJournal(bytesAt(files, journal), crc32);
  if (scan.kind !== 'ok') throw new Error('the journal is not whole');
  saveEnds = scan.scan.frames.map(({ offset }) => offset);
  expect(saveEnds.length).toBe(rowsAfter.length - 1);
});

const silent = (count: DamageCount) => ({ undetected: count.undetected, changed: count.changed, where: count.where });
const none = { undetected: 0, changed: 0, where: [] };

describe('the journal of a store that was closed', () => {
  it('with any bit flipped is refused', async () => {
    const bits = bytesAt(files, journal).length * 8;
    const count = await tryFlips({ files, path: journal }, every(1, bits));
    expect(count).toEqual({ ...noDamage(), tried: bits, refused: bits });
  });

  it('cut at any byte is refused, at the end of a save too', async () => {
    const { length } = bytesAt(files, journal);
    const count = await tryCuts({ files, path: journal }, every(1, length));
    expect(count).toEqual({ ...noDamage(), tried: length, refused: length });
  });

  it('removed, or put back as it was before, is refused', async () => {
    const count = noDamage();
    for (const end of saveEnds)
      await tryBytes({ files, path: journal }, bytesAt(files, journal).slice(0, end), 'before', count);
    const without = new Map([...files].filter(([path]) => path !== journal));
    await tryBytes({ files: without, path: mark }, bytesAt(files, mark), 'removed', count);
    const nothing = new Map([...files].filter(([path]) => !/image-|journal-/u.test(path)));
    await tryBytes({ files: nothing, path: mark }, bytesAt(files, mark), 'all removed', count);
    expect(count).toEqual({ ...noDamage(), tried: 4, refused: 4 });
  });
});

describe('the journal of a store whose process was killed', () => {
  it('with any bit flipped is refused, or shows an earlier state with a notice', async () => {
    const count = await tryFlips({ files: killed, path: journal }, every(1, bytesAt(killed, journal).length * 8));
    expect(silent(count)).toEqual(none);
    // A damaged last save cannot be told from an unfinished one there.
    expect(count.noticed).toBeGreaterThan(0);
  });

  it('cut at any byte is never silent but where a save after the mark ended: the known limit', async () => {
    const count = await tryCuts({ files: killed, path: journal }, every(1, bytesAt(killed, journal).length));
    expect(silent(count)).toEqual({
      undetected: saveEnds.length,
      changed: 0,
      where: saveEnds.map((end) => `cut ${String(end)}`),
    });
  });
});

describe('the mark', () => {
  it('with any bit flipped, or cut, costs a notice and nothing else', async () => {
    const { length } = bytesAt(files, mark);
    const flips = await tryFlips({ files, path: mark }, every(1, length * 8));
    expect(flips).toEqual({ ...noDamage(), tried: length * 8, noticed: length * 8 });
    const cuts = await tryCuts({ files, path: mark }, every(1, length).slice(1));
    expect(cuts).toEqual({ ...noDamage(), tried: length - 1, noticed: length - 1 });
  });
});

describe('the image', () => {
  it('with a bit flipped or cut is passed over with a notice, and nothing is missing', async () => {
    const { length } = bytesAt(files, image);
    const trailer = length - 32;
    const bits = long
      ? every(1, length * 8)
      : [...every(8 * 397 + 1, trailer * 8), ...every(1, 32 * 8).map((bit) => trailer * 8 + bit)];
    const flips = await tryFlips({ files, path: image }, bits);
    expect(flips).toEqual({ ...noDamage(), tried: bits.length, noticed: bits.length });
    const sizes = every(long ? 1 : 997, length);
    const cuts = await tryCuts({ files, path: image }, sizes);
    expect(cuts).toEqual({ ...noDamage(), tried: sizes.length, noticed: sizes.length });
  }, 3_600_000);

  it('is told from any that differs in one bit, or is shorter', () => {
    const bytes = new Uint8Array(bytesAt(files, image));
    const passed: string[] = [];
    for (const bit of every(long ? 1 : 11, bytes.length * 8)) {
      const at = bit >> 3;
      const before = bytes[at] ?? 0;
      bytes[at] = before ^ (1 << (bit & 7));
      if (readImage(bytes, crc32).ok) passed.push(`bit ${String(bit)}`);
      bytes[at] = before;
    }
    for (const size of every(long ? 1 : 7, bytes.length))
      if (readImage(bytes.subarray(0, size), crc32).ok) passed.push(`cut ${String(size)}`);
    expect(passed).toEqual([]);
    expect(readImage(bytes, crc32).ok).toBe(true);
  }, 3_600_000);
});

describe('a store with a protection removed', () => {
  it('without checksums shows values that never were, or says nothing', async () => {
    const trial = { files: await makeSmallStore(false, noChecksum), path: journal, checksum: noChecksum };
    const count = await tryFlips(trial, every(1, bytesAt(trial.files, journal).length * 8));
    expect(count.changed).toBeGreaterThan(0);
    expect(count.undetected).toBeGreaterThan(0);
  });

  it('without the mark takes a journal that was cut at a save’s end for whole', async () => {
    const unmarked = new Map([...files].filter(([path]) => path !== mark));
    const count = await tryCuts({ files: unmarked, path: journal }, saveEnds);
    expect(count).toMatchObject({ tried: 2, undetected: 2 });
  });
});
