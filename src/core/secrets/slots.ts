/**
 * Ways to open the keys: adding one and taking one away rewrites nothing but the key file's list. It must never take the
 * last way that works on any machine, nor overwrite an entry of the system's keyring that may be another copy's.
 */
import { randomBytes } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import type { Context, Handler } from '../context.ts';
import { hasKeyringSlot, systemKeyBytes, systemKeyOf } from './auto-unlock.ts';
import { addKeyringSlot, addSlot, slotId } from './keyring.ts';
import { saveKeysFile } from './keys-file.ts';
import type { KeysFile, Slot } from './keys-format.ts';
import { needKeys, recordKeysEvent } from './need-keys.ts';
import type { KeyringAnswer, SystemKeyring } from './system-keyring.ts';
import type { Keyring } from './types.ts';

export const slotView = (slot: Slot) => ({ id: slotId(slot), kind: slot.kind, createdAt: slot.createdAt });

const unmet = (problem: string): Failure => fail({ type: 'CheckUnmet', unmet: [problem] });

/** Why the system's keyring is of no use now, and what to do about it. */
export const keyringTrouble = (answer: KeyringAnswer['state'] | 'wrong'): string =>
  ({
    found: 'the entry “holdfast” of this home in the system’s keyring holds something else; remove it there first',
    wrong: 'the entry in the system’s keyring does not open this home',
    missing: 'the system’s keyring has no entry for this home',
    unavailable: 'the system’s keyring does not answer; unlock it, or start the service that keeps it',
    slow: 'the system’s keyring did not answer in time; look for its question on the screen',
  })[answer];

/** The key that is kept for this store already (a copy of the home may use it), or a new one, read back. */
const systemKey = async (system: SystemKeyring, account: string): Promise<Result<Buffer>> => {
  const present = await system.get(account);
  if (present.state === 'unavailable' || present.state === 'slow') return unmet(keyringTrouble(present.state));
  if (present.state === 'found') {
    const key = systemKeyOf(present.value);
    return key === null ? unmet(keyringTrouble('found')) : ok(key);
  }
  const key = randomBytes(systemKeyBytes);
  const text = key.toString('base64');
  const kept = await system.set(account, text);
  if (kept.state !== 'found' || kept.value !== text) return unmet(keyringTrouble(kept.state));
  return ok(key);
};

const withKeyring = async (ctx: Context, file: KeysFile, keyring: Keyring): Promise<Result<KeysFile>> => {
  if (file.storeId === null) return unmet('the home is not set up yet: set it up first');
  if (hasKeyringSlot(file)) return unmet('the system’s keyring opens this home already');
  const key = await systemKey(ctx.autoUnlock.system, file.storeId);
  if (!key.ok) return key;
  return ok(addKeyringSlot(file, keyring, key.data, ctx.clock.now()));
};

export const add: Handler<'secret.add-slot'> = async (ctx, { slot }) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const unlocked = await ctx.keyring('Another way to open the keys needs them open');
  if (!unlocked.ok) return unlocked;
  const { file } = keys.data;
  const now = ctx.clock.now();
  const added: Result<Awaited<ReturnType<typeof addSlot>>> =
    'keyring' in slot
      ? await withKeyring(ctx, file, unlocked.data).then((made) =>
          made.ok ? ok({ file: made.data, keyring: unlocked.data, recoveryCode: null }) : made,
        )
      : ok(await addSlot(file, unlocked.data, slot, now));
  if (!added.ok) return added;
  const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, added.data.file);
  if (!saved.ok) return saved;
  const made = added.data.file.slots.at(-1);
  if (made === undefined) throw new Error('a slot was added and is not there');
  ctx.holdKeyring(added.data.keyring);
  if (made.kind === 'keyring') ctx.autoUnlock.note('opened');
  // The slot is on disk by now, so a new code must reach its owner even when the log cannot be written.
  await recordKeysEvent(ctx, 'add-slot', { slot: made.kind });
  const code = added.data.recoveryCode?.reveal();
  return ok({ slot: slotView(made), ...(code === undefined ? {} : { recoveryCode: code }) });
};

export const remove: Handler<'secret.remove-slot'> = async (ctx, { id, reason }) => {
  const keys = await needKeys(ctx);
  if (!keys.ok) return keys;
  const { file } = keys.data;
  const gone = file.slots.find((slot) => slotId(slot) === id);
  if (gone === undefined) return fail({ type: 'NotFound', what: 'slot', name: id });
  const unlocked = await ctx.keyring('Taking away a way to open the keys needs them open');
  if (!unlocked.ok) return unlocked;
  const slots = file.slots.filter((slot) => slot !== gone);
  if (!slots.some((slot) => slot.kind !== 'keyring'))
    return unmet('it is the last slot that works on any machine: add a passphrase or a recovery code first');
  const saved = saveKeysFile(ctx.keysFs, ctx.holdfastDir, { ...file, slots });
  if (!saved.ok) return saved;
  // The entry in the keyring stays: a copy of this home may be opened by it. Without the slot it opens nothing here.
  if (gone.kind === 'keyring') ctx.autoUnlock.note('none');
  const written = await recordKeysEvent(ctx, 'remove-slot', { slot: gone.kind }, reason ?? null);
  return written.ok ? ok({ removed: slotView(gone) }) : written;
};
