/**
 * Edits that somebody typed and has not applied yet, in Holdfast's own folder, so that closing a door loses none. A page's
 * own storage would not do: the browser host has another address at each start. Never a secret, whoever sends it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Check } from 'typebox/value';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { SettingsDraft } from '../../contract/settings.ts';
import type { Context, Handler } from '../context.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretByName } from '../definitions/secret-names.ts';
import { writeWhole } from '../whole-file.ts';
import { storedSettings } from './queries.ts';
import { isSecretSetting } from './views.ts';

const maxBytes = 4 * 1024 * 1024;
const what = 'The draft of your edits';

const pathOf = ({ configDir, homeDir }: Context): string =>
  join(configDir, 'drafts', `${createHash('sha256').update(homeDir).digest('hex').slice(0, 16)}.settings.json`);

/** A draft that cannot be read is as if there were none. */
export const settingsDraft: Handler<'settings.draft'> = async (ctx) => {
  try {
    const draft: unknown = JSON.parse(await readFile(pathOf(ctx), 'utf8'));
    if (Check(SettingsDraft, draft)) return ok(draft);
  } catch {
    // None yet, or not ours to understand.
  }
  return ok({ staged: {}, restartedAt: null });
};

const textOfEdit = (edit: SettingsDraft['staged'][string]['edit']): JsonValue =>
  edit.op === 'set' ? edit.value : edit.op === 'draft' ? edit.text : null;

const secretKeys = async (ctx: Context, draft: SettingsDraft): Promise<Result<Set<string>>> => {
  const definition = await ctx.definition();
  const stored = await ctx.read((reader) => storedSettings(reader));
  if (!stored.ok) return stored;
  const isSecret = ([key, { edit }]: [string, SettingsDraft['staged'][string]]): boolean => {
    const known = stored.data.get(key);
    if (isSecretSetting(definition, key, known)) return true;
    const declared = definition !== null && entryFor(definition, key) !== null;
    return known === undefined && !declared && secretByName(key, textOfEdit(edit));
  };
  return ok(
    new Set(
      Object.entries(draft.staged)
        .filter(isSecret)
        .map(([key]) => key),
    ),
  );
};

/** Written whole or not at all, readable by its owner only. */
export const saveSettingsDraft: Handler<'settings.save-draft'> = async (ctx, draft) => {
  const secret = await secretKeys(ctx, draft);
  if (!secret.ok) return secret;
  const staged = Object.fromEntries(Object.entries(draft.staged).filter(([key]) => !secret.data.has(key)));
  const text = JSON.stringify({ staged, restartedAt: draft.restartedAt });
  if (Buffer.byteLength(text) > maxBytes)
    return fail({ type: 'InputInvalid', field: 'staged', problem: 'edits that are not applied take at most 4 MiB' });
  const path = pathOf(ctx);
  try {
    await mkdir(join(ctx.configDir, 'drafts'), { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail({ type: 'DiskError', what, code: (error as NodeJS.ErrnoException).code ?? 'EIO', path });
  }
  const written = await writeWhole(path, text, { what });
  return written.ok ? ok({ saved: true as const }) : written;
};
