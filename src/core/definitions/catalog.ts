/** Questions to a definition's catalog: what is this setting, does a value fit, what is it called. Pure. */
import { isUnder, keyToSegments } from '../../contract/setting-key.ts';
import type { JsonValue } from '../../contract/json.ts';
import { firstProblem } from './problems.ts';
import type { CatalogEntry, Definition } from './types.ts';

/** The families of a definition, longest first: asked for every value of every file. */
const sortedFamilies = new WeakMap<Definition['families'], string[]>();

const familiesOf = ({ families }: Definition): string[] => {
  const known = sortedFamilies.get(families);
  if (known !== undefined) return known;
  const sorted = Object.keys(families).toSorted((a, b) => b.length - a.length);
  sortedFamilies.set(families, sorted);
  return sorted;
};

/** The catalog's entry, else that of the longest family (`env`) the key lies in, else null. */
export const entryFor = (definition: Definition, key: string): CatalogEntry | null => {
  if (Object.hasOwn(definition.catalog, key)) return definition.catalog[key] ?? null;
  const family = familiesOf(definition).find((prefix) => key !== prefix && isUnder(key, prefix));
  return family === undefined ? null : (definition.families[family] ?? null);
};

/** Null when the value fits or nothing is known, else a fragment that follows the key: `must be at least 1`. */
export const validateValue = (definition: Definition, key: string, value: JsonValue): string | null => {
  const entry = entryFor(definition, key);
  return entry === null ? null : firstProblem(entry, value);
};

const capitals = new Set([
  'api',
  'url',
  'uri',
  'id',
  'ip',
  'ssl',
  'tls',
  'aws',
  's3',
  'db',
  'http',
  'https',
  'json',
  'ui',
  'cpu',
  'llm',
  'sql',
  'ssh',
  'csp',
  'hsts',
]);
const units: Record<string, string> = { ms: 'milliseconds', sec: 'seconds', secs: 'seconds', kb: 'KB', mb: 'MB' };

/** `general.auto_start_sync` -> `Auto start sync`, `settings.timeoutMs` -> `Timeout milliseconds`, `env.API_URL` -> `API URL`. */
export const titleOf = (key: string): string => {
  const last = String(keyToSegments(key)?.at(-1) ?? key);
  const words = last
    .replace(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/gu, '$1 $2')
    .split(/[\s_.-]+/u)
    .filter((word) => word !== '')
    .map((word) => {
      const lower = word.toLowerCase();
      if (capitals.has(lower)) return lower.toUpperCase();
      return Object.hasOwn(units, lower) ? (units[lower] ?? lower) : lower;
    });
  const title = words.join(' ');
  return title === '' ? key : title.charAt(0).toUpperCase() + title.slice(1);
};

/** The group a setting is shown in: what the catalog says, else the key's first segment. */
export const categoryOf = (definition: Definition | null, key: string): { id: string; title: string } => {
  const declared = definition === null ? undefined : entryFor(definition, key)?.['x-category'];
  const id = declared ?? String(keyToSegments(key)?.[0] ?? key);
  return { id, title: definition?.categories.find((one) => one.id === id)?.title ?? titleOf(id) };
};
