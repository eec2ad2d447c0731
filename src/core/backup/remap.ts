/**
 * Values of a backup that belong to the machine it was made on: paths that are not here, ports that are taken, keys in a
 * keyring. They are named before a restore, and can be given other values on the way in.
 */
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import type { Definition } from '../definitions/types.ts';
import type { KeysFile } from '../secrets/keys-format.ts';
import { tryPath, tryPort } from '../settings/try.ts';

export type MachineBound = Output<'backup.restore'>['machine'][number];
export type Remap = { [key: string]: string };

/** The text as a value of the same type as the one it replaces; null when it is none. */
const likeOld = (text: string, old: JsonValue | undefined): JsonValue | null => {
  if (typeof old === 'string' || old === undefined || old === null) return text;
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === typeof old && Array.isArray(value) === Array.isArray(old) ? value : null;
  } catch {
    return null;
  }
};

const problemOf = (value: JsonValue | null, put: Put, definition: Definition | null): string | null => {
  const { key } = put.subject;
  if (value === null) return 'is not of the type that the backup has';
  return definition === null ? null : validateValue(definition, key, value);
};

/** Errors: `InputInvalid` for a key that the backup does not have, `SettingInvalid` for a value that cannot stand there. */
export const remapPuts = (puts: readonly Put[], remap: Remap, definition: Definition | null): Result<Put[]> => {
  const settings = new Map(puts.filter((put) => put.subject.kind === 'setting').map((put) => [put.subject.key, put]));
  const changed = new Map<Put, Put>();
  const invalid: { key: string; problem: string }[] = [];
  for (const [key, text] of Object.entries(remap)) {
    const put = settings.get(key);
    if (put === undefined)
      return fail({ type: 'InputInvalid', field: 'remap', problem: `the backup has no setting ${key}` });
    const value = likeOld(text, put.value);
    const problem = problemOf(value, put, definition);
    if (problem === null) changed.set(put, { ...put, value: value ?? undefined, source: 'set' });
    else invalid.push({ key, problem });
  }
  const [first] = invalid;
  if (first !== undefined) return fail({ type: 'SettingInvalid', ...first, invalid });
  return ok(puts.map((put) => changed.get(put) ?? put));
};

/** The definition that the backup was made with, else that of this home. */
export const definitionOf = async (ctx: Context, id: string | null): Promise<Definition | null> => {
  const all = id === null ? null : await ctx.definitions();
  return (all?.ok === true ? all.data.find((one) => one.id === id) : undefined) ?? ctx.definition();
};

/** By the catalog; for what it does not know, by what the value looks like. */
const kindOf = (key: string, value: JsonValue, definition: Definition | null): 'path' | 'port' | null => {
  const entry = definition === null ? null : entryFor(definition, key);
  const declared = settingKindOf(entry ?? {}, value);
  if (declared === 'path' || declared === 'port') return declared;
  if (entry !== null) return null;
  if (typeof value === 'string' && /^(?:\/|~\/|[A-Za-z]:\\)[^\n]+$/u.test(value)) return 'path';
  return typeof value === 'number' && /port$/iu.test(key) ? 'port' : null;
};

/** What would be written and does not fit this machine. Secrets are looked at by nobody. */
export const machineBound = async (
  ctx: Context,
  puts: readonly Put[],
  definition: Definition | null,
): Promise<MachineBound[]> => {
  const found: MachineBound[] = [];
  for (const { subject, value, secret } of puts) {
    if (subject.kind !== 'setting' || value === undefined || secret) continue;
    const what = kindOf(subject.key, value, definition);
    if (what === null) continue;
    const { result, message } = what === 'port' ? await tryPort(value, () => false) : await tryPath(ctx, value);
    if (result === 'bad') found.push({ key: subject.key, what, value, problem: message });
  }
  return found;
};

/** A keyring stays on its machine: keys that come with the backup need another way in here. */
export const keyringBound = (place: KeysFile | null): MachineBound[] =>
  place?.slots.some((slot) => slot.kind === 'keyring') === true
    ? [
        {
          key: '',
          what: 'keyring',
          value: null,
          problem:
            'The keyring of the machine it was made on does not come along: the secrets open with the recovery code or the passphrase here',
        },
      ]
    : [];
