/**
 * Applying changes: every door's edits, the wizard's answers and the CLI's `config set` come through here. What was
 * checked in `prepare` is checked again inside the transaction.
 */
import type { Input } from '../../contract/commands.ts';
import { jsonTypeOf, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isUnder, keyToSegments } from '../../contract/setting-key.ts';
import type { ChangeSetResult, ChangeView } from '../../contract/settings.ts';
import { changeView, parseValue } from '../changes/view.ts';
import type { Put, ValueSource } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { entryFor, validateValue } from '../definitions/catalog.ts';
import { secretByName } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import { ensureKeys } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import { nearestKeys } from './nearest.ts';
import { storedSettings, type StoredSetting } from './queries.ts';
import { allKeys, isSecretSetting } from './views.ts';

type ApplyInput = Input<'settings.apply'>;
type Present = { definition: Definition | null; stored: Map<string, StoredSetting> };

/** A key the store can hold: canonical, without array places, well-formed Unicode. */
const keyProblem = (key: string): string | null => {
  const segments = keyToSegments(key);
  if (segments === null) return 'is not a setting key (write segments with dots or blanks as ["a.b"])';
  if (segments.some((segment) => typeof segment === 'number')) return 'names a place in a list; set the whole list';
  if (/\p{Surrogate}/u.test(key) || key.includes('\0')) return 'holds characters that cannot be stored';
  return null;
};

/** A stored value without schema keeps its JSON type, so that a number never becomes the text "8o80". */
const typeProblem = (stored: StoredSetting | undefined, value: JsonValue): string | null => {
  if (stored === undefined || stored.secret) return null;
  const before = jsonTypeOf(parseValue(stored.value));
  const after = jsonTypeOf(value);
  const number = (type: string): boolean => type === 'integer' || type === 'number';
  if (before === after || before === 'null' || after === 'null' || (number(before) && number(after))) return null;
  return `must stay ${before === 'integer' || before === 'array' || before === 'object' ? 'an' : 'a'} ${before}, not ${after}`;
};

const exactProblem = (value: JsonValue): string | null => {
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  ) {
    return 'holds a number that cannot be kept exactly';
  }
  if (Array.isArray(value)) return value.map(exactProblem).find((problem) => problem !== null) ?? null;
  if (typeof value === 'object' && value !== null) {
    return (
      Object.values(value)
        .map(exactProblem)
        .find((problem) => problem !== null) ?? null
    );
  }
  return null;
};

const isSecretPut = (present: Present, key: string, value: JsonValue | undefined): boolean => {
  const stored = present.stored.get(key);
  if (isSecretSetting(present.definition, key, stored)) return true;
  const known = stored !== undefined || (present.definition !== null && entryFor(present.definition, key) !== null);
  return !known && value !== undefined && secretByName(key, value);
};

/** One JSON key is one setting key, so a value cannot stand where a group is, nor below another value. */
const groupProblem = (present: Present, input: ApplyInput, key: string): string | null => {
  if (present.stored.has(key)) return null;
  const goes = new Set(input.changes.filter((change) => change.op === 'unset').map((change) => change.key));
  const comes = input.changes.filter((change) => change.op === 'set').map((change) => change.key);
  for (const other of [...present.stored.keys(), ...comes]) {
    if (other === key || goes.has(other)) continue;
    if (isUnder(other, key)) return `is a group that holds ${other}; it cannot be one value too`;
    if (isUnder(key, other)) return `would lie below ${other}, which is one value`;
  }
  return null;
};

/** A reason is kept in clear for ever. */
const tellsSecret = (puts: readonly Put[], reason: string | undefined): boolean =>
  reason !== undefined &&
  puts.some(
    (put) => put.secret && typeof put.value === 'string' && put.value.length >= 4 && reason.includes(put.value),
  );

