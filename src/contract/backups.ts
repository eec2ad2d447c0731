/** Backups: one encrypted file each, sealed and proven. */
import { FileHandle, Strict, Time, Type, command, query, type Static } from './command.ts';
import { ChangeView, Reason } from './settings.ts';
import { Credential } from './secrets.ts';

const Counts = Type.Record(Type.String(), Type.Integer());

export const Backup = Type.Object({
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
  counts: Type.Union([Counts, Type.Null()]),
  error: Type.Union([Type.String(), Type.Null()]),
});
export type Backup = Static<typeof Backup>;

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

export const backupCommands = {
  /** To the store's recovery key unless a passphrase is given; verified before it is reported. */
  'backup.create': command(
    Strict({
      output: Type.Optional(FileHandle),
      passphrase: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
      reason: Type.Optional(Reason),
    }),
    Backup,
    { audit: 'event', job: true },
  ),
  'backup.list': query(Strict({}), Type.Object({ backups: Type.Array(Backup) })),
  /** Decrypts, opens and counts. Without a key that fits it answers `SecretsLocked` or `WrongKey`. */
  'backup.verify': query(Strict(which), BackupProof, { job: true }),
  /** Replaces present values by the backup's, as one change set that `settings.undo` or `backup.undo-restore` takes back. */
  'backup.restore': command(
    Strict({
      ...which,
      only: Type.Optional(Type.Array(Type.String())),
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
      changes: Type.Array(ChangeView),
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
