/**
 * The two sets of keys of a restore: those that open the backup's secrets, and those of the home that encrypt them again.
 * A home without keys gets the backup's own key file; an existing key file is never replaced.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context, Credential } from '../context.ts';
import { readKeys } from '../secrets/ensure-keys.ts';
import { bindKeyring, describeSlots, unlockKeys, unlockWith } from '../secrets/keyring.ts';
import { createKeysFile } from '../secrets/keys-file.ts';
import { parseKeys, type KeysFile } from '../secrets/keys-format.ts';
import type { Keyring } from '../secrets/types.ts';
import { realFs } from '../store/fs.ts';
import type { BackupContent } from './format.ts';
import { credentialsOf } from './open.ts';

export type RestoreKeys = {
  backup: Keyring | null;
  present: Keyring | null;
  /** The home has no keys: this file becomes its own. */
  place: KeysFile | null;
};

const firstThatOpens = async (file: KeysFile, credentials: readonly Credential[]): Promise<Keyring | null> => {
  for (const credential of credentials) {
    const opened = await unlockKeys(file, credential);
    if (opened.ok) return opened.data;
  }
  return null;
};

const choices = ['--passphrase-file FILE', '--recovery-code-file FILE'];

/** `secrets`: whether the backup has any. Without them neither set needs to be open, except to place the key file. */
export const restoreKeys = async (
  ctx: Context,
  shown: string,
  content: BackupContent,
  options: { given: Credential | undefined; secrets: boolean },
): Promise<Result<RestoreKeys>> => {
  const parsed = parseKeys(content.keys);
  if (!('file' in parsed)) return fail({ type: 'BackupDamaged', path: shown, problem: 'its key file cannot be read' });
  const home = readKeys(ctx.holdfastDir);
  if (!home.ok) return home;
  const credentials = credentialsOf(ctx, options.given);
  const unlocked = await ctx.keyringIfUnlocked();
  const present = unlocked ?? (home.data === null ? null : await firstThatOpens(home.data.file, credentials));
  const sameHome = present === null ? null : unlockWith(parsed.file, present);
  const backup =
    sameHome ?? (options.secrets || home.data === null ? await firstThatOpens(parsed.file, credentials) : null);
  if (backup === null && (options.secrets || home.data === null)) {
    const what = `The secrets in ${shown} need ${describeSlots(parsed.file)}`;
    return credentials.length === 0
      ? fail({ type: 'SecretsLocked', what, choices })
      : fail({ type: 'WrongKey', what: `the secrets in ${shown}`, needs: describeSlots(parsed.file) });
  }
  if (home.data === null) return ok({ backup, present: backup, place: parsed.file });
  if (present === null && options.secrets) {
    return fail({
      type: 'SecretsLocked',
      what: 'The secrets that come back are to be encrypted with the keys of this home, which are locked',
      choices,
    });
  }
  return ok({ backup, present, place: null });
};

/** Puts the key file in place if the home has none, and makes the keys known to this process for as long as it restores. */
export const placeKeys = async (
  ctx: Context,
  keys: RestoreKeys,
  storeId: string,
): Promise<Result<{ keyring: Keyring | null; release: () => void }>> => {
  const keyring = keys.present === null ? null : bindKeyring(keys.present, storeId);
  if (keys.place !== null) {
    const saved = createKeysFile(realFs, ctx.holdfastDir, { ...keys.place, storeId });
    if (!saved.ok) return saved;
    ctx.holdKeyring(keyring);
    return ok({ keyring, release: () => undefined });
  }
  const wasUnlocked = (await ctx.keyringIfUnlocked()) !== null;
  if (keyring === null || wasUnlocked) return ok({ keyring, release: () => undefined });
  // Opened by this call's credential only: locked again when the call is over.
  ctx.holdKeyring(keyring);
  return ok({
    keyring,
    release: () => {
      ctx.holdKeyring(null);
    },
  });
};
