/** Integrations as they lie in the store: a subject `integration` for the connection, one subject `field` per field. */
import type { Integration } from '../../contract/integrations.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { keyToSegments } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import type { Context, Handlers } from '../context.ts';
import { titleOf } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import type { Definition } from '../definitions/types.ts';
import { filePlaces, storedSettings, type FilePlace, type StoredSetting } from '../settings/queries.ts';

type Stored = {
  connections: Map<string, StoredSetting>;
  fields: Map<string, StoredSetting>;
  places: Map<string, FilePlace>;
};

const textOf = (value: JsonValue | undefined, fallback: string): string =>
  typeof value === 'string' ? value : fallback;

const fieldOf = (
  field: string,
  type: string,
  stored: StoredSetting,
  from: { definition: Definition | null; place: FilePlace | undefined },
) => {
  const schema = from.definition?.integrationTypes[type]?.fields[field];
  const value = stored.secret ? null : parseValue(stored.value);
  const { place } = from;
  return {
    key: field,
    title: schema?.title ?? titleOf(field),
    kind: stored.secret ? 'secret' : settingKindOf(schema ?? {}, value),
    value,
    secret: stored.secret,
    set: true,
    ...(place === undefined ? {} : { file: place.file, ...(place.line === null ? {} : { line: place.line }) }),
  };
};

const integrationsFrom = (definition: Definition | null, from: Stored): Integration[] =>
  [...from.connections.entries()].map(([id, stored]) => {
    const value = parseValue(stored.value);
    const facts = isJsonObject(value) ? value : {};
    const type = textOf(facts['type'], id);
    const fields = [...from.fields.entries()]
      .filter(([field]) => keyToSegments(field)?.[0] === id)
      .map(([field, row]) =>
        fieldOf(String(keyToSegments(field)?.[1] ?? field), type, row, { definition, place: from.places.get(field) }),
      );
    return {
      id,
      name: textOf(facts['name'], definition?.integrationTypes[type]?.title ?? titleOf(id)),
      type,
      enabled: facts['enabled'] === true,
      config: Object.fromEntries(fields.map((field) => [field.key, field.value])),
      fields,
      lastTest: null,
    };
  });

const readAll = async (ctx: Context): Promise<Result<Integration[]>> => {
  const definition = await ctx.definition();
  return ctx.read((reader) =>
    integrationsFrom(definition, {
      connections: storedSettings(reader, 'integration'),
      fields: storedSettings(reader, 'field'),
      places: filePlaces(reader, 'field'),
    }),
  );
};

export const integrationHandlers = {
  'integration.list': async (ctx, input) => {
    const all = await readAll(ctx);
    if (!all.ok) return all;
    return ok({ integrations: all.data.filter((one) => input.enabled === undefined || one.enabled === input.enabled) });
  },
  'integration.show': async (ctx, input) => {
    const all = await readAll(ctx);
    if (!all.ok) return all;
    const found = all.data.find((one) => one.id === input.id);
    return found === undefined ? fail({ type: 'NotFound', what: 'integration', name: input.id }) : ok(found);
  },
} satisfies Partial<Handlers>;
