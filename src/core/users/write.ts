/** Changing profiles: one change set each. Whoever could still let others in is never taken away by mistake. */
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { UserResult } from '../../contract/users.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../store/types.ts';
import { attachedTo, readProfile, readProfiles, type Attached, type Profile, type UserValue } from './queries.ts';
import { userView } from './views.ts';

type About = { name: string; reason?: string | undefined; dryRun?: boolean | undefined };

const nameProblem = (name: string): string | null => {
  if (name.trim() !== name) return 'must not begin or end with a blank';
  // Control characters are exactly what is looked for.
  return /[\p{Cc}\p{Surrogate}]/u.test(name) ? 'holds characters that do not belong into a name' : null;
};

const isAdmin = (user: Pick<UserValue, 'role' | 'disabled'>): boolean => user.role === 'admin' && !user.disabled;

/** `after` is null for a profile that goes; the last one of all may, for then everybody may do everything again. */
const keepsAnAdmin = (
  reader: Reader,
  name: string,
  before: UserValue | null,
  after: UserValue | null,
): Result<null> => {
  if (before === null || !isAdmin(before) || (after !== null && isAdmin(after))) return ok(null);
  const others = readProfiles(reader).filter((one) => one.name !== name);
  return others.some(isAdmin) || (after === null && others.length === 0)
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

export const updateUser = (ctx: Context, input: Input<'user.update'>): Promise<Result<UserResult>> => {
  const { name, displayName, email, role, expect } = input;
  const change = existing(name, (before) => ({
    ...before,
    displayName: displayName === undefined ? before.displayName : displayName,
    email: email === undefined ? before.email : email,
    role: role ?? before.role,
  }));
  return changeUser(ctx, input, (before) =>
    before !== null && expect !== undefined && before.changedAt !== expect
      ? fail({ type: 'Stale', keys: [name] })
      : change(before),
  );
};

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

const planRemoval = (reader: Reader, name: string): Result<Attached[]> => {
  const before = readProfile(reader, name);
  if (before === null) return fail({ type: 'NotFound', what: 'profile', name });
  const kept = keepsAnAdmin(reader, name, before, null);
  return kept.ok ? ok(attachedTo(reader, name)) : kept;
};

type Removed = Output<'user.remove'>;
const removedWith = (attached: readonly Attached[], about: Pick<Removed, 'changeSet' | 'dryRun'>): Removed => {
  const secretFields = attached.filter(({ kind }) => kind === 'user-field').length;
  return { ...about, overrides: attached.length - secretFields, secretFields };
};

export const removeUser = async (ctx: Context, input: Input<'user.remove'>): Promise<Result<Removed>> => {
  const { name, reason = null, dryRun = false } = input;
  if (dryRun) {
    const planned = await ctx.read((reader) => planRemoval(reader, name));
    if (!planned.ok) return planned;
    return planned.data.ok ? ok(removedWith(planned.data.data, { changeSet: null, dryRun })) : planned.data;
  }
  return ctx.commit({ kind: 'edit', reason }, (changes) => {
    const planned = planRemoval(changes.tx, name);
    if (!planned.ok) return planned;
    for (const { kind, key, secret } of [...planned.data, { kind: 'user' as const, key: name, secret: false }])
      changes.put({ subject: { kind, key }, value: undefined, secret, source: 'set' });
    return ok(removedWith(planned.data, { changeSet: changes.uid, dryRun }));
  });
};
