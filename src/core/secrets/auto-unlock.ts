/**
 * The slot that the system's keyring opens: asked once by a process, by itself, where the home has such a slot. What the
 * keyring answers never changes a file: a missing, locked, changed or slow one only leaves the keys locked.
 */
import { Buffer } from 'node:buffer';
import type { Output } from '../../contract/commands.ts';
import { unlockWithSystemKey } from './keyring.ts';
import type { KeysFile } from './keys-format.ts';
import type { SystemKeyring } from './system-keyring.ts';
import type { Keyring } from './types.ts';

export type KeyringState = Output<'secret.status'>['keyring'];

export const systemKeyBytes = 32;

/** The key in an entry's text; null when it is not one. */
export const systemKeyOf = (text: string): Buffer | null => {
  const key = Buffer.from(text, 'base64');
  return key.length === systemKeyBytes && key.toString('base64') === text.trim() ? key : null;
};

export const hasKeyringSlot = (file: KeysFile): boolean => file.slots.some((slot) => slot.kind === 'keyring');

export type KeyringTry = { state: KeyringState; keyring: Keyring | null };

/** Asks the system's keyring for this home's key and opens the slot with it. */
export const openByKeyring = async (file: KeysFile, system: SystemKeyring): Promise<KeyringTry> => {
  if (!hasKeyringSlot(file) || file.storeId === null) return { state: 'none', keyring: null };
  const answer = await system.get(file.storeId);
  if (answer.state !== 'found') return { state: answer.state, keyring: null };
  const key = systemKeyOf(answer.value);
  const keyring = key === null ? null : unlockWithSystemKey(file, key);
  return keyring === null ? { state: 'wrong', keyring } : { state: 'opened', keyring };
};

export type AutoUnlock = {
  system: SystemKeyring;
  /** Opens by the keyring the first time it is called, and never again: `lock` must hold. */
  once: (file: KeysFile) => Promise<Keyring | null>;
  /** What came of asking, also when the person asked. */
  note: (state: KeyringState) => void;
  /** From now on only the person unlocks. */
  stop: () => void;
  state: () => KeyringState;
};

export const createAutoUnlock = (system: SystemKeyring): AutoUnlock => {
  let state: KeyringState = 'unasked';
  let stopped = false;
  let asked: Promise<Keyring | null> | null = null;
  return {
    system,
    once: async (file) => {
      if (stopped || !hasKeyringSlot(file)) return null;
      asked ??= openByKeyring(file, system).then((tried) => {
        state = tried.state;
        return tried.keyring;
      });
      const keyring = await asked;
      return stopped ? null : keyring;
    },
    note: (next) => {
      state = next;
    },
    stop: () => {
      stopped = true;
    },
    state: () => state,
  };
};
