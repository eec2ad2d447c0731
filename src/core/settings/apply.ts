/**
 * Applying changes: every door's edits, the wizard's answers and the CLI's `config set` come through here. What was
 * checked in `prepare` is checked again inside the transaction.
 */
import type { Input } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ChangeSetResult, ChangeView } from '../../contract/settings.ts';
import { changeView } from '../changes/view.ts';
import type { ChangeWriter, Put, ValueSource } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretByName } from '../definitions/secret-names.ts';
import { ensureKeys } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import { checkChanges, checkReason, type Changes, type Present } from './check.ts';
import { inactiveAfter } from './depends.ts';
import { lockReasons } from './locks.ts';
import { storedSettings } from './queries.ts';
import { isSecretSetting } from './views.ts';

/** With every value: what was to be generated is there by now. */
export type ApplyInput = Changes & Omit<Input<'settings.apply'>, 'changes'>;

const isSecretPut = (present: Present, key: string, value: JsonValue | undefined): boolean => {
  const stored = present.stored.get(key);
  if (isSecretSetting(present.definition, key, stored)) return true;
  const known = stored !== undefined || (present.definition !== null && entryFor(present.definition, key) !== null);
  return !known && value !== undefined && secretByName(key, value);
};

/** A reason is kept in clear for ever. */
export const tellsSecret = (puts: readonly Put[], reason: string | undefined): boolean =>
  reason !== undefined &&
  puts.some(
    (put) => put.secret && typeof put.value === 'string' && put.value.length >= 4 && reason.includes(put.value),
  );

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
  as: {
    source: ValueSource;
    kind: 'edit' | 'setup';
    door?: string;
    unsaid?: string;
    /** Writes what belongs to the change, in its transaction. */
    also?: (changes: ChangeWriter) => void;
  },
): Promise<Result<ChangeSetResult>> => {
  const definition = await ctx.definition();
  const check = (reader: Reader): Result<Put[]> => {
    const present = { definition, stored: storedSettings(reader), locks: lockReasons(reader) };
    const checked = checkChanges(present, input);
    if (!checked.ok) return checked;
    const said = input.dryRun === true ? ok(null) : checkReason(present, input);
    if (!said.ok) return said;
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
  const viewOf = (reader: Reader, put: Put): ChangeView => {
    const view = changeView(reader, put, keyring);
    const fallback =
      view.action === 'delete' && !view.secret && definition !== null
        ? entryFor(definition, view.key)?.default
        : undefined;
    return fallback === undefined ? view : { ...view, fallback };
  };
  const restartOf = (changes: readonly ChangeView[]): string[] =>
    changes
      .filter(
        (change) =>
          change.action !== 'unchanged' &&
          definition !== null &&
          entryFor(definition, change.key)?.['x-restart'] === true,
      )
      .map((change) => change.key);
  const inactiveIn = (reader: Reader) => inactiveAfter({ definition, stored: storedSettings(reader) }, input.changes);
  if (input.dryRun === true) {
    const puts = first.data.data;
    return ctx.read((reader) => {
      const changes = puts.map((put) => viewOf(reader, put));
      return { changeSet: null, dryRun: true, changes, restart: restartOf(changes), ...inactiveIn(reader) };
    });
  }
  const options = {
    kind: as.kind,
    reason: input.reason ?? as.unsaid ?? null,
    ...(as.door === undefined ? {} : { door: as.door }),
  };
  return ctx.commit(options, (changes) => {
    const puts = check(changes.tx);
    if (!puts.ok) return puts;
    const views = puts.data.map((put) => {
      const view = viewOf(changes.tx, put);
      changes.put(put);
      return view;
    });
    if (changes.count() > 0) as.also?.(changes);
    return ok({
      changeSet: changes.count() > 0 ? changes.uid : null,
      dryRun: false,
      changes: views,
      restart: restartOf(views),
      ...inactiveIn(changes.tx),
    });
  });
};
