/**
 * `settings.try`: would this value work on this machine now? Ports are bound for a moment on this machine only, paths are
 * looked at; nothing is created, connected to or saved.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { ok } from '../../contract/result.ts';
import type { Context, Handler } from '../context.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import type { Definition } from '../definitions/types.ts';

type Trial = Output<'settings.try'>;
const good = (message: string): Trial => ({ result: 'good', message, suggestions: [] });
const bad = (message: string, suggestions: JsonValue[] = []): Trial => ({ result: 'bad', message, suggestions });
const unknown: Trial = { result: 'unknown', message: '', suggestions: [] };

/** Null when it can be listened on, else the error's code. Every address, as most applications do. */
const portProblem = (port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EIO'));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(null)));
  });

const wantedSuggestions = 3;
const longestSearch = 50;

const freePorts = async (after: number, fits: (port: number) => boolean): Promise<number[]> => {
  const found: number[] = [];
  for (let port = after + 1; port <= Math.min(65_535, after + longestSearch); port += 1) {
    if (found.length === wantedSuggestions) break;
    if (fits(port) && (await portProblem(port)) === null) found.push(port);
  }
  return found;
};

export const tryPort = async (value: JsonValue, fits: (port: number) => boolean): Promise<Trial> => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 65_535)
    return bad('A port is a whole number from 1 to 65535');
  const problem = await portProblem(value);
  if (problem === null) return good(`Port ${String(value)} is free now`);
  const why =
    problem === 'EACCES'
      ? `Port ${String(value)} needs more rights than you have here`
      : `Port ${String(value)} is used by another program now (by the application itself, if it is running)`;
  return bad(why, await freePorts(problem === 'EACCES' ? 1023 : value, fits));
};

const canWrite = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/** Relative paths are the application's: it is started in its own home, as far as anybody can tell. */
export const tryPath = async (ctx: Context, value: JsonValue): Promise<Trial> => {
  if (typeof value !== 'string' || value === '') return unknown;
  const expanded = value.startsWith('~/') ? join(homedir(), value.slice(2)) : value;
  const path = isAbsolute(expanded) ? expanded : join(ctx.homeDir, expanded);
  const found = await stat(path).catch(() => null);
  if (found !== null)
    return (await canWrite(path))
      ? good(`This ${found.isDirectory() ? 'folder' : 'file'} is there and can be written`)
      : bad(`This ${found.isDirectory() ? 'folder' : 'file'} is there, but you may not write it`);
  const parent = await stat(dirname(path)).catch(() => null);
  if (parent?.isDirectory() !== true) return bad('Neither this nor the folder it would lie in is there');
  return (await canWrite(dirname(path)))
    ? good('This is not there yet; its folder is, and can be written')
    : bad('This is not there yet, and you may not write its folder');
};

const definitionFor = async (ctx: Context, asked: string | undefined): Promise<Definition | null> => {
  if (asked === undefined) return ctx.definition();
  const all = await ctx.definitions();
  return (all.ok ? all.data.find(({ id }) => id === asked) : null) ?? null;
};

export const trySetting: Handler<'settings.try'> = async (ctx, { key, value, definition: asked }) => {
  const definition = await definitionFor(ctx, asked);
  const entry = definition === null ? null : entryFor(definition, key);
  const problem = definition === null ? null : validateValue(definition, key, value);
  if (problem !== null) return ok(bad(`It ${problem}`));
  const kind = settingKindOf(entry ?? {}, value);
  if (kind === 'port') {
    const fits = (port: number): boolean => definition === null || validateValue(definition, key, port) === null;
    return ok(await tryPort(value, fits));
  }
  return ok(kind === 'path' ? await tryPath(ctx, value) : unknown);
};
