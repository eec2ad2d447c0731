/**
 * `keys.json`, version 1: what it holds and its text. Wrapped keys are AES-256-GCM under the master key; slots wrap the
 * master key. `sha256` covers everything else, so that damage is told apart from a wrong passphrase. It must never hold a
 * key, a passphrase or a code in clear.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { fail, ok, type Result } from '../../contract/result.ts';

export const keysFormat = 'holdfast-keys';
export const keysVersion = 1;
/** Far above what any home needs; read before anything is allocated. */
export const maxKeysBytes = 1024 * 1024;

const Strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Base64 = Type.String({
  minLength: 4,
  maxLength: 512,
  pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
});
const Recipient = Type.String({ maxLength: 100, pattern: '^age1[02-9ac-hj-np-z]{58}$' });

const PassphraseSlot = Strict({
  kind: Type.Literal('passphrase'),
  createdAt: Time,
  /** scrypt; N is the cost, r 8 and p 1 are fixed. */
  scryptN: Type.Unsafe<number>({ type: 'integer', enum: [14, 15, 16, 17, 18, 19, 20].map((log) => 2 ** log) }),
  salt: Base64,
  wrapped: Base64,
});
const RecoverySlot = Strict({ kind: Type.Literal('recovery'), createdAt: Time, salt: Base64, wrapped: Base64 });
/** A random key that the system's keyring holds opens this one. */
const KeyringSlot = Strict({ kind: Type.Literal('keyring'), createdAt: Time, salt: Base64, wrapped: Base64 });

const Body = {
  format: Type.Literal(keysFormat),
  version: Type.Literal(keysVersion),
  createdAt: Time,
  /** The store these keys belong to, once it exists. */
  storeId: Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()]),
  recoveryConfirmedAt: Type.Union([Time, Type.Null()]),
  slots: Type.Array(Type.Union([PassphraseSlot, RecoverySlot, KeyringSlot]), { minItems: 1, maxItems: 32 }),
  /** Newest first: the first one encrypts. */
  dataKeys: Type.Array(Strict({ id: Type.String({ pattern: '^[0-9a-f]{16}$' }), createdAt: Time, wrapped: Base64 }), {
    minItems: 1,
    maxItems: 1024,
  }),
  auditKey: Base64,
  fingerprintKey: Base64,
  /** Newest first: the first one gets the backups. */
  identities: Type.Array(Strict({ recipient: Recipient, createdAt: Time, wrapped: Base64 }), {
    minItems: 1,
    maxItems: 256,
  }),
};

const KeysFileSchema = Strict(Body);
const Stored = Strict({ ...Body, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) });

export type KeysFile = Static<typeof KeysFileSchema>;
export type Slot = KeysFile['slots'][number];

const checksum = (body: KeysFile): string => createHash('sha256').update(JSON.stringify(body), 'utf8').digest('hex');

export const serialiseKeys = (file: KeysFile): Uint8Array => {
  if (!Check(KeysFileSchema, file)) throw new Error('a keys file was to be written that could not be read again');
  return Buffer.from(`${JSON.stringify({ ...file, sha256: checksum(file) }, null, 2)}\n`, 'utf8');
};

/** Why a keys file cannot be used. `newer` is not damage: it must be neither replaced nor fallen back from. */
export type KeysProblem = { damaged: string } | { newer: number };

export const parseKeys = (bytes: Uint8Array): { file: KeysFile } | KeysProblem => {
  if (bytes.length > maxKeysBytes) return { damaged: 'it is larger than a keys file can be' };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { damaged: 'it is not JSON' };
  }
  const version = typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version > keysVersion) return { newer: version };
  if (!Check(Stored, value)) return { damaged: 'it does not have the form of a keys file' };
  const { sha256, ...file } = value;
  if (checksum(file) !== sha256) return { damaged: 'its checksum does not fit' };
  return { file };
};

/** As an answer for callers outside; `name` is the file as the person knows it. */
export const keysResult = (name: string, parsed: ReturnType<typeof parseKeys>): Result<KeysFile> => {
  if ('file' in parsed) return ok(parsed.file);
  const problem =
    'newer' in parsed
      ? `it was written by a newer Holdfast (keys version ${String(parsed.newer)}; this one knows ${String(keysVersion)})`
      : parsed.damaged;
  return fail({ type: 'FileInvalid', file: name, problem });
};
