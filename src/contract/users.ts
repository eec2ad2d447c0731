/**
 * Users: local profiles with a role, and their own values of settings. A profile is no login: it names who acts, and its
 * role guards against mistakes. Where there is no profile, everybody may do everything.
 */
import { Json, Strict, Time, Type, command, query, reaches, type Permission, type Static } from './command.ts';
import { ChangeSetResult, Reason, SettingChange } from './settings.ts';

export const roles = ['admin', 'editor', 'viewer'] as const;
export type Role = (typeof roles)[number];
export const Role = Type.Unsafe<Role>({ type: 'string', enum: [...roles] });

/** What a role may do, in the words of the commands' permissions. */
export const permissionOf: Record<Role, Permission> = { admin: 'admin', editor: 'edit', viewer: 'view' };

const UserName = Type.String({ minLength: 1, maxLength: 300 });
const Text = Type.Union([Type.String({ maxLength: 300 }), Type.Null()]);

export const UserView = Type.Object({
  name: Type.String(),
  displayName: Type.Union([Type.String(), Type.Null()]),
  email: Type.Union([Type.String(), Type.Null()]),
  role: Role,
  disabled: Type.Boolean(),
  /** When it last acted on this machine; null when it has not. */
  lastSeen: Type.Union([Time, Type.Null()]),
  changedAt: Time,
  /** How many settings have a value of its own. */
  overrides: Type.Integer(),
  /** Names of secret members that came with it (a password hash); kept encrypted, never used by Holdfast. */
  secretFields: Type.Array(Type.String()),
});
export type UserView = Static<typeof UserView>;

/** Whether who acts as this profile may do what needs that; a name without a profile may do everything. */
export const mayAs = (profile: Pick<UserView, 'role' | 'disabled'> | null, needs: Permission): boolean =>
  profile === null || (!profile.disabled && reaches(permissionOf[profile.role], needs));

const UserResult = Type.Object({
  /** Null for a dry run and when nothing differed. */
  changeSet: Type.Union([Type.String(), Type.Null()]),
  dryRun: Type.Boolean(),
  /** As it is afterwards. */
  user: UserView,
});
export type UserResult = Static<typeof UserResult>;

const about = { reason: Type.Optional(Reason), dryRun: Type.Optional(Type.Boolean()) };

export const userCommands = {
  /** `acting` is who this call acts as; `gone`: this session chose it and it was removed since, so it may do nothing. */
  'user.list': query(
    Strict({}),
    Type.Object({ users: Type.Array(UserView), acting: Type.String(), gone: Type.Optional(Type.Boolean()) }),
  ),
  /** One profile with its own values of settings. */
  'user.show': query(
    Strict({ name: UserName }),
    Type.Object({
      user: UserView,
      overrides: Type.Array(
        Type.Object({
          key: Type.String(),
          title: Type.String(),
          value: Json,
          secret: Type.Boolean(),
          set: Type.Optional(Type.Boolean()),
          /** What everybody else has; null for a secret. */
          system: Json,
          changedAt: Time,
          changedBy: Type.String(),
        }),
      ),
    }),
  ),
  /** Who this call acts as, and what that may do. */
  'user.whoami': query(
    Strict({}),
    Type.Object({
      name: Type.String(),
      /** Null: the name has no profile. */
      profile: Type.Union([UserView, Type.Null()]),
      may: Type.Unsafe<Permission>({ type: 'string', enum: ['view', 'edit', 'admin'] }),
    }),
  ),
  /** From now on this session of the window or browser acts as a profile; null: as the account of this computer again. */
  'user.switch': query(Strict({ name: Type.Union([UserName, Type.Null()]) }), Type.Object({ name: Text })),
  /** `Conflict` when there is one of that name. */
  'user.add': command(
    Strict({
      name: UserName,
      displayName: Type.Optional(Text),
      email: Type.Optional(Text),
      role: Type.Optional(Role),
      ...about,
    }),
    UserResult,
    { permission: 'admin' },
  ),
  /** With a role it is what `user.set-role` is too, in one change set. `Stale` when it is not as of `expect` any more. */
  'user.update': command(
    Strict({
      name: UserName,
      /** The `changedAt` that was read. */
      expect: Type.Optional(Time),
      displayName: Type.Optional(Text),
      email: Type.Optional(Text),
      role: Type.Optional(Role),
      ...about,
    }),
    UserResult,
    { permission: 'admin' },
  ),
  /** `CheckUnmet` where it would take the role from the last admin. */
  'user.set-role': command(Strict({ name: UserName, role: Role, ...about }), UserResult, { permission: 'admin' }),
  /** `disabled` false enables it again. `CheckUnmet` for the last admin. */
  'user.disable': command(Strict({ name: UserName, disabled: Type.Optional(Type.Boolean()), ...about }), UserResult, {
    permission: 'admin',
  }),
  /** The profile with its own values and kept secret members, as one change set. `CheckUnmet` for the last admin of several. */
  'user.remove': command(
    Strict({ name: UserName, ...about }),
    Type.Object({
      /** Null for a dry run. */
      changeSet: Type.Union([Type.String(), Type.Null()]),
      dryRun: Type.Boolean(),
      /** What went, or would go, with it. */
      overrides: Type.Integer(),
      secretFields: Type.Integer(),
    }),
    { permission: 'admin' },
  ),
  /** A user's own values of settings; without `user` those of who calls. Somebody else's needs an admin. */
  'user.override': command(
    Strict({
      user: Type.Optional(UserName),
      changes: Type.Array(SettingChange, { minItems: 1, maxItems: 10_000 }),
      ...about,
    }),
    ChangeSetResult,
  ),
};
