/** The store's tables: which version they have, moving them up and down, and proving that they are right. */
import { Strict, Time, Type, command, query, type Static } from './command.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const Rows = Type.Array(Type.Object({ table: Type.String(), rows: Type.Integer() }));
const Version = Type.Integer({ minimum: 0, maximum: 9999 });
const Reason = Type.String({ maxLength: 2000 });
const Column = Type.Object({ name: Type.String(), type: Type.String(), notNull: Type.Boolean(), key: Type.Integer() });

export const SchemaStepPlan = Type.Object({
  version: Type.Integer(),
  name: Type.String(),
  direction: Type.Union([Type.Literal('up'), Type.Literal('down')]),
  does: Type.String(),
  creates: Type.Array(Type.String()),
  drops: Type.Array(Type.String()),
  /** What going down cannot keep, by table; going up again does not bring it back. */
  deletes: Rows,
  /** What going up again counts anew from other tables. */
  rebuilt: Rows,
});
export type SchemaStepPlan = Static<typeof SchemaStepPlan>;

export const SchemaMove = Type.Object({
  from: Type.Integer(),
  to: Type.Integer(),
  dryRun: Type.Boolean(),
  steps: Type.Array(SchemaStepPlan),
  /** What is lost, in words; null when nothing is. */
  warning: OrNull(Type.String()),
  /** Made before the way down; null on the way up, whose way back is the generation before. */
  backup: OrNull(Type.Object({ path: Type.String(), sealed: Type.Boolean(), provenAt: OrNull(Time) })),
  /** Of the new image; null for a dry run. */
  generation: OrNull(Type.Integer()),
});
export type SchemaMove = Static<typeof SchemaMove>;

const move = <T extends typeof Version | ReturnType<typeof Type.Optional<typeof Version>>>(to: T) =>
  Strict({ to, reason: Type.Optional(Reason), dryRun: Type.Optional(Type.Boolean()) });

export const schemaCommands = {
  /** Also answers for a store that must be upgraded first. */
  'schema.current': query(
    Strict({}),
    Type.Object({
      current: Type.Integer(),
      latest: Type.Integer(),
      upToDate: Type.Boolean(),
      steps: Type.Array(Type.Object({ version: Type.Integer(), name: Type.String(), appliedAt: OrNull(Time) })),
    }),
  ),
  /** Every step that this Holdfast knows, with what it is for. */
  'schema.list': query(
    Strict({}),
    Type.Object({
      current: Type.Integer(),
      latest: Type.Integer(),
      steps: Type.Array(
        Type.Object({
          version: Type.Integer(),
          name: Type.String(),
          does: Type.String(),
          appliedAt: OrNull(Time),
          present: Type.Boolean(),
        }),
      ),
    }),
  ),
  /** To the newest version unless told otherwise. Nothing happens when it is there already. */
  'schema.upgrade': command(move(Type.Optional(Version)), SchemaMove, {
    permission: 'admin',
    audit: 'event',
    job: true,
  }),
  /** A backup first; then the store stays in UPGRADE_NEEDED. 0 removes every table but the store's own. */
  'schema.downgrade': command(move(Version), SchemaMove, { permission: 'admin', audit: 'event', job: true }),
  /** Marks a version as reached without running steps; `CheckUnmet` naming what differs from it. */
  'schema.stamp': command(
    move(Version),
    Type.Object({
      from: Type.Integer(),
      to: Type.Integer(),
      dryRun: Type.Boolean(),
      generation: OrNull(Type.Integer()),
    }),
    { permission: 'admin', audit: 'event' },
  ),
  /** Looks at everything on a copy; also tries a write and takes it back. */
  'schema.verify': query(
    Strict({}),
    Type.Object({
      ok: Type.Boolean(),
      current: Type.Integer(),
      latest: Type.Integer(),
      tables: Type.Array(
        Type.Object({
          name: Type.String(),
          about: Type.String(),
          rows: Type.Integer(),
          columns: Type.Array(Column),
          indexes: Type.Array(
            Type.Object({ name: Type.String(), columns: Type.Array(Type.String()), unique: Type.Boolean() }),
          ),
        }),
      ),
      differences: Type.Array(Type.String()),
      brokenReferences: Type.Integer(),
      integrity: Type.Array(Type.String()),
      /** Null when a row could be written, read and taken back. */
      probeProblem: OrNull(Type.String()),
    }),
  ),
};
