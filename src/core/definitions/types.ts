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
};

export type SourceRule = {
  /** Relative path or glob (`connector_profiles/*.json`). */
  file: string;
  format: 'json' | 'env';
  /** Larger files are refused; 16 MiB when absent. */
  maxBytes?: number;
  to:
    /** In key syntax; `{stem}` is the file's name without its ending. */
    | { kind: 'settings'; prefix: string; secret?: boolean }
    /** DeepTempo's shape: `{enabled_integrations: [id], integrations: {id: {field: value}}}`. */
    | { kind: 'integrations'; layout: 'enabled-list' };
};

export type IntegrationType = { title: string; description?: string; fields: { [field: string]: CatalogEntry } };

export type Question = { key: string; title?: string; description?: string; required?: boolean };

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
  wizard: Question[];
  /** True for the definition that takes any folder of JSON and `.env`. */
  generic?: boolean;
};
