/**
 * Mirrors: legacy files that Holdfast goes on writing, so that the application has every change. Off until turned on, file
 * by file. And drift: what was changed in legacy files outside Holdfast.
 */
import { Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import { DriftItem } from './home.ts';
import { ItemAction, TargetKind } from './migration.ts';
import { Reason } from './settings.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const File = Type.String({ minLength: 1, maxLength: 4096 });

/** `behind`: a change is still to be written. `diverged`: somebody else changed the file; nothing is overwritten. */
export const MirrorHealth = Type.Union([
  Type.Literal('in-step'),
  Type.Literal('behind'),
  Type.Literal('diverged'),
  Type.Literal('off'),
]);
export type MirrorHealth = Static<typeof MirrorHealth>;

export const Mirror = Type.Object({
  file: Type.String(),
  on: Type.Boolean(),
  state: MirrorHealth,
  /** A sentence fragment that follows the file's name; null when it is off or in step. */
  reason: OrNull(Type.String()),
  /** Secrets that belong to it: while it is mirrored they stand in it in clear. */
  secrets: Type.Integer(),
  lastWritten: OrNull(Time),
  /** False: there is no such file now. */
  exists: Type.Boolean(),
});
export type Mirror = Static<typeof Mirror>;

/** One value of a file that is not as it was when Holdfast last read or wrote it. A secret's values are null. */
export const DriftValue = Type.Object({
  path: Type.String(),
  line: OrNull(Type.Integer()),
  target: OrNull(Type.Object({ kind: TargetKind, key: Type.String() })),
  secret: Type.Boolean(),
  /** As it was then; as the file has it now; as Holdfast has it now. Absent: there is none. */
  base: Type.Optional(Json),
  inFile: Type.Optional(Json),
  inStore: Type.Optional(Json),
  /** What importing the file would do with it; `unchanged` for one that the file has no more. */
  action: ItemAction,
  reason: OrNull(Type.String()),
});
export type DriftValue = Static<typeof DriftValue>;

export const DriftFile = Type.Object({
  file: Type.String(),
  status: DriftItem.properties.status,
  mirrored: Type.Boolean(),
  values: Type.Array(DriftValue),
  /** Why the values cannot be told; null when they are. */
  problem: OrNull(Type.String()),
});
export type DriftFile = Static<typeof DriftFile>;

export const mirrorCommands = {
  'mirror.list': query(Strict({}), Type.Object({ mirrors: Type.Array(Mirror) })),
  /**
   * Turning a file with secrets on needs `yes`: they stand in it in clear. Errors: `NotFound` (no legacy file of that
   * name), `CheckUnmet` without the yes, `FileInvalid` for a file that cannot be read.
   */
  'mirror.set': command(
    Strict({
      file: File,
      on: Type.Boolean(),
      yes: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Mirror,
    { permission: 'admin' },
  ),
  /** `store`: the file gets Holdfast's values, after an encrypted copy of what it held. `file`: Holdfast gets the file's. */
  'mirror.repair': command(
    Strict({
      file: File,
      take: Type.Union([Type.Literal('store'), Type.Literal('file')]),
      reason: Type.Optional(Reason),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Type.Object({
      mirror: Mirror,
      /** The copy of the file as it was, relative to the home; null when nothing in it was overwritten. */
      backup: OrNull(Type.String()),
      /** What the store took over; null when nothing. */
      changeSet: OrNull(Type.String()),
      changes: Type.Integer(),
    }),
    { permission: 'admin' },
  ),
  /** What changed in legacy files outside Holdfast, three ways, with what importing would do. */
  'migration.drift': query(Strict({ file: Type.Optional(File) }), Type.Object({ files: Type.Array(DriftFile) })),
};
