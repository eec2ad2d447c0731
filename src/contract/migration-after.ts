/** After a migration: past runs, the proof that files can be made again, the way back, retiring them, leaving Holdfast. */
import { FileHandle, Json, Strict, Time, Type, command, query, type Static } from './command.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const Reason = Type.String({ maxLength: 2000 });

export const Difference = Type.Object({
  /** Place in the file, in key syntax; empty for its blanks and comments. */
  path: Type.String(),
  /** The setting, field or record that stands there; null when none does. */
  key: OrNull(Type.String()),
  line: OrNull(Type.Integer()),
  /**
   * `removed`: in the file, no longer in Holdfast. `new`: in the file since the migration. `added`: in Holdfast, not in the
   * file. `text`: only blanks or comments. `unwritable`: a file of this kind cannot hold the value.
   */
  what: Type.Union([
    Type.Literal('changed'),
    Type.Literal('removed'),
    Type.Literal('new'),
    Type.Literal('added'),
    Type.Literal('text'),
    Type.Literal('unwritable'),
  ]),
});
export type Difference = Static<typeof Difference>;

/** A file made again from its layout and the values of the store, compared with the file that lies there. */
export const FileProof = Type.Object({
  file: Type.String(),
  status: Type.Union([
    Type.Literal('equal'),
    Type.Literal('differs'),
    /** Not provable while locked. */
    Type.Literal('locked'),
    Type.Literal('missing'),
    Type.Literal('unreadable'),
  ]),
  /** Values that are kept by their text, because their spelling cannot be told from the value. */
  byText: Type.Integer(),
  differences: Type.Array(Difference),
  problem: Type.Optional(Type.String()),
});
export type FileProof = Static<typeof FileProof>;

const MigrationRun = Type.Object({
  runId: Type.String(),
  at: Time,
  definition: Type.String(),
  changeSet: Type.String(),
  /** As the run reported them. */
  totals: Json,
  verification: Json,
  files: Type.Array(Type.Object({ file: Type.String(), status: Type.String(), sha256: OrNull(Type.String()) })),
  backup: OrNull(Type.Object({ path: Type.String(), provenAt: OrNull(Time), problem: OrNull(Type.String()) })),
});

const RolledBack = Type.Object({
  runId: Type.String(),
  backup: Type.String(),
  dryRun: Type.Boolean(),
  files: Type.Array(
    Type.Object({
      file: Type.String(),
      action: Type.Union([Type.Literal('restore'), Type.Literal('create'), Type.Literal('unchanged')]),
      /** It was changed outside Holdfast since it was last read or written. */
      drifted: Type.Boolean(),
      mode: Type.Integer(),
    }),
  ),
  /** Files that Holdfast goes on writing: it stops that first, or the next change would write them again. */
  mirrorsOff: Type.Array(Type.String()),
  /** The encrypted copy of what lay there before; null when nothing was replaced. */
  saved: OrNull(Type.String()),
  /** The bootstrap state: the store keeps its values and history. */
  state: Type.String(),
});
export type RolledBack = Static<typeof RolledBack>;

export const CheckPoint = Type.Object({ name: Type.String(), met: Type.Boolean(), detail: Type.String() });
export type CheckPoint = Static<typeof CheckPoint>;

const InClear = Type.Object({ secrets: Type.Integer(), files: Type.Array(Type.String()) });

const Retired = Type.Object({
  dryRun: Type.Boolean(),
  checks: Type.Array(CheckPoint),
  files: Type.Array(
    Type.Object({
      file: Type.String(),
      /** Where it goes, relative to the home. */
      to: Type.String(),
      /** Replaced by its proven encrypted copy. */
      encrypted: Type.Boolean(),
    }),
  ),
  /** Files that Holdfast goes on writing: it stops that first. */
  mirrorsOff: Type.Array(Type.String()),
  /** Secrets that stand in clear in files of the home afterwards. */
  inClear: InClear,
});
export type Retired = Static<typeof Retired>;

const Left = Type.Object({
  dryRun: Type.Boolean(),
  files: Type.Array(
    Type.Object({
      file: Type.String(),
      action: Type.Union([Type.Literal('write'), Type.Literal('create'), Type.Literal('unchanged')]),
      /** Values that the file gets from Holdfast. */
      changed: Type.Integer(),
    }),
  ),
  /** Values that no file has a place for: only the last backup holds them. */
  homeless: Type.Array(Type.String()),
  backup: OrNull(Type.Object({ path: Type.String(), sizeBytes: Type.Integer(), provenAt: OrNull(Time) })),
  /** What `.holdfast/` holds, which is removed. */
  removed: Type.Array(Type.String()),
});
export type Left = Static<typeof Left>;

export const migrationAfterCommands = {
  /** Past runs, newest first, with what each reported. */
  'migration.runs': query(Strict({}), Type.Object({ runs: Type.Array(MigrationRun) })),
  /** Every migrated file, made again and compared. */
  'migration.proof': query(
    Strict({ file: Type.Optional(Type.String()) }),
    Type.Object({ proven: Type.Boolean(), locked: Type.Boolean(), files: Type.Array(FileProof) }),
  ),
  /** The files back as they were before a run, byte for byte, with their modes. The store keeps its values. */
  'migration.rollback': command(
    Strict({
      run: Type.Optional(Type.String()),
      dryRun: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Reason),
    }),
    RolledBack,
    { permission: 'admin', audit: 'event', job: true },
  ),
  /** The files into `deprecated/`. Points that are not met refuse, unless forced with a reason. */
  'migration.retire': command(
    Strict({
      dryRun: Type.Optional(Type.Boolean()),
      force: Type.Optional(Type.Boolean()),
      keepSecrets: Type.Optional(Type.Boolean()),
      /** `.env` files stay where they are. */
      keepEnv: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Reason),
    }),
    Retired,
    { permission: 'admin', audit: 'event', job: true },
  ),
  /** How far the secrets still stand in clear in the application's files. */
  'migration.in-clear': query(Strict({}), InClear),
  /** Gives the home back to the application: files written, last backup outside, `.holdfast/` removed. */
  'home.leave': command(
    Strict({
      output: Type.Optional(FileHandle),
      /** Instead of `output`: the last backup, saved before. It is opened and compared, and no value may be newer. */
      saved: Type.Optional(FileHandle),
      dryRun: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Reason),
    }),
    Left,
    { permission: 'admin', audit: 'event', job: true },
  ),
};
