/** `settings.lock` and `settings.unlock`: the owner's own locks. Those of a definition are changed in the definition only. */
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { entryFor } from '../definitions/catalog.ts';
import type { Reader } from '../store/types.ts';
import { lockedFailure, lockReasons } from './locks.ts';
import { nearestKeys } from './nearest.ts';
import { storedSettings } from './queries.ts';
import { allKeys } from './views.ts';

type Answer = Output<'settings.lock'>;

const changeLock = async (
  ctx: Context,
  input: { key: string; dryRun?: boolean | undefined },
  change: { reason: string | null; why: string | null },
): Promise<Result<Answer>> => {
  const { key, dryRun = false } = input;
  const definition = await ctx.definition();
  const check = (reader: Reader): Result<null> => {
    const locks = lockReasons(reader);
    const stored = storedSettings(reader);
    const known = allKeys({ definition, stored, places: new Map() });
    if (!known.includes(key) && !stored.has(key) && !(definition !== null && entryFor(definition, key) !== null))
      return fail({ type: 'SettingUnknown', key, nearest: nearestKeys(key, known) });
    const byDefinition = lockedFailure({ definition }, [key]);
    if (byDefinition !== null) return byDefinition;
    return change.reason === null && !locks.has(key)
      ? fail({ type: 'NotFound', what: 'lock on', name: key })
      : ok(null);
  };
  const answer = { key, locked: change.reason !== null, reason: change.reason };
  if (dryRun) {
    const checked = await ctx.read(check);
    if (!checked.ok) return checked;
    return checked.data.ok ? ok({ ...answer, changeSet: null, dryRun }) : checked.data;
  }
  return ctx.commit({ kind: 'edit', reason: change.why }, (changes) => {
    const checked = check(changes.tx);
    if (!checked.ok) return checked;
    const value = change.reason === null ? undefined : { reason: change.reason };
    changes.put({ subject: { kind: 'lock', key }, value, secret: false, source: 'set' });
    return ok({ ...answer, changeSet: changes.count() > 0 ? changes.uid : null, dryRun });
  });
};

export const lockSetting = (ctx: Context, input: Input<'settings.lock'>): Promise<Result<Answer>> => {
  const reason = input.reason.trim();
  return reason === ''
    ? Promise.resolve(fail({ type: 'InputInvalid', field: 'reason', problem: 'say why it is locked' }))
    : changeLock(ctx, input, { reason, why: reason });
};

export const unlockSetting = (ctx: Context, input: Input<'settings.unlock'>): Promise<Result<Answer>> =>
  changeLock(ctx, input, { reason: null, why: input.reason ?? null });
