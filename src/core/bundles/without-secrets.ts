/** A bundle from somewhere else without what is secret, or looks so: Holdfast's own folder never holds a secret. Pure. */
import type { JsonValue } from '../../contract/json.ts';
import type { LeftOut } from '../../contract/versions.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretReason } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import { fieldSchema, typeOf } from '../integrations/stored.ts';
import { collectionFacts } from '../records/collections.ts';
import { secretPlaces } from '../records/document.ts';
import { recordKey } from '../records/queries.ts';
import type { Bundle } from './format.ts';
import { fieldKey } from './state.ts';

/** What is declared counts; else what it looks like. */
const isSecret = (declared: boolean | undefined, name: string, value: JsonValue): boolean =>
  declared ?? secretReason(name, value) !== null;

export const withoutSecrets = (bundle: Bundle, here: Definition | null): Bundle => {
  const definition = bundle.definition != null && bundle.definition.id === here?.id ? here : null;
  const leftOut: LeftOut[] = [...(bundle.leftOut ?? [])];
  const leave = (kind: string, key: string): void => {
    leftOut.push({ kind, key, problem: 'is a secret, or may be one' });
  };
  const clear = <T extends JsonValue>(
    values: { [name: string]: T },
    kind: 'setting' | 'field',
    of: { declared: (name: string) => boolean | undefined; keyOf: (name: string) => string },
  ): { [name: string]: T } =>
    Object.fromEntries(
      Object.entries(values).filter(([name, value]) => {
        const secret = isSecret(of.declared(name), name, value);
        if (secret) leave(kind, of.keyOf(name));
        return !secret;
      }),
    );
  const { settings, integrations, records, secrets: _gone, ...rest } = bundle;
  const declaredSetting = (key: string) => (definition === null ? undefined : entryFor(definition, key)?.['x-secret']);
  const kept: Bundle = { ...rest };
  if (settings !== undefined)
    kept.settings = clear(settings, 'setting', { declared: declaredSetting, keyOf: (key) => key });
  if (integrations !== undefined)
    kept.integrations = integrations.map((one) => {
      const type = typeOf(definition, one.type);
      const declared = (field: string) => fieldSchema(type, field)?.['x-secret'];
      return { ...one, fields: clear(one.fields, 'field', { declared, keyOf: (field) => fieldKey(one.id, field) }) };
    });
  if (records !== undefined)
    kept.records = Object.fromEntries(
      Object.entries(records).map(([collection, list]) => {
        const { schema } = collectionFacts(definition, collection);
        const fine = list.filter(({ id, data }) => {
          const secret = secretPlaces(schema, data, undefined).length > 0;
          if (secret) leave('record', recordKey(collection, id));
          return !secret;
        });
        return [collection, fine];
      }),
    );
  return { ...kept, leftOut };
};
