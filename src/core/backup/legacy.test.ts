import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ageKeyPair } from '../secrets/age-key.ts';
import {
  readLegacyBackup,
  readLegacyManifest,
  writeLegacyBackup,
  type LegacyFile,
  type WriteLegacyBackup,
} from './legacy.ts';

const pair = ageKeyPair(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const now = '2026-11-20T09:00:02.000Z';
const files: LegacyFile[] = [
  { path: '.env', mode: 0o600, bytes: Buffer.from('OPENAI_API_KEY=sk-canary-value-1\n') },
  { path: 'data/täst config.json', mode: 0o644, bytes: Buffer.from('{"a":1}') },
  { path: 'manifest.json', mode: 0o400, bytes: randomBytes(100_000) },
  { path: 'empty.json', mode: 0o664, bytes: new Uint8Array(0) },
];
const name = '.holdfast/backups/pre_migration_20261120_090002';
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-legacy-'));
  mkdirSync(join(home, '.holdfast'), { mode: 0o700 });
});
afterEach(() => {
  rmSync(home, { recursive: true });
});
const options = (more: Partial<WriteLegacyBackup> = {}): WriteLegacyBackup => ({
  holdfastDir: join(home, '.holdfast'),
  files,
  recipient: pair.recipient,
  identities: [pair.identity],
  now,
  ...more,
});
const read = (identities = [pair.identity]) =>
  readLegacyBackup(join(home, name), name, { identities, passphrase: null });

test('the exact bytes and modes come back; nothing but the manifest is in clear', async () => {
  const written = await writeLegacyBackup(options());
  const sizeBytes = ['files.age', 'manifest.json'].reduce(
    (sum, file) => sum + lstatSync(join(home, name, file)).size,
    0,
  );
  expect(written).toEqual({ ok: true, data: { path: name, files: 4, sizeBytes, sealed: true, provenAt: now } });
  const back = await read();
  if (!back.ok) throw new Error(JSON.stringify(back.error));
  expect(back.data.files.map(({ path, mode, bytes }) => [path, mode, Buffer.from(bytes).toString('hex')])).toEqual(
    files.map(({ path, mode, bytes }) => [path, mode, Buffer.from(bytes).toString('hex')]),
  );
  expect(readdirSync(join(home, '.holdfast', 'backups'))).toEqual(['pre_migration_20261120_090002']);
  expect(readdirSync(join(home, name)).toSorted()).toEqual(['files.age', 'manifest.json']);
  expect(lstatSync(join(home, name)).mode & 0o777).toBe(0o700);
  for (const file of ['files.age', 'manifest.json']) {
    expect(lstatSync(join(home, name, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home, name, file)).includes('sk-canary-value-1')).toBe(false);
  }
});

test('without identities it is sealed, not proven; a second one in the same second gets its own name', async () => {
  expect(await writeLegacyBackup(options({ identities: [] }))).toMatchObject({
    ok: true,
    data: { path: name, sealed: true, provenAt: null },
  });
  expect(await writeLegacyBackup(options())).toMatchObject({ ok: true, data: { path: `${name}_2`, provenAt: now } });
  expect((await read()).ok).toBe(true);
});

test('a key that does not fit writes nothing', async () => {
  const stranger = ageKeyPair(new Uint8Array(32).fill(9));
  expect(await writeLegacyBackup(options({ identities: [stranger.identity] }))).toMatchObject({
    ok: false,
    error: { type: 'WrongKey' },
  });
  expect(readdirSync(join(home, '.holdfast', 'backups'))).toEqual([]);
});

test('damage to either file is noticed', async () => {
  await writeLegacyBackup(options());
  const [manifestPath, agePath] = [join(home, name, 'manifest.json'), join(home, name, 'files.age')];
  const [manifest, age] = [readFileSync(manifestPath, 'utf8'), readFileSync(agePath)];
  const damages: [string, string | Buffer, string][] = [
    [
      manifestPath,
      manifest.replace('"sizeBytes": 7', '"sizeBytes": 8'),
      'it does not hold the files that its manifest names',
    ],
    [
      manifestPath,
      manifest.replace('"mode": 384', '"mode": 420'),
      'it does not hold the files that its manifest names',
    ],
    [manifestPath, manifest.replace('täst', 'test'), 'it has a part of an unexpected name'],
    [manifestPath, manifest.replace('".env"', '"../.env"'), 'its manifest names a file outside the home'],
    [
      manifestPath,
      manifest.replace('"version": 1', '"version": 2'),
      'it was written by a newer Holdfast (format 2; this one knows up to 1): update Holdfast to open it',
    ],
    [
      manifestPath,
      manifest.replace(/"sha256": "[0-9a-f]{4}/u, '"sha256": "0000'),
      'its file .env is not the one that was backed up',
    ],
    [agePath, age.subarray(0, -1), 'its encrypted bytes were changed or cut off'],
    [agePath, Buffer.concat([age, Buffer.of(1)]), 'its encrypted bytes were changed or cut off'],
  ];
  for (const [path, bytes, problem] of damages) {
    writeFileSync(manifestPath, manifest);
    writeFileSync(agePath, age);
    writeFileSync(path, bytes);
    expect(await read()).toEqual({ ok: false, error: { type: 'BackupDamaged', path: name, problem } });
  }
  rmSync(agePath);
  expect(await read()).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  expect((await readLegacyManifest(join(home, name), name)).ok).toBe(true);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is an answer', async () => {
  mkdirSync(join(home, '.holdfast', 'backups'));
  chmodSync(join(home, '.holdfast', 'backups'), 0o500);
  expect(await writeLegacyBackup(options())).toMatchObject({ ok: false, error: { type: 'DiskError', code: 'EACCES' } });
  chmodSync(join(home, '.holdfast', 'backups'), 0o700);
});

const missing = ['age', 'unzip'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (missing.length > 0) console.warn(`legacy backup with stock tools: skipped, ${missing.join(', ')} not installed`);
test.skipIf(missing.length > 0)('age and unzip give the files back with their modes', async () => {
  await writeLegacyBackup(options());
  writeFileSync(join(home, 'key.txt'), pair.identity);
  execFileSync('age', [
    '-d',
    '-i',
    join(home, 'key.txt'),
    '-o',
    join(home, 'files.zip'),
    join(home, name, 'files.age'),
  ]);
  execFileSync('unzip', ['-q', join(home, 'files.zip'), '-d', join(home, 'out')], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  for (const { path, mode, bytes } of files) {
    expect(existsSync(join(home, 'out', path))).toBe(true);
    expect(readFileSync(join(home, 'out', path)).equals(bytes)).toBe(true);
    expect(lstatSync(join(home, 'out', path)).mode & 0o777).toBe(mode);
  }
});
