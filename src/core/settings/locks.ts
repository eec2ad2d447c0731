/**
 * Locked settings: by the definition (`x-locked`) or by the home's owner. What is locked keeps its value, for everybody
 * and from every door: edits, resets, undo and redo, reverts, restores and imports that would change it are refused with
 * the reason. The one exception: a migration may give a locked setting its first value.
 */
import { isJsonObject } from '../../contract/json.ts';
import { fail, type Failure } from '../../contract/result.ts';
import { parseValue } from '../changes/view.ts';
import type { ChangeSetOptions, Subject } from '../changes/write.ts';
import { entryFor } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import type { Reader } from '../store/types.ts';
import { storedSetting, storedSettings } from './queries.ts';

type From = { definition: Definition | null; locks?: ReadonlyMap<string, string> };

/** Of the owner's own locks: key -> reason. */
export const lockReasons = (reader: Reader): Map<string, string> =>
  new Map(
    [...storedSettings(reader, 'lock')].map(([key, row]) => {
      const value = parseValue(row.value);
      const reason = isJsonObject(value) ? value['reason'] : null;
      return [key, typeof reason === 'string' ? reason : ''];
    }),
  );

export const lockReason = ({ definition, locks }: From, key: string): string | null =>
  locks?.get(key) ?? (definition === null ? null : (entryFor(definition, key)?.['x-locked'] ?? null));

/** A fragment that follows the key. */
export const lockProblem = (from: From, key: string): string | null => {
  const reason = lockReason(from, key);
  if (reason === null) return null;
  const way = from.locks?.has(key) === true ? `; unlock it first (holdfast config unlock ${key})` : '';
  return `is locked: ${reason.replace(/[.\s]+$/u, '')}${way}`;
};

export const lockedFailure = (from: From, keys: readonly string[]): Failure | null => {
  const invalid = keys.flatMap((key) => {
    const problem = lockProblem(from, key);
    return problem === null ? [] : [{ key, problem }];
  });
  const [first] = invalid;
  return first === undefined ? null : fail({ type: 'SettingInvalid', key: first.key, problem: first.problem, invalid });
};

/**
 * The last word before anything is saved, whatever command it came from. Made before the change: what was locked then
 * stays as it is. Gives the function that looks at what was changed.
 */
export const lockGuard = (
  reader: Reader,
  definition: Definition | null,
  kind: ChangeSetOptions['kind'],
): ((changed: readonly Subject[]) => Failure | null) => {
  if (kind === 'event') return () => null;
  const from = { definition, locks: lockReasons(reader) };
  const byDefinition = Object.entries(definition?.catalog ?? {}).filter(([, entry]) => entry['x-locked'] !== undefined);
  if (from.locks.size === 0 && byDefinition.length === 0) return () => null;
  const before = [...from.locks.keys(), ...byDefinition.map(([key]) => key)];
  const firstValue = new Set(
    kind === 'migrate' ? before.filter((key) => storedSetting(reader, key) === undefined) : [],
  );
  return (changed) => {
    const keys = changed.filter((one) => one.kind === 'setting' && !firstValue.has(one.key)).map((one) => one.key);
    return lockedFailure(from, keys);
  };
};
