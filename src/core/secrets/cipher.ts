/**
 * The unlocked keys in memory, and the `Keyring` made from them. A ciphertext is: format byte 1, 8 bytes of key id,
 * 16 bytes of salt, 12 of nonce, the encrypted text, 16 of tag; its key is HKDF-SHA256(data key, salt), and where it lies
 * is associated data. Nothing here may leave memory, be logged, or be reachable from a Keyring's own properties.
 */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { encodeParts, hkdf, hmac, nonceBytes, openBytes, sealBytes, tagBytes, utf8 } from './aead.ts';
import { printAsMask } from './secret.ts';
import type { CipherPlace, Keyring } from './types.ts';

export const cipherFormat = 1;
const saltBytes = 16;
const headBytes = 1 + 8 + saltBytes;

/** Which data key a ciphertext names, in hex: it can be asked without opening anything. */
export const keyIdOf = (cipher: Uint8Array): string => Buffer.from(cipher.subarray(1, 9)).toString('hex');

export type KeyMaterial = {
  master: Buffer;
  /** Hex key id -> key; the first one encrypts. */
  dataKeys: ReadonlyMap<string, Buffer>;
  auditKey: Buffer;
  fingerprintKey: Buffer;
  /** Newest first. */
  identities: readonly string[];
};

/** What only this folder may ask of a Keyring. */
const materials = new WeakMap<Keyring, KeyMaterial>();

export const materialOf = (keyring: Keyring): KeyMaterial => {
  const material = materials.get(keyring);
  if (material === undefined) throw new Error('this keyring was not made by core/secrets');
  return material;
};

const placeBytes = (head: Uint8Array, storeId: string, place: CipherPlace): Buffer =>
  Buffer.concat([head, encodeParts(['holdfast value 1', storeId, place.row, place.field, String(place.version)])]);

const subKey = (dataKey: Uint8Array, head: Uint8Array): Buffer =>
  hkdf(dataKey, head.subarray(9), encodeParts(['holdfast value key 1']));

const encrypt = (material: KeyMaterial, storeId: string, place: CipherPlace, plain: string): Uint8Array => {
  const [newest] = material.dataKeys;
  if (newest === undefined) throw new Error('there is no data key');
  const [id, dataKey] = newest;
  const head = Buffer.concat([Buffer.of(cipherFormat), Buffer.from(id, 'hex'), randomBytes(saltBytes)]);
  const sealed = sealBytes(subKey(dataKey, head), placeBytes(head, storeId, place), utf8(plain));
  return new Uint8Array(Buffer.concat([head, sealed]));
};

const decrypt = (material: KeyMaterial, storeId: string, place: CipherPlace, cipher: Uint8Array): string | null => {
  if (cipher.length < headBytes + nonceBytes + tagBytes || cipher[0] !== cipherFormat) return null;
  const head = cipher.subarray(0, headBytes);
  const dataKey = material.dataKeys.get(Buffer.from(head.subarray(1, 9)).toString('hex'));
  if (dataKey === undefined) return null;
  return (
    openBytes(subKey(dataKey, head), placeBytes(head, storeId, place), cipher.subarray(headBytes))?.toString('utf8') ??
    null
  );
};

/**
 * `storeId` null: the keys are there before the store is. Such a keyring seals, fingerprints and opens backups, but it
 * throws when asked to encrypt or decrypt a value: bind it to the store first.
 */
export const keyringOf = (material: KeyMaterial, storeId: string | null): Keyring => {
  const bound = (): string => {
    if (storeId === null) throw new Error('the keyring is not bound to a store yet');
    return storeId;
  };
  const keyring: Keyring = {
    encrypt: (place, plain) => encrypt(material, bound(), place, plain),
    decrypt: (place, cipher) => decrypt(material, bound(), place, cipher),
    fingerprint: (plain) =>
      new Uint8Array(
        hmac(material.fingerprintKey, Buffer.concat([encodeParts(['holdfast fingerprint 1']), utf8(plain)])).subarray(
          0,
          16,
        ),
      ),
    seal: (head) => new Uint8Array(hmac(material.auditKey, head)),
    auditKeyId: () =>
      hmac(material.auditKey, encodeParts(['holdfast audit key id 1']))
        .subarray(0, 8)
        .toString('hex'),
    backupIdentities: () => [...material.identities],
  };
  materials.set(keyring, material);
  return printAsMask(keyring);
};

/** The same keys for the values of one store; cheap, and needed again whenever the store's id changes or appears. */
export const bindKeyring = (keyring: Keyring, storeId: string): Keyring => keyringOf(materialOf(keyring), storeId);
