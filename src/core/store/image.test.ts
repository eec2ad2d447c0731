import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32 } from './checksum.ts';
import { realFs } from './fs.ts';
import { encodeTrailer, readImage, writeImage } from './image.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-image-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const database = new Uint8Array(5000).map((_, i) => i % 251);
const write = (): Promise<void> =>
  writeImage(
    realFs,
    { path: join(dir, 'image-1.db'), temporaryPath: join(dir, 'image-1.db.tmp'), dir, database, sequence: 42 },
    crc32,
    'async',
  );

describe('writeImage', () => {
  it('writes the database and 32 bytes, for the owner only, over a left temporary file', async () => {
    writeFileSync(join(dir, 'image-1.db.tmp'), 'left behind');
    await write();
    expect(readdirSync(dir)).toEqual(['image-1.db']);
    expect(statSync(join(dir, 'image-1.db')).mode & 0o777).toBe(0o600);
    const bytes = new Uint8Array(readFileSync(join(dir, 'image-1.db')));
    expect(bytes.length).toBe(5032);
    expect(readImage(bytes, crc32)).toEqual({ ok: true, database, sequence: 42 });
  });
});

describe('readImage', () => {
  const whole = new Uint8Array([...database.subarray(0, 200), ...encodeTrailer(database.subarray(0, 200), 3, crc32)]);

  it('notices every changed bit and every cut', () => {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = new Uint8Array(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readImage(bytes, crc32).ok).toBe(false);
    }
    for (let size = 0; size < whole.length; size++) expect(readImage(whole.subarray(0, size), crc32).ok).toBe(false);
    expect(readImage(whole, crc32).ok).toBe(true);
  });
});

describe('realFs', () => {
  it('refuses symbolic links and folders, and says what is wrong', () => {
    writeFileSync(join(dir, 'real'), 'x');
    symlinkSync(join(dir, 'real'), join(dir, 'link'));
    expect(() => realFs.readFile(join(dir, 'link'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => realFs.open(join(dir, 'link'), 'append')).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    expect(() => realFs.open(join(dir, 'link'), 'create')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => realFs.readFile(dir)).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(() => realFs.readFile(join(dir, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(realFs.exists(join(dir, 'link'))).toBe(true);
    expect(realFs.exists(join(dir, 'none'))).toBe(false);
  });
});
