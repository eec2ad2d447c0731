/** What a JSON Schema finds wrong, as sentence fragments that follow a key: "must be at least 1". Never shows the value. */
import { Errors } from 'typebox/schema';
import type { JsonObject, JsonValue } from '../../contract/json.ts';

type SchemaError = ReturnType<typeof Errors>[1][number];

const nameOfType: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

const nameOfFormat: Record<string, string> = {
  url: 'an address such as https://example.org',
  uri: 'an address such as https://example.org',
  email: 'an e-mail address',
  hostname: 'a host name',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  date: 'a date such as 2026-01-31',
  'date-time': 'a time such as 2026-01-31T09:00:00Z',
  regex: 'a regular expression',
  uuid: 'a UUID',
};

const shown = (value: unknown): string =>
  typeof value === 'string' ? (value === '' ? '""' : value) : JSON.stringify(value);

const listed = (values: readonly unknown[]): string => values.map(shown).join(', ');

const count = (number: number, one: string, many: string): string => `${String(number)} ${number === 1 ? one : many}`;

/** `/0/a` -> ` (at [0].a)`, for what is wrong inside a list or object. */
const inside = (pointer: string): string => {
  if (pointer === '') return '';
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/gu, '/').replace(/~0/gu, '~'));
  const path = parts.map((part, i) => (/^\d+$/u.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
  return ` (at ${path})`;
};

const words = (error: SchemaError): string => {
  switch (error.keyword) {
    case 'type': {
      const types = typeof error.params.type === 'string' ? [error.params.type] : error.params.type;
      return `must be ${types.map((type) => nameOfType[type] ?? type).join(' or ')}`;
    }
    case 'enum':
      return `must be one of ${listed(error.params.allowedValues)}`;
    case 'const':
      return `must be ${shown(error.params.allowedValue)}`;
    case 'minimum':
      return `must be at least ${String(error.params.limit)}`;
    case 'maximum':
      return `must be at most ${String(error.params.limit)}`;
    case 'exclusiveMinimum':
      return `must be more than ${String(error.params.limit)}`;
    case 'exclusiveMaximum':
      return `must be less than ${String(error.params.limit)}`;
    case 'multipleOf':
      return `must be a multiple of ${String(error.params.multipleOf)}`;
    case 'minLength':
      return error.params.limit === 1
        ? 'must not be empty'
        : `must have at least ${count(error.params.limit, 'character', 'characters')}`;
    case 'maxLength':
      return `must have at most ${count(error.params.limit, 'character', 'characters')}`;
    case 'minItems':
      return `must have at least ${count(error.params.limit, 'entry', 'entries')}`;
    case 'maxItems':
      return `must have at most ${count(error.params.limit, 'entry', 'entries')}`;
    case 'uniqueItems':
      return 'must not hold the same entry twice';
    case 'format':
      return `must be ${nameOfFormat[error.params.format] ?? `in the format ${error.params.format}`}`;
    case 'pattern':
      return `must match ${String(error.params.pattern)}`;
    case 'required':
      return `must have ${listed(error.params.requiredProperties)}`;
    case 'additionalProperties':
      return `must not have ${listed(error.params.additionalProperties)}`;
    case 'boolean':
      return 'is not allowed here';
    default:
      return error.message;
  }
};

/** Follow-ups of another error: they name no cause of their own. */
const followUps = new Set(['if', 'anyOf', 'oneOf', 'propertyNames', 'unevaluatedProperties']);

export type SchemaProblem = { pointer: string; problem: string };

/** All problems, first cause first; empty when the value fits. */
export const problemsOf = (schema: JsonObject, value: JsonValue): SchemaProblem[] => {
  const [fits, errors] = Errors(schema, value);
  if (fits) return [];
  const causes = errors.filter((error) => !followUps.has(error.keyword));
  const told = causes.length > 0 ? causes : errors;
  // `additionalProperties` repeats at the parent what `boolean` says at the place itself.
  const places = told.filter(
    (error) => !(error.keyword === 'additionalProperties' && told.some((one) => one.keyword === 'boolean')),
  );
  return places.map((error) => ({ pointer: error.instancePath, problem: words(error) }));
};

/** The first problem as a fragment, alternatives of an `anyOf` joined; null when the value fits. */
export const firstProblem = (schema: JsonObject, value: JsonValue): string | null => {
  const problems = problemsOf(schema, value);
  const first = problems[0];
  if (first === undefined) return null;
  const types = problems.filter((one) => one.pointer === first.pointer && one.problem.startsWith('must be '));
  const joined =
    types.length > 1 && types[0] === first
      ? `must be ${types.map((one) => one.problem.slice(8)).join(' or ')}`
      : first.problem;
  return `${joined}${inside(first.pointer)}`;
};
