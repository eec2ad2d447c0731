import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ageKeyPair } from '../secrets/age-key.ts';
import { encryptFile, readAgeHeader, type Opening, type Sealing } from './age-file.ts';
import { packBackup, readBackup, unpackBackup, writeBackup, type BackupFacts, type Manifest } from './format.ts';
import { readZip, writeZip } from './zip.ts';

const long = process.env['HOLDFAST_LONG'] !== undefined;
const pair = ageKeyPair(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const stranger = ageKeyPair(Uint8Array.from({ length: 32 }, (_, i) => 99 - i));
const hint = {
  kind: 'store',
  at: '2026-11-20T09:00:02.000Z',
  recipient: pair.recipient,
  recipientAt: '2026-11-19T08:00:00.000Z',
} as const;
const sealing: Sealing = { hint };
const opening: Opening = { identities: [pair.identity], passphrase: null };
const facts: BackupFacts = {
  created: hint.at,
  app: '0.1.0',
  schema: 1,
  home: '/home/ada/.deeptempo',
  definition: 'deeptempo',
  storeId: 'store-1',
  counts: { settings: 3, secrets: 1 },
  auditHead: 'ab'.repeat(32),
};
const parts = {
  store: Buffer.from(`SQLite format 3\0${'page '.repeat(3000)}`),
  keys: Buffer.from('{"format":"holdfast-keys"}'),
};
const damaged = (problem: string) => ({ ok: false, error: { type: 'BackupDamaged', path: 'b.age', problem } });
const changed = damaged('its encrypted bytes were changed or cut off');

let file: Uint8Array;
let manifest: Manifest;
let headerLength = 0;
beforeAll(async () => {
  ({ bytes: file, manifest } = await writeBackup(facts, parts, sealing));
  headerLength = Buffer.from(file).indexOf('\n--- ') + 1 + 4 + 43 + 1;
});
const read = (bytes: Uint8Array, how: Opening = opening) => readBackup('b.age', bytes, how);
const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};

test.runIf(long)(
  'every flip of a 64 KiB backup is refused (O57)',
  async () => {
    // Long enough for a second piece of age's stream, which begins after 64 KiB.
    const { bytes, own } = await writeBackup(facts, { ...parts, store: randomBytes(66_000) }, sealing);
    expect(bytes.length).toBeGreaterThan(64 * 1024 + headerLength);
    const opened: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      // Behind the header every key leads to the file's own, and that one spares the curve half a million times.
      const how = bit < headerLength * 8 ? opening : own;
      if (bit % 50_000 === 0) expect((await read(bytes, how)).ok).toBe(true);
      if ((await read(flip(bytes, bit), how)).ok) opened.push(bit);
    }
    expect(opened).toEqual([]);
    console.info(`${String(bytes.length * 8)} flips of a backup of ${String(bytes.length)} bytes`);
  },
  7_200_000,
);

test('what was written is what is read', async () => {
  const result = await read(file);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  expect(result.data.manifest).toEqual({
    format: 'holdfast-backup',
    version: 1,
    ...facts,
    parts: [
      { name: 'store.db', sizeBytes: parts.store.length, sha256: manifest.parts[0]?.sha256 },
      { name: 'keys.json', sizeBytes: parts.keys.length, sha256: manifest.parts[1]?.sha256 },
    ],
  });
  expect([parts.store.equals(result.data.store), parts.keys.equals(result.data.keys)]).toEqual([true, true]);
});

test('the header says in clear what it is and for which key, and nothing else is in clear', () => {
  expect(readAgeHeader(file)).toEqual({ key: 'recovery', hint });
  const text = Buffer.from(file).toString('latin1');
  for (const word of ['deeptempo', '/home/ada', 'SQLite', 'holdfast-keys', 'store-1']) expect(text).not.toContain(word);
});

