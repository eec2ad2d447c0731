/**
 * Reads definitions: the home's own, the user's own, the built-in ones. An own definition wins over a built-in one of the
 * same id. Reads only; a file that does not fit the published schema stops with its place, it is never half used.
 */
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { nodeValue, openJson, type JsonDocument } from '../migration/readers/json-reader.ts';
import type { JsonNode } from '../migration/readers/json-tree.ts';
import { keyProblem } from '../migration/readers/exactness.ts';
import { problemsOf, type SchemaProblem } from './problems.ts';
import { sayProblems } from './sense.ts';
import type { Definition } from './types.ts';

const maxDefinitionBytes = 4 * 1024 * 1024;

export type DefinitionDirs = { homeDir: string | null; configDir: string; resourcesDir: string };

/** Null when there is no such file. Links are followed on purpose: these are files of the user's own choosing. */
const readBytes = async (path: string, name: string): Promise<Result<Uint8Array | null>> => {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) return fail({ type: 'FileInvalid', file: name, problem: 'this is not a file' });
      if (facts.size > maxDefinitionBytes)
        return fail({ type: 'FileInvalid', file: name, problem: 'a definition has at most 4 MiB' });
      return ok(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    return code === 'ENOENT' || code === 'ENOTDIR' ? ok(null) : fail({ type: 'Unreadable', path: name, code });
  }
};

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

const complete = (value: JsonObject): Definition => {
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
  // Checked against the schema just before; the defaults fill what it allows to leave out.
  return { ...defaults, ...rest } as unknown as Definition;
};

/** One definition from its bytes. `name` is what errors call the file. */
export const parseDefinition = (bytes: Uint8Array, name: string, schema: JsonObject): Result<Definition> => {
  const opened = openJson(bytes);
  if (!opened.ok)
    return fail({
      type: 'FileInvalid',
      file: name,
      problem: opened.error.message,
      line: opened.error.line,
      column: opened.error.column,
    });
  const { document } = opened;
  const trap = keyTrap(document.root);
  if (trap !== null)
    return fail({ type: 'FileInvalid', file: name, problem: trap.problem, ...document.locate(trap.at) });
  const value: JsonValue = nodeValue(document.root);
  const refuse = (one: SchemaProblem): Result<Definition> => {
    const where = one.pointer === '' ? 'the definition' : one.pointer.slice(1);
    return fail({
      type: 'FileInvalid',
      file: name,
      problem: `${where} ${one.problem}`,
      ...placeOf(document, one.pointer),
    });
  };
  const first = problemsOf(schema, value)[0];
  if (first !== undefined) return refuse(first);
  const definition = complete(value as JsonObject);
  const senseless = sayProblems(definition)[0];
  return senseless === undefined ? ok(definition) : refuse(senseless);
};

const namesIn = async (dir: string): Promise<string[]> => {
  try {
    return (await readdir(dir))
      .filter((name) => name.endsWith('.json') && name !== 'definition.schema.json')
      .toSorted();
  } catch {
    return [];
  }
};

/** Every file once, the home's own first: [path, name in errors]. */
const definitionFiles = async (dirs: DefinitionDirs): Promise<[string, string][]> => {
  const own = join(dirs.configDir, 'definitions');
  const builtIn = join(dirs.resourcesDir, 'definitions');
  return [
    ...(dirs.homeDir === null
      ? []
      : [[join(dirs.homeDir, '.holdfast', 'definition.json'), '.holdfast/definition.json'] as [string, string]]),
    ...(await namesIn(own)).map((name): [string, string] => [join(own, name), `definitions/${name}`]),
    ...(await namesIn(builtIn)).map((name): [string, string] => [join(builtIn, name), `built-in definitions/${name}`]),
  ];
};

/** Changes when any definition file was added, removed or written; cheap beside parsing and checking them. */
export const definitionsSignature = async (dirs: DefinitionDirs): Promise<string> => {
  const facts = (await definitionFiles(dirs)).map(async ([path]) => {
    const found = await stat(path).catch(() => null);
    return `${path} ${String(found?.size)} ${String(found?.mtimeMs)}`;
  });
  return (await Promise.all(facts)).join('\n');
};

/** The home's own and the user's own definitions first, then the built-in ones that they do not replace. */
export const loadDefinitions = async (dirs: DefinitionDirs): Promise<Result<Definition[]>> => {
  const schemaName = 'built-in definitions/definition.schema.json';
  const schemaBytes = await readBytes(join(dirs.resourcesDir, 'definitions', 'definition.schema.json'), schemaName);
  if (!schemaBytes.ok) return schemaBytes;
  if (schemaBytes.data === null) return fail({ type: 'NotFound', what: 'file', name: schemaName });
  const schema = JSON.parse(Buffer.from(schemaBytes.data).toString('utf8')) as JsonObject;
  const found: Definition[] = [];
  for (const [path, name] of await definitionFiles(dirs)) {
    const bytes = await readBytes(path, name);
    if (!bytes.ok) return bytes;
    if (bytes.data === null) continue;
    const definition = parseDefinition(bytes.data, name, schema);
    if (!definition.ok) return definition;
    if (!found.some((one) => one.id === definition.data.id)) found.push(definition.data);
  }
  return ok(found);
};
