/**
 * The configuration as a running application would hold it: read once by the process that owns the home, the same for
 * every reader until it is loaded again, whatever is changed meanwhile. Asking twice gives the same values; what has
 * changed since is named, so that the one who decides can reload.
 */
import type { Input, Output } from '../../contract/commands.ts';
import { jsonEqual } from '../../contract/json.ts';
import { ok, type Result } from '../../contract/result.ts';
import { isUnder } from '../../contract/setting-key.ts';
import type { SettingView } from '../../contract/settings.ts';
import type { Context } from '../context.ts';
import { lockReasons } from './locks.ts';
import { filePlaces, storedSettings } from './queries.ts';
import { allKeys, settingView } from './views.ts';

type Loaded = { loadedAt: string; settings: ReadonlyMap<string, SettingView> };

/** One for each open home; null before anybody asked. */
export type RuntimeConfig = { loaded: Loaded | null };

/** The home's own values: a running application is nobody's session. */
const readNow = async (ctx: Context): Promise<Result<ReadonlyMap<string, SettingView>>> => {
  const definition = await ctx.definition();
  return ctx.read((reader) => {
    const from = { definition, stored: storedSettings(reader), places: filePlaces(reader), locks: lockReasons(reader) };
    return new Map(allKeys(from).map((key) => [key, settingView(key, from)]));
  });
};

const differs = (a: SettingView | undefined, b: SettingView | undefined): boolean =>
  a === undefined || b === undefined || (a.secret || b.secret ? a.version !== b.version : !jsonEqual(a.value, b.value));

const staleKeys = (loaded: Loaded['settings'], now: Loaded['settings']): string[] =>
  [...new Set([...loaded.keys(), ...now.keys()])].filter((key) => differs(loaded.get(key), now.get(key)));

const tooOld = (loaded: Loaded, now: string, maxAge: number | undefined): boolean =>
  maxAge !== undefined && Math.abs(Date.parse(now) - Date.parse(loaded.loadedAt)) >= maxAge * 1000;

const answerOf = (loaded: Loaded, now: Loaded['settings'], prefix: string): Output<'settings.runtime'> => ({
  loadedAt: loaded.loadedAt,
  settings: [...loaded.settings.values()]
    .filter(({ key }) => isUnder(key, prefix))
    .map(({ key, value, secret, source, set }) => ({
      key,
      value,
      secret,
      source,
      ...(set === undefined ? {} : { set }),
    })),
  staleKeys: staleKeys(loaded.settings, now).filter((key) => isUnder(key, prefix)),
});

export const runtimeSettings = async (
  ctx: Context,
  input: Input<'settings.runtime'>,
): Promise<Result<Output<'settings.runtime'>>> => {
  const now = await readNow(ctx);
  if (!now.ok) return now;
  const at = ctx.clock.now();
  const held = ctx.runtime.loaded;
  const loaded = held === null || tooOld(held, at, input.maxAgeSeconds) ? { loadedAt: at, settings: now.data } : held;
  ctx.runtime.loaded = loaded;
  return ok(answerOf(loaded, now.data, input.prefix ?? ''));
};

export const reloadSettings = async (ctx: Context): Promise<Result<Output<'settings.reload'>>> => {
  const now = await readNow(ctx);
  if (!now.ok) return now;
  const before = ctx.runtime.loaded;
  const loaded = { loadedAt: ctx.clock.now(), settings: now.data };
  ctx.runtime.loaded = loaded;
  return ok({
    loadedAt: loaded.loadedAt,
    changed: before === null ? [] : staleKeys(before.settings, now.data),
  });
};