describe('refused', () => {
  test('every bit flip in the header', async () => {
    expect(file[headerLength - 1]).toBe(10);
    const bits = Array.from({ length: headerLength * 8 }, (_, bit) => bit);
    const opened: number[] = [];
    while (bits.length > 0) {
      const batch = bits.splice(0, 64);
      const results = await Promise.all(batch.map((bit) => read(flip(file, bit))));
      opened.push(...batch.filter((_, i) => results[i]?.ok === true));
    }
    expect(opened).toEqual([]);
  });

  test('every flip where the manifest lies', async () => {
    const { zip } = await packBackup(facts, parts.store, parts.keys);
    const end = Buffer.from(zip).indexOf('PK\x03\x04', 4);
    // Nonce of 16 bytes, then the first piece; a bit of every byte, or all of them in the long run.
    for (let byte = headerLength; byte < headerLength + 16 + end; byte += 1) {
      for (const bit of long ? [0, 1, 2, 3, 4, 5, 6, 7] : [byte & 7])
        expect(await read(flip(file, byte * 8 + bit))).toEqual(changed);
    }
    for (let bit = 0; bit < end * 8; bit += 1) expect((await unpackBackup('b.age', flip(zip, bit))).ok).toBe(false);
  });

  test('random flips in the encrypted bytes', async () => {
    const { bytes, own } = await writeBackup(facts, { ...parts, store: randomBytes(66_000) }, sealing);
    expect((await read(bytes, own)).ok).toBe(true);
    for (let i = 0; i < 2000; i += 1) {
      const bit = headerLength * 8 + (randomBytes(4).readUInt32LE() % ((bytes.length - headerLength) * 8));
      const refused = await read(flip(bytes, bit), i % 10 === 0 ? opening : own);
      expect(refused, `bit ${String(bit)}`).toEqual(changed);
    }
  });

  test('every cut and any added bytes', async () => {
    for (let length = 0; length < file.length; length += long ? 1 : 37)
      expect((await read(file.subarray(0, length))).ok).toBe(false);
    expect(await read(file.subarray(0, -1))).toEqual(changed);
    expect(await read(new Uint8Array(0))).toEqual(damaged('it is empty'));
    expect(await read(Buffer.concat([file, Buffer.of(0)]))).toEqual(changed);
    expect(await read(Buffer.concat([file, file]))).toEqual(changed);
    for (let added = 1; added < (long ? 2000 : 20); added += 1)
      expect((await read(Buffer.concat([file, randomBytes(added)]))).ok).toBe(false);
    expect(await read(Buffer.from('PK not age'))).toEqual(damaged('it is not an age file'));
  });

  const resealed = async (zip: Uint8Array) => read((await encryptFile(zip, sealing)).bytes);
  const entry = (name: string, bytes: Uint8Array, stored = false) => ({ name, bytes, mode: 0o600, stored });
  const text = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

  test('swapped, missing, added and exchanged parts', async () => {
    const other = randomBytes(parts.keys.length);
    const lying: [string, Uint8Array][] = [
      [
        'its parts are not those of a backup',
        await writeZip(
          [
            entry('manifest.json', text(manifest), true),
            entry('keys.json', parts.keys),
            entry('store.db', parts.store),
          ],
          hint.at,
        ),
      ],
      [
        'its manifest names other parts than it has',
        await writeZip(
          [
            entry('manifest.json', text(manifest), true),
            entry('store.db', parts.keys),
            entry('keys.json', parts.store),
          ],
          hint.at,
        ),
      ],
      [
        'its parts are not those of a backup',
        await writeZip([entry('manifest.json', text(manifest), true), entry('store.db', parts.store)], hint.at),
      ],
      [
        'its part keys.json is not the one that was backed up',
        await writeZip(
          [entry('manifest.json', text(manifest), true), entry('store.db', parts.store), entry('keys.json', other)],
          hint.at,
        ),
      ],
      [
        'it has more parts than it can have',
        await writeZip(
          ['manifest.json', 'store.db', 'keys.json', 'more'].map((name) => entry(name, parts.keys)),
          hint.at,
        ),
      ],
      [
        'it has a part of an unexpected name',
        await writeZip(
          ['manifest.json', 'store.db', '../keys.json'].map((name) => entry(name, parts.keys)),
          hint.at,
        ),
      ],
    ];
    for (const [problem, zip] of lying) expect(await resealed(zip)).toEqual(damaged(problem));
  });

  test('a newer format in plain words; other manifests by form', async () => {
    const withManifest = async (value: unknown) =>
      resealed(
        await writeZip(
          [entry('manifest.json', text(value), true), entry('store.db', parts.store), entry('keys.json', parts.keys)],
          hint.at,
        ),
      );
    const newer = 'it was written by a newer Holdfast (format 2; this one knows up to 1): update Holdfast to open it';
    expect(await withManifest({ ...manifest, version: 2, more: true })).toEqual(damaged(newer));
    expect(await withManifest({ ...manifest, more: true })).toEqual(
      damaged('its manifest does not have the right form'),
    );
    expect(await withManifest({ ...manifest, parts: [] })).toEqual(
      damaged('its manifest names other parts than it has'),
    );
    expect(await withManifest([])).toEqual(damaged('its manifest does not have the right form'));
  });

  test('other keys, naming the one it needs', async () => {
    const needs = `the recovery code of 2026-11-19 (key ${pair.recipient.slice(0, 12)}…)`;
    const wrong = { ok: false, error: { type: 'WrongKey', what: 'b.age', needs } };
    expect(await read(file, { identities: [stranger.identity], passphrase: null })).toEqual(wrong);
    expect(await read(file, { identities: [], passphrase: 'x' })).toMatchObject({ error: { type: 'SecretsLocked' } });
    expect((await read(file, { identities: [stranger.identity, pair.identity], passphrase: null })).ok).toBe(true);
  });
});

