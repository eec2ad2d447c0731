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
import { allOverrides } from '../users/queries.ts';
import { lockReasons } from './locks.ts';
import { filePlaces, storedSettings, type StoredSetting } from './queries.ts';
import { allKeys, settingView, type SettingSources } from './views.ts';

/** What was read then, so that each user can be told the values that they have. */
type Loaded = { loadedAt: string; from: SettingSources; own: OwnValues };
type OwnValues = ReadonlyMap<string, Map<string, StoredSetting>>;

/** One for each open home; null before anybody asked. */
export type RuntimeConfig = { loaded: Loaded | null };

type Read = Omit<Loaded, 'loadedAt'>;

const readNow = async (ctx: Context): Promise<Result<Read>> => {
  const definition = await ctx.definition();
  return ctx.read((reader) => ({
    from: { definition, stored: storedSettings(reader), places: filePlaces(reader), locks: lockReasons(reader) },
    own: allOverrides(reader),
  }));
};

type Views = ReadonlyMap<string, SettingView>;

const viewsFor = (user: string, { from, own }: Read): Views => {
  const seen = { ...from, overrides: own.get(user) ?? new Map<string, StoredSetting>() };
  return new Map(allKeys(seen).map((key) => [key, settingView(key, seen)]));
};

const differs = (a: SettingView | undefined, b: SettingView | undefined): boolean =>
  a === undefined || b === undefined || (a.secret || b.secret ? a.version !== b.version : !jsonEqual(a.value, b.value));

const staleKeys = (loaded: Views, now: Views): string[] =>
  [...new Set([...loaded.keys(), ...now.keys()])].filter((key) => differs(loaded.get(key), now.get(key)));

const tooOld = (loaded: Loaded, now: string, maxAge: number | undefined): boolean =>
  maxAge !== undefined && Math.abs(Date.parse(now) - Date.parse(loaded.loadedAt)) >= maxAge * 1000;

const answerOf = (loadedAt: string, loaded: Views, now: Views, prefix: string): Output<'settings.runtime'> => ({
  loadedAt,
  settings: [...loaded.values()]
    .filter(({ key }) => isUnder(key, prefix))
    .map(({ key, value, secret, source, set }) => ({
      key,
      value,
      secret,
      source,
      ...(set === undefined ? {} : { set }),
    })),
  staleKeys: staleKeys(loaded, now).filter((key) => isUnder(key, prefix)),
});

export const runtimeSettings = async (
  ctx: Context,
  input: Input<'settings.runtime'>,
): Promise<Result<Output<'settings.runtime'>>> => {
  const now = await readNow(ctx);
  if (!now.ok) return now;
  const at = ctx.clock.now();
  const held = ctx.runtime.loaded;
  const loaded = held === null || tooOld(held, at, input.maxAgeSeconds) ? { loadedAt: at, ...now.data } : held;
  ctx.runtime.loaded = loaded;
  const { user } = ctx.actor;
  return ok(answerOf(loaded.loadedAt, viewsFor(user, loaded), viewsFor(user, now.data), input.prefix ?? ''));
};

export const reloadSettings = async (ctx: Context): Promise<Result<Output<'settings.reload'>>> => {
  const now = await readNow(ctx);
  if (!now.ok) return now;
  const before = ctx.runtime.loaded;
  const loaded = { loadedAt: ctx.clock.now(), ...now.data };
  const { user } = ctx.actor;
  ctx.runtime.loaded = loaded;
  return ok({
    loadedAt: loaded.loadedAt,
    changed: before === null ? [] : staleKeys(viewsFor(user, before), viewsFor(user, now.data)),
  });
};
