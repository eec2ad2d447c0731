/**
 * `secret.*`: slots, unlocking, locking, confirming the recovery code. Secret values themselves are settings and fields.
 * Every unlock, and every try that fails, leaves an audit event; nothing here answers with a key.
 */
import type { CommandName } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { openTestBackup } from '../backup/test-backup.ts';
import { provePending } from '../backup/verify.ts';
import type { Context, Handlers } from '../context.ts';
import { hasKeyringSlot, openByKeyring } from './auto-unlock.ts';
import { readKeys, recipientOf, storeIdOf } from './ensure-keys.ts';
import { environment } from './environment.ts';
import { hygiene } from './hygiene.ts';
import { addSlot, bindKeyring, confirmRecovery, describeSlots, unlockKeys } from './keyring.ts';
import { saveKeysFile } from './keys-file.ts';
import type { KeysFile } from './keys-format.ts';
import { needKeys, recordKeysEvent } from './need-keys.ts';
import { liveSecrets } from './queries.ts';
import { reset } from './reset.ts';
import { rotate } from './rotate.ts';
import { add, keyringTrouble, remove, slotView } from './slots.ts';
import type { Keyring } from './types.ts';

type SecretHandlers = Pick<Handlers, Extract<CommandName, `secret.${string}`>>;

const status: SecretHandlers['secret.status'] = async (ctx) => {
  const keys = readKeys(ctx.holdfastDir);
  if (!keys.ok) return keys;
  const file = keys.data?.file ?? null;
  const secrets = await ctx.read((reader) => liveSecrets(reader).length);
  if (!secrets.ok && secrets.error.type !== 'NotFound') return secrets;
  const unlocked = file !== null && (await ctx.keyringIfUnlocked()) !== null;
  return ok({
    keys: file === null ? 'none' : unlocked ? 'unlocked' : 'locked',
    slots: file?.slots.map(slotView) ?? [],
    keyring: file === null || !hasKeyringSlot(file) ? 'none' : ctx.autoUnlock.state(),
    rotatedAt: file?.dataKeys[0]?.createdAt ?? null,
    dataKeys: file?.dataKeys.length ?? 0,
    secrets: secrets.ok ? secrets.data : 0,
    recipient: recipientOf(file),
    recoveryConfirmed: file !== null && file.recoveryConfirmedAt !== null,
  });
};

/** Asked for by the person, also after a lock. */
const bySystem = async (ctx: Context, file: KeysFile): Promise<Result<Keyring>> => {
  const tried = await openByKeyring(file, ctx.autoUnlock.system);
  ctx.autoUnlock.note(tried.state);
  if (tried.keyring !== null) return ok(tried.keyring);
  if (tried.state === 'wrong')
    return fail({ type: 'WrongKey', what: 'the keys of this home', needs: describeSlots(file) });
  const why =
    tried.state === 'missing' || tried.state === 'slow' || tried.state === 'unavailable'
      ? keyringTrouble(tried.state)
      : 'the system’s keyring is none of the ways to open this home';
  const choices = ['unlock with the passphrase (--passphrase-file FILE)', 'unlock with the recovery code'];
  return fail({ type: 'SecretsLocked', what: `${why.charAt(0).toUpperCase()}${why.slice(1)}`, choices });
};

const unlock: SecretHandlers['secret.unlock'] = async (ctx, { credential }) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const kind = 'keyring' in credential ? 'keyring' : 'passphrase' in credential ? 'passphrase' : 'recovery';
  const opened =
    'keyring' in credential ? await bySystem(ctx, keys.data.file) : await unlockKeys(keys.data.file, credential);
  if (!opened.ok) {
    await recordKeysEvent(ctx, 'unlock-failed', { slot: kind });
    return opened;
  }
  const storeId = await storeIdOf(ctx);
  ctx.holdKeyring(storeId === null ? opened.data : bindKeyring(opened.data, storeId));
  const written = await recordKeysEvent(ctx, 'unlock', { slot: kind });
  if (!written.ok) {
    ctx.holdKeyring(null);
    return written;
  }
  // The file's copy may need repair, and keys made before the store learn its id.
  if (keys.data.notices.length > 0 || (storeId !== null && keys.data.file.storeId === null)) {
    const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, {
      ...keys.data.file,
      storeId: keys.data.file.storeId ?? storeId,
    });
    if (!saved.ok) return saved;
  }
  await provePending(ctx);
  ctx.changed('secrets', 'status', 'audit', 'backups');
  return ok({ keys: 'unlocked' });
};

const lock: SecretHandlers['secret.lock'] = async (ctx) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const wasUnlocked = (await ctx.keyringIfUnlocked()) !== null;
  // Locked in any case: a full disk must not keep the keys open.
  const written = wasUnlocked ? await recordKeysEvent(ctx, 'lock', {}) : ok(undefined);
  ctx.holdKeyring(null);
  ctx.autoUnlock.stop();
  ctx.changed('secrets', 'status', 'audit');
  return written.ok ? ok({ keys: 'locked' }) : written;
};

const makeRecovery: SecretHandlers['secret.make-recovery'] = async (ctx) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const keyring = await ctx.keyring('A recovery code opens every secret');
  if (!keyring.ok) return keyring;
  const added = await addSlot(keys.data.file, keyring.data, { recoveryCode: true }, ctx.clock.now());
  if (added.recoveryCode === null) throw new Error('a recovery slot was made without its code');
  const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, added.file);
  if (!saved.ok) return saved;
  ctx.holdKeyring(added.keyring);
  // The new key is on disk by now, so the code must reach its owner even when the log cannot be written.
  await recordKeysEvent(ctx, 'make-recovery', {});
  ctx.changed('secrets', 'status', 'audit');
  return ok({ recoveryCode: added.recoveryCode.reveal() });
};

const confirm: SecretHandlers['secret.confirm-recovery'] = async (ctx, { recoveryCode }) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const confirmed = await confirmRecovery(keys.data.file, recoveryCode, ctx.clock.now());
  if (!confirmed.ok) return confirmed;
  const opened = await openTestBackup(ctx, keys.data.file, recoveryCode);
  if (!opened.ok) return opened;
  const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, confirmed.data);
  if (!saved.ok) return saved;
  const written = await recordKeysEvent(ctx, 'confirm-recovery', {});
  if (!written.ok) return written;
  ctx.changed('secrets', 'status', 'audit');
  return ok({ confirmed: true });
};

export const secretHandlers: SecretHandlers = {
  'secret.status': status,
  'secret.unlock': unlock,
  'secret.lock': lock,
  'secret.make-recovery': makeRecovery,
  'secret.confirm-recovery': confirm,
  'secret.add-slot': add,
  'secret.remove-slot': remove,
  'secret.rotate': rotate,
  'secret.reset': reset,
  'secret.hygiene': hygiene,
  'secret.environment': environment,
};
