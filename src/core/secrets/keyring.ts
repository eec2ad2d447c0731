/**
 * From credentials to keys: making a keys file, unlocking it, adding a slot, confirming a recovery code. Pure over the
 * keys file's value (`keys-file.ts` does the I/O). It must never hand out the master key or replace an existing slot.
 */
import { Buffer } from 'node:buffer';
import { createHash, randomBytes, scrypt } from 'node:crypto';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Credential } from '../context.ts';
import { encodeParts, hkdf, openBytes, sealBytes, utf8 } from './aead.ts';
import { ageKeyPair } from './age-key.ts';
import { bindKeyring, keyringOf, materialOf, type KeyMaterial } from './cipher.ts';
import { keysFormat, keysVersion, type KeysFile, type Slot } from './keys-format.ts';
import { formatRecoveryCode, parseRecoveryCode, recoveryCodeBytes } from './recovery-code.ts';
import { createSecret, type Secret } from './secret.ts';
import type { Keyring } from './types.ts';

export { bindKeyring };

const defaultScryptN = 2 ** 17;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');
const label = (...parts: string[]): Buffer => encodeParts(['holdfast keys 1', ...parts]);

/** A passphrase typed on two systems may come composed or decomposed: NFC makes them one. */
const passphraseKey = (passphrase: string, salt: Uint8Array, N: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | null, key: Buffer): void => {
      if (error === null) resolve(key);
      else reject(error);
    };
    // Node's default maxmem (32 MiB) refuses N = 2^17, which takes 128 N r bytes.
    scrypt(
      utf8(passphrase.normalize('NFC')),
      salt,
      32,
      { N, r: 8, p: 1, maxmem: 128 * N * 8 + 16 * 1024 * 1024 },
      done,
    );
  });

const recoveryKey = (code: Uint8Array, salt: Uint8Array): Buffer => hkdf(code, salt, 'holdfast recovery slot 1');

/** The code alone gives the identity (no salt), so that it opens a backup when nothing else is left. */
export const identityOfCode = (code: Uint8Array): { identity: string; recipient: string } =>
  ageKeyPair(hkdf(code, new Uint8Array(0), 'holdfast backup identity 1'));

/** The `AGE-SECRET-KEY-…` of a typed recovery code; null when it is not a code. */
export const backupIdentityOf = (recoveryCode: string): string | null => {
  const code = parseRecoveryCode(recoveryCode);
  return code === null ? null : identityOfCode(code).identity;
};

const makePassphraseSlot = async (
  master: Uint8Array,
  passphrase: string,
  now: string,
  scryptN: number,
): Promise<Slot> => {
  const salt = randomBytes(16);
  const key = await passphraseKey(passphrase, salt, scryptN);
  const wrapped = sealBytes(key, label('slot', 'passphrase', now, String(scryptN)), master);
  return { kind: 'passphrase', createdAt: now, scryptN, salt: base64(salt), wrapped: base64(wrapped) };
};

const makeRecoverySlot = (master: Uint8Array, code: Uint8Array, now: string): Slot => {
  const salt = randomBytes(16);
  const wrapped = sealBytes(recoveryKey(code, salt), label('slot', 'recovery', now), master);
  return { kind: 'recovery', createdAt: now, salt: base64(salt), wrapped: base64(wrapped) };
};

const wrapIdentity = (master: Uint8Array, code: Uint8Array, now: string): KeysFile['identities'][number] => {
  const { identity, recipient } = identityOfCode(code);
  return {
    recipient,
    createdAt: now,
    wrapped: base64(sealBytes(master, label('identity', recipient, now), utf8(identity))),
  };
};

export type CreateKeys = {
  passphrase?: string;
  /** Hand out a recovery code, and make its slot. */
  recoveryCode?: boolean;
  now: string;
  storeId?: string | null;
  /** Only tests lower the cost. */
  scryptN?: number;
};

