/** Definitions: what Holdfast knows about applications. Listed, shown, checked, inferred from a home's files, saved. */
import type { JsonObject } from './json.ts';
import { FileHandle, Strict, Type, command, query, type Static } from './command.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const Json = Type.Unsafe<JsonObject>({ type: 'object' });
const Id = Type.String({ minLength: 1, maxLength: 64 });

/** `home`: `.holdfast/definition.json` of this home. `own`: the user's own, for every home. */
export const DefinitionOrigin = Type.Union([Type.Literal('home'), Type.Literal('own'), Type.Literal('built-in')]);
export type DefinitionOrigin = Static<typeof DefinitionOrigin>;

export const DefinitionSummary = Type.Object({
  id: Type.String(),
  title: Type.String(),
  version: Type.Integer(),
  origin: DefinitionOrigin,
  /** Where it lies, as errors name it: `.holdfast/definition.json`, `definitions/mine.json`, `built-in definitions/…`. */
  file: Type.String(),
  sources: Type.Integer(),
  settings: Type.Integer(),
  integrationTypes: Type.Integer(),
  collections: Type.Integer(),
  questions: Type.Integer(),
  /** How well it fits this home, and by which signs; 0 without one. */
  score: Type.Integer(),
  why: Type.Array(Type.String()),
  /** This home was migrated with it. */
  current: Type.Boolean(),
});
export type DefinitionSummary = Static<typeof DefinitionSummary>;

export const DefinitionProblem = Type.Object({
  /** Place inside the definition: `catalog/weather.units/default`; empty for the file itself. */
  path: Type.String(),
  problem: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
});
export type DefinitionProblem = Static<typeof DefinitionProblem>;

const Inferred = Type.Object({
  id: Type.String(),
  title: Type.String(),
  definition: Json,
  files: Type.Array(
    Type.Object({
      file: Type.String(),
      status: Type.Union([Type.Literal('read'), Type.Literal('unreadable'), Type.Literal('left-out')]),
      settings: Type.Integer(),
      /** Why it is not read. */
      reason: Type.Optional(Type.String()),
    }),
  ),
  secrets: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
});

export const definitionCommands = {
  /** Every usable definition, those that fit this home best first. Also answers without a home. */
  'definition.list': query(Strict({}), Type.Object({ definitions: Type.Array(DefinitionSummary) })),
  /** One definition as its file says it. Also answers without a home. */
  'definition.show': query(Strict({ id: Id }), Type.Object({ ...DefinitionSummary.properties, definition: Json })),
  /** Everything that is wrong with a file. Also answers without a home. */
  'definition.check': query(
    Strict({ file: FileHandle }),
    Type.Object({
      file: Type.String(),
      ok: Type.Boolean(),
      problems: Type.Array(DefinitionProblem),
      /** Null when there are problems. */
      id: OrNull(Type.String()),
      title: OrNull(Type.String()),
      settings: Type.Integer(),
      notes: Type.Array(Type.String()),
    }),
  ),
  /** A definition made from the files of this home; holds no value of theirs. Writes nothing. */
  'definition.infer': query(Strict({}), Inferred),
  /** Saves a checked definition for this home or for every home; `Conflict` over one that is there, unless `replace`. */
  'definition.save': command(
    Strict({
      definition: Type.Optional(Json),
      /** Instead of `definition`: a file that holds one. */
      file: Type.Optional(FileHandle),
      where: Type.Union([Type.Literal('home'), Type.Literal('own')]),
      replace: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Type.String({ maxLength: 2000 })),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      file: Type.String(),
      /** The definition that was there before: kept beside the new one. */
      replaced: OrNull(Type.Object({ id: Type.String(), version: Type.Integer(), kept: Type.String() })),
      /** False when this home has no store yet, or the definition is not the home's. */
      audited: Type.Boolean(),
      dryRun: Type.Boolean(),
    }),
    { permission: 'admin', audit: 'event' },
  ),
};