/** All problems at once, so that a form can mark every field. */
const checkChanges = (present: Present, input: ApplyInput): Result<null> => {
  const seen = new Set<string>();
  const invalid: { key: string; problem: string }[] = [];
  for (const change of input.changes) {
    const { key } = change;
    const problem = seen.has(key) ? 'is changed twice in one change set' : keyProblem(key);
    seen.add(key);
    if (problem !== null) {
      invalid.push({ key, problem });
      continue;
    }
    const known =
      present.stored.has(key) || (present.definition !== null && entryFor(present.definition, key) !== null);
    if (!known && !(change.op === 'set' && input.create === true)) {
      const names = allKeys({ ...present, places: new Map() });
      return fail({ type: 'SettingUnknown', key, nearest: nearestKeys(key, names) });
    }
    if (change.op === 'unset') continue;
    const declared = present.definition === null ? null : validateValue(present.definition, key, change.value);
    const unsaid = present.definition !== null && entryFor(present.definition, key) !== null;
    const found =
      groupProblem(present, input, key) ??
      declared ??
      exactProblem(change.value) ??
      (unsaid ? null : typeProblem(present.stored.get(key), change.value));
    if (found !== null) invalid.push({ key, problem: found });
  }
  const first = invalid[0];
  return first === undefined
    ? ok(null)
    : fail({ type: 'SettingInvalid', key: first.key, problem: first.problem, invalid });
};

const staleKeys = (present: Present, expect: ApplyInput['expect']): string[] =>
  Object.entries(expect ?? {})
    .filter(([key, version]) => (present.stored.get(key)?.version ?? null) !== version)
    .map(([key]) => key);

const putsOf = (present: Present, input: ApplyInput, source: ValueSource): Put[] =>
  input.changes.map((change) => {
    const value = change.op === 'set' ? change.value : undefined;
    return {
      subject: { kind: 'setting', key: change.key },
      value,
      secret: isSecretPut(present, change.key, value),
      source,
    };
  });

/**
 * Errors: `SettingInvalid` with every problem, `SettingUnknown` with the nearest names, `Stale`, `SecretsLocked`.
 * Nothing is written unless everything can be.
 */
export const applySettings = async (
  ctx: Context,
  input: ApplyInput,
  as: { source: ValueSource; kind: 'edit' | 'setup'; door?: string },
): Promise<Result<ChangeSetResult>> => {
  const definition = await ctx.definition();
  const check = (reader: Reader): Result<Put[]> => {
    const present = { definition, stored: storedSettings(reader) };
    const checked = checkChanges(present, input);
    if (!checked.ok) return checked;
    const stale = staleKeys(present, input.expect);
    if (stale.length > 0) return fail({ type: 'Stale', keys: stale });
    const puts = putsOf(present, input, as.source);
    return tellsSecret(puts, input.reason)
      ? fail({ type: 'InputInvalid', field: 'reason', problem: 'it holds the secret itself' })
      : ok(puts);
  };
  const first = await ctx.read(check);
  if (!first.ok) return first;
  if (!first.data.ok) return first.data;
  const writesSecret = first.data.data.filter((put) => put.secret && put.value !== undefined);
  let keyring: Keyring | null = await ctx.keyringIfUnlocked();
  if (writesSecret.length > 0 && input.dryRun !== true) {
    const credential =
      ctx.credential !== null && 'passphrase' in ctx.credential ? { passphrase: ctx.credential.passphrase } : undefined;
    const keys = await ensureKeys(ctx, credential);
    if (!keys.ok) return keys;
    keyring = keys.data.keyring;
  }
  const restartOf = (changes: readonly ChangeView[]): string[] =>
    changes
      .filter(
        (change) =>
          change.action !== 'unchanged' &&
          definition !== null &&
          entryFor(definition, change.key)?.['x-restart'] === true,
      )
      .map((change) => change.key);
  if (input.dryRun === true) {
    const puts = first.data.data;
    const changes = await ctx.read((reader) => puts.map((put) => changeView(reader, put, keyring)));
    return changes.ok
      ? ok({ changeSet: null, dryRun: true, changes: changes.data, restart: restartOf(changes.data) })
      : changes;
  }
  const options = { kind: as.kind, reason: input.reason ?? null, ...(as.door === undefined ? {} : { door: as.door }) };
  return ctx.commit(options, (changes) => {
    const puts = check(changes.tx);
    if (!puts.ok) return puts;
    const views = puts.data.map((put) => {
      const view = changeView(changes.tx, put, keyring);
      changes.put(put);
      return view;
    });
    return ok({
      changeSet: changes.count() > 0 ? changes.uid : null,
      dryRun: false,
      changes: views,
      restart: restartOf(views),
    });
  });
};
