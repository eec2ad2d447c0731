/** Integrations: named connections with fields, some of them secret. They are changed in change sets and tested on request. */
import { Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import type { JsonObject } from './json.ts';
import { ChangeView, Reason, SettingKind } from './settings.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const Id = Type.String({ minLength: 1, maxLength: 200 });
const FieldPath = Type.String({ minLength: 1, maxLength: 512 });
const Name = Type.String({ minLength: 1, maxLength: 200 });

const fieldFacts = {
  /** Its own name, or its path where it lies inside an object: `credentials.password`. */
  key: Type.String(),
  title: Type.String(),
  description: Type.String(),
  kind: SettingKind,
  secret: Type.Boolean(),
  /** JSON Schema of the value, without Holdfast's own keywords. */
  schema: Type.Unsafe<JsonObject>({ type: 'object' }),
};

export const IntegrationField = Type.Object({
  ...fieldFacts,
  /** Null for a secret, and where nothing is set. */
  value: Json,
  set: Type.Boolean(),
  /** For check-and-set; null where nothing is set. */
  version: OrNull(Type.Integer()),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
});
export type IntegrationField = Static<typeof IntegrationField>;

export const testStepNames = ['address', 'name', 'tcp', 'tls', 'request'] as const;
export type TestStepName = (typeof testStepNames)[number];

/** One step of a test. `message` says what was found or what went wrong, never a secret. */
export const TestStep = Type.Object({
  step: Type.Unsafe<TestStepName>({ type: 'string', enum: [...testStepNames] }),
  result: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('skipped')]),
  message: Type.String(),
});
export type TestStep = Static<typeof TestStep>;

const testFacts = { ok: Type.Boolean(), at: Time, steps: Type.Array(TestStep), message: Type.String() };

/** The last test of the fields as they were saved. */
export const LastTest = Type.Object({
  ...testFacts,
  /** True when the integration was changed since. */
  outdated: Type.Boolean(),
});
export type LastTest = Static<typeof LastTest>;

export const Integration = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String(),
  enabled: Type.Boolean(),
  /** Field name -> value; a secret field's value is null here. */
  config: Type.Record(Type.String(), Json),
  /** What is set, and what its type declares beside that. */
  fields: Type.Array(IntegrationField),
  lastTest: OrNull(LastTest),
  version: Type.Integer(),
});
export type Integration = Static<typeof Integration>;

export const IntegrationType = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  fields: Type.Array(Type.Object(fieldFacts)),
});
export type IntegrationType = Static<typeof IntegrationType>;

export const FieldChange = Type.Union([
  Strict({ field: FieldPath, op: Type.Literal('set'), value: Json }),
  Strict({ field: FieldPath, op: Type.Literal('unset') }),
]);
export type FieldChange = Static<typeof FieldChange>;
const FieldChanges = Type.Array(FieldChange, { maxItems: 1000 });

const writing = { reason: Type.Optional(Reason), dryRun: Type.Optional(Type.Boolean()) };

/** The key of a change is the field's path; that of the integration itself (name, type, enabled) is empty. */
export const IntegrationChange = Type.Object({
  id: Type.String(),
  changeSet: OrNull(Type.String()),
  dryRun: Type.Boolean(),
  changes: Type.Array(ChangeView),
  /** Legacy files that do not have this change: the application, which reads them, does not have it yet. */
  notMirrored: Type.Optional(Type.Array(Type.String())),
});
export type IntegrationChange = Static<typeof IntegrationChange>;

const Count = {
  total: Type.Integer(),
  enabled: Type.Integer(),
  /** By the last test: worked, failed, never tested. */
  worked: Type.Integer(),
  failed: Type.Integer(),
  untested: Type.Integer(),
};

export const integrationCommands = {
  'integration.list': query(
    Strict({ enabled: Type.Optional(Type.Boolean()) }),
    Type.Object({ integrations: Type.Array(Integration) }),
  ),
  'integration.show': query(Strict({ id: Type.String() }), Integration),
  /** What the definition knows of: for an empty form. */
  'integration.types': query(Strict({}), Type.Object({ types: Type.Array(IntegrationType) })),
  'integration.counts': query(
    Strict({}),
    Type.Object({
      ...Count,
      types: Type.Array(Type.Object({ type: Type.String(), title: Type.String(), ...Count })),
    }),
  ),
  /**
   * Changes one integration, or makes it, as one change set. `InputInvalid` names every field that does not fit; nothing
   * is written unless everything can be. A type is chosen once, when the integration is made.
   */
  'integration.apply': command(
    Strict({
      id: Id,
      /** Makes it when it is not there, and takes fields that its type does not know. */
      create: Type.Optional(Type.Boolean()),
      name: Type.Optional(Name),
      type: Type.Optional(Id),
      enabled: Type.Optional(Type.Boolean()),
      fields: Type.Optional(FieldChanges),
      /** Field -> version that was read, null for none; the empty name is the integration itself. */
      expect: Type.Optional(Type.Record(Type.String(), OrNull(Type.Integer()))),
      ...writing,
    }),
    IntegrationChange,
  ),
  /** With all its fields, as one change set that can be undone. */
  'integration.remove': command(Strict({ id: Id, ...writing }), IntegrationChange),
  /** A copy, switched off. Its secrets are copied only on request, and never leave the core. */
  'integration.duplicate': command(
    Strict({
      id: Id,
      as: Id,
      name: Type.Optional(Name),
      secrets: Type.Optional(Type.Boolean()),
      ...writing,
    }),
    IntegrationChange,
  ),
  /**
   * Tries the connection: finds the address, resolves the name, connects, then asks what the type's definition says.
   * `fields` are tried in place of the saved ones and not saved. The result is an audit entry. A test that fails is an
   * answer, not an error; `Cancelled` when the caller stopped it.
   */
  'integration.test': command(
    Strict({ id: Id, type: Type.Optional(Id), fields: Type.Optional(FieldChanges) }),
    Type.Object({ id: Type.String(), ...testFacts, unsaved: Type.Boolean() }),
    { audit: 'event', job: true },
  ),
};
