/** Integrations and their types as the doors show them: what is set, and what the type declares beside that. */
import type { Integration, IntegrationField, IntegrationType as TypeView } from '../../contract/integrations.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { SettingKind } from '../../contract/settings.ts';
import { parseValue } from '../changes/view.ts';
import { titleOf } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import type { CatalogEntry, Definition, IntegrationType } from '../definitions/types.ts';
import { filePlaces, type FilePlace, type StoredSetting } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';
import { isSecretField } from './check.ts';
import { lastTests } from './last-test.ts';
import { fieldSchema, storedIntegrations, typeOf, type StoredIntegration } from './stored.ts';

const withoutOwnKeywords = (entry: CatalogEntry): JsonObject =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => !name.startsWith('x-')));

/** A value that its owner keeps in clear has the field of its kind. */
const kindOf = (entry: CatalogEntry, secret: boolean, stored: StoredSetting | undefined): SettingKind =>
  secret
    ? 'secret'
    : settingKindOf({ ...entry, 'x-secret': false }, stored === undefined ? undefined : parseValue(stored.value));

const factsOf = (field: string, type: IntegrationType | null, stored: StoredSetting | undefined) => {
  const entry = fieldSchema(type, field) ?? {};
  const secret = isSecretField(type, stored, field, undefined);
  return {
    key: field,
    title: entry.title ?? titleOf(field),
    description: entry.description ?? '',
    kind: kindOf(entry, secret, stored),
    secret,
    schema: withoutOwnKeywords(entry),
  };
};

const fieldView = (
  field: string,
  type: IntegrationType | null,
  stored: StoredSetting | undefined,
  place: FilePlace | undefined,
): IntegrationField => {
  const facts = factsOf(field, type, stored);
  return {
    ...facts,
    value: stored === undefined || facts.secret ? null : parseValue(stored.value),
    // An empty place for a secret holds none.
    set: stored !== undefined && stored.secret === facts.secret,
    version: stored?.version ?? null,
    ...(place === undefined ? {} : { file: place.file, ...(place.line === null ? {} : { line: place.line }) }),
  };
};

/** Declared fields in the definition's order, then what else is set. */
const fieldNames = (type: IntegrationType | null, one: StoredIntegration): string[] => [
  ...new Set([...Object.keys(type?.fields ?? {}), ...one.fields.keys()]),
];

export const integrationViews = (reader: Reader, definition: Definition | null): Integration[] => {
  const places = filePlaces(reader, 'field');
  const tests = lastTests(reader);
  return [...storedIntegrations(reader, definition).values()].map((one) => {
    const type = typeOf(definition, one.facts.type);
    const rows = [one.row, ...one.fields.values()];
    const test = tests.get(one.id);
    const fields = fieldNames(type, one).map((field) => {
      const stored = one.fields.get(field);
      return fieldView(field, type, stored, stored === undefined ? undefined : places.get(stored.key));
    });
    return {
      id: one.id,
      ...one.facts,
      config: Object.fromEntries(
        fields.filter(({ version }) => version !== null).map(({ key, value }) => [key, value]),
      ),
      fields,
      lastTest: test === undefined ? null : { ...test, outdated: rows.some((row) => row.at > test.at) },
      version: one.row.version,
    };
  });
};

export const typeViews = (definition: Definition | null): TypeView[] =>
  Object.entries(definition?.integrationTypes ?? {}).map(([id, type]) => ({
    id,
    title: type.title,
    description: type.description ?? '',
    fields: Object.keys(type.fields).map((field) => factsOf(field, type, undefined)),
  }));
