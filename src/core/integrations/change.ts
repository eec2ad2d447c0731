/** Changing integrations: each call is one change set, so undo, history, mirrors and restore treat them as everything else. */
import type { Input } from '../../contract/commands.ts';
import type { IntegrationChange } from '../../contract/integrations.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { segmentsToKey } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import { cipherPlace } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { titleOf } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import type { Keyring } from '../secrets/types.ts';
import type { StoredSetting } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';
import { fieldProblems, idProblems, invalid, isSecretField, typeProblems } from './check.ts';
import { factsPut, put, saveIntegration, type NamedPut } from './save.ts';
import { fieldSubject, integrationSubject, storedIntegrations, typeOf, type StoredIntegration } from './stored.ts';

type ApplyInput = Input<'integration.apply'>;
type Home = { reader: Reader; definition: Definition | null };

const notFound = (name: string) => fail({ type: 'NotFound', what: 'integration', name });

const staleFields = (expect: ApplyInput['expect'], present: StoredIntegration | undefined): string[] =>
  Object.entries(expect ?? {})
    .filter(([field, version]) => {
      const row = field === '' ? present?.row : present?.fields.get(field);
      return (row?.version ?? null) !== version;
    })
    .map(([field]) => (field === '' ? (present?.id ?? field) : field));

/** One that is not there yet, as its id alone would make it. */
const blank = (definition: Definition | null, input: ApplyInput): StoredIntegration['facts'] => {
  const type = input.type ?? input.id;
  return { type, name: typeOf(definition, type)?.title ?? titleOf(segmentsToKey([input.id])), enabled: false };
};

const planApply = ({ reader, definition }: Home, input: ApplyInput): Result<NamedPut[]> => {
  const present = storedIntegrations(reader, definition).get(input.id);
  if (present === undefined && input.create !== true) return notFound(input.id);
  const stale = staleFields(input.expect, present);
  if (stale.length > 0) return fail({ type: 'Stale', keys: stale });
  const before = present?.facts ?? blank(definition, input);
  const type = typeOf(definition, before.type);
  const fields = input.fields ?? [];
  const stored = present?.fields ?? new Map<string, StoredSetting>();
  const problem = invalid([
    ...(present === undefined ? [...idProblems('id', input.id), ...typeProblems(definition, before.type)] : []),
    ...(input.type !== undefined && input.type !== before.type
      ? [{ field: 'type', problem: `stays ${before.type}; add another integration for ${input.type}` }]
      : []),
    ...(input.name === undefined || input.name.trim() !== '' ? [] : [{ field: 'name', problem: 'must not be empty' }]),
    ...fieldProblems(type, { type: before.type, fields: stored }, fields, input.create === true),
  ]);
  if (problem !== null) return problem;
  const facts = { ...before, name: input.name ?? before.name, enabled: input.enabled ?? before.enabled };
  const own = factsPut(integrationSubject(input.id), facts);
  const touched = present === undefined || input.name !== undefined || input.enabled !== undefined;
  return ok([
    ...(touched ? [own] : []),
    ...fields.map((change) => {
      const value = change.op === 'set' ? change.value : undefined;
      const secret = isSecretField(type, stored.get(change.field), change.field, value);
      return put(change.field, fieldSubject(input.id, change.field, stored), value, secret);
    }),
  ]);
};

export const applyIntegration = async (ctx: Context, input: ApplyInput): Promise<Result<IntegrationChange>> => {
  const definition = await ctx.definition();
  return saveIntegration(ctx, input, (reader) => planApply({ reader, definition }, input));
};

export const removeIntegration = async (
  ctx: Context,
  input: Input<'integration.remove'>,
): Promise<Result<IntegrationChange>> => {
  const definition = await ctx.definition();
  return saveIntegration(ctx, input, (reader) => {
    const present = storedIntegrations(reader, definition).get(input.id);
    if (present === undefined) return notFound(input.id);
    const fields = [...present.fields].map(([field, row]) =>
      put(field, fieldSubject(input.id, field, present.fields), undefined, row.secret),
    );
    return ok([...fields, put('', integrationSubject(input.id), undefined)]);
  });
};

/** The value of a stored field; null when its secret cannot be opened with this key. */
export const plainValue = (row: StoredSetting, keyring: Keyring | null): { value: JsonValue } | null => {
  if (row.cipher === null) return { value: parseValue(row.value) };
  const plain = keyring?.decrypt(cipherPlace({ kind: 'field', key: row.key }, row.version), row.cipher) ?? null;
  return plain === null ? null : { value: JSON.parse(plain) as JsonValue };
};

type DuplicateInput = Input<'integration.duplicate'>;

const planCopy = ({ reader, definition }: Home, input: DuplicateInput, keyring: Keyring | null): Result<NamedPut[]> => {
  const all = storedIntegrations(reader, definition);
  const from = all.get(input.id);
  if (from === undefined) return notFound(input.id);
  const taken = all.has(input.as) ? [{ field: 'as', problem: `there is an integration "${input.as}" already` }] : [];
  const problem = invalid([...idProblems('as', input.as), ...taken]);
  if (problem !== null) return problem;
  const name = input.name ?? `${from.facts.name} (copy)`;
  const puts = [factsPut(integrationSubject(input.as), { type: from.facts.type, name, enabled: false })];
  for (const [field, row] of from.fields) {
    if (row.secret && input.secrets !== true) continue;
    const value = row.secret && input.dryRun === true ? { value: null } : plainValue(row, keyring);
    if (value === null) return fail({ type: 'WrongKey', what: row.key, needs: 'the key it was encrypted with' });
    puts.push(put(field, fieldSubject(input.as, field, from.fields), value.value, row.secret));
  }
  return ok(puts);
};

export const duplicateIntegration = async (ctx: Context, input: DuplicateInput): Promise<Result<IntegrationChange>> => {
  const definition = await ctx.definition();
  const known = await ctx.read((reader) => storedIntegrations(reader, definition).get(input.id));
  if (!known.ok) return known;
  const holdsSecret = [...(known.data?.fields.values() ?? [])].some((row) => row.secret);
  let keyring: Keyring | null = null;
  if (input.secrets === true && holdsSecret && input.dryRun !== true) {
    const unlocked = await ctx.keyring(`${input.id} holds secrets`);
    if (!unlocked.ok) return unlocked;
    keyring = unlocked.data;
  }
  return saveIntegration(ctx, { ...input, id: input.as }, (reader) => planCopy({ reader, definition }, input, keyring));
};
