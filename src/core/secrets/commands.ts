/**
 * `secret.*`: slots, unlocking, locking, confirming the recovery code. Secret values themselves are settings and fields.
 * Every unlock, and every try that fails, leaves an audit event; nothing here answers with a key.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { JsonValue } from '../../contract/json.ts';
import { provePending } from '../backup/verify.ts';
import type { Context, Handlers } from '../context.ts';
import { realFs } from '../store/fs.ts';
import { db } from '../store/sql.ts';
import { readKeys, recipientOf, storeIdOf } from './ensure-keys.ts';
import { homeKeys } from './home-keys.ts';
import { addSlot, bindKeyring, confirmRecovery, unlockKeys } from './keyring.ts';
import { saveKeysFile, type KeysOnDisk } from './keys-file.ts';

type SecretHandlers = Pick<
  Handlers,
  'secret.status' | 'secret.unlock' | 'secret.lock' | 'secret.make-recovery' | 'secret.confirm-recovery'
>;

/** Keys can be there before the store is (a backup before the migration): then there is no audit log to write to. */
const recordEvent = async (ctx: Context, action: string, detail: JsonValue): Promise<Result<void>> => {
  const written = await ctx.commit({ kind: 'event' }, (changes) => {
    changes.event('keys', '', action, detail);
    return ok(undefined);
  });
  return written.ok || written.error.type !== 'NotFound' ? written : ok(undefined);
};

const needKeys = async (ctx: Context): Promise<Result<KeysOnDisk>> => {
  const keys = await homeKeys(ctx.holdfastDir, ctx.store);
  if (!keys.ok) return keys;
  return keys.data === null ? fail({ type: 'NotFound', what: 'key file', name: 'keys.json' }) : ok(keys.data);
};

const liveSecrets = db
  .selectFrom('live')
  .innerJoin('version', 'version.id', 'live.version')
  .select((build) => build.fn.countAll<number>().as('count'))
  .where('version.secret', '=', 1)
  .compile();

const status: SecretHandlers['secret.status'] = async (ctx) => {
  const keys = readKeys(ctx.holdfastDir);
  if (!keys.ok) return keys;
  const file = keys.data?.file ?? null;
  const secrets = await ctx.read((reader) => reader.first(liveSecrets)?.count ?? 0);
  if (!secrets.ok && secrets.error.type !== 'NotFound') return secrets;
  const unlocked = file !== null && (await ctx.keyringIfUnlocked()) !== null;
  return ok({
    keys: file === null ? 'none' : unlocked ? 'unlocked' : 'locked',
    slots: file?.slots.map(({ kind, createdAt }) => ({ kind, createdAt })) ?? [],
    secrets: secrets.ok ? secrets.data : 0,
    recipient: recipientOf(file),
    recoveryConfirmed: file !== null && file.recoveryConfirmedAt !== null,
  });
};

const unlock: SecretHandlers['secret.unlock'] = async (ctx, { credential }) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const kind = 'passphrase' in credential ? 'passphrase' : 'recovery';
  const opened = await unlockKeys(keys.data.file, credential);
  if (!opened.ok) {
    await recordEvent(ctx, 'unlock-failed', { slot: kind });
    return opened;
  }
  const storeId = await storeIdOf(ctx);
  ctx.holdKeyring(storeId === null ? opened.data : bindKeyring(opened.data, storeId));
  const written = await recordEvent(ctx, 'unlock', { slot: kind });
  if (!written.ok) {
    ctx.holdKeyring(null);
    return written;
  }
  // The file's copy may need repair, and keys made before the store learn its id.
  if (keys.data.notices.length > 0 || (storeId !== null && keys.data.file.storeId === null)) {
    const saved = saveKeysFile(realFs, ctx.holdfastDir, {
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
  const written = wasUnlocked ? await recordEvent(ctx, 'lock', {}) : ok(undefined);
  ctx.holdKeyring(null);
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
  const saved = saveKeysFile(realFs, ctx.holdfastDir, added.file);
  if (!saved.ok) return saved;
  ctx.holdKeyring(added.keyring);
  // The new key is on disk by now, so the code must reach its owner even when the log cannot be written.
  await recordEvent(ctx, 'make-recovery', {});
  ctx.changed('secrets', 'status', 'audit');
  return ok({ recoveryCode: added.recoveryCode.reveal() });
};

const confirm: SecretHandlers['secret.confirm-recovery'] = async (ctx, { recoveryCode }) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const confirmed = await confirmRecovery(keys.data.file, recoveryCode, ctx.clock.now());
  if (!confirmed.ok) return confirmed;
  const saved = saveKeysFile(realFs, ctx.holdfastDir, confirmed.data);
  if (!saved.ok) return saved;
  const written = await recordEvent(ctx, 'confirm-recovery', {});
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
};
