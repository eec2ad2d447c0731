/**
 * The keys a command needs before it writes the first secret or backup: those the home has, or new ones when the caller
 * says how to protect them. It never makes keys beside existing ones that may have encrypted anything.
 */
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { realFs } from '../store/fs.ts';
import { db } from '../store/sql.ts';
import { homeKeys } from './home-keys.ts';
import { bindKeyring, createKeys, unlockKeys } from './keyring.ts';
import { createKeysFile, readKeysFile, setKeysAside, type KeysOnDisk } from './keys-file.ts';
import type { KeysFile } from './keys-format.ts';
import type { Keyring } from './types.ts';

export type ProtectChoice = { passphrase?: string | undefined; recoveryCode?: boolean | undefined };
export type EnsuredKeys = { keyring: Keyring; recoveryCode: string | null; created: boolean };

/** The keys file of a home with notices about its copies; null when there is none. Opens nothing, changes nothing. */
export const readKeys = (holdfastDir: string): Result<KeysOnDisk | null> => readKeysFile(realFs, holdfastDir);

/** The newest backup recipient; null without keys. */
export const recipientOf = (file: KeysFile | null): string | null => file?.identities[0]?.recipient ?? null;

export const storeIdOf = async (ctx: Context): Promise<string | null> => {
  const store = await ctx.store();
  return store.ok ? store.data.info().storeId : null;
};

const hold = async (ctx: Context, keyring: Keyring): Promise<Keyring> => {
  const storeId = await storeIdOf(ctx);
  const bound = storeId === null ? keyring : bindKeyring(keyring, storeId);
  ctx.holdKeyring(bound);
  return bound;
};

/**
 * Keys left by a run that was killed before anybody saw its recovery code: only recovery slots, never confirmed, and
 * nothing in the home needs them. A copy of legacy files from before a migration does not count: the originals are there.
 */
const neverUsed = async (ctx: Context, file: KeysFile): Promise<boolean> => {
  if (file.recoveryConfirmedAt !== null || file.slots.some((slot) => slot.kind !== 'recovery')) return false;
  const backupsDir = join(ctx.holdfastDir, 'backups');
  const backups = realFs.exists(backupsDir) ? realFs.list(backupsDir) : [];
  if (backups.some((name) => !name.startsWith('pre_migration_'))) return false;
  const used = await ctx.read(
    (reader) =>
      reader.first(db.selectFrom('version').select('id').where('secret', '=', 1).limit(1).compile()) !== undefined ||
      reader.first(db.selectFrom('migration_run').select('id').limit(1).compile()) !== undefined,
  );
  if (used.ok) return !used.data;
  return used.error.type === 'NotFound';
};

const makeKeys = async (ctx: Context, protect: ProtectChoice): Promise<Result<EnsuredKeys>> => {
  // The store first: it brings the home's lock, without which two processes could each make keys here.
  const store = await ctx.createStore();
  if (!store.ok) return store;
  const made = await createKeys({
    ...(protect.passphrase === undefined ? {} : { passphrase: protect.passphrase }),
    recoveryCode: protect.recoveryCode === true,
    now: ctx.clock.now(),
    storeId: store.data.info().storeId,
  });
  const saved = createKeysFile(realFs, ctx.holdfastDir, made.file);
  if (!saved.ok) return saved;
  return ok({
    keyring: await hold(ctx, made.keyring),
    recoveryCode: made.recoveryCode?.reveal() ?? null,
    created: true,
  });
};

/**
 * Existing keys are unlocked with the call's credential, what was unlocked before, or `protect.passphrase`. Errors:
 * `SecretsLocked` (also when there are no keys and `protect` is empty; nothing was changed), `WrongKey`, `FileInvalid`,
 * `DiskFull`, `DiskError`.
 */
export const ensureKeys = async (ctx: Context, protect: ProtectChoice | undefined): Promise<Result<EnsuredKeys>> => {
  const choice = protect ?? {};
  const present = await homeKeys(ctx.holdfastDir, ctx.store);
  if (!present.ok) return present;
  if (present.data === null) {
    if (choice.passphrase !== undefined || choice.recoveryCode === true) return makeKeys(ctx, choice);
    return fail({
      type: 'SecretsLocked',
      what: 'This home has no keys yet, and what is to be encrypted needs some',
      choices: ['--passphrase-file FILE', '--recovery-code-out FILE'],
    });
  }
  const unlocked = await ctx.keyring('This writes secrets');
  if (unlocked.ok) return ok({ keyring: await hold(ctx, unlocked.data), recoveryCode: null, created: false });
  if (choice.passphrase !== undefined && ctx.credential === null) {
    const opened = await unlockKeys(present.data.file, { passphrase: choice.passphrase });
    return opened.ok ? ok({ keyring: await hold(ctx, opened.data), recoveryCode: null, created: false }) : opened;
  }
  if (choice.recoveryCode === true && (await neverUsed(ctx, present.data.file))) {
    const aside = setKeysAside(realFs, ctx.holdfastDir);
    return aside.ok ? makeKeys(ctx, choice) : aside;
  }
  return unlocked;
};
