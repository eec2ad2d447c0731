/**
 * Templates: bundles without secrets that are kept by name in Holdfast's own folder, for every home. One file each; a file
 * that is no bundle any more is listed with what is wrong with it, and never in the way of the others.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { describeError } from '../../contract/errors.ts';
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isThere } from '../backup/disk.ts';
import type { Context, Handler } from '../context.ts';
import { diskFailure, errnoCode } from '../secrets/disk-failure.ts';
import { makeBundle, writeBundle } from './export.ts';
import { factsOf, type Bundle } from './format.ts';
import { importFrom } from './import.ts';
import { readBundle, readTemplate, templateEnding, templatePath, templatesFolder } from './read.ts';
import { withoutSecrets } from './without-secrets.ts';

const notFound = (name: string) => fail({ type: 'NotFound', what: 'template', name });

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(templateEnding) && !entry.name.startsWith('.'))
      .map((entry) => entry.name.slice(0, -templateEnding.length))
      .toSorted();
  } catch {
    return [];
  }
};

export const listTemplates: Handler<'template.list'> = async (ctx) => {
  const names = await namesIn(templatesFolder(ctx));
  const templates = await Promise.all(
    names.map(async (name) => {
      const found = await readTemplate(ctx, name);
      return found.ok
        ? { name, problem: null, bundle: factsOf(found.data.bundle) }
        : { name, problem: describeError(found.error), bundle: null };
    }),
  );
  return ok({ templates });
};

/** Of what is here, or a bundle that somebody sent: without its secrets, as every template. */
const bundleFor = async (
  ctx: Context,
  { file, ...wanted }: Pick<Input<'template.save'>, 'file' | 'title' | 'only' | 'parts'>,
): Promise<Result<Bundle>> => {
  if (file === undefined) return makeBundle(ctx, wanted);
  if (wanted.only !== undefined || wanted.parts !== undefined)
    return fail({ type: 'InputInvalid', field: 'file', problem: 'is kept as it is; ask for no part of it' });
  const found = await readBundle(ctx, file);
  if (!found.ok) return found;
  const bundle = withoutSecrets(found.data.bundle, await ctx.definition());
  return ok(wanted.title === undefined ? bundle : { ...bundle, title: wanted.title });
};

export const saveTemplate: Handler<'template.save'> = async (ctx, { name, replace, dryRun, ...wanted }) => {
  const path = templatePath(ctx, name);
  if (replace !== true && (await isThere(path)))
    return fail({ type: 'CheckUnmet', unmet: [`there is a template "${name}" already (--replace writes over it)`] });
  const bundle = await bundleFor(ctx, wanted);
  if (!bundle.ok) return bundle;
  if (dryRun === true) return ok({ path: name, dryRun: true, ...factsOf(bundle.data) });
  try {
    await mkdir(templatesFolder(ctx), { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errnoCode(error) === null) throw error;
    return diskFailure(error, 'the template', path, null);
  }
  return writeBundle(ctx, bundle.data, { path, name, noun: 'template' });
};

export const applyTemplate: Handler<'template.apply'> = async (ctx, { name, ...how }) => {
  const found = await readTemplate(ctx, name);
  return found.ok ? importFrom(ctx, { ...found.data, noun: 'template' }, how) : found;
};

export const removeTemplate: Handler<'template.remove'> = async (ctx, { name }) => {
  const path = templatePath(ctx, name);
  if (!(await isThere(path))) return notFound(name);
  const noted = await ctx.commit({ kind: 'event' }, (changes) => {
    changes.event('template', name, 'remove');
    return ok(null);
  });
  if (!noted.ok) return noted;
  try {
    await rm(path);
    return ok({ name });
  } catch (error) {
    if (errnoCode(error) === null) throw error;
    return diskFailure(error, 'the template', path, null);
  }
};
