/** Does a change of an integration fit: its id, its type and every field, all problems at once. Pure. */
import { fail, type Failure } from '../../contract/result.ts';
import type { FieldChange } from '../../contract/integrations.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isUnder, keyToSegments } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import { firstProblem } from '../definitions/problems.ts';
import { isEmptySecretPlace, secretByName } from '../definitions/secret-names.ts';
import type { Definition, IntegrationType } from '../definitions/types.ts';
import { keyProblem } from '../migration/readers/exactness.ts';
import { exactProblem, type Problem } from '../records/document.ts';
import { nearestKeys } from '../settings/nearest.ts';
import type { StoredSetting } from '../settings/queries.ts';
import { fieldSchema, typeOf } from './stored.ts';

export type Present = { type: string; fields: ReadonlyMap<string, StoredSetting> };

export const invalid = (problems: readonly Problem[]): Failure | null => {
  const [first] = problems;
  if (first === undefined) return null;
  return fail({ type: 'InputInvalid', ...first, ...(problems.length > 1 ? { invalid: [...problems] } : {}) });
};

export const idProblems = (field: string, id: string): Problem[] => {
  const problem = id.trim() === id ? keyProblem(id) : 'must not begin or end with a blank';
  return problem === null ? [] : [{ field, problem }];
};

const nearest = (name: string, names: readonly string[]): string => {
  const found = nearestKeys(name, [...names]);
  return found.length === 0 ? '' : `; did you mean ${found.join(' or ')}?`;
};

/** For a new one: a type of the definition, where it has any. */
export const typeProblems = (definition: Definition | null, type: string): Problem[] => {
  const names = Object.keys(definition?.integrationTypes ?? {});
  if (names.length === 0 || typeOf(definition, type) !== null) return idProblems('type', type);
  return [{ field: 'type', problem: `there is no type of integration "${type}"${nearest(type, names)}` }];
};

const pathProblem = (field: string): string | null => {
  const segments = keyToSegments(field);
  if (segments === null) return 'is not the name of a field (write parts with dots or blanks as ["a.b"])';
  if (segments.some((segment) => typeof segment === 'number')) return 'names a place in a list; set the whole list';
  return segments.map((segment) => keyProblem(String(segment))).find((problem) => problem !== null) ?? null;
};

/** One value cannot stand where an object of fields is, nor inside another value. */
const groupProblem = (field: string, others: readonly string[]): string | null => {
  for (const other of others) {
    if (other === field) continue;
    if (isUnder(other, field)) return `is a group that holds ${other}`;
    if (isUnder(field, other)) return `would lie below ${other}, which is one value`;
  }
  return null;
};

const valueProblem = (type: IntegrationType | null, field: string, value: JsonValue): string | null => {
  const schema = fieldSchema(type, field);
  const misfit = schema === null ? null : firstProblem(schema, value);
  return misfit ?? exactProblem(value)?.problem ?? null;
};

export const fieldProblems = (
  type: IntegrationType | null,
  present: Present,
  changes: readonly FieldChange[],
  anyField: boolean,
): Problem[] => {
  const seen = new Set<string>();
  const goes = new Set(changes.filter(({ op }) => op === 'unset').map(({ field }) => field));
  const stays = [...present.fields.keys()].filter((field) => !goes.has(field));
  const comes = changes.filter(({ op }) => op === 'set').map(({ field }) => field);
  const declared = Object.keys(type?.fields ?? {});
  const problemOf = (change: FieldChange): string | null => {
    const { field } = change;
    if (seen.has(field)) return 'is changed twice';
    seen.add(field);
    if (present.fields.has(field)) return change.op === 'unset' ? null : valueProblem(type, field, change.value);
    const known = declared.includes(field);
    if (!known && declared.length > 0 && !anyField)
      return `is not a field of ${type?.title ?? present.type}${nearest(field, declared)}`;
    return (
      pathProblem(field) ??
      (change.op === 'unset'
        ? null
        : (groupProblem(field, [...stays, ...comes]) ?? valueProblem(type, field, change.value)))
    );
  };
  return changes.flatMap((change) => {
    const problem = problemOf(change);
    return problem === null ? [] : [{ field: change.field, problem }];
  });
};

/** What was kept encrypted stays so; a new field that nobody declared is a secret when its name says so. */
export const isSecretField = (
  type: IntegrationType | null,
  stored: StoredSetting | undefined,
  field: string,
  value: JsonValue | undefined,
): boolean => {
  if (stored?.secret === true) return true;
  const schema = fieldSchema(type, field);
  const declared = schema?.['x-secret'];
  // What its owner chose to keep plain stays plain; a place that is still empty was not chosen.
  if (stored !== undefined)
    return declared !== false && isEmptySecretPlace(declared === true ? 'secret' : field, parseValue(stored.value));
  return declared ?? (schema === null && value !== undefined && secretByName(field, value));
};
