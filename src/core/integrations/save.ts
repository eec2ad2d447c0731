/** What every change of an integration shares: keys for its secrets, the dry run, the change set and its answer. */
import type { IntegrationChange } from '../../contract/integrations.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ChangeView } from '../../contract/settings.ts';
import { changeView } from '../changes/view.ts';
import type { Put } from '../changes/write.ts';
import type { Context } from '../context.ts';
import type { Subject } from '../changes/write.ts';
import { withNotMirrored } from '../mirrors/not-mirrored.ts';
import { ensureKeys } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import { tellsSecret } from '../settings/apply.ts';
import type { Reader } from '../store/types.ts';

/** A put with the name its change is told by: the field's path, empty for the integration itself. */
export type NamedPut = { name: string; put: Put };

export const put = (name: string, subject: Subject, value: Put['value'], secret = false): NamedPut => ({
  name,
  put: { subject, value, secret, source: 'set' },
});

/** The integration itself; members stand in the order in which a migration writes them. */
export const factsPut = (subject: Subject, facts: { type: string; name: string; enabled: boolean }): NamedPut =>
  put('', subject, { type: facts.type, name: facts.name, enabled: facts.enabled });

type Saving = { id: string; reason?: string | undefined; dryRun?: boolean | undefined };

const keysFor = async (ctx: Context, puts: readonly NamedPut[]): Promise<Result<Keyring | null>> => {
  if (!puts.some((one) => one.put.secret && one.put.value !== undefined)) return ok(await ctx.keyringIfUnlocked());
  const { credential } = ctx;
  const passphrase = credential !== null && 'passphrase' in credential ? credential.passphrase : undefined;
  const keys = await ensureKeys(ctx, passphrase === undefined ? undefined : { passphrase });
  return keys.ok ? ok(keys.data.keyring) : keys;
};

const viewOf = (reader: Reader, one: NamedPut, keyring: Keyring | null): ChangeView => ({
  ...changeView(reader, one.put, keyring),
  key: one.name,
});

/** `plan` is asked twice: before, and inside the transaction. Nothing is written unless everything can be. */
export const saveIntegration = async (
  ctx: Context,
  input: Saving,
  plan: (reader: Reader) => Result<NamedPut[]>,
): Promise<Result<IntegrationChange>> => {
  const checked = (reader: Reader): Result<NamedPut[]> => {
    const puts = plan(reader);
    return puts.ok &&
      tellsSecret(
        puts.data.map((one) => one.put),
        input.reason,
      )
      ? fail({ type: 'InputInvalid', field: 'reason', problem: 'it holds the secret itself' })
      : puts;
  };
  const first = await ctx.read(checked);
  if (!first.ok) return first;
  if (!first.data.ok) return first.data;
  const puts = first.data.data;
  if (input.dryRun === true) {
    const keyring = await ctx.keyringIfUnlocked();
    const changes = await ctx.read((reader) => puts.map((one) => viewOf(reader, one, keyring)));
    return changes.ok ? ok({ id: input.id, changeSet: null, dryRun: true, changes: changes.data }) : changes;
  }
  const keys = await keysFor(ctx, puts);
  if (!keys.ok) return keys;
  const subjects = new Map(puts.map((one) => [one.name, one.put.subject]));
  const saved = await ctx.commit({ kind: 'edit', reason: input.reason ?? null }, (changes) => {
    const now = checked(changes.tx);
    if (!now.ok) return now;
    const views = now.data.map((one) => {
      const view = viewOf(changes.tx, one, keys.data);
      changes.put(one.put);
      return view;
    });
    return ok({ id: input.id, changeSet: changes.count() > 0 ? changes.uid : null, dryRun: false, changes: views });
  });
  return withNotMirrored(ctx, saved, ({ key }) => subjects.get(key) ?? { kind: 'integration', key: input.id });
};
