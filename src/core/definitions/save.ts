/**
 * `definition.save`: a checked definition becomes this home's own or the user's own. Written whole or not at all; one that
 * is there is replaced only when asked, and kept beside the new one.
 */
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Input, Output } from '../../contract/commands.ts';
import type { JsonObject } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { writeWhole } from '../whole-file.ts';
import { homeDefinitionName, ownDefinitionsDir, readBytes, readDefinitionSchema } from './load.ts';
import { parseDefinition, type Parsed } from './parse.ts';

type SaveInput = Input<'definition.save'>;
type Saved = Output<'definition.save'>;
type Where = { path: string; name: string };

const given = async (ctx: Context, input: SaveInput): Promise<Result<{ bytes: Uint8Array; name: string }>> => {
  const { definition, file } = input;
  if ((definition === undefined) === (file === undefined))
    return fail({ type: 'InputInvalid', field: 'definition', problem: 'give a definition or a file, one of them' });
  if (definition !== undefined)
    return ok({ bytes: Buffer.from(JSON.stringify(definition)), name: 'the given definition' });
  const handle = ctx.file(file ?? '');
  if (!handle.ok) return handle;
  const bytes = await readBytes(handle.data.path, handle.data.name);
  if (!bytes.ok) return bytes;
  return bytes.data === null
    ? fail({ type: 'NotFound', what: 'file', name: handle.data.name })
    : ok({ bytes: bytes.data, name: handle.data.name });
};

const placeFor = (ctx: Context, where: SaveInput['where'], id: string): Where =>
  where === 'home'
    ? { path: join(ctx.homeDir, homeDefinitionName), name: homeDefinitionName }
    : { path: join(ownDefinitionsDir(ctx.configDir), `${id}.json`), name: `definitions/${id}.json` };

/** What lies there, as far as it can be told: a damaged one is still somebody's work. */
type Present = { id: string; version: number };

const presentAt = async (place: Where): Promise<Result<Present | null>> => {
  const bytes = await readBytes(place.path, place.name);
  if (!bytes.ok) return bytes;
  if (bytes.data === null) return ok(null);
  try {
    const raw = JSON.parse(Buffer.from(bytes.data).toString('utf8')) as Partial<Present> | null;
    const id = typeof raw?.id === 'string' ? raw.id.slice(0, 64) : 'unreadable';
    return ok({ id, version: Number.isSafeInteger(raw?.version) ? Number(raw?.version) : 0 });
  } catch {
    return ok({ id: 'unreadable', version: 0 });
  }
};

const diskFailure = (error: unknown, path: string, bytes: number): Result<never> => {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? fail({ type: 'DiskFull', what: 'the definition', neededBytes: bytes })
    : fail({ type: 'DiskError', what: 'The definition', code, path });
};

const write = async ({ path, name }: Where, text: string, keep: string | null): Promise<Result<null>> => {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (keep !== null) await copyFile(path, keep);
  } catch (error) {
    return diskFailure(error, name, Buffer.byteLength(text));
  }
  return writeWhole(path, text, { what: 'The definition', name });
};

/** Back to what was there, when its entry in the log could not be written. */
const takeBack = async ({ path }: Where, keep: string | null): Promise<void> => {
  await (keep === null ? rm(path, { force: true }) : rename(keep, path)).catch(() => undefined);
};

const note = async (
  ctx: Context,
  { definition }: Parsed,
  present: Present | null,
  reason: string | undefined,
): Promise<Result<boolean>> => {
  const store = await ctx.store();
  if (!store.ok) return store.error.type === 'NotFound' ? ok(false) : store;
  const detail: JsonObject = {
    version: definition.version,
    replaced: present === null ? null : `${present.id} ${String(present.version)}`,
  };
  const written = await ctx.commit({ kind: 'event', reason: reason ?? null }, (changes) => {
    changes.event('definition', definition.id, 'save', detail);
    return ok(null);
  });
  return written.ok ? ok(true) : written;
};

export const saveDefinition = async (ctx: Context, input: SaveInput): Promise<Result<Saved>> => {
  const source = await given(ctx, input);
  if (!source.ok) return source;
  const schema = await readDefinitionSchema(ctx.resourcesDir);
  if (!schema.ok) return schema;
  const parsed = parseDefinition(source.data.bytes, source.data.name, schema.data);
  if (!parsed.ok) return parsed;
  const { definition, raw } = parsed.data;
  const place = placeFor(ctx, input.where, definition.id);
  const present = await presentAt(place);
  if (!present.ok) return present;
  const there = present.data;
  if (there !== null && input.replace !== true && input.dryRun !== true)
    return fail({
      type: 'Conflict',
      what: `${place.name} already has a definition (${there.id}, version ${String(there.version)}); say that it is to be replaced`,
      items: [],
    });
  const keep = there === null ? null : `${place.path}.previous`;
  const answer: Saved = {
    id: definition.id,
    title: definition.title,
    file: place.name,
    replaced: there === null ? null : { ...there, kept: `${place.name}.previous` },
    audited: false,
    dryRun: input.dryRun === true,
  };
  if (answer.dryRun) return ok(answer);
  const written = await write(place, `${JSON.stringify(raw, null, 2)}\n`, keep);
  if (!written.ok) return written;
  const noted = input.where === 'home' ? await note(ctx, parsed.data, there, input.reason) : ok(false);
  if (!noted.ok) {
    await takeBack(place, keep);
    return noted;
  }
  ctx.changed('settings', 'integrations', 'records', 'status', 'home', 'audit');
  return ok({ ...answer, audited: noted.data });
};
