/** The real file system's calls that are more than one call: reading in pieces. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crc32 } from './checksum.ts';
import { realFs } from './fs.ts';
import { createImageSum, encodeTrailer, readImage, trailerBytes } from './image.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-fs-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const pieceBytes = 4 * 1024 * 1024;
const pattern = (length: number): Uint8Array => new Uint8Array(length).map((_, i) => (i * 31 + (i >> 12)) & 255);

it('reads a file in pieces, each once and in order, into the bytes it gives', async () => {
  for (const length of [0, 1, pieceBytes - 1, pieceBytes, 2 * pieceBytes + 17]) {
    const path = join(dir, String(length));
    writeFileSync(path, pattern(length));
    let next = 0;
    const bytes = await realFs.readFileInPieces(path, (piece, position, total) => {
      expect([position, total]).toEqual([next, length]);
      next += piece.length;
    });
    expect(next).toBe(length);
    expect(Buffer.compare(bytes, pattern(length))).toBe(0);
  }
});

it('says what is missing or no file, as reading it whole does', async () => {
  const read = (path: string): Promise<unknown> => realFs.readFileInPieces(path, () => undefined);
  await expect(read(join(dir, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(read(dir)).rejects.toMatchObject({ code: 'EISDIR' });
});

it('stops at the first mistake of who looks at a piece, and may be read again', async () => {
  const path = join(dir, 'file');
  writeFileSync(path, pattern(3 * pieceBytes));
  const mistake = new Error('a mistake');
  const look = (): void => {
    throw mistake;
  };
  await expect(realFs.readFileInPieces(path, look)).rejects.toBe(mistake);
  expect((await realFs.readFileInPieces(path, () => undefined)).length).toBe(3 * pieceBytes);
});

it('gives the checksum of an image wherever its pieces end, the trailer left out', () => {
  const database = pattern(100);
  const image = Buffer.concat([database, encodeTrailer(database, 7, crc32)]);
  for (let cut = 0; cut <= image.length; cut++) {
    const sum = createImageSum(crc32);
    sum.add(image.subarray(0, cut), 0, image.length);
    sum.add(image.subarray(cut), cut, image.length);
    expect(sum.value()).toBe(crc32(database));
    expect(readImage(image, crc32, sum.value()).ok).toBe(true);
    expect(readImage(image, crc32, sum.value() ^ 1).ok).toBe(false);
  }
  expect(image.length).toBe(100 + trailerBytes);
});
