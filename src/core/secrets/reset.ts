/**
 * When keys are lost for good: one secret after the other becomes "not set", its ciphertext staying in the history. This is
 * the one act that makes new keys while encrypted values exist; the old key file is set aside, never written over, so that
 * a passphrase that is found again still has what it opens.
 */
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import type { SubjectKind } from '../changes/write.ts';
import type { Context, Handler } from '../context.ts';
import { storeIdOf } from './ensure-keys.ts';
import { homeKeys } from './home-keys.ts';
import { bindKeyring, createKeys } from './keyring.ts';
import { createKeysFile, setKeysAside } from './keys-file.ts';
import { recordKeysEvent } from './need-keys.ts';
import { liveSecrets } from './queries.ts';

type Protect = { passphrase?: string | undefined; recoveryCode?: boolean | undefined };
type Made = { newKeys: boolean; recoveryCode: string | null };

const notYet = (problem: string): Failure => fail({ type: 'CheckUnmet', unmet: [problem] });

const storedKinds: readonly string[] = ['setting', 'field', 'user-field', 'override'] satisfies SubjectKind[];
const isStoredKind = (kind: string): kind is SubjectKind => storedKinds.includes(kind);

const makeNewKeys = async (ctx: Context, storeId: string, protect: Protect): Promise<Result<Made>> => {
  const made = await createKeys({
    ...(protect.passphrase === undefined ? {} : { passphrase: protect.passphrase }),
    recoveryCode: protect.recoveryCode === true,
    now: ctx.clock.now(),
    storeId,
  });
  // The entry first: seals of the new key mean nothing to a log that does not name it. A key that was never placed seals nothing.
  const announced = await recordKeysEvent(ctx, 'new-keys', { auditKey: made.keyring.auditKeyId() });
  if (!announced.ok) return announced;
  const aside = setKeysAside(ctx.keysFs, ctx.holdfastDir);
  if (!aside.ok) return aside;
  const saved = createKeysFile(ctx.keysFs, ctx.holdfastDir, made.file);
  if (!saved.ok) return saved;
  ctx.holdKeyring(bindKeyring(made.keyring, storeId));
  return ok({ newKeys: true, recoveryCode: made.recoveryCode?.reveal() ?? null });
};

/** Whether new keys are to be made, and whether that can lose nothing that could still be opened. */
const keysFor = async (
  ctx: Context,
  input: { protect?: Protect | undefined; keysLost?: boolean | undefined },
): Promise<Result<Made>> => {
  const present = await homeKeys(ctx.holdfastDir, ctx.store);
  const unlocked = (await ctx.keyringIfUnlocked()) !== null;
  const protect = input.protect ?? {};
  const asked = protect.passphrase !== undefined || protect.recoveryCode === true;
  if (!asked) {
    if (!present.ok) return present;
    return unlocked || input.keysLost === true
      ? ok({ newKeys: false, recoveryCode: null })
      : fail({
          type: 'SecretsLocked',
          what: 'The keys are locked, so this secret may still be there',
          choices: ['unlock them and look', 'say that the keys are lost for good (--keys-lost)'],
        });
  }
  if (unlocked) return notYet('the keys are unlocked, so nothing is lost: new ones are not needed');
  if (present.ok && present.data !== null && input.keysLost !== true)
    return notYet('the key file is there: say that what opens it is lost for good (--keys-lost)');
  const storeId = await storeIdOf(ctx);
  if (storeId === null) return fail({ type: 'NotFound', what: 'store in', name: ctx.homeDir });
  return makeNewKeys(ctx, storeId, protect);
};

export const reset: Handler<'secret.reset'> = async (ctx, input) => {
  const kind = input.kind ?? 'setting';
  const there = await ctx.read((reader) =>
    liveSecrets(reader).some((one) => one.kind === kind && one.key === input.key),
  );
  if (!there.ok) return there;
  if (!there.data || !isStoredKind(kind)) return fail({ type: 'NotFound', what: 'secret', name: input.key });
  const keys = await keysFor(ctx, input);
  if (!keys.ok) return keys;
  const written = await ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    changes.put({ subject: { kind, key: input.key }, value: undefined, secret: true, source: 'set' });
    return ok(changes.uid);
  });
  ctx.changed('secrets', 'settings', 'integrations', 'audit', 'status');
  if (!written.ok && keys.data.recoveryCode === null) return written;
  const { newKeys, recoveryCode } = keys.data;
  // A code that nobody has seen would be lost, so it is told even where the change could not be written after it.
  return ok({
    key: input.key,
    changeSet: written.ok ? written.data : '',
    newKeys,
    ...(recoveryCode === null ? {} : { recoveryCode }),
  });
};
