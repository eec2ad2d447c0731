/** One definition from its bytes: read as JSON, checked against the published schema and for sense, each problem with its place. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { nodeValue, openJson, type JsonDocument } from '../migration/readers/json-reader.ts';
import type { JsonNode } from '../migration/readers/json-tree.ts';
import { keyProblem } from '../migration/readers/exactness.ts';
import { problemsOf, type SchemaProblem } from './problems.ts';
import { sayProblems } from './sense.ts';
import type { Definition } from './types.ts';

/** The node that a JSON pointer names, or the nearest one above it; a member's place is that of its key. */
const placeOf = (document: JsonDocument, pointer: string): { line: number; column: number } => {
  let node: JsonNode = document.root;
  let at = node.start;
  for (const part of pointer
    .split('/')
    .slice(1)
    .map((one) => one.replace(/~1/gu, '/').replace(/~0/gu, '~'))) {
    if (node.type === 'object') {
      const member = node.members.find((one) => one.key === part);
      if (member === undefined) break;
      at = member.at;
      node = member.value;
    } else if (node.type === 'array') {
      const item = node.items[Number(part)];
      if (item === undefined) break;
      at = item.start;
      node = item;
    } else break;
  }
  return document.locate(at);
};

/** Keys twice, or keys that are traps: JSON.parse would hide them. */
const keyTrap = (node: JsonNode): { problem: string; at: number } | null => {
  const children =
    node.type === 'object' ? node.members.map((member) => member.value) : node.type === 'array' ? node.items : [];
  if (node.type === 'object') {
    const seen = new Set<string>();
    for (const member of node.members) {
      const problem = seen.has(member.key) ? `the key "${member.key}" stands there twice` : keyProblem(member.key);
      if (problem !== null) return { problem, at: member.at };
      seen.add(member.key);
    }
  }
  for (const child of children) {
    const found = keyTrap(child);
    if (found !== null) return found;
  }
  return null;
};

/** A definition with everything that its file leaves out. */
export const complete = (value: JsonObject): Definition => {
  const { $schema: _, ...rest } = value;
  const defaults = {
    home: {},
    recognise: [],
    leaveAlone: [],
    categories: [],
    catalog: {},
    families: {},
    sameFact: [],
    integrationTypes: {},
    collections: {},
    precedence: null,
    wizard: [],
  };
  // Checked against the schema before; the defaults fill what it allows to leave out.
  return { ...defaults, ...rest } as unknown as Definition;
};

/** Patterns of the published schema in words: nobody reads them as they are. */
const patternWords: [RegExp, string][] = [
  [/^\/id$/u, 'must be a short name of a-z, digits and -, beginning with a letter'],
  [
    /^\/(?:sources|recognise)\/\d+\/file$|^\/leaveAlone\/|^\/precedence\//u,
    'must be a path inside the home, with / between folders and no .. in it',
  ],
];

const inWords = ({ pointer, problem }: SchemaProblem): string =>
  problem.startsWith('must match ') ? (patternWords.find(([place]) => place.test(pointer))?.[1] ?? problem) : problem;

export type Checked = {
  /** Null when there is any problem. */
  definition: Definition | null;
  /** As it stands in the file; null when it is no sound JSON object. */
  raw: JsonObject | null;
  problems: { path: string; problem: string; line: number; column: number }[];
};

/** Everything that is wrong with a definition, with its place; the first thing only where it is no sound JSON. */
export const checkDefinition = (bytes: Uint8Array, schema: JsonObject): Checked => {
  const opened = openJson(bytes);
  if (!opened.ok) {
    const { message, line, column } = opened.error;
    return { definition: null, raw: null, problems: [{ path: '', problem: message, line, column }] };
  }
  const { document } = opened;
  const trap = keyTrap(document.root);
  if (trap !== null)
    return {
      definition: null,
      raw: null,
      problems: [{ path: '', problem: trap.problem, ...document.locate(trap.at) }],
    };
  const place = (found: SchemaProblem): Checked['problems'][number] => ({
    path: found.pointer.slice(1),
    problem: inWords(found),
    ...placeOf(document, found.pointer),
  });
  const value: JsonValue = nodeValue(document.root);
  const shape = problemsOf(schema, value);
  if (shape.length > 0 || !isJsonObject(value))
    return { definition: null, raw: isJsonObject(value) ? value : null, problems: shape.map(place) };
  const definition = complete(value);
  const sense = sayProblems(definition);
  return { definition: sense.length === 0 ? definition : null, raw: value, problems: sense.map(place) };
};

export type Parsed = { definition: Definition; raw: JsonObject };

/** One definition from its bytes. `name` is what errors call the file. */
export const parseDefinition = (bytes: Uint8Array, name: string, schema: JsonObject): Result<Parsed> => {
  const { definition, raw, problems } = checkDefinition(bytes, schema);
  if (definition !== null && raw !== null) return ok({ definition, raw });
  const [first] = problems;
  if (first === undefined) throw new Error('a definition was refused without a problem');
  const { path, problem, line, column } = first;
  const where = path === '' && problem.startsWith('must ') ? 'the definition ' : path === '' ? '' : `${path} `;
  return fail({ type: 'FileInvalid', file: name, problem: `${where}${problem}`, line, column });
};
