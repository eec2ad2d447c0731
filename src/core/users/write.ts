/** Changing profiles: one change set each. Whoever could still let others in is never taken away by mistake. */
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { UserResult } from '../../contract/users.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../store/types.ts';
import { readProfile, readProfiles, type Profile, type UserValue } from './queries.ts';
import { userView } from './views.ts';

type About = { name: string; reason?: string | undefined; dryRun?: boolean | undefined };

const nameProblem = (name: string): string | null => {
  if (name.trim() !== name) return 'must not begin or end with a blank';
  // Control characters are exactly what is looked for.
  return /[\p{Cc}\p{Surrogate}]/u.test(name) ? 'holds characters that do not belong into a name' : null;
};

const isAdmin = (user: Pick<UserValue, 'role' | 'disabled'>): boolean => user.role === 'admin' && !user.disabled;

const keepsAnAdmin = (reader: Reader, name: string, before: UserValue | null, after: UserValue): Result<null> => {
  if (before === null || !isAdmin(before) || isAdmin(after)) return ok(null);
  const others = readProfiles(reader).some((one) => one.name !== name && isAdmin(one));
  return others
    ? ok(null)
    : fail({ type: 'CheckUnmet', unmet: [`${name} is the only admin; make somebody else an admin first`] });
};

const valueOf = ({ displayName, email, role, disabled }: UserValue): UserValue => ({
  displayName,
  email,
  role,
  disabled,
});

type Change = (before: Profile | null) => Result<UserValue>;

const planOf = (reader: Reader, name: string, change: Change): Result<UserValue> => {
  const before = readProfile(reader, name);
  const after = change(before);
  if (!after.ok) return after;
  const kept = keepsAnAdmin(reader, name, before, after.data);
  return kept.ok ? after : kept;
};

const viewAfter = (ctx: Context, storeId: string, reader: Reader, profile: Profile) =>
  userView({ reader, configDir: ctx.configDir, storeId })(profile);

const changeUser = async (ctx: Context, about: About, change: Change): Promise<Result<UserResult>> => {
  const { name, reason, dryRun = false } = about;
  const store = await ctx.store();
  if (!store.ok) return store;
  const { storeId } = store.data.info();
  if (dryRun) {
    const planned = await ctx.read((reader) => {
      const after = planOf(reader, name, change);
      return after.ok
        ? ok(viewAfter(ctx, storeId, reader, { ...after.data, name, changedAt: ctx.clock.now() }))
        : after;
    });
    if (!planned.ok) return planned;
    return planned.data.ok ? ok({ changeSet: null, dryRun, user: planned.data.data }) : planned.data;
  }
  return ctx.commit({ kind: 'edit', reason: reason ?? null }, (changes) => {
    const after = planOf(changes.tx, name, change);
    if (!after.ok) return after;
    const put: Put = { subject: { kind: 'user', key: name }, value: valueOf(after.data), secret: false, source: 'set' };
    changes.put(put);
    const profile = readProfile(changes.tx, name);
    if (profile === null) throw new Error('a profile that was just written is not there');
    const changeSet = changes.count() > 0 ? changes.uid : null;
    return ok({ changeSet, dryRun, user: viewAfter(ctx, storeId, changes.tx, profile) });
  });
};

const existing =
  (name: string, change: (before: Profile) => UserValue): Change =>
  (before) =>
    before === null ? fail({ type: 'NotFound', what: 'profile', name }) : ok(change(before));

export const addUser = (ctx: Context, input: Input<'user.add'>): Promise<Result<UserResult>> => {
  const { name, displayName = null, email = null } = input;
  const problem = nameProblem(name);
  if (problem !== null) return Promise.resolve(fail({ type: 'InputInvalid', field: 'name', problem }));
  return changeUser(ctx, input, (before) =>
    before === null
      ? ok({ displayName, email, role: input.role ?? 'editor', disabled: false })
      : fail({ type: 'Conflict', what: `There is a profile ${name} already`, items: [] }),
  );
};

export const updateUser = (ctx: Context, input: Input<'user.update'>): Promise<Result<UserResult>> =>
  changeUser(
    ctx,
    input,
    existing(input.name, (before) => ({
      ...before,
      displayName: input.displayName === undefined ? before.displayName : input.displayName,
      email: input.email === undefined ? before.email : input.email,
    })),
  );

export const setRole = (ctx: Context, input: Input<'user.set-role'>): Promise<Result<UserResult>> =>
  changeUser(
    ctx,
    input,
    existing(input.name, (before) => ({ ...before, role: input.role })),
  );

export const disableUser = (ctx: Context, input: Input<'user.disable'>): Promise<Result<UserResult>> =>
  changeUser(
    ctx,
    input,
    existing(input.name, (before) => ({ ...before, disabled: input.disabled ?? true })),
  );
