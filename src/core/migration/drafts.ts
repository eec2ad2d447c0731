/**
 * The wizard's draft in Holdfast's own folder: what was chosen and answered so far. Whatever could be a secret is taken
 * out before it is written, whoever sends it; a draft that cannot be read is as if there were none.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretByName } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import { writeWhole } from '../whole-file.ts';
import { keyProblem } from './readers/exactness.ts';

const maxDraftBytes = 1024 * 1024;

const draftPath = (configDir: string, homeDir: string): string =>
  join(configDir, 'drafts', `${createHash('sha256').update(homeDir).digest('hex').slice(0, 16)}.json`);

const neverKept = /pass(?:word|phrase)|secret|credential|recovery.?code|token|protect$/iu;

/** Answers are keyed by setting; everything else by the wizard's own names. Both are judged by name and by look. */
const withoutSecrets = (value: JsonValue, name: string, definitions: readonly Definition[]): JsonValue | undefined => {
  const declared = definitions.some((definition) => entryFor(definition, name)?.['x-secret'] === true);
  if (declared || (name !== '' && neverKept.test(name) && typeof value !== 'boolean')) return undefined;
  if (typeof value === 'string') return secretByName(name === '' ? 'value' : name, value) ? undefined : value;
  if (Array.isArray(value)) return value.flatMap((item) => withoutSecrets(item, '', definitions) ?? []);
  if (!isJsonObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (keyProblem(key) !== null) continue;
    // Choices name items by file and path; their values are five plain words and never secret.
    const clean =
      name === 'choices' && typeof item === 'string' && item.length <= 6
        ? item
        : withoutSecrets(item, key, definitions);
    if (clean !== undefined) kept[key] = clean;
  }
  return kept;
};

export const readDraft = async (configDir: string, homeDir: string): Promise<JsonValue> => {
  try {
    return JSON.parse(await readFile(draftPath(configDir, homeDir), 'utf8')) as JsonValue;
  } catch {
    return null;
  }
};

/** `null` removes the draft. Written whole or not at all, readable by its owner only. */
export const saveDraft = async (
  configDir: string,
  homeDir: string,
  draft: JsonValue,
  definitions: readonly Definition[],
): Promise<Result<null>> => {
  const path = draftPath(configDir, homeDir);
  const what = 'The wizard’s draft';
  const text = JSON.stringify(withoutSecrets(draft, '', definitions) ?? null);
  if (Buffer.byteLength(text) > maxDraftBytes)
    return fail({ type: 'InputInvalid', field: 'draft', problem: 'a draft has at most 1 MiB' });
  try {
    await mkdir(join(configDir, 'drafts'), { recursive: true, mode: 0o700 });
    if (draft === null) {
      await rm(path, { force: true });
      return ok(null);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    return fail({ type: 'DiskError', what, code, path });
  }
  return writeWhole(path, text, { what });
};