/** Random keys with at least one portable slot. The recovery code is shown once, by the caller; it is kept nowhere. */
export const createKeys = async (
  options: CreateKeys,
): Promise<{ file: KeysFile; keyring: Keyring; recoveryCode: Secret | null }> => {
  const { passphrase, now } = options;
  if (passphrase === undefined && options.recoveryCode !== true)
    throw new Error('keys need a passphrase or a recovery code');
  const master = randomBytes(32);
  const code = randomBytes(recoveryCodeBytes);
  const dataKey = { id: randomBytes(8).toString('hex'), key: randomBytes(32) };
  const [auditKey, fingerprintKey] = [randomBytes(32), randomBytes(32)];
  const slots: Slot[] = [];
  if (passphrase !== undefined)
    slots.push(await makePassphraseSlot(master, passphrase, now, options.scryptN ?? defaultScryptN));
  if (options.recoveryCode === true) slots.push(makeRecoverySlot(master, code, now));
  const file: KeysFile = {
    format: keysFormat,
    version: keysVersion,
    createdAt: now,
    storeId: options.storeId ?? null,
    recoveryConfirmedAt: null,
    slots,
    dataKeys: [
      {
        id: dataKey.id,
        createdAt: now,
        wrapped: base64(sealBytes(master, label('data', dataKey.id, now), dataKey.key)),
      },
    ],
    auditKey: base64(sealBytes(master, label('audit'), auditKey)),
    fingerprintKey: base64(sealBytes(master, label('fingerprint'), fingerprintKey)),
    identities: [wrapIdentity(master, code, now)],
  };
  const identities = [identityOfCode(code).identity];
  const material: KeyMaterial = {
    master,
    dataKeys: new Map([[dataKey.id, dataKey.key]]),
    auditKey,
    fingerprintKey,
    identities,
  };
  return {
    file,
    keyring: keyringOf(material, file.storeId),
    recoveryCode: options.recoveryCode === true ? createSecret(formatRecoveryCode(code)) : null,
  };
};

const day = (time: string): string => time.slice(0, 10);
const slotNames = {
  passphrase: 'the passphrase',
  recovery: 'the recovery code',
  keyring: "the system's keyring entry",
};

/** `the passphrase of 2026-11-20 or the recovery code of 2026-11-20`. */
export const describeSlots = (file: KeysFile): string =>
  file.slots.map((slot) => `${slotNames[slot.kind]} of ${day(slot.createdAt)}`).join(' or ');

const wrongKey = (file: KeysFile): Result<never> =>
  fail({ type: 'WrongKey', what: 'the keys of this home', needs: describeSlots(file) });

const openSlots = async (file: KeysFile, credential: Credential): Promise<Buffer | null> => {
  const code = 'recoveryCode' in credential ? parseRecoveryCode(credential.recoveryCode) : null;
  for (const slot of file.slots) {
    if (slot.kind === 'passphrase' && 'passphrase' in credential) {
      const key = await passphraseKey(credential.passphrase, bytesOf(slot.salt), slot.scryptN);
      const master = openBytes(
        key,
        label('slot', 'passphrase', slot.createdAt, String(slot.scryptN)),
        bytesOf(slot.wrapped),
      );
      if (master !== null) return master;
    }
    if (slot.kind === 'recovery' && code !== null) {
      const key = recoveryKey(code, bytesOf(slot.salt));
      const master = openBytes(key, label('slot', 'recovery', slot.createdAt), bytesOf(slot.wrapped));
      if (master !== null) return master;
    }
  }
  return null;
};

/** Unwraps everything; null when a wrapped key or a recipient in clear is not what the master key's owner wrote. */
const openMaterial = (file: KeysFile, master: Buffer): KeyMaterial | null => {
  const dataKeys = new Map<string, Buffer>();
  for (const { id, createdAt, wrapped } of file.dataKeys) {
    const key = openBytes(master, label('data', id, createdAt), bytesOf(wrapped));
    if (key === null) return null;
    dataKeys.set(id, key);
  }
  const identities: string[] = [];
  for (const { recipient, createdAt, wrapped } of file.identities) {
    const identity = openBytes(master, label('identity', recipient, createdAt), bytesOf(wrapped));
    if (identity === null) return null;
    identities.push(identity.toString('utf8'));
  }
  const auditKey = openBytes(master, label('audit'), bytesOf(file.auditKey));
  const fingerprintKey = openBytes(master, label('fingerprint'), bytesOf(file.fingerprintKey));
  if (auditKey === null || fingerprintKey === null) return null;
  return { master, dataKeys, auditKey, fingerprintKey, identities };
};

/** Errors: `WrongKey` naming the slots there are; `FileInvalid` when the slot opens but a key under it does not. */
export const unlockKeys = async (file: KeysFile, credential: Credential): Promise<Result<Keyring>> => {
  const master = await openSlots(file, credential);
  if (master === null) return wrongKey(file);
  const material = openMaterial(file, master);
  if (material === null) {
    return fail({ type: 'FileInvalid', file: '.holdfast/keys.json', problem: 'a wrapped key in it was changed' });
  }
  return ok(keyringOf(material, file.storeId));
};

const keyringSlotKey = (key: Uint8Array, salt: Uint8Array): Buffer => hkdf(key, salt, 'holdfast keyring slot 1');

