/** Settings that depend on others: `x-requires` makes a value do nothing, `x-at-least` and `x-at-most` limit a number. Pure. */
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { SettingChange } from '../../contract/settings.ts';
import { parseValue } from '../changes/view.ts';
import { entryFor } from '../definitions/catalog.ts';
import type { CatalogEntry, Definition } from '../definitions/types.ts';
import type { StoredSetting } from './queries.ts';

type From = {
  definition: Definition | null;
  stored: ReadonlyMap<string, StoredSetting>;
  overrides?: ReadonlyMap<string, StoredSetting>;
};

/** Undefined: it has no value. Null stands for a secret, too, of which nobody can tell more. */
const valueNow = ({ definition, stored, overrides }: From, key: string): JsonValue | undefined => {
  const row = overrides?.get(key) ?? stored.get(key);
  if (row !== undefined) return row.secret ? null : parseValue(row.value);
  return definition === null ? undefined : entryFor(definition, key)?.default;
};

const isSecretNow = ({ stored, overrides }: From, key: string): boolean =>
  (overrides?.get(key) ?? stored.get(key))?.secret === true;

/** Null when it counts, else `has no effect while …`. */
export const inactiveReason = (from: From, entry: CatalogEntry | null): string | null => {
  const requires = entry?.['x-requires'];
  if (requires === undefined || isSecretNow(from, requires.key)) return null;
  const { key, equals } = requires;
  const value = valueNow(from, key);
  const empty = value === undefined || value === null || value === '';
  if (equals === undefined ? !empty : value !== undefined && jsonEqual(value, equals)) return null;
  const now = empty ? 'has no value' : `is ${JSON.stringify(value)}`;
  return `has no effect while ${key} ${now}${equals === undefined ? '' : ` (it needs ${JSON.stringify(equals)})`}`;
};

/** Of what was set just now, for the answer; nothing where everything counts. */
export const inactiveAfter = (
  from: From,
  changes: readonly SettingChange[],
): { inactive?: { key: string; reason: string }[] } => {
  const { definition } = from;
  if (definition === null) return {};
  const inactive = changes.flatMap((change) => {
    const reason = change.op === 'set' ? inactiveReason(from, entryFor(definition, change.key)) : null;
    return reason === null ? [] : [{ key: change.key, reason }];
  });
  return inactive.length === 0 ? {} : { inactive };
};

const limits = [
  { keyword: 'x-at-least', fits: (value: number, limit: number) => value >= limit, words: 'at least' },
  { keyword: 'x-at-most', fits: (value: number, limit: number) => value <= limit, words: 'at most' },
] as const;

/** Whether `key`, once all changes are made, keeps within the limits that it sets or is set. */
export const rangeProblem = (from: From, changes: readonly SettingChange[], key: string): string | null => {
  const { definition } = from;
  if (definition === null) return null;
  const after = (one: string): JsonValue | undefined => {
    const change = changes.find((other) => other.key === one);
    if (change?.op === 'set') return change.value;
    return change?.op === 'unset' ? entryFor(definition, one)?.default : valueNow(from, one);
  };
  for (const [name, entry] of Object.entries(definition.catalog)) {
    for (const { keyword, fits, words } of limits) {
      const other = entry[keyword];
      if (other === undefined || (name !== key && other !== key)) continue;
      const [value, limit] = [after(name), after(other)];
      if (typeof value !== 'number' || typeof limit !== 'number' || fits(value, limit)) continue;
      return name === key
        ? `must be ${words} ${other}, which is ${String(limit)}`
        : `does not fit: ${name} is ${String(value)} and must be ${words} this`;
    }
  }
  return null;
};
