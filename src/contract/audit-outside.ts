/** Values of the store that were changed outside Holdfast: what does not fit the audit log, and how a person settles it. */
import { Json, Strict, Time, Type, command, query, type Static } from './command.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** One value as it was or is. A secret shows only its fingerprint, which compares within this home. */
const OutsideSide = Type.Object({
  value: Json,
  secret: Type.Boolean(),
  print: OrNull(Type.String()),
  removed: Type.Boolean(),
  /** When it was written; null for what nobody wrote through Holdfast. */
  at: OrNull(Time),
});
export type OutsideSide = Static<typeof OutsideSide>;

export const OutsideChange = Type.Object({
  /** Changes with everything that is shown here: what was decided about another state is refused. */
  id: Type.String(),
  /** The subject; `log` for the words of an entry itself, whose key is its change set. */
  type: Type.String(),
  key: Type.String(),
  title: OrNull(Type.String()),
  /**
   * `set-back`: an older value was made the present one. `renamed`: the key was changed. `earlier`: only values of the past
   * do not fit. `entry`: who, when, why or what of an entry was changed.
   */
  what: Type.Union([
    Type.Literal('changed'),
    Type.Literal('added'),
    Type.Literal('removed'),
    Type.Literal('set-back'),
    Type.Literal('renamed'),
    Type.Literal('earlier'),
    Type.Literal('entry'),
  ]),
  /** What the chain vouches for; null when that is no longer in the store. */
  vouched: OrNull(OutsideSide),
  found: OrNull(OutsideSide),
  /** What a revert would bring; `exact` when it is what the chain vouches for. Null when nothing can be brought back. */
  revertTo: OrNull(Type.Object({ ...OutsideSide.properties, exact: Type.Boolean() })),
  /** False for a secret that the keys do not open. */
  acceptable: Type.Boolean(),
  /** The entries of the log that do not fit. */
  entries: Type.Array(Type.Integer()),
  /** What a person should know before deciding; a sentence. */
  note: OrNull(Type.String()),
});
export type OutsideChange = Static<typeof OutsideChange>;

export const outsideCommands = {
  /** Compares every live value and version with the chain. It only reads. */
  'audit.outside': query(
    Strict({}),
    Type.Object({
      /** The first 500. */
      changes: Type.Array(OutsideChange),
      total: Type.Integer(),
      /** False while locked: then it is not known whether each secret still opens. */
      secretsChecked: Type.Boolean(),
    }),
  ),
  /** One change set. `CheckUnmet` for what cannot be accepted or brought back, `Stale` when the store has changed since. */
  'audit.settle-outside': command(
    Strict({
      choices: Type.Array(
        Strict({
          id: Type.String({ maxLength: 64 }),
          type: Type.String({ maxLength: 100 }),
          key: Type.String({ maxLength: 4096 }),
          choice: Type.Union([Type.Literal('accept'), Type.Literal('revert')]),
        }),
        { minItems: 1, maxItems: 500 },
      ),
      reason: Type.String({ minLength: 1, maxLength: 2000 }),
    }),
    Type.Object({
      changeSet: Type.String(),
      accepted: Type.Integer(),
      reverted: Type.Integer(),
      /** Entries whose words are gone and that now count as settled. */
      settledEntries: Type.Integer(),
      left: Type.Integer(),
    }),
    { permission: 'admin' },
  ),
};
