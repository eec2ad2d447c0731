/**
 * The backup file, version 1 (docs/backup.md): an age file around a zip of `manifest.json`, `store.db` and `keys.json`.
 * Pure over bytes. A reader must refuse whatever is not exactly that: other names, other sizes, other hashes, a newer
 * format; and it must check a length before it allocates for it.
 */
import { Buffer } from 'node:buffer';
import Type, { type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { fail, ok, type Result } from '../../contract/result.ts';
import { decryptFile, encryptFile, type Encrypted, type Opening, type Sealing, type Tell } from './age-file.ts';
import { digestOf } from './digest.ts';
import { readZip, writeZip, type ZipLimits } from './zip.ts';

export const backupFormat = 'holdfast-backup';
export const backupVersion = 1;
/** One Node buffer must hold it; also far above what a configuration needs. */
export const maxBackupBytes = 2 ** 31 - 1;

const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Size = Type.Integer({ minimum: 0, maximum: maxBackupBytes });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Manifest = Strict({
  format: Type.Literal(backupFormat),
  version: Type.Literal(backupVersion),
  created: Time,
  app: Type.String({ maxLength: 100 }),
  schema: Type.Integer({ minimum: 1 }),
  home: Type.String({ maxLength: 4096 }),
  definition: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
  storeId: Type.String({ minLength: 1, maxLength: 100 }),
  counts: Type.Record(Type.String({ maxLength: 50 }), Type.Integer({ minimum: 0 })),
  auditHead: Type.Union([Sha256, Type.Null()]),
  parts: Type.Array(Strict({ name: Type.String({ maxLength: 50 }), sizeBytes: Size, sha256: Sha256 }), { maxItems: 8 }),
});
export type Manifest = Static<typeof Manifest>;

export type BackupFacts = Omit<Manifest, 'format' | 'version' | 'parts'>;
export type BackupContent = { manifest: Manifest; store: Uint8Array; keys: Uint8Array };

const manifestName = 'manifest.json';
const partNames = ['store.db', 'keys.json'] as const;
const limits: ZipLimits = { maxEntries: 3, maxEntryBytes: maxBackupBytes, maxTotalBytes: maxBackupBytes };
const maxManifestBytes = 16 * 1024 * 1024;
const mode = 0o600;

/** JSON of a known form, or what is wrong with it. A newer version is named before the form is looked at. */
export const parseManifest = <S extends TSchema>(
  bytes: Uint8Array,
  schema: S,
  known: { format: string; version: number },
): Static<S> | string => {
  if (bytes.length > maxManifestBytes) return 'its manifest is larger than it can be';
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'its manifest is not JSON';
  }
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as {
    format?: unknown;
    version?: unknown;
  };
  if (format === known.format && typeof version === 'number' && version > known.version) {
    return `it was written by a newer Holdfast (format ${String(version)}; this one knows up to ${String(known.version)}): update Holdfast to open it`;
  }
  return Check(schema, value) ? value : 'its manifest does not have the right form';
};

/** The inner archive. */
export const packBackup = async (
  facts: BackupFacts,
  store: Uint8Array,
  keys: Uint8Array,
): Promise<{ manifest: Manifest; zip: Uint8Array }> => {
  const parts = await Promise.all(
    [store, keys].map(async (bytes, i) => ({
      name: partNames[i] ?? '',
      sizeBytes: bytes.length,
      sha256: (await digestOf(bytes)).sha256,
    })),
  );
  const manifest: Manifest = { format: backupFormat, version: backupVersion, ...facts, parts };
  if (!Check(Manifest, manifest)) throw new Error('a backup was to be written that could not be read again');
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8');
  const zip = await writeZip(
    [
      { name: manifestName, bytes: text, mode, stored: true },
      { name: partNames[0], bytes: store, mode },
      { name: partNames[1], bytes: keys, mode },
    ],
    facts.created,
  );
  return { manifest, zip };
};

/** The parts of an archive whose manifest names exactly them, with their sizes and hashes; or what is wrong. */
const checkedParts = async (zip: Uint8Array): Promise<BackupContent | string> => {
  const archive = await readZip(
    zip,
    limits,
    (name) => name === manifestName || partNames.some((part) => part === name),
  );
  if ('problem' in archive) return archive.problem;
  const [first, store, keys] = archive.parts;
  const names = archive.parts.map((part) => part.name).join(' ');
  if (
    first === undefined ||
    store === undefined ||
    keys === undefined ||
    names !== [manifestName, ...partNames].join(' ')
  ) {
    return 'its parts are not those of a backup';
  }
  if (archive.parts.some((part) => part.mode !== mode)) return 'its parts are not those of a backup';
  const manifest = parseManifest(first.bytes, Manifest, { format: backupFormat, version: backupVersion });
  if (typeof manifest === 'string') return manifest;
  if (manifest.parts.length !== partNames.length) return 'its manifest names other parts than it has';
  for (const [i, part] of [store, keys].entries()) {
    const stated = manifest.parts[i];
    if (stated?.name !== part.name || stated.sizeBytes !== part.bytes.length)
      return 'its manifest names other parts than it has';
    if ((await digestOf(part.bytes)).sha256 !== stated.sha256)
      return `its part ${part.name} is not the one that was backed up`;
  }
  return { manifest, store: store.bytes, keys: keys.bytes };
};

export const unpackBackup = async (name: string, zip: Uint8Array): Promise<Result<BackupContent>> => {
  const content = await checkedParts(zip);
  return typeof content === 'string' ? fail({ type: 'BackupDamaged', path: name, problem: content }) : ok(content);
};

export type WrittenBackup = Encrypted & { manifest: Manifest };

/** The whole file in memory; `reopen` is for reading it back from disk. */
export const writeBackup = async (
  facts: BackupFacts,
  parts: { store: Uint8Array; keys: Uint8Array },
  sealing: Sealing,
  tell?: Tell,
): Promise<WrittenBackup> => {
  const { manifest, zip } = await packBackup(facts, parts.store, parts.keys);
  return { ...(await encryptFile(zip, sealing, tell)), manifest };
};

/** Errors: `SecretsLocked`, `WrongKey`, `BackupDamaged`. What it answers has been checked byte by byte. */
export const readBackup = async (
  name: string,
  bytes: Uint8Array,
  opening: Opening,
  tell?: Tell,
): Promise<Result<BackupContent>> => {
  const zip = await decryptFile(name, bytes, opening, tell);
  return zip.ok ? unpackBackup(name, zip.data) : zip;
};
