import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readZip, writeZip, type ZipEntry } from './zip.ts';

const at = '2026-11-20T09:00:02.000Z';
const limits = { maxEntries: 10, maxEntryBytes: 100_000, maxTotalBytes: 200_000 };
const any = () => true;
const entries: ZipEntry[] = [
  { name: 'manifest.json', bytes: Buffer.from('{"a":1}'), mode: 0o600, stored: true },
  {
    name: 'datei-ä.txt',
    bytes: Buffer.from(Array.from({ length: 150 }, (_, i) => String(i * 7919)).join(' ')),
    mode: 0o644,
  },
  { name: 'empty', bytes: new Uint8Array(0), mode: 0o400 },
];
const plainParts = (list: readonly ZipEntry[]) =>
  list.map(({ name, bytes, mode }) => ({ name, mode, hex: Buffer.from(bytes).toString('hex') }));
const read = async (zip: Uint8Array, isName: (name: string) => boolean = any) => {
  const result = await readZip(zip, limits, isName);
  return 'problem' in result ? result : { parts: plainParts(result.parts) };
};

test('parts come back with their names, bytes and modes', async () => {
  expect(await read(await writeZip(entries, at))).toEqual({ parts: plainParts(entries) });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.boolean(), async (bytes, stored) => {
      const one = [{ name: 'a', bytes, mode: 0o640, stored }];
      expect(await read(await writeZip(one, at))).toEqual({ parts: plainParts(one) });
    }),
    { numRuns: 30 },
  );
});

test('every bit flip is refused, or changes only a mode (the manifest has it too) or unused bits of a deflate stream', async () => {
  const zip = await writeZip(entries, at);
  const bytesOnly = (parts: ReturnType<typeof plainParts>) => parts.map(({ name, hex }) => `${name} ${hex}`).join('\n');
  const good = bytesOnly(plainParts(entries));
  let unnoticed = 0;
  for (let bit = 0; bit < zip.length * 8; bit += 1) {
    const flipped = Uint8Array.from(zip);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const result = await read(flipped);
    if ('problem' in result) continue;
    expect(bytesOnly(result.parts) === good).toBe(true);
    unnoticed += 1;
  }
  expect(unnoticed).toBeLessThan(3 * 9 + 16);
});

test('every cut and every added byte is refused', async () => {
  const zip = await writeZip(entries, at);
  for (let length = 0; length < zip.length; length += 1)
    expect(await read(zip.subarray(0, length))).toHaveProperty('problem');
  expect(await read(Buffer.concat([zip, Buffer.of(0)]))).toHaveProperty('problem');
  expect(await read(Buffer.concat([Buffer.of(0), zip]))).toHaveProperty('problem');
});

test('names that nobody expects, names twice, and sizes over the limits are refused', async () => {
  const zip = await writeZip(entries, at);
  expect(await read(zip, (name) => name !== 'empty')).toEqual({ problem: 'it has a part of an unexpected name' });
  const twice = await writeZip(
    [
      { name: 'a', bytes: Buffer.from('1'), mode: 0o600 },
      { name: 'a', bytes: Buffer.from('2'), mode: 0o600 },
    ],
    at,
  );
  expect(await read(twice)).toEqual({ problem: 'it has a part of an unexpected name' });
  const many = await writeZip(
    Array.from({ length: 11 }, (_, i) => ({ name: String(i), bytes: Buffer.from('1'), mode: 0o600 })),
    at,
  );
  expect(await read(many)).toEqual({ problem: 'it has more parts than it can have' });
  const bomb = await writeZip([{ name: 'a', bytes: Buffer.alloc(100_001), mode: 0o600 }], at);
  expect(await read(bomb)).toEqual({ problem: 'a part is larger than it can be' });
  const bombs = await writeZip(
    ['a', 'b', 'c'].map((name) => ({ name, bytes: Buffer.alloc(90_000), mode: 0o600 })),
    at,
  );
  expect(await read(bombs)).toEqual({ problem: 'its parts together are larger than they can be' });
});

test('a part that inflates to more than it says is refused without inflating it', async () => {
  const bomb = Buffer.from(await writeZip([{ name: 'a', bytes: Buffer.alloc(50_000_000), mode: 0o600 }], at));
  const central = bomb.lastIndexOf(Buffer.from('504b0102', 'hex'));
  bomb.writeUInt32LE(10, 22);
  bomb.writeUInt32LE(10, central + 24);
  expect(await read(bomb)).toEqual({ problem: 'its part a is damaged' });
});

const hasUnzip = spawnSync('unzip', ['-v']).status === 0;
if (!hasUnzip) console.warn('unzip is not installed: its test is skipped');
test.skipIf(!hasUnzip)('unzip opens it and gives back bytes and modes', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-zip-'));
  try {
    writeFileSync(join(dir, 'a.zip'), await writeZip(entries, at));
    expect(execFileSync('unzip', ['-t', join(dir, 'a.zip')], { encoding: 'utf8' })).toContain('No errors detected');
    execFileSync('unzip', ['-q', join(dir, 'a.zip'), '-d', join(dir, 'out')], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    for (const { name, bytes, mode } of entries) {
      expect(readFileSync(join(dir, 'out', name)).equals(bytes)).toBe(true);
      expect(statSync(join(dir, 'out', name)).mode & 0o777).toBe(mode);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
