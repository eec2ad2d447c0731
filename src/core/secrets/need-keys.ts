/** The home's key file, where a command cannot do without. */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { Context } from '../context.ts';
import { homeKeys } from './home-keys.ts';
import type { KeysOnDisk } from './keys-file.ts';

export const needKeys = async (ctx: Context): Promise<Result<KeysOnDisk>> => {
  const keys = await homeKeys(ctx.holdfastDir, ctx.store);
  if (!keys.ok) return keys;
  return keys.data === null ? fail({ type: 'NotFound', what: 'key file', name: 'keys.json' }) : ok(keys.data);
};

/** Keys can be there before the store is (a backup before the migration): then there is no audit log to write to. */
export const recordKeysEvent = async (
  ctx: Context,
  action: string,
  detail: JsonValue,
  reason: string | null = null,
): Promise<Result<void>> => {
  const written = await ctx.commit({ kind: 'event', reason }, (changes) => {
    changes.event('keys', '', action, detail);
    return ok(undefined);
  });
  return written.ok || written.error.type !== 'NotFound' ? written : ok(undefined);
};
