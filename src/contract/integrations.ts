/** Integrations: named connections with fields, some of them secret. */
import { Json, Strict, Time, Type, query, type Static } from './command.ts';

export const IntegrationField = Type.Object({
  key: Type.String(),
  title: Type.String(),
  kind: Type.String(),
  value: Json,
  secret: Type.Boolean(),
  set: Type.Boolean(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
});

export const Integration = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String(),
  enabled: Type.Boolean(),
  /** Field name -> value; a secret field's value is null here. */
  config: Type.Record(Type.String(), Json),
  fields: Type.Array(IntegrationField),
  lastTest: Type.Union([
    Type.Object({ at: Time, ok: Type.Boolean(), error: Type.Union([Type.String(), Type.Null()]) }),
    Type.Null(),
  ]),
});
export type Integration = Static<typeof Integration>;

export const integrationCommands = {
  'integration.list': query(
    Strict({ enabled: Type.Optional(Type.Boolean()) }),
    Type.Object({ integrations: Type.Array(Integration) }),
  ),
  'integration.show': query(Strict({ id: Type.String() }), Integration),
};
