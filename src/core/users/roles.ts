/**
 * Who a call acts as, decided once for each call and at one place, whatever door it came through: the profile of the
 * actor's name, if it has one, gives the role. A name without a profile keeps what its door gives it.
 */
import type { Permission } from '../../contract/command.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { permissionOf } from '../../contract/users.ts';
import type { Actor, Context } from '../context.ts';
import { mayCall, needsLock, type Checked } from '../dispatch.ts';
import { noteSeen } from './last-seen.ts';
import { readProfile, type Profile } from './queries.ts';

/** What a disabled profile, or a session whose profile is gone, may still ask: else nobody could see why nothing works, or act as somebody else. */
const always: readonly string[] = ['home.status', 'user.whoami', 'user.list', 'user.switch'];

const less = (a: Permission, b: Permission): Permission =>
  [a, b].includes('view') ? 'view' : [a, b].includes('edit') ? 'edit' : 'admin';

const roleNeeded: Record<Permission, string> = { view: 'a viewer', edit: 'an editor', admin: 'an admin' };

const refusal = (profile: Profile, { name, spec }: Checked, role: Permission): Result<never> | null => {
  if (profile.disabled && !always.includes(name)) {
    const problem = `The profile ${profile.name} is disabled, so it may do nothing here. An admin can enable it again`;
    return fail({ type: 'Forbidden', action: name, role, problem });
  }
  if (mayCall(spec, role)) return null;
  const article = profile.role === 'viewer' ? 'a' : 'an';
  const problem = `${profile.name} is ${article} ${profile.role}, and this is for ${roleNeeded[spec.permission]} (${name})`;
  return fail({ type: 'Forbidden', action: name, role, problem });
};

/** The name alone would be one without a profile, which may do everything: nobody gains rights by losing a profile. */
const goneRefusal = (user: string, name: string): Result<never> | null => {
  if (always.includes(name)) return null;
  const problem = `The profile ${user}, as which this session acts, was removed. Choose again who you are, under "Acting as"`;
  return fail({ type: 'Forbidden', action: name, role: 'view', problem });
};

/** Only what people do on purpose counts as being there: a change, or any look through a door that stays. */
const note = async (ctx: Context, checked: Checked, input: unknown): Promise<void> => {
  if (ctx.actor.door === 'cli' && !needsLock(checked.spec, input)) return;
  const store = await ctx.store();
  if (store.ok) noteSeen(ctx.configDir, store.data.info().storeId, { name: ctx.actor.user, at: ctx.clock.now() });
};

/** The actor with its profile's role. `Forbidden` where that does not reach, or the profile is disabled or gone. */
export const resolveActor = async (ctx: Context, checked: Checked, input: unknown): Promise<Result<Actor>> => {
  // A store that cannot be read has no profiles to tell: repairing it is for whoever has the files.
  const found = await ctx.read((reader) => readProfile(reader, ctx.actor.user));
  if (!found.ok) return ok(ctx.actor);
  if (found.data === null)
    return ctx.actor.chosen === true
      ? (goneRefusal(ctx.actor.user, checked.name) ?? ok({ ...ctx.actor, role: 'view' }))
      : ok(ctx.actor);
  const role = less(ctx.actor.role, permissionOf[found.data.role]);
  const refused = refusal(found.data, checked, role);
  if (refused !== null) return refused;
  await note(ctx, checked, input);
  return ok({ ...ctx.actor, role });
};
