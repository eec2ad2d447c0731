/**
 * What a bundle looks like: one JSON document that a person can read and compare. `settings`, `integrations` and `records`
 * may each be absent: then it says nothing of them. `secrets` is an age file in text form, to a passphrase. Pure.
 */
import Type, { type Static } from 'typebox';
import type { BundleFacts } from '../../contract/bundles.ts';
import { Json, Strict } from '../../contract/command.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { ok, type Result } from '../../contract/result.ts';
import { LeftOut } from '../../contract/versions.ts';
import { problemsOf } from '../definitions/problems.ts';
import type { JsonFile } from './json-file.ts';

export const bundleFormat = 'holdfast-bundle';
export const bundleVersion = 1;
const most = 10_000;

const Text = (maxLength: number) => Type.String({ maxLength });
const Key = Type.String({ minLength: 1, maxLength: 1024 });
const Values = Type.Record(Key, Json);

const Integration = Strict({
  id: Key,
  type: Key,
  name: Text(1024),
  enabled: Type.Boolean(),
  fields: Values,
});
const Record = Strict({
  id: Key,
  data: Json,
  expiresAt: Type.Optional(Type.Union([Text(40), Type.Null()])),
});

const Bundle = Strict({
  format: Type.Literal(bundleFormat),
  version: Type.Literal(bundleVersion),
  title: Type.Optional(Type.Union([Text(200), Type.Null()])),
  made: Type.Optional(Text(40)),
  app: Type.Optional(Text(100)),
  definition: Type.Optional(
    Type.Union([Strict({ id: Text(200), title: Text(200), version: Type.Integer({ minimum: 0 }) }), Type.Null()]),
  ),
  only: Type.Optional(Type.Union([Type.Array(Key, { maxItems: 1000 }), Type.Null()])),
  settings: Type.Optional(Type.Record(Key, Json, { maxProperties: most })),
  integrations: Type.Optional(Type.Array(Integration, { maxItems: most })),
  records: Type.Optional(Type.Record(Key, Type.Array(Record, { maxItems: 100_000 }))),
  leftOut: Type.Optional(Type.Array(LeftOut, { maxItems: 2 * most })),
  secrets: Type.Optional(Strict({ count: Type.Integer({ minimum: 0 }), age: Text(32 * 1024 * 1024) })),
});
export type Bundle = Static<typeof Bundle>;

/** What `secrets` holds once it is opened. */
const Secrets = Strict({
  settings: Values,
  /** By integration, then by field. */
  fields: Type.Record(Key, Values),
});
export type Secrets = Static<typeof Secrets>;

const schemaOf = (schema: object): JsonObject => schema as JsonObject;

const firstProblem = (schema: object, value: JsonValue): { pointer: string; problem: string } | null => {
  const [first] = problemsOf(schemaOf(schema), value);
  return first ?? null;
};

const placeWords = (pointer: string): string => {
  const path = pointer.split('/').slice(1).join('.');
  return path === '' ? 'the bundle' : path.replace(/~1/gu, '/').replace(/~0/gu, '~');
};

const repeatedIn = (list: readonly { id: string }[], pointer: string): string | null => {
  const seen = new Set<string>();
  for (const [i, { id }] of list.entries()) {
    if (seen.has(id)) return `${pointer}/${String(i)}/id`;
    seen.add(id);
  }
  return null;
};

/** The place of a second integration or record with the same id; null when there is none. */
const repeated = (bundle: Bundle): string | null => {
  const own = repeatedIn(bundle.integrations ?? [], '/integrations');
  if (own !== null) return own;
  for (const [collection, list] of Object.entries(bundle.records ?? {})) {
    const found = repeatedIn(list, `/records/${collection.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (found !== null) return found;
  }
  return null;
};

/** Errors: `FileInvalid` with line, column and what to do. */
export const parseBundle = ({ value, wrong }: JsonFile): Result<Bundle> => {
  if (!isJsonObject(value) || value['format'] !== bundleFormat)
    return wrong(
      '',
      `this is not a bundle ("format" must be "${bundleFormat}"); make one with holdfast bundle export FILE`,
    );
  const { version } = value;
  if (typeof version === 'number' && Number.isInteger(version) && version > bundleVersion)
    return wrong(
      '/version',
      `this bundle has format ${String(version)}, and this Holdfast knows up to ${String(bundleVersion)}; update Holdfast to use it`,
    );
  const problem = firstProblem(Bundle, value);
  if (problem !== null) return wrong(problem.pointer, `${placeWords(problem.pointer)} ${problem.problem}`);
  // The schema was checked just above.
  const bundle = value as Bundle;
  const twice = repeated(bundle);
  return twice === null ? ok(bundle) : wrong(twice, `${placeWords(twice)} stands there twice; keep one of them`);
};

/** Null when it is not what a bundle's secrets look like. */
export const parseSecrets = (text: string): Secrets | null => {
  try {
    const value = JSON.parse(text) as JsonValue;
    return firstProblem(Secrets, value) === null ? (value as Secrets) : null;
  } catch {
    return null;
  }
};

export const factsOf = (bundle: Bundle): BundleFacts => ({
  title: bundle.title ?? null,
  made: bundle.made ?? '',
  app: bundle.app ?? '',
  definition: bundle.definition ?? null,
  only: bundle.only ?? null,
  parts: (['settings', 'integrations', 'records'] as const).filter((part) => bundle[part] !== undefined),
  counts: {
    settings: Object.keys(bundle.settings ?? {}).length,
    integrations: bundle.integrations?.length ?? 0,
    records: Object.values(bundle.records ?? {}).reduce((sum, list) => sum + list.length, 0),
    secrets: bundle.secrets?.count ?? 0,
  },
  leftOut: bundle.leftOut ?? [],
});

export const bundleText = (bundle: Bundle): string => `${JSON.stringify(bundle, null, 2)}\n`;
