/** F3: files cut at every byte and with every single bit flipped: a value is never silently another one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from './open.ts';
import { expectOk, putRow, readRows } from './testing/home.ts';
import { createModelFs, type ModelFiles } from './testing/model-fs.ts';

const dir = '/home/.holdfast';
const journal = `${dir}/journal-2.log`;
const image = `${dir}/image-2.db`;
const clock = { now: () => '2026-02-03T14:02:05.000Z', newId: () => 'store' };
const options = { dir, mode: 'owner', create: true, flush: 'sync', ...clock } as const;

let files: ModelFiles = new Map();
const after = [{ a: '1' }, { a: '1', b: '2' }, { a: '3', b: '2' }];

beforeAll(async () => {
  const model = createModelFs(
    new Map([
      ['/home', null],
      [dir, null],
    ]),
  );
  const store = expectOk(await openStore({ ...options, fs: model.fs }));
  expectOk(await store.transact(putRow('a', '1')));
  expectOk(await store.checkpoint());
  expectOk(await store.transact(putRow('b', '2')));
  expectOk(await store.transact(putRow('a', '3')));
  await store.close();
  files = model.files();
});

const bytesOf = (path: string): Uint8Array => {
  const bytes = files.get(path);
  if (bytes === undefined || bytes === null) throw new Error(`${path} is not there`);
  return bytes;
};

/** What opening shows of changed files: refused, or the rows with the notices. */
const openWith = async (path: string, bytes: Uint8Array): Promise<{ rows: unknown; notices: string[] } | 'refused'> => {
  const opened = await openStore({ ...options, fs: createModelFs(new Map([...files, [path, bytes]])).fs });
  if (!opened.ok) {
    expect(opened.error.type).toMatch(/^(StoreDamaged|StoreFromNewerApp)$/);
    return 'refused';
  }
  const shown = { rows: await readRows(opened.data), notices: opened.data.notices().map(({ id }) => id) };
  await opened.data.close();
  return shown;
};

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const changed = new Uint8Array(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
};

describe('the journal', () => {
  it('with any bit flipped is refused, or shows an earlier state with a notice', async () => {
    const bytes = bytesOf(journal);
    const seen = new Set<string>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const shown = await openWith(journal, flipped(bytes, bit));
      seen.add(shown === 'refused' ? shown : JSON.stringify(shown));
    }
    // A damaged last save cannot be told from an unfinished one; it is never silent.
    expect([...seen].toSorted()).toEqual(['refused', JSON.stringify({ rows: after[1], notices: ['torn-tail'] })]);
  });

  it('cut anywhere is refused, or shows an earlier state, with a notice unless it ends with a save', async () => {
    const bytes = bytesOf(journal);
    const seen = new Set<string>();
    for (let size = 0; size < bytes.length; size++) {
      const shown = await openWith(journal, bytes.slice(0, size));
      seen.add(shown === 'refused' ? shown : JSON.stringify(shown));
    }
    expect([...seen].toSorted()).toEqual(
      [
        ...[after[0], after[1]]
          .flatMap((rows) => [
            { rows, notices: ['torn-tail'] },
            { rows, notices: [] },
          ])
          .map((shown) => JSON.stringify(shown)),
        'refused',
      ].toSorted(),
    );
  });
});

describe('the image', () => {
  it('with a bit flipped or cut is passed over with a notice, and nothing is missing', async () => {
    const bytes = bytesOf(image);
    const whole = { rows: after[2], notices: ['bad-image-2'] };
    const trailer = bytes.length - 32;
    // Every bit of the trailer, and one in each 97 bytes of the database: the checksum does not look where it is.
    const bits = [
      ...Array.from({ length: 32 * 8 }, (_, i) => trailer * 8 + i),
      ...Array.from({ length: Math.floor(trailer / 97) }, (_, i) => i * 97 * 8 + (i % 8)),
    ];
    for (const bit of bits) expect(await openWith(image, flipped(bytes, bit))).toEqual(whole);
    for (let size = 0; size < bytes.length; size += 997)
      expect(await openWith(image, bytes.slice(0, size))).toEqual(whole);
  });
});
