/** A definition in memory: what Holdfast knows about one kind of application (resources/definitions/definition.schema.json). */
import type { JsonObject, JsonValue } from '../../contract/json.ts';

/** A JSON Schema (2020-12) for one value, with Holdfast's own keywords. */
export type CatalogEntry = JsonObject & {
  type?: JsonValue;
  title?: string;
  description?: string;
  default?: JsonValue;
  enum?: JsonValue[];
  format?: string;
  'x-secret'?: boolean;
  'x-restart'?: boolean;
  'x-critical'?: boolean;
  'x-category'?: string;
  'x-env'?: string;
  /** Overrides the kind of field that the schema suggests: a SettingKind. */
  'x-kind'?: string;
  /**
   * This value makes sense only while another setting has a value: `{ "key": "s3.auth_method", "equals": "profile" }`.
   * For a field of an integration the key is another field's name.
   */
  'x-requires'?: { key: string; equals?: JsonValue };
  /** Nobody changes it here: why. */
  'x-locked'?: string;
  /** A number's limits by other settings: their keys. */
  'x-at-least'?: string;
  'x-at-most'?: string;
  /** Of a boolean: the words for true and false that the application reads in a `.env` file. Without it, the usual ones. */
  'x-env-words'?: [string, string];
  /** Other words people search it by. */
  'x-synonyms'?: string[];
};

/**
 * Where the values of a file go. `{stem}` is the file's name without its ending, `{folders}` the folders above it inside
 * the home, one key segment each and none for a file in the home itself (`{folders}.{stem}`: `config/app.json` ->
 * `config.app`, `app.json` -> `app`). Keys are in key syntax; the prefix `""` puts nothing in front. `rename` maps a path
 * in the file (key syntax) to the full key, or the member's name, that it has in Holdfast.
 */
export type Target =
  | { kind: 'settings'; prefix: string; secret?: boolean; rename?: { [path: string]: string } }
  /** DeepTempo's shape: `{enabled_integrations: [id], integrations: {id: {field: value}}}`. */
  | { kind: 'integrations'; layout: 'enabled-list' }
  /**
   * One file is one integration, `{stem}` its id: the members that `name`, `type` and `enabled` call so, every other
   * leaf a field.
   */
  | { kind: 'integrations'; layout: 'file'; name?: string; type?: string; enabled?: string }
  /** `map`: an object of documents by id. `file`: one file is one document, `{stem}` its id. `list`: `id` names the member. */
  | {
      kind: 'records';
      collection: string;
      layout: 'map' | 'file' | 'list';
      id?: string;
      /** Top-level member in the file -> its name in the record. */
      rename?: { [member: string]: string };
    }
  /** An object of `{displayName?, email?, role?, disabled?}` by user name; `secret` members are kept encrypted beside it. */
  | { kind: 'users'; layout: 'map'; rename?: { [member: string]: string }; secret?: string[] }
  /** One user's own values: `user` is a name or `{stem}`. */
  | { kind: 'overrides'; user: string; prefix: string };

export type SourceRule = {
  /** Relative path or glob (`connector_profiles/*.json`). */
  file: string;
  format: 'json' | 'env';
  /** Larger files are refused; 16 MiB when absent. */
  maxBytes?: number;
  /** Files with more values are refused; 200,000 when absent. */
  maxNodes?: number;
  to: Target;
};

/** A kind of record: what its documents are called, look like, and which members a list shows. */
export type Collection = {
  title: string;
  description?: string;
  /** JSON Schema of one document. Existing documents that do not fit are kept, with a note. */
  schema: JsonObject;
  /** Top-level members shown as columns, in order. */
  columns?: string[];
  /** Records disappear so many days after their last change. */
  expiresAfterDays?: number;
};

/** Which file counts where several have the same setting: strongest first; `keys` for settings with a rule of their own. */
export type Precedence = { files: string[]; keys?: { [key: string]: string[] } };

/**
 * How a connection is tried. `{field}` stands for a field's value: in `url` (`{url}/api/me`), in headers, in `body` (inside
 * JSON texts). `basic` names the fields with user and password. Redirects are never followed.
 */
export type IntegrationTest = {
  url: string;
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: { [name: string]: string };
  basic?: [string, string];
  body?: string;
  /** Statuses that mean it works; 200 to 299 when absent. */
  expect?: number[];
};

export type IntegrationType = {
  title: string;
  description?: string;
  fields: { [field: string]: CatalogEntry };
  test?: IntegrationTest;
};

export type Question = {
  key: string;
  title?: string;
  description?: string;
  required?: boolean;
  /** Values that count as no answer yet. */
  unanswered?: JsonValue[];
};

export type Definition = {
  id: string;
  title: string;
  version: number;
  home: { linux?: string[]; darwin?: string[]; win32?: string[] };
  recognise: { file: string; keys?: string[]; score: number }[];
  sources: SourceRule[];
  leaveAlone: string[];
  categories: { id: string; title: string }[];
  /** Setting key -> schema. */
  catalog: { [key: string]: CatalogEntry };
  /** Prefix -> schema of every setting under it that the catalog does not name (`env`). Read it through `entryFor`. */
  families: { [prefix: string]: CatalogEntry };
  /** Groups of settings that say the same thing twice; a plan warns when they disagree. */
  sameFact: string[][];
  integrationTypes: { [type: string]: IntegrationType };
  collections: { [collection: string]: Collection };
  /** Null: two files with different values for one setting are a conflict. */
  precedence: Precedence | null;
  wizard: Question[];
  /** True for the definition that takes any folder of JSON and `.env`. */
  generic?: boolean;
};
