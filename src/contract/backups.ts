/** Backups: one encrypted file each, sealed and proven. */
import { FileHandle, Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import { Difference } from './recovery.ts';
import { ChangeView, Reason } from './settings.ts';
import { Credential } from './secrets.ts';

const Counts = Type.Record(Type.String(), Type.Integer());

const backupFields = {
  /** Relative to the home for files in `.holdfast/backups/`; also its id there. */
  path: Type.String(),
  kind: Type.Union([Type.Literal('store'), Type.Literal('legacy')]),
  at: Time,
  sizeBytes: Type.Integer(),
  sealed: Type.Boolean(),
  provenAt: Type.Union([Time, Type.Null()]),
  /** What opens it: the store's recovery key (by recipient) or a passphrase. */
  key: Type.Union([Type.Literal('recovery'), Type.Literal('passphrase')]),
  recipient: Type.Union([Type.String(), Type.Null()]),
  /** When that key was made, as far as the file says. */
  recipientAt: Type.Union([Time, Type.Null()]),
  counts: Type.Union([Counts, Type.Null()]),
  error: Type.Union([Type.String(), Type.Null()]),
  /** Saved outside the home, where a person chose: whether it lies there now, and when it was last seen. */
  elsewhere: Type.Union([Type.Object({ there: Type.Boolean(), seenAt: Time }), Type.Null()]),
};
export const Backup = Type.Object(backupFields);
export type Backup = Static<typeof Backup>;

const Count = (minimum: number) => Type.Integer({ minimum, maximum: 1000 });

/** How many to keep: the newest, then the newest one of each of so many days, weeks and months. */
export const Keep = Strict({
  last: Count(1),
  daily: Count(0),
  weekly: Count(0),
  monthly: Count(0),
  /** All of them together; the newest one stays whatever its size. */
  maxBytes: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
});
export type Keep = Static<typeof Keep>;

export const BackupEvery = Type.Union([
  Type.Literal('off'),
  Type.Literal('hourly'),
  Type.Literal('6h'),
  Type.Literal('daily'),
  Type.Literal('weekly'),
  Type.Literal('monthly'),
]);
export type BackupEvery = Static<typeof BackupEvery>;

export const BackupPolicy = Strict({
  every: BackupEvery,
  /** Local time of the day; of `hourly` and `6h` only the minutes count. */
  at: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
  /** Removed after each scheduled backup, and by `backup.prune`. */
  keep: Keep,
  /** How often the newest backup is opened and compared. */
  rehearse: Type.Union([Type.Literal('off'), Type.Literal('daily'), Type.Literal('weekly'), Type.Literal('monthly')]),
});
export type BackupPolicy = Static<typeof BackupPolicy>;

/** Counts from a home's first backup on, until somebody chooses. */
export const defaultBackupPolicy: BackupPolicy = {
  every: 'daily',
  at: '12:00',
  keep: { last: 10, daily: 7, weekly: 4, monthly: 12, maxBytes: null },
  rehearse: 'weekly',
};

/** What a schedule did and will do. A failure stays until the next success. */
export const BackupPlan = Type.Object({
  every: BackupEvery,
  nextAt: Type.Union([Time, Type.Null()]),
  failed: Type.Union([
    Type.Object({
      at: Time,
      what: Type.Union([Type.Literal('backup'), Type.Literal('rehearsal')]),
      problem: Type.String(),
    }),
    Type.Null(),
  ]),
  /** When a backup was last opened for real and compared. */
  rehearsedAt: Type.Union([Time, Type.Null()]),
});
export type BackupPlan = Static<typeof BackupPlan>;

const PolicyAnswer = Type.Object({
  policy: BackupPolicy,
  /** False while nobody chose: then the default counts from the first backup on, and nothing is removed by itself. */
  chosen: Type.Boolean(),
  plan: BackupPlan,
  /** What a door that stays open does now. */
  due: Type.Object({ backup: Type.Boolean(), rehearsal: Type.Boolean() }),
});

/** Why one stays: `last`, `daily`, `weekly`, `monthly`, `verified` (the only one that is), or what keeps Holdfast's hands off it. */
const Kept = Type.Object({ path: Type.String(), at: Time, sizeBytes: Type.Integer(), why: Type.Array(Type.String()) });

/** A listed backup by its path, or a file that the door opened. */
export const BackupRef = Type.Union([Strict({ path: Type.String() }), Strict({ file: FileHandle })]);
const which = { backup: BackupRef, credential: Type.Optional(Credential) };

export const BackupProof = Type.Object({
  path: Type.String(),
  kind: Type.Union([Type.Literal('store'), Type.Literal('legacy')]),
  at: Time,
  sizeBytes: Type.Integer(),
  sealed: Type.Boolean(),
  proven: Type.Boolean(),
  provenAt: Type.Union([Time, Type.Null()]),
  counts: Counts,
  home: Type.String(),
  definition: Type.Union([Type.String(), Type.Null()]),
  auditHead: Type.Union([Type.String(), Type.Null()]),
  parts: Type.Array(Type.Object({ name: Type.String(), sizeBytes: Type.Integer(), sha256: Type.String() })),
});
export type BackupProof = Static<typeof BackupProof>;

/** What can be picked from a backup: a kind of thing, with what belongs to it. */
export const RestorePart = Type.Union([
  Type.Literal('setting'),
  Type.Literal('integration'),
  Type.Literal('record'),
  Type.Literal('user'),
  Type.Literal('lock'),
  Type.Literal('policy'),
]);
export type RestorePart = Static<typeof RestorePart>;

/** One value that a restore would write. */
const RestoreChange = Type.Object({
  ...ChangeView.properties,
  kind: Type.String(),
  /** What it is picked by, as `PART/NAME`: a user and an integration come back with all that belongs to them. */
  unit: Type.String(),
  /** In a preview: the last change here after the backup was made, which the restore would take back. */
  since: Type.Union([Type.Object({ at: Time, by: Type.String(), door: Type.String() }), Type.Null()]),
});
export type RestoreChange = Static<typeof RestoreChange>;

export const backupCommands = {
  /** To the store's recovery key unless a passphrase is given; verified before it is reported. */
  'backup.create': command(
    Strict({
      output: Type.Optional(FileHandle),
      passphrase: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
      reason: Type.Optional(Reason),
      /** Only when the schedule says so; else the newest backup is the answer. For cron and systemd timers. */
      ifDue: Type.Optional(Type.Boolean()),
    }),
    Type.Object({ ...backupFields, made: Type.Boolean() }),
    { audit: 'event', job: true },
  ),
  'backup.policy': query(Strict({}), PolicyAnswer),
  'backup.set-policy': command(Strict({ policy: BackupPolicy, reason: Type.Optional(Reason) }), PolicyAnswer, {
    permission: 'admin',
  }),
  /** Removes Holdfast's own backups of this home that the policy does not keep, once one that stays was verified. */
  'backup.prune': command(
    Strict({ dryRun: Type.Optional(Type.Boolean()), keep: Type.Optional(Keep), reason: Type.Optional(Reason) }),
    Type.Object({
      dryRun: Type.Boolean(),
      removed: Type.Array(Type.Object({ path: Type.String(), at: Time, sizeBytes: Type.Integer() })),
      kept: Type.Array(Kept),
      /** Those among the kept ones that were read again and are as they were written. */
      verified: Type.Integer(),
      freedBytes: Type.Integer(),
    }),
    { permission: 'admin', audit: 'event', job: true },
  ),
  /** Opens the newest backup for real, compares it with what is live, and writes down how that went. */
  'backup.rehearse': command(
    Strict({ credential: Type.Optional(Credential) }),
    Type.Object({
      path: Type.String(),
      at: Time,
      provenAt: Time,
      counts: Counts,
      /** How many values are no longer as in the backup; up to 200 of them by name. */
      changed: Type.Integer(),
      differences: Type.Array(Difference),
    }),
    { audit: 'event', job: true },
  ),
  'backup.list': query(Strict({}), Type.Object({ backups: Type.Array(Backup) })),
  /** Decrypts, opens and counts; of a backup of this home that is written down where it can be. Without a key that fits it answers `SecretsLocked` or `WrongKey`. */
  'backup.verify': query(Strict(which), BackupProof, { audit: 'event', job: true }),
  /** Replaces present values by the backup's, as one change set that `settings.undo` or `backup.undo-restore` takes back. */
  'backup.restore': command(
    Strict({
      ...which,
      /** A setting's key and what is below it, or `PART/NAME`: `record/customers`, `user/alice`, `record/` for all of them. */
      only: Type.Optional(Type.Array(Type.String())),
      /** Of those only these: each a `unit` of the preview's changes. */
      pick: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000_000 })),
      /** Other values for settings of the backup, as one would type them. */
      remap: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 100_000 }))),
      dryRun: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Reason),
    }),
    Type.Object({
      path: Type.String(),
      at: Time,
      dryRun: Type.Boolean(),
      totals: Type.Object({
        add: Type.Integer(),
        update: Type.Integer(),
        delete: Type.Integer(),
        same: Type.Integer(),
      }),
      changes: Type.Array(RestoreChange),
      /** How many values of each part differ, whether they were asked for or not. */
      parts: Type.Array(Type.Object({ part: RestorePart, changes: Type.Integer() })),
      /** What would be written and does not fit this machine. */
      machine: Type.Array(
        Type.Object({
          /** Empty for `keyring`. */
          key: Type.String(),
          what: Type.Union([Type.Literal('path'), Type.Literal('port'), Type.Literal('keyring')]),
          value: Json,
          problem: Type.String(),
        }),
      ),
      safetyBackup: Type.Union([Type.String(), Type.Null()]),
      changeSet: Type.Union([Type.String(), Type.Null()]),
    }),
    { permission: 'admin', job: true },
  ),
  'backup.undo-restore': command(
    Strict({ dryRun: Type.Optional(Type.Boolean()), reason: Type.Optional(Reason) }),
    Type.Object({
      changeSet: Type.Union([Type.String(), Type.Null()]),
      of: Type.String(),
      dryRun: Type.Boolean(),
      changes: Type.Array(ChangeView),
    }),
    { permission: 'admin' },
  ),
};
