/**
 * What a document must be before it is kept: exactly storable, without secrets, fitting its collection's schema. And how a
 * merge patch changes one. Pure.
 */
import { isExactNumber, isJsonObject, jsonEqual, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { problemsOf } from '../definitions/problems.ts';
import { keyProblem, stringProblem } from '../migration/readers/exactness.ts';

export type Problem = { field: string; problem: string };

const deepest = 100;
export const maxDocumentBytes = 4 * 1024 * 1024;

type Path = readonly (string | number)[];
const place = (path: Path): string => (path.length === 0 ? 'data' : segmentsToKey(path));

/** The first thing in a value that could not be read back as it is. */
export const exactProblem = (value: JsonValue, path: Path = []): Problem | null => {
  const at = (problem: string | null): Problem | null => (problem === null ? null : { field: place(path), problem });
  if (path.length > deepest) return at(`is nested deeper than ${String(deepest)} levels`);
  if (typeof value === 'string') return at(stringProblem(value));
  if (typeof value === 'number') {
    return isExactNumber(value) && !Object.is(value, -0) ? null : at('holds a number that cannot be kept exactly');
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = exactProblem(item, [...path, i]);
      if (found !== null) return found;
    }
    return null;
  }
  if (value === null || typeof value !== 'object') return null;
  for (const [key, item] of Object.entries(value)) {
    const problem = keyProblem(key);
    const found = problem === null ? exactProblem(item, [...path, key]) : at(problem);
    if (found !== null) return found;
  }
  return null;
};

const pointerPath = (pointer: string, value: JsonValue): Path => {
  let at: JsonValue | undefined = value;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replace(/~1/gu, '/').replace(/~0/gu, '~');
      const list = Array.isArray(at);
      at = list && Array.isArray(at) ? at[Number(name)] : isJsonObject(at) ? at[name] : undefined;
      return list ? Number(name) : name;
    });
};

/** Every place where a document does not fit; empty when it does or nobody declared a schema. */
export const schemaProblems = (schema: JsonObject, data: JsonValue): Problem[] =>
  problemsOf(schema, data).map(({ pointer, problem }) => ({ field: place(pointerPath(pointer, data)), problem }));

const isEmpty = (value: JsonValue): boolean =>
  value === null || value === '' || jsonEqual(value, {}) || jsonEqual(value, []);

const membersOf = (
  schema: JsonObject,
  data: JsonValue,
): { name: string | number; value: JsonValue; schema: JsonObject }[] => {
  const inner = (name: string): JsonValue | undefined => {
    const properties = schema['properties'];
    return isJsonObject(properties) && Object.hasOwn(properties, name)
      ? properties[name]
      : schema['additionalProperties'];
  };
  const all: [string | number, JsonValue, JsonValue | undefined][] = Array.isArray(data)
    ? data.map((item, i) => [i, item, schema['items']])
    : isJsonObject(data)
      ? Object.entries(data).map(([name, value]) => [name, value, inner(name)])
      : [];
  return all.flatMap(([name, value, found]) => (isJsonObject(found) ? [{ name, value, schema: found }] : []));
};

/** Places that the schema calls secret and that hold something else than in `before`: records are kept in clear. */
export const secretPlaces = (
  schema: JsonObject,
  data: JsonValue,
  before: JsonValue | undefined,
  path: Path = [],
): string[] => {
  if (schema['x-secret'] === true) return isEmpty(data) || jsonEqual(data, before) ? [] : [place(path)];
  return membersOf(schema, data).flatMap((member) => {
    const old = Array.isArray(before)
      ? before[Number(member.name)]
      : isJsonObject(before)
        ? before[String(member.name)]
        : undefined;
    return secretPlaces(member.schema, member.value, old, [...path, member.name]);
  });
};

/** RFC 7396: members of the patch replace those of the target, null removes one. */
export const mergePatch = (target: JsonValue, patch: JsonValue): JsonValue => {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name) ?? null, value));
  }
  return Object.fromEntries(merged);
};
