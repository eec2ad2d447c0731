/** The user commands: profiles, who acts, and each one's own values of settings. */
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseValue } from '../changes/view.ts';
import type { Context, Handler, Handlers } from '../context.ts';
import { withNotMirrored } from '../mirrors/not-mirrored.ts';
import { settingView } from '../settings/views.ts';
import { filePlaces, storedSettings } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';
import { applyOverrides } from './override.ts';
import { overrideKey, overridesOf, readProfile, readProfiles, type Profile } from './queries.ts';
import { userView } from './views.ts';
import { addUser, disableUser, removeUser, setRole, updateUser } from './write.ts';

const withViews = async <T>(
  ctx: Context,
  read: (reader: Reader, view: ReturnType<typeof userView>) => T,
): Promise<Result<T>> => {
  const store = await ctx.store();
  if (!store.ok) return store;
  const { storeId } = store.data.info();
  return ctx.read((reader) => read(reader, userView({ reader, configDir: ctx.configDir, storeId })));
};

const noProfile = (name: string) => fail({ type: 'NotFound', what: 'profile', name });

const list: Handler<'user.list'> = (ctx) =>
  withViews(ctx, (reader, view) => {
    const users = readProfiles(reader).map(view);
    const { user: acting, chosen } = ctx.actor;
    const gone = chosen === true && !users.some((one) => one.name === acting);
    return { users, acting, ...(gone ? { gone } : {}) };
  });

const show: Handler<'user.show'> = async (ctx, { name }) => {
  const definition = await ctx.definition();
  const found = await withViews(ctx, (reader, view) => {
    const profile = readProfile(reader, name);
    if (profile === null) return null;
    const base = { definition, stored: storedSettings(reader), places: filePlaces(reader) };
    const overrides = [...overridesOf(reader, name).values()].map((own) => {
      const system = settingView(own.key, base);
      const secret = own.secret || system.secret;
      return {
        key: own.key,
        title: system.title,
        value: secret ? null : parseValue(own.value),
        secret,
        ...(secret ? { set: true } : {}),
        system: secret ? null : system.value,
        changedAt: own.at,
        changedBy: own.actor,
      };
    });
    return { user: view(profile), overrides };
  });
  if (!found.ok) return found;
  return found.data === null ? noProfile(name) : ok(found.data);
};

const whoami: Handler<'user.whoami'> = async (ctx) => {
  const { user: name, role: may } = ctx.actor;
  const found = await withViews(ctx, (reader, view) => {
    const profile = readProfile(reader, name);
    return profile === null ? null : view(profile);
  });
  // Without a store there is nobody but who asks.
  if (!found.ok && found.error.type !== 'NotFound') return found;
  return ok({ name, profile: found.ok ? found.data : null, may });
};

/** The door remembers it for the session; see acting.ts. */
const switchTo: Handler<'user.switch'> = async (ctx, { name }) => {
  if (name === null) return ok({ name });
  const found = await ctx.read((reader): Profile | null => readProfile(reader, name));
  if (!found.ok) return found;
  if (found.data === null) return noProfile(name);
  if (!found.data.disabled) return ok({ name });
  const problem = `The profile ${name} is disabled, so nobody can act as it. An admin can enable it again`;
  return fail({ type: 'Forbidden', action: 'user.switch', role: ctx.actor.role, problem });
};

export const userHandlers = {
  'user.list': list,
  'user.show': show,
  'user.whoami': whoami,
  'user.switch': switchTo,
  'user.add': addUser,
  'user.update': updateUser,
  'user.set-role': setRole,
  'user.disable': disableUser,
  'user.remove': removeUser,
  'user.override': async (ctx, input) => {
    const user = input.user ?? ctx.actor.user;
    return withNotMirrored(ctx, await applyOverrides(ctx, user, input), ({ key }) => ({
      kind: 'override',
      key: overrideKey(user, key),
    }));
  },
} satisfies Partial<Handlers>;
