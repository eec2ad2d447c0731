/** The home: its state, where it lies, what needs doing, and which homes can be opened. */
import { BackupPlan } from './backups.ts';
import { Json, Strict, Time, Type, query, type Static } from './command.ts';
import { Trial } from './trial.ts';

export const HomeState = Type.Union([
  Type.Literal('NO_DATABASE'),
  Type.Literal('EMPTY_DATABASE'),
  Type.Literal('UNCONFIGURED'),
  Type.Literal('CONFIGURED'),
  Type.Literal('RUNNING'),
  Type.Literal('UPGRADE_NEEDED'),
  Type.Literal('RECOVERY'),
]);
export type HomeState = Static<typeof HomeState>;

/** Something a person should know or do; `id` is stable, `page` names the page that helps. */
export const Notice = Type.Object({
  id: Type.String(),
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
  message: Type.String(),
  page: Type.Optional(Type.String()),
  at: Type.Optional(Time),
});
export type Notice = Static<typeof Notice>;

export const LastBackup = Type.Object({
  path: Type.String(),
  at: Time,
  sealed: Type.Boolean(),
  provenAt: Type.Union([Time, Type.Null()]),
});

export const DriftItem = Type.Object({
  file: Type.String(),
  status: Type.Union([
    Type.Literal('changed'),
    Type.Literal('removed'),
    Type.Literal('added'),
    Type.Literal('unreadable'),
  ]),
});

export const Status = Type.Object({
  state: HomeState,
  home: Type.String(),
  definition: Type.Union([Type.String(), Type.Null()]),
  definitionTitle: Type.Union([Type.String(), Type.Null()]),
  store: Type.Union([
    Type.Object({
      path: Type.String(),
      sizeBytes: Type.Integer(),
      journalBytes: Type.Integer(),
      schemaVersion: Type.Integer(),
      auditHead: Type.Union([Type.String(), Type.Null()]),
    }),
    Type.Null(),
  ]),
  counts: Type.Object({
    settings: Type.Integer(),
    secrets: Type.Integer(),
    integrations: Type.Integer(),
    records: Type.Integer(),
    users: Type.Integer(),
    changes: Type.Integer(),
    backups: Type.Integer(),
  }),
  drift: Type.Array(DriftItem),
  lastBackup: Type.Union([LastBackup, Type.Null()]),
  /** The schedule: what comes next, and what failed since the last success. */
  backup: BackupPlan,
  notices: Type.Array(Notice),
  /** `none`: no keys.json yet; `locked`: secrets cannot be read or written until unlocked. */
  keys: Type.Union([Type.Literal('none'), Type.Literal('locked'), Type.Literal('unlocked')]),
  /** Files the application still reads itself, when a change since the migration has not reached them. */
  filesBehind: Type.Array(Type.String()),
  /** The last migration, if any. */
  migratedAt: Type.Union([Time, Type.Null()]),
  migratedFiles: Type.Integer(),
  /** Why nothing can be changed here: a read-only medium, a network or synchronised folder, a changed file. */
  readOnly: Type.Union([Type.String(), Type.Null()]),
  /** What was set aside in `.holdfast/quarantine/`; only its owner removes it. */
  quarantine: Type.Object({ files: Type.Integer(), sizeBytes: Type.Integer() }),
  /** Changes that go back by themselves, the first to end first. */
  trials: Type.Array(Trial),
});
export type Status = Static<typeof Status>;

/** A home that can be opened: known, found in a definition's usual folder, or the sample. */
export const HomeCandidate = Type.Object({
  id: Type.String(),
  title: Type.String(),
  path: Type.String(),
  origin: Type.Union([Type.Literal('known'), Type.Literal('found'), Type.Literal('sample')]),
  definition: Type.Union([Type.String(), Type.Null()]),
  hasStore: Type.Boolean(),
});
export type HomeCandidate = Static<typeof HomeCandidate>;

/** One file that lies in the home and what the definition would do with it. */
export const FoundFile = Type.Object({
  file: Type.String(),
  sizeBytes: Type.Integer(),
  use: Type.Union([Type.Literal('source'), Type.Literal('left-alone'), Type.Literal('unknown')]),
});

export const Found = Type.Object({
  home: Type.String(),
  definition: Type.Union([Type.String(), Type.Null()]),
  definitions: Type.Array(
    Type.Object({ id: Type.String(), title: Type.String(), score: Type.Integer(), why: Type.Array(Type.String()) }),
  ),
  files: Type.Array(FoundFile),
});
export type Found = Static<typeof Found>;

export const Theme = Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')]);

/** After how many idle minutes this door locks the keys; null: never. */
const LockAfterMinutes = Type.Union([Type.Integer({ minimum: 1, maximum: 1440 }), Type.Null()]);
const Preferences = Type.Object({ theme: Theme, lockAfterMinutes: LockAfterMinutes });

export const homeCommands = {
  'home.status': query(Strict({}), Status),
  /** Scans the home without reading more than names, sizes and the keys that recognise a definition. */
  'home.find': query(Strict({}), Found),
  'home.list': query(
    Strict({}),
    Type.Object({
      /** The id of the open home. */
      current: Type.Union([Type.String(), Type.Null()]),
      homes: Type.Array(HomeCandidate),
    }),
  ),
  /** Makes another home the current one of this door (a window or browser session's host). The sample is copied first. */
  'home.open': query(Strict({ id: Type.String() }), Type.Object({ path: Type.String() })),
  'preference.get': query(Strict({}), Preferences),
  'preference.set': query(
    Strict({ theme: Type.Optional(Theme), lockAfterMinutes: Type.Optional(LockAfterMinutes) }),
    Preferences,
  ),
  'doctor.run': query(
    Strict({}),
    Type.Object({
      checks: Type.Array(
        Type.Object({
          id: Type.String(),
          title: Type.String(),
          severity: Type.Union([Type.Literal('ok'), Type.Literal('warning'), Type.Literal('error')]),
          message: Type.String(),
          fix: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
    }),
  ),
  'job.list': query(
    Strict({}),
    Type.Object({
      jobs: Type.Array(
        Type.Object({
          id: Type.String(),
          command: Type.String(),
          step: Type.String(),
          percent: Type.Union([Type.Integer(), Type.Null()]),
          startedAt: Time,
          endedAt: Type.Union([Time, Type.Null()]),
          result: Type.Union([Json, Type.Null()]),
        }),
      ),
    }),
  ),
  'job.cancel': query(Strict({ jobId: Type.String() }), Type.Object({ cancelled: Type.Boolean() })),
};