test('a passphrase instead of a recipient', async () => {
  const written = await writeBackup(facts, parts, { passphrase: 'Löwe', scryptLogN: 10 });
  expect(readAgeHeader(written.bytes)).toEqual({ key: 'passphrase', hint: null });
  expect((await read(written.bytes, { identities: [], passphrase: 'Löwe'.normalize('NFD') })).ok).toBe(true);
  expect(await read(written.bytes, { identities: [pair.identity], passphrase: 'Lowe' })).toEqual({
    ok: false,
    error: { type: 'WrongKey', what: 'b.age', needs: 'the passphrase that was given when it was made' },
  });
  expect(await read(written.bytes)).toMatchObject({
    error: { type: 'SecretsLocked', choices: ['--backup-passphrase-file FILE'] },
  });
});

test('every bit flip in the header of a passphrase backup (O57)', async () => {
  const written = await writeBackup(facts, parts, { passphrase: 'Löwe', scryptLogN: 2 });
  const end = Buffer.from(written.bytes).indexOf('\n--- ') + 1 + 4 + 43 + 1;
  expect(written.bytes[end - 1]).toBe(10);
  const own: Opening = { identities: [], passphrase: 'Löwe' };
  expect((await read(written.bytes, own)).ok).toBe(true);
  const opened: number[] = [];
  for (let bit = 0; bit < end * 8; bit += 1) if ((await read(flip(written.bytes, bit), own)).ok) opened.push(bit);
  expect(opened).toEqual([]);
});

test('a copy read back opens with the file key of its own writing only', async () => {
  const written = await writeBackup(facts, parts, sealing);
  expect((await unpackBackup('b.age', (await written.reopen(written.bytes)) ?? new Uint8Array(0))).ok).toBe(true);
  expect(await written.reopen(file)).toBeNull();
  expect(await written.reopen(flip(written.bytes, written.bytes.length * 8 - 1))).toBeNull();
});

const tools = ['age', 'unzip', 'python3'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (tools.length > 0) console.warn(`the test with stock tools is skipped: ${tools.join(', ')} not installed`);
test.skipIf(tools.length > 0)('age, unzip and Python open it without Holdfast', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-age-'));
  try {
    writeFileSync(join(dir, 'b.age'), file);
    writeFileSync(join(dir, 'key.txt'), `${pair.identity}\n`);
    execFileSync('age', ['-d', '-i', join(dir, 'key.txt'), '-o', join(dir, 'b.zip'), join(dir, 'b.age')]);
    expect(execFileSync('unzip', ['-t', join(dir, 'b.zip')], { encoding: 'utf8' })).toContain('No errors detected');
    const script =
      'import sys,zipfile,json; z=zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.testzip(), z.namelist(), json.load(z.open("manifest.json"))["home"]]))';
    const seen = execFileSync('python3', ['-c', script, join(dir, 'b.zip')], { encoding: 'utf8' });
    expect(JSON.parse(seen)).toEqual([null, ['manifest.json', 'store.db', 'keys.json'], '/home/ada/.deeptempo']);
    const archive = await readZip(
      execFileSync('cat', [join(dir, 'b.zip')]),
      { maxEntries: 3, maxEntryBytes: 1e6, maxTotalBytes: 1e6 },
      () => true,
    );
    expect(archive).toHaveProperty('parts');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