/** Opens the keyring slots with the key that the system's keyring holds; null when it is not theirs. */
export const unlockWithSystemKey = (file: KeysFile, key: Uint8Array): Keyring | null => {
  for (const slot of file.slots) {
    if (slot.kind !== 'keyring') continue;
    const wrapped = bytesOf(slot.wrapped);
    const master = openBytes(
      keyringSlotKey(key, bytesOf(slot.salt)),
      label('slot', 'keyring', slot.createdAt),
      wrapped,
    );
    const material = master === null ? null : openMaterial(file, master);
    if (material !== null) return keyringOf(material, file.storeId);
  }
  return null;
};

/** A slot that the key in the system's keyring opens; there is one at most. */
export const addKeyringSlot = (file: KeysFile, keyring: Keyring, key: Uint8Array, now: string): KeysFile => {
  const salt = randomBytes(16);
  const { master } = materialOf(keyring);
  const wrapped = sealBytes(keyringSlotKey(key, salt), label('slot', 'keyring', now), master);
  const slot: Slot = { kind: 'keyring', createdAt: now, salt: base64(salt), wrapped: base64(wrapped) };
  return { ...file, slots: [...file.slots.filter((one) => one.kind !== 'keyring'), slot] };
};

/** Names a slot without telling anything of it. */
export const slotId = (slot: Slot): string => createHash('sha256').update(slot.salt).digest('hex').slice(0, 8);

/** A new data key, first in the list: what is written from now on is encrypted with it. The others stay. */
export const addDataKey = (file: KeysFile, keyring: Keyring, now: string): { file: KeysFile; keyring: Keyring } => {
  const material = materialOf(keyring);
  const [id, key] = [randomBytes(8).toString('hex'), randomBytes(32)];
  const wrapped = base64(sealBytes(material.master, label('data', id, now), key));
  return {
    file: { ...file, dataKeys: [{ id, createdAt: now, wrapped }, ...file.dataKeys] },
    keyring: keyringOf({ ...material, dataKeys: new Map([[id, key], ...material.dataKeys]) }, file.storeId),
  };
};

/** Without these data keys. The caller has made sure that nothing needs them; the first one always stays. */
export const dropDataKeys = (
  file: KeysFile,
  keyring: Keyring,
  ids: ReadonlySet<string>,
): { file: KeysFile; keyring: Keyring } => {
  const material = materialOf(keyring);
  const stays = (id: string, at: number): boolean => at === 0 || !ids.has(id);
  return {
    file: { ...file, dataKeys: file.dataKeys.filter(({ id }, at) => stays(id, at)) },
    keyring: keyringOf(
      { ...material, dataKeys: new Map([...material.dataKeys].filter(([id], at) => stays(id, at))) },
      file.storeId,
    ),
  };
};

/** Another copy of the same keys (a backup's), opened with what is unlocked; null when its master key is another one. */
export const unlockWith = (file: KeysFile, keyring: Keyring): Keyring | null => {
  const material = openMaterial(file, materialOf(keyring).master);
  return material === null ? null : keyringOf(material, file.storeId);
};

/**
 * Adds a passphrase slot, or makes a recovery kit: a new code with its slot and its backup identity, newest first. What
 * was there stays; a new kit is not confirmed yet.
 */
export const addSlot = async (
  file: KeysFile,
  keyring: Keyring,
  slot: { passphrase: string; scryptN?: number } | { recoveryCode: true },
  now: string,
): Promise<{ file: KeysFile; keyring: Keyring; recoveryCode: Secret | null }> => {
  const material = materialOf(keyring);
  if ('passphrase' in slot) {
    const added = await makePassphraseSlot(material.master, slot.passphrase, now, slot.scryptN ?? defaultScryptN);
    return { file: { ...file, slots: [...file.slots, added] }, keyring, recoveryCode: null };
  }
  const code = randomBytes(recoveryCodeBytes);
  const changed: KeysFile = {
    ...file,
    recoveryConfirmedAt: null,
    slots: [...file.slots, makeRecoverySlot(material.master, code, now)],
    identities: [wrapIdentity(material.master, code, now), ...file.identities],
  };
  const identities = [identityOfCode(code).identity, ...material.identities];
  return {
    file: changed,
    keyring: keyringOf({ ...material, identities }, file.storeId),
    recoveryCode: createSecret(formatRecoveryCode(code)),
  };
};

/** The file with the confirmation's time. `WrongKey` unless the code opens the newest recovery slot. */
export const confirmRecovery = async (file: KeysFile, recoveryCode: string, now: string): Promise<Result<KeysFile>> => {
  const newest = file.slots.findLast((slot) => slot.kind === 'recovery');
  if (newest === undefined) return wrongKey(file);
  const master = await openSlots({ ...file, slots: [newest] }, { recoveryCode });
  return master === null ? wrongKey({ ...file, slots: [newest] }) : ok({ ...file, recoveryConfirmedAt: now });
};
