/**
 * What has to be true of changes before any is written: the key, the value, the settings around it, locks, and a reason
 * where one is wanted. The same for a home's values and for a user's own.
 */
import type { Input } from '../../contract/commands.ts';
import { isExactNumber, jsonEqual, jsonTypeOf, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { ancestorsOf, keyToSegments } from '../../contract/setting-key.ts';
import type { SettingChange } from '../../contract/settings.ts';
import { parseValue } from '../changes/view.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import { rangeProblem } from './depends.ts';
import { lockProblem } from './locks.ts';
import { nearestKeys } from './nearest.ts';
import type { StoredSetting } from './queries.ts';
import { allKeys, type SettingSources } from './views.ts';

export type Present = Omit<SettingSources, 'places'>;
/** What is checked of `settings.apply` and of everything like it. */
export type Changes = Pick<Input<'settings.apply'>, 'create' | 'reason'> & { changes: SettingChange[] };

/** A key the store can hold: canonical, without array places, well-formed Unicode. */
const keyProblem = (key: string): string | null => {
  const segments = keyToSegments(key);
  if (segments === null) return 'is not a setting key (write segments with dots or blanks as ["a.b"])';
  if (segments.some((segment) => typeof segment === 'number')) return 'names a place in a list; set the whole list';
  if (/\p{Surrogate}/u.test(key) || key.includes('\0')) return 'holds characters that cannot be stored';
  return null;
};

/** A stored value without schema keeps its JSON type, so that a number never becomes the text "8o80". */
const typeProblem = (stored: StoredSetting | undefined, value: JsonValue): string | null => {
  if (stored === undefined || stored.secret) return null;
  const before = jsonTypeOf(parseValue(stored.value));
  const after = jsonTypeOf(value);
  const number = (type: string): boolean => type === 'integer' || type === 'number';
  if (before === after || before === 'null' || after === 'null' || (number(before) && number(after))) return null;
  return `must stay ${before === 'integer' || before === 'array' || before === 'object' ? 'an' : 'a'} ${before}, not ${after}`;
};

const exactProblem = (value: JsonValue): string | null => {
  if (typeof value === 'number' && !isExactNumber(value)) return 'holds a number that cannot be kept exactly';
  if (Array.isArray(value)) return value.map(exactProblem).find((problem) => problem !== null) ?? null;
  if (typeof value === 'object' && value !== null) {
    return (
      Object.values(value)
        .map(exactProblem)
        .find((problem) => problem !== null) ?? null
    );
  }
  return null;
};

/** One JSON key is one setting key, so a value cannot stand where a group is, nor below another value. */
const groupProblems = (present: Present, input: Changes): ((key: string) => string | null) => {
  const goes = new Set(input.changes.filter((change) => change.op === 'unset').map((change) => change.key));
  const comes = input.changes.filter((change) => change.op === 'set').map((change) => change.key);
  const there = new Set([...present.stored.keys(), ...comes].filter((key) => !goes.has(key)));
  /** By group: one of the keys that lie in it. */
  const groups = new Map<string, string>();
  for (const key of there) for (const group of ancestorsOf(key)) if (!groups.has(group)) groups.set(group, key);
  return (key) => {
    if (present.stored.has(key)) return null;
    const inside = groups.get(key);
    if (inside !== undefined) return `is a group that holds ${inside}; it cannot be one value too`;
    const above = ancestorsOf(key).find((group) => there.has(group));
    return above === undefined ? null : `would lie below ${above}, which is one value`;
  };
};

/** All problems at once, so that a form can mark every field. */
export const checkChanges = (present: Present, input: Changes): Result<null> => {
  const seen = new Set<string>();
  const invalid: { key: string; problem: string }[] = [];
  const groupProblem = groupProblems(present, input);
  for (const change of input.changes) {
    const { key } = change;
    const problem = seen.has(key) ? 'is changed twice in one change set' : keyProblem(key);
    seen.add(key);
    if (problem !== null) {
      invalid.push({ key, problem });
      continue;
    }
    const known =
      present.stored.has(key) || (present.definition !== null && entryFor(present.definition, key) !== null);
    if (!known && !(change.op === 'set' && input.create === true)) {
      const names = allKeys({ ...present, places: new Map() });
      return fail({ type: 'SettingUnknown', key, nearest: nearestKeys(key, names) });
    }
    const locked = lockProblem(present, key);
    if (locked !== null) {
      invalid.push({ key, problem: locked });
      continue;
    }
    if (change.op === 'unset') continue;
    const declared = present.definition === null ? null : validateValue(present.definition, key, change.value);
    const unsaid = present.definition !== null && entryFor(present.definition, key) !== null;
    const found =
      groupProblem(key) ??
      declared ??
      exactProblem(change.value) ??
      (unsaid ? null : typeProblem(present.stored.get(key), change.value)) ??
      rangeProblem(present, input.changes, key);
    if (found !== null) invalid.push({ key, problem: found });
  }
  const first = invalid[0];
  return first === undefined
    ? ok(null)
    : fail({ type: 'SettingInvalid', key: first.key, problem: first.problem, invalid });
};

/** Keys that want a reason and would really change. */
const criticalKeys = (present: Present, changes: Changes['changes']): string[] =>
  changes
    .filter((change) => {
      const { definition, stored } = present;
      if (definition === null || entryFor(definition, change.key)?.['x-critical'] !== true) return false;
      const before = stored.get(change.key);
      if (change.op === 'unset') return before !== undefined;
      return before === undefined || before.secret || !jsonEqual(parseValue(before.value), change.value);
    })
    .map((change) => change.key);

/** `InputInvalid` where something critical would change and nobody says why. */
export const checkReason = (present: Present, input: Changes): Result<null> => {
  if ((input.reason ?? '').trim() !== '') return ok(null);
  const keys = criticalKeys(present, input.changes);
  if (keys.length === 0) return ok(null);
  const problem = `${keys.join(', ')} ${keys.length === 1 ? 'is' : 'are'} critical: say why it is changed`;
  return fail({ type: 'InputInvalid', field: 'reason', problem });
};
