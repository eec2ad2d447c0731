/**
 * The copy of the legacy files from before a migration: `pre_migration_YYYYMMDD_HHMMSS/` with `manifest.json` (path,
 * size, mode and SHA-256 of the plain bytes, in clear) and `files.age` (a zip of the exact bytes). It gets its name only
 * after everything was written, flushed, read back and compared; the files themselves are never touched.
 */
import { Buffer } from 'node:buffer';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { fail, ok, type Result } from '../../contract/result.ts';
import { diskFailure } from '../secrets/disk-failure.ts';
import { readKeysFile } from '../secrets/keys-file.ts';
import { realFs } from '../store/fs.ts';
import { decryptFile, encryptFile, type Opening } from './age-file.ts';
import { digestOf } from './digest.ts';
import { prepareBackupsDir, readWholeFile, writeFlushed } from './disk.ts';
import { maxBackupBytes, parseManifest } from './format.ts';
import { backupsFolder, freeName, legacyPrefix, stampOf } from './place.ts';
import { readZip, writeZip, type ZipLimits } from './zip.ts';

export const legacyFormat = 'holdfast-legacy-backup';
const legacyVersion = 1;
/** What a zip without extensions can list. */
const maxFiles = 65_535;

const Strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

/** Relative, with slashes, never leaving the folder it is unpacked in. */
const isSafePath = (path: string): boolean =>
  path !== '' &&
  !path.includes('\0') &&
  !path.includes('\\') &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const Manifest = Strict({
  format: Type.Literal(legacyFormat),
  version: Type.Literal(legacyVersion),
  created: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  files: Type.Array(
    Strict({
      path: Type.String({ maxLength: 4096 }),
      sizeBytes: Type.Integer({ minimum: 0, maximum: maxBackupBytes }),
      mode: Type.Integer({ minimum: 0, maximum: 0o777 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
    { maxItems: maxFiles },
  ),
});
export type LegacyManifest = Static<typeof Manifest>;
export type LegacyFile = { path: string; mode: number; bytes: Uint8Array };

export type WriteLegacyBackup = {
  holdfastDir: string;
  /** Paths relative to the home, with slashes. */
  files: readonly LegacyFile[];
  /** The newest recipient in the home's `keys.json`. */
  recipient: string;
  /** What is unlocked; with it the backup is proven, not only sealed. */
  identities: readonly string[];
  now: string;
};

export type LegacyBackup = {
  /** Relative to the home. */
  path: string;
  files: number;
  sizeBytes: number;
  sealed: boolean;
  provenAt: string | null;
};

const limits: ZipLimits = { maxEntries: maxFiles, maxEntryBytes: maxBackupBytes, maxTotalBytes: maxBackupBytes };

const manifestOf = async (files: readonly LegacyFile[], created: string): Promise<LegacyManifest> => {
  const listed: LegacyManifest['files'] = [];
  for (const { path, mode, bytes } of files) {
    if (!isSafePath(path)) throw new Error('a legacy file outside the home was to be backed up');
    listed.push({ path, sizeBytes: bytes.length, mode: mode & 0o777, sha256: (await digestOf(bytes)).sha256 });
  }
  const manifest: LegacyManifest = { format: legacyFormat, version: legacyVersion, created, files: listed };
  if (!Check(Manifest, manifest)) throw new Error('a legacy backup was to be written that could not be read again');
  return manifest;
};

/** The files of an archive when they are exactly those of the manifest, in order; else what is wrong. */
const filesOf = async (zip: Uint8Array, manifest: LegacyManifest): Promise<LegacyFile[] | string> => {
  const names = new Set(manifest.files.map((file) => file.path));
  const archive = await readZip(zip, limits, (name) => names.has(name));
  if ('problem' in archive) return archive.problem;
  if (archive.parts.length !== manifest.files.length) return 'it does not hold the files that its manifest names';
  for (const [i, part] of archive.parts.entries()) {
    const stated = manifest.files[i];
    if (stated?.path !== part.name || stated.mode !== part.mode || stated.sizeBytes !== part.bytes.length) {
      return 'it does not hold the files that its manifest names';
    }
    if ((await digestOf(part.bytes)).sha256 !== stated.sha256)
      return `its file ${part.name} is not the one that was backed up`;
  }
  return archive.parts.map(({ name, mode, bytes }) => ({ path: name, mode, bytes }));
};

/** The manifest alone: no key needed. Errors: `NotFound`, `Unreadable`, `BackupDamaged`. */
export const readLegacyManifest = async (dir: string, name: string): Promise<Result<LegacyManifest>> => {
  const bytes = await readWholeFile(join(dir, 'manifest.json'), `${name}/manifest.json`, false);
  if (!bytes.ok) return bytes;
  const manifest = parseManifest(bytes.data, Manifest, { format: legacyFormat, version: legacyVersion });
  if (typeof manifest === 'string') return fail({ type: 'BackupDamaged', path: name, problem: manifest });
  if (manifest.files.some((file) => !isSafePath(file.path))) {
    return fail({ type: 'BackupDamaged', path: name, problem: 'its manifest names a file outside the home' });
  }
  return ok(manifest);
};

/** Everything, decrypted and compared. Errors: those of the manifest, `SecretsLocked`, `WrongKey`. */
export const readLegacyBackup = async (
  dir: string,
  name: string,
  opening: Opening,
): Promise<Result<{ manifest: LegacyManifest; files: LegacyFile[]; sizeBytes: number }>> => {
  const manifest = await readLegacyManifest(dir, name);
  if (!manifest.ok) return manifest;
  const bytes = await readWholeFile(join(dir, 'files.age'), `${name}/files.age`, false);
  if (!bytes.ok) return bytes;
  const zip = await decryptFile(name, bytes.data, opening);
  if (!zip.ok) return zip;
  const files = await filesOf(zip.data, manifest.data);
  if (typeof files === 'string') return fail({ type: 'BackupDamaged', path: name, problem: files });
  return ok({ manifest: manifest.data, files, sizeBytes: bytes.data.length });
};

const sameFiles = (a: readonly LegacyFile[], b: readonly LegacyFile[]): boolean =>
  a.length === b.length &&
  a.every((file, i) => {
    const other = b[i];
    return (
      other?.path === file.path && other.mode === (file.mode & 0o777) && Buffer.from(file.bytes).equals(other.bytes)
    );
  });

/** When the recipient's recovery kit was made: what a person tells kits apart by. */
const madeAt = ({ holdfastDir, recipient, now }: WriteLegacyBackup): string => {
  const keys = readKeysFile(realFs, holdfastDir);
  return (
    (keys.ok ? keys.data?.file.identities.find((one) => one.recipient === recipient)?.createdAt : undefined) ?? now
  );
};

/** Errors: `DiskFull`, `DiskError`, `BackupDamaged` when the disk gave back other bytes. Leaves nothing behind then. */
export const writeLegacyBackup = async (options: WriteLegacyBackup): Promise<Result<LegacyBackup>> => {
  const { holdfastDir, files, now } = options;
  const backupsDir = join(holdfastDir, 'backups');
  const made = await prepareBackupsDir(backupsDir);
  if (!made.ok) return made;
  const name = await freeName(backupsDir, `${legacyPrefix}${stampOf(now)}`, '');
  const shown = `${backupsFolder}/${name}`;
  const temporaryDir = join(backupsDir, `.${name}.part`);
  const zip = await writeZip(
    files.map(({ path, mode, bytes }) => ({ name: path, mode, bytes })),
    now,
  );
  const manifest = Buffer.from(`${JSON.stringify(await manifestOf(files, now), null, 2)}\n`, 'utf8');
  const encrypted = await encryptFile(zip, {
    hint: { kind: 'legacy', at: now, recipient: options.recipient, recipientAt: madeAt(options) },
  });
  const sizeBytes = encrypted.bytes.length + manifest.length;
  try {
    if (realFs.freeBytes(backupsDir) < sizeBytes)
      return fail({ type: 'DiskFull', what: 'the backup of the legacy files', neededBytes: sizeBytes });
    await mkdir(temporaryDir, { mode: 0o700 });
    await writeFlushed(join(temporaryDir, 'files.age'), encrypted.bytes);
    await writeFlushed(join(temporaryDir, 'manifest.json'), manifest);
    realFs.flushDir(temporaryDir);
    const back = await readBack(temporaryDir, shown, encrypted.reopen, options.identities);
    if (!back.ok) return back;
    if (!sameFiles(files, back.data)) {
      return fail({ type: 'BackupDamaged', path: shown, problem: 'the disk gave back other bytes than were written' });
    }
    await rename(temporaryDir, join(backupsDir, name));
    realFs.flushDir(backupsDir);
    return ok({
      path: shown,
      files: files.length,
      sizeBytes,
      sealed: true,
      provenAt: options.identities.length > 0 ? now : null,
    });
  } catch (error) {
    return diskFailure(error, 'the backup of the legacy files', shown, sizeBytes);
  } finally {
    await rm(temporaryDir, { recursive: true, force: true });
  }
};

/** With the real key where there is one, else with the file's own. */
const readBack = async (
  dir: string,
  name: string,
  reopen: (copy: Uint8Array) => Promise<Uint8Array | null>,
  identities: readonly string[],
): Promise<Result<LegacyFile[]>> => {
  if (identities.length > 0) {
    const read = await readLegacyBackup(dir, name, { identities, passphrase: null });
    return read.ok ? ok(read.data.files) : read;
  }
  const manifest = await readLegacyManifest(dir, name);
  if (!manifest.ok) return manifest;
  const copy = await readWholeFile(join(dir, 'files.age'), name, false);
  if (!copy.ok) return copy;
  const zip = await reopen(copy.data);
  const files = zip === null ? 'it does not open with the key it was written with' : await filesOf(zip, manifest.data);
  return typeof files === 'string' ? fail({ type: 'BackupDamaged', path: name, problem: files }) : ok(files);
};
