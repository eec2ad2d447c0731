/**
 * A store that cannot be opened: what else there is, and making one of those the store. Nothing is ever wiped: what is
 * replaced lies in quarantine afterwards, whole.
 */
import { Credential } from './secrets.ts';
import { FileHandle, Strict, Time, Type, command, query, type Static } from './command.ts';

const Counts = Type.Record(Type.String(), Type.Integer());
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

export const FoundCandidate = Type.Object({
  kind: Type.Union([Type.Literal('image'), Type.Literal('backup'), Type.Literal('legacy')]),
  /** Relative to the home; also its id. */
  path: Type.String(),
  /** When the last change in it was made; for what cannot be looked into, when the file was written. */
  at: OrNull(Time),
  detail: Type.String(),
  sizeBytes: Type.Integer(),
  counts: OrNull(Counts),
  problem: OrNull(Type.String()),
  opens: Type.Boolean(),
  /** How many saves are known to have come after it; null when that cannot be told. */
  lacksSaves: OrNull(Type.Integer()),
  /** Values that differ from those of the candidate that holds the most saves; null when it was not looked into. */
  differs: OrNull(Type.Integer()),
});
export type FoundCandidate = Static<typeof FoundCandidate>;

export const Quarantine = Type.Object({ files: Type.Integer(), sizeBytes: Type.Integer() });

/** One value that is not the same in a candidate as in the fullest one; never a value itself. */
export const Difference = Type.Object({
  kind: Type.String(),
  key: Type.String(),
  how: Type.Union([Type.Literal('changed'), Type.Literal('missing'), Type.Literal('added')]),
});
export type Difference = Static<typeof Difference>;

export const recoveryCommands = {
  /** Works without an openable store. `problem` is null when the store opens. */
  'recovery.list': query(
    Strict({}),
    Type.Object({
      problem: OrNull(Type.String()),
      candidates: Type.Array(FoundCandidate),
      quarantine: Quarantine,
    }),
  ),
  /**
   * Makes a candidate the store, when the store cannot be opened. The present files move to quarantine first to last;
   * an audit entry tells which.
   */
  'recovery.open': command(
    Strict({
      /** One of the list by its path, or a backup that the door opened. */
      candidate: Type.Union([Type.String({ minLength: 1, maxLength: 4096 }), Strict({ file: FileHandle })]),
      dryRun: Type.Optional(Type.Literal(true)),
      /** Opens a backup that the home's own keys do not. */
      credential: Type.Optional(Credential),
    }),
    Type.Object({
      candidate: FoundCandidate,
      /** Up to 200 of the candidate's `differs`. */
      differences: Type.Array(Difference),
      /** The files that are set aside, relative to the home. */
      setAside: Type.Array(Type.Object({ file: Type.String(), sizeBytes: Type.Integer() })),
      /** Where they lie afterwards, relative to the home; of a dry run only the folder above, whose next one has no name yet. */
      quarantine: Type.String(),
      opened: Type.Boolean(),
    }),
    { permission: 'admin', audit: 'event' },
  ),
  /** Reads the files again after the store stopped writing: the way back from a foreign change or a doubtful disk. */
  'recovery.reopen': query(Strict({}), Type.Object({ readOnly: OrNull(Type.String()) }), { permission: 'edit' }),
};
