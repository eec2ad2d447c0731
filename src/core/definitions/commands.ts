/** The handlers of `definition.*`. Reading a definition needs no home; what fits best is told where there is one. */
import { homedir } from 'node:os';
import { basename, relative, sep } from 'node:path';
import type { DefinitionSummary } from '../../contract/definitions.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context, Handlers } from '../context.ts';
import { scanHome } from '../migration/scan.ts';
import { programFor, runPlanWork } from '../migration/thread.ts';
import { loadDefinitionFiles, readBytes, readDefinitionSchema, type LoadedDefinition } from './load.ts';
import { checkDefinition } from './parse.ts';
import { recogniseHome, type Recognised } from './recognise.ts';
import { saveDefinition } from './save.ts';

const loadAll = (ctx: Context): Promise<Result<LoadedDefinition[]>> =>
  loadDefinitionFiles({ ...ctx, homeDir: ctx.homeDir === '' ? null : ctx.homeDir });

type Fit = { fits: readonly Recognised[]; current: string | null };

const fitOf = async (ctx: Context, loaded: readonly LoadedDefinition[]): Promise<Fit> =>
  ctx.homeDir === ''
    ? { fits: [], current: null }
    : {
        fits: await recogniseHome(
          ctx.homeDir,
          loaded.map((one) => one.definition),
        ),
        current: (await ctx.definition())?.id ?? null,
      };

const summaryOf = ({ definition, file }: LoadedDefinition, { fits, current }: Fit): DefinitionSummary => {
  const fit = fits.find((one) => one.definition.id === definition.id);
  return {
    id: definition.id,
    title: definition.title,
    version: definition.version,
    origin: file.origin,
    file: file.name,
    sources: definition.sources.length,
    settings: Object.keys(definition.catalog).length,
    integrationTypes: Object.keys(definition.integrationTypes).length,
    collections: Object.keys(definition.collections).length,
    questions: definition.wizard.length,
    score: fit?.score ?? 0,
    why: fit?.why ?? [],
    current: definition.id === current,
  };
};

/** As they fit, best first; the rest by name. */
const rankOf = (fits: readonly Recognised[], id: string): number => {
  const place = fits.findIndex((one) => one.definition.id === id);
  return place === -1 ? fits.length : place;
};

const list = async (ctx: Context): Promise<Result<Output<'definition.list'>>> => {
  const loaded = await loadAll(ctx);
  if (!loaded.ok) return loaded;
  const fit = await fitOf(ctx, loaded.data);
  const definitions = loaded.data
    .map((one) => summaryOf(one, fit))
    .toSorted((a, b) => rankOf(fit.fits, a.id) - rankOf(fit.fits, b.id) || a.id.localeCompare(b.id));
  return ok({ definitions });
};

const show = async (ctx: Context, id: string): Promise<Result<Output<'definition.show'>>> => {
  const loaded = await loadAll(ctx);
  if (!loaded.ok) return loaded;
  const found = loaded.data.find((one) => one.definition.id === id);
  if (found === undefined) return fail({ type: 'NotFound', what: 'definition', name: id });
  return ok({ ...summaryOf(found, await fitOf(ctx, loaded.data)), definition: found.raw });
};

const check = async (ctx: Context, input: Input<'definition.check'>): Promise<Result<Output<'definition.check'>>> => {
  const handle = ctx.file(input.file);
  if (!handle.ok) return handle;
  const { path, name } = handle.data;
  const bytes = await readBytes(path, name);
  if (!bytes.ok) return bytes;
  if (bytes.data === null) return fail({ type: 'NotFound', what: 'file', name });
  const schema = await readDefinitionSchema(ctx.resourcesDir);
  if (!schema.ok) return schema;
  const { definition, problems } = checkDefinition(bytes.data, schema.data);
  const loaded = await loadAll(ctx);
  const same = loaded.ok ? loaded.data.find((one) => one.definition.id === definition?.id) : undefined;
  const notes = same?.file.origin === 'built-in' ? [`It replaces the built-in definition ${same.definition.id}.`] : [];
  return ok({
    file: name,
    ok: definition !== null,
    problems,
    id: definition?.id ?? null,
    title: definition?.title ?? null,
    settings: Object.keys(definition?.catalog ?? {}).length,
    notes,
  });
};

/** `/home/ann/.weatherbox` -> `~/.weatherbox`; null for a folder elsewhere. */
const usualPlace = (homeDir: string): string | null => {
  const path = relative(homedir(), homeDir);
  return path === '' || path.startsWith('..') || path.includes(':') ? null : `~/${path.split(sep).join('/')}`;
};

const infer = async (ctx: Context): Promise<Result<Output<'definition.infer'>>> => {
  const loaded = await ctx.definitions();
  if (!loaded.ok) return loaded;
  const generic = loaded.data.find((one) => one.generic === true);
  if (generic === undefined) return fail({ type: 'NotFound', what: 'definition', name: 'generic' });
  const scan = await scanHome(ctx.homeDir);
  const input = {
    name: basename(ctx.homeDir),
    usualPlace: usualPlace(ctx.homeDir),
    generic,
    now: ctx.clock.now(),
    taken: new Set(loaded.data.map((one) => one.id)),
  };
  const { homeDir, signal } = ctx;
  return runPlanWork('infer', { homeDir, scan, input }, { signal, program: programFor(scan) });
};

export const definitionHandlers = {
  'definition.list': (ctx) => list(ctx),
  'definition.show': (ctx, input) => show(ctx, input.id),
  'definition.check': (ctx, input) => check(ctx, input),
  'definition.infer': (ctx) => infer(ctx),
  'definition.save': (ctx, input) => saveDefinition(ctx, input),
} satisfies Partial<Handlers>;
