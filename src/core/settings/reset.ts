/**
 * `settings.reset`: back to the defaults, one setting, a group or all, as one change set. A value that has no default
 * stays where it is: removing it would lose it and put nothing in its place.
 */
import { fail, ok } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { Handler } from '../context.ts';
import { entryFor } from '../definitions/catalog.ts';
import { applySettings } from './apply.ts';
import { nearestKeys } from './nearest.ts';
import { storedSettings } from './queries.ts';
import { allKeys } from './views.ts';

/** Errors: `SettingUnknown`, `SettingInvalid` for one setting without a default, and those of applying. */
export const resetSettings: Handler<'settings.reset'> = async (ctx, input) => {
  const definition = await ctx.definition();
  const stored = await ctx.read((reader) => storedSettings(reader));
  if (!stored.ok) return stored;
  const { prefix = '', reason } = input;
  const known = allKeys({ definition, stored: stored.data, places: new Map() });
  if (!known.some((key) => isUnder(key, prefix)))
    return fail({ type: 'SettingUnknown', key: prefix, nearest: nearestKeys(prefix, known) });
  const hasDefault = (key: string): boolean => definition !== null && entryFor(definition, key)?.default !== undefined;
  if (known.includes(prefix) && !hasDefault(prefix)) {
    const problem = 'has no default to go back to; unset removes its value';
    return fail({ type: 'SettingInvalid', key: prefix, problem, invalid: [{ key: prefix, problem }] });
  }
  const changes = [...stored.data.keys()]
    .filter((key) => isUnder(key, prefix) && hasDefault(key))
    .map((key) => ({ key, op: 'unset' as const }));
  const dryRun = input.dryRun === true;
  if (changes.length === 0) return ok({ changeSet: null, dryRun, changes: [], restart: [] });
  // What is critical wants a reason that somebody gave, not one that stands for every reset.
  const unsaid = prefix === '' ? 'All settings back to their defaults' : `${prefix} back to its default`;
  return applySettings(
    ctx,
    { changes, ...(reason === undefined ? {} : { reason }), dryRun },
    { source: 'set', kind: 'edit', unsaid },
  );
};
