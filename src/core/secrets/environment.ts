/**
 * Settings and secrets as environment variables, for `holdfast run`: the values that the acting user has. `env.NAME` is
 * NAME as it stood in a `.env` file; any other key is upper-cased with underscores. Only what somebody set is there:
 * defaults are the application's own.
 */
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isUnder, keyToSegments } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import { cipherPlace, type Subject } from '../changes/write.ts';
import type { Handler } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { lockReason, lockReasons } from '../settings/locks.ts';
import { storedSettings, type StoredSetting } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';
import { overrideKey, overridesOf } from '../users/queries.ts';
import type { Keyring } from './types.ts';

type Answer = Output<'secret.environment'>;
type Variable = Answer['variables'][number];

/** They decide what a program loads and runs: a legacy file must not reach that far. */
const governing =
  /^(?:LD_.*|DYLD_.*|NODE_OPTIONS|NODE_PATH|PATH|PATHEXT|BASH_ENV|ENV|IFS|PYTHONSTARTUP|PERL5OPT|RUBYOPT|JAVA_TOOL_OPTIONS|COMSPEC)$/iu;

/** `env.GITHUB_TOKEN` -> GITHUB_TOKEN, `general.theme` -> GENERAL_THEME; null where no name can be made. */
export const variableName = (key: string): string | null => {
  const [first, ...rest] = keyToSegments(key) ?? [];
  if (first === 'env' && rest.length === 1) {
    const name = String(rest[0]);
    return /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name) ? name : null;
  }
  const name = key
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/gu, '_')
    .replaceAll(/^_+|_+$/gu, '');
  return name === '' ? null : /^\d/u.test(name) ? `_${name}` : name;
};

/** As an application reads it: a text as it is, a list of an `.env` key with commas, other lists and objects as JSON. */
export const variableText = (key: string, value: JsonValue): string => {
  if (typeof value === 'string') return value;
  const plain = (one: JsonValue): boolean =>
    typeof one === 'number' || typeof one === 'boolean' || (typeof one === 'string' && !one.includes(','));
  if (Array.isArray(value) && key.startsWith('env.') && value.every(plain)) return value.map(String).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

type Chosen = { name: string; stored: StoredSetting; subject: Subject };
type Choice = { chosen: Chosen[]; leftOut: Answer['leftOut'] };
type Wanted = { user: string; definition: Definition | null; prefix: string; secrets: boolean };

/** The user's own values over those of the home, but for what is locked: that is the same for everybody. */
const effective = (reader: Reader, { user, definition, prefix }: Wanted): Omit<Chosen, 'name'>[] => {
  const rows = new Map<string, Omit<Chosen, 'name'>>();
  for (const [key, stored] of storedSettings(reader)) rows.set(key, { stored, subject: { kind: 'setting', key } });
  const locks = { definition, locks: lockReasons(reader) };
  for (const [key, stored] of overridesOf(reader, user))
    if (lockReason(locks, key) === null)
      rows.set(key, { stored, subject: { kind: 'override', key: overrideKey(user, key) } });
  return [...rows.values()].filter(({ stored }) => isUnder(stored.key, prefix));
};

const choose = (reader: Reader, wanted: Wanted): Choice => {
  const byName = new Map<string, Chosen>();
  const leftOut: Choice['leftOut'] = [];
  // Keys of `.env` files come first: their names are exact.
  const all = effective(reader, wanted);
  const [exact, made] = [
    all.filter((one) => one.stored.key.startsWith('env.')),
    all.filter((one) => !one.stored.key.startsWith('env.')),
  ];
  for (const { stored, subject } of [...exact, ...made]) {
    const { key } = stored;
    const name = variableName(key);
    const taken = name === null ? undefined : byName.get(name);
    if (stored.secret && !wanted.secrets) leftOut.push({ key, why: 'it is secret' });
    else if (name === null) leftOut.push({ key, why: 'its name cannot be the name of a variable' });
    else if (governing.test(name)) leftOut.push({ key, why: `${name} decides which programs are run` });
    else if (taken !== undefined) leftOut.push({ key, why: `${taken.stored.key} has the same name, ${name}` });
    else if (!stored.secret && parseValue(stored.value) === null) leftOut.push({ key, why: 'it is empty' });
    else byName.set(name, { name, stored, subject });
  }
  return { chosen: [...byName.values()], leftOut };
};

/** Null when it does not open. */
const textOf = ({ stored, subject }: Chosen, keyring: Keyring | null): string | null => {
  if (!stored.secret) return variableText(stored.key, parseValue(stored.value));
  const place = cipherPlace(subject, stored.version);
  const plain = stored.cipher === null ? null : (keyring?.decrypt(place, stored.cipher) ?? null);
  return plain === null ? null : variableText(stored.key, JSON.parse(plain) as JsonValue);
};

const fill = (choice: Choice, keyring: Keyring | null): Result<Answer> => {
  const variables: Variable[] = [];
  const leftOut = [...choice.leftOut];
  for (const one of choice.chosen) {
    const { name, stored } = one;
    const { key, secret } = stored;
    const value = textOf(one, keyring);
    if (value === null) return fail({ type: 'WrongKey', what: key, needs: 'the key it was encrypted with' });
    if (value.includes('\0')) leftOut.push({ key, why: 'it holds a byte that no variable can hold' });
    else variables.push({ name, key, secret, value });
  }
  return ok({ variables, leftOut });
};

export const environment: Handler<'secret.environment'> = async (ctx, input) => {
  const definition = await ctx.definition();
  const wanted = { user: ctx.actor.user, definition, prefix: input.prefix ?? '', secrets: input.secrets };
  const planned = await ctx.read((reader) => choose(reader, wanted));
  if (!planned.ok) return planned;
  if (input.dryRun === true) {
    const variables = planned.data.chosen.map(({ name, stored: { key, secret } }) => ({
      name,
      key,
      secret,
      value: null,
    }));
    return ok({ variables, leftOut: planned.data.leftOut });
  }
  if (!planned.data.chosen.some(({ stored }) => stored.secret)) return fill(planned.data, null);
  const keyring = await ctx.keyring('The command is given secrets (--no-secrets leaves them out)');
  if (!keyring.ok) return keyring;
  return ctx.commit({ kind: 'event', reason: input.reason ?? null }, (changes) => {
    // Read again inside the transaction: what is given is what the entry speaks of.
    const filled = fill(choose(changes.tx, wanted), keyring.data);
    if (!filled.ok) return filled;
    const keys = filled.data.variables.filter((one) => one.secret).map((one) => one.key);
    changes.event('keys', '', 'run', { ...(input.command === undefined ? {} : { command: input.command }), keys });
    return filled;
  });
};
