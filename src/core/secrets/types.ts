/**
 * What the rest of core sees of keys. A `Keyring` exists only while unlocked; it lives in memory, never on disk, and
 * prints as `***`.
 */

/** Where a ciphertext lies; bound into its associated data so that it opens nowhere else. */
export type CipherPlace = {
  /** Kind and key of the subject, or `quarantine` and file:path. */
  row: string;
  field: string;
  version: number;
};

export type Keyring = {
  encrypt: (place: CipherPlace, plain: string) => Uint8Array;
  /** Null when the bytes are not this place's, were changed, or need a key that is gone. */
  decrypt: (place: CipherPlace, cipher: Uint8Array) => string | null;
  /** 16 bytes; equal for equal values of this store, useless without its key. */
  fingerprint: (plain: string) => Uint8Array;
  /** HMAC-SHA-256 under the audit key. */
  seal: (head: Uint8Array) => Uint8Array;
  /** Names the audit key without telling anything of it, in hex: stands in each seal. Null in a thread without keys. */
  auditKeyId: () => string | null;
  /** `AGE-SECRET-KEY-…` identities, newest first: they open this home's backups. */
  backupIdentities: () => string[];
};
