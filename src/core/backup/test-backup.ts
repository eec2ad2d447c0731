/**
 * A real backup of the store as it is now, made in memory and opened with nothing but a recovery code: what proves, before
 * it is needed, that the code on paper opens the backups. Nothing is written.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { backupIdentityOf } from '../secrets/keyring.ts';
import { serialiseKeys, type KeysFile } from '../secrets/keys-format.ts';
import { appVersion } from '../version.ts';
import { snapshot } from './create.ts';
import { runBackupWork } from './thread.ts';

/** Errors: `WrongKey` when the code does not open it, and those of making one. A home without a store has nothing to test. */
export const openTestBackup = async (ctx: Context, file: KeysFile, recoveryCode: string): Promise<Result<void>> => {
  const store = await ctx.store();
  if (!store.ok) return store.error.type === 'NotFound' ? ok(undefined) : store;
  const [identity] = file.identities;
  const own = backupIdentityOf(recoveryCode);
  if (identity === undefined || own === null)
    return fail({ type: 'WrongKey', what: 'a test backup', needs: 'the recovery code of this home' });
  const copied = await snapshot(store.data);
  if (!copied.ok) return copied;
  const { image, facts } = copied.data;
  const { storeId, schemaVersion } = store.data.info();
  const created = ctx.clock.now();
  const definition = (await ctx.definition())?.id ?? null;
  const home = ctx.homeDir;
  const made = await runBackupWork('write', {
    facts: { created, app: appVersion, schema: schemaVersion, home, definition, storeId, ...facts },
    store: image,
    keys: serialiseKeys(file),
    sealing: {
      hint: { kind: 'store', at: created, recipient: identity.recipient, recipientAt: identity.createdAt },
    },
  });
  if (!made.ok) return made;
  const opening = { identities: [own], passphrase: null };
  const { bytes } = made.data;
  const opened = await runBackupWork('read', { name: 'the test backup', bytes, opening, prove: true });
  return opened.ok ? ok(undefined) : opened;
};
