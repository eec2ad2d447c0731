/**
 * Reads definitions: the home's own, the user's own, the built-in ones. An own definition wins over a built-in one of the
 * same id. Reads only; an own file that does not fit the published schema stops with its place, it is never half used.
 * Built-in ones are not checked again: a test checks them, and every command would wait for it.
 */
import { constants } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { complete, parseDefinition, type Parsed } from './parse.ts';
import type { Definition } from './types.ts';

const maxDefinitionBytes = 4 * 1024 * 1024;

export type DefinitionDirs = { homeDir: string | null; configDir: string; resourcesDir: string };

/** Null when there is no such file. Links are followed on purpose: these are files of the user's own choosing. */
export const readBytes = async (path: string, name: string): Promise<Result<Uint8Array | null>> => {
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

const namesIn = async (dir: string): Promise<string[]> => {
  try {
    return (await readdir(dir))
      .filter((name) => name.endsWith('.json') && name !== 'definition.schema.json')
      .toSorted();
  } catch {
    return [];
  }
};

export type DefinitionOrigin = 'home' | 'own' | 'built-in';
export type DefinitionFile = { path: string; name: string; origin: DefinitionOrigin };
/** `raw` is the file's own JSON, without what Holdfast puts in for parts left out. */
export type LoadedDefinition = Parsed & { file: DefinitionFile };

export const ownDefinitionsDir = (configDir: string): string => join(configDir, 'definitions');
export const homeDefinitionName = '.holdfast/definition.json';

/** Every file once, the home's own first. `name` is what people are told. */
const definitionFiles = async (dirs: DefinitionDirs): Promise<DefinitionFile[]> => {
  const own = ownDefinitionsDir(dirs.configDir);
  const builtIn = join(dirs.resourcesDir, 'definitions');
  const inFolder = async (dir: string, label: string, origin: DefinitionOrigin): Promise<DefinitionFile[]> =>
    (await namesIn(dir)).map((name) => ({ path: join(dir, name), name: `${label}${name}`, origin }));
  const ofHome: DefinitionFile[] =
    dirs.homeDir === null
      ? []
      : [{ path: join(dirs.homeDir, homeDefinitionName), name: homeDefinitionName, origin: 'home' }];
  return [
    ...ofHome,
    ...(await inFolder(own, 'definitions/', 'own')),
    ...(await inFolder(builtIn, 'built-in definitions/', 'built-in')),
  ];
};

/** Changes when any definition file was added, removed or written; cheap beside parsing and checking them. */
export const definitionsSignature = async (dirs: DefinitionDirs): Promise<string> => {
  const facts = (await definitionFiles(dirs)).map(async ({ path }) => {
    const found = await stat(path).catch(() => null);
    return `${path} ${String(found?.size)} ${String(found?.mtimeMs)}`;
  });
  return (await Promise.all(facts)).join('\n');
};

/** The published schema that own definitions are checked against. */
export const readDefinitionSchema = async (resourcesDir: string): Promise<Result<JsonObject>> => {
  const name = 'built-in definitions/definition.schema.json';
  const bytes = await readBytes(join(resourcesDir, 'definitions', 'definition.schema.json'), name);
  if (!bytes.ok) return bytes;
  if (bytes.data === null) return fail({ type: 'NotFound', what: 'file', name });
  return ok(JSON.parse(Buffer.from(bytes.data).toString('utf8')) as JsonObject);
};

const parseBuiltIn = (bytes: Uint8Array, name: string): Result<Parsed> => {
  try {
    const raw = JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject;
    return ok({ definition: complete(raw), raw });
  } catch {
    return fail({ type: 'FileInvalid', file: name, problem: 'this is not JSON; install Holdfast again' });
  }
};

/** The home's own and the user's own definitions first, then the built-in ones that they do not replace, with their files. */
export const loadDefinitionFiles = async (dirs: DefinitionDirs): Promise<Result<LoadedDefinition[]>> => {
  let schema: Result<JsonObject> | null = null;
  const found: LoadedDefinition[] = [];
  for (const file of await definitionFiles(dirs)) {
    const bytes = await readBytes(file.path, file.name);
    if (!bytes.ok) return bytes;
    if (bytes.data === null) continue;
    if (file.origin !== 'built-in') schema ??= await readDefinitionSchema(dirs.resourcesDir);
    if (schema?.ok === false) return schema;
    const parsed =
      file.origin === 'built-in' || schema === null
        ? parseBuiltIn(bytes.data, file.name)
        : parseDefinition(bytes.data, file.name, schema.data);
    if (!parsed.ok) return parsed;
    if (!found.some((one) => one.definition.id === parsed.data.definition.id)) found.push({ ...parsed.data, file });
  }
  return ok(found);
};

export const loadDefinitions = async (dirs: DefinitionDirs): Promise<Result<Definition[]>> => {
  const loaded = await loadDefinitionFiles(dirs);
  return loaded.ok ? ok(loaded.data.map((one) => one.definition)) : loaded;
};
