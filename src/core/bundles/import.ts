/** `bundle.import`, `template.apply`: a bundle into this home, as one change set, previewed by a dry run. */
import type { Input } from '../../contract/commands.ts';
import type { ImportResult } from '../../contract/bundles.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { LeftOut, VersionChange } from '../../contract/versions.ts';
import type { Context, Handler } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { ensureKeys } from '../secrets/ensure-keys.ts';
import type { Keyring } from '../secrets/types.ts';
import { checkReason } from '../settings/check.ts';
import type { Reader } from '../store/types.ts';
import { bringBack, type Wanted } from '../versions/bring-back.ts';
import { changeBetween } from '../versions/diff.ts';
import { idOf, liveState, type State } from '../versions/state.ts';
import { factsOf, type Bundle } from './format.ts';
import { setSince, type ChangedHere } from './queries.ts';
import { openSecrets, readBundle, type ReadBundle } from './read.ts';
import { wantedBy, type Opened, type WantedAll } from './wanted.ts';

type How = Pick<Input<'template.apply'>, 'mode' | 'create' | 'reason' | 'dryRun'>;
type Unlock = Pick<Input<'bundle.import'>, 'passphrase' | 'withoutSecrets'>;
type From = ReadBundle & { noun: 'bundle' | 'template' };

const closedProblem = 'needs the passphrase of the bundle (--bundle-passphrase-file FILE)';

/** Errors: `SecretsLocked` when nobody said what is to become of the secrets, `WrongKey`, `FileInvalid`. */
const openBundle = async (from: From, how: How & Unlock): Promise<Result<Opened & { left: LeftOut[] }>> => {
  const { bundle, name } = from;
  const { count = 0 } = bundle.secrets ?? {};
  if (bundle.secrets === undefined || how.withoutSecrets === true) return ok({ bundle, secrets: null, left: [] });
  if (how.passphrase !== undefined) {
    const secrets = await openSecrets(from, how.passphrase);
    return secrets.ok ? ok({ bundle, secrets: secrets.data, left: [] }) : secrets;
  }
  if (how.dryRun === true)
    return ok({ bundle, secrets: null, left: [{ kind: 'secret', key: name, problem: closedProblem }] });
  return fail({
    type: 'SecretsLocked',
    what: `${name} holds ${String(count)} ${count === 1 ? 'secret' : 'secrets'} that a passphrase protects`,
    choices: ['--bundle-passphrase-file FILE', '--without-secrets'],
  });
};

const notesOf = (bundle: Bundle, here: Definition | null): string[] => {
  const { definition } = bundle;
  if (definition == null || here === null) return [];
  if (definition.id !== here.id)
    return [`The bundle is of ${definition.title}, and this home is of ${here.title}: only what both know fits.`];
  if (definition.version === here.version) return [];
  const [theirs, ours] = [String(definition.version), String(here.version)];
  const age = definition.version > here.version ? 'newer' : 'older';
  return [
    `The bundle is of version ${theirs} of the definition of ${here.title}, which is ${age} than version ${ours} here: what does not exist here stays out.`,
  ];
};

type Seen = Pick<ImportResult, 'missing' | 'same' | 'unknown'> & { since: ReadonlyMap<string, ChangedHere> };

/** What to say beside the changes, as it was before them. */
const seenOf = (reader: Reader, live: State, all: WantedAll, bundle: Bundle): Seen => {
  const made = Date.parse(bundle.made ?? '');
  const subjects = all.wanted.filter(({ subject }) => !all.problems.has(idOf(subject)));
  const isSame = ({ subject, held }: Wanted): boolean =>
    held !== null && changeBetween(live.get(idOf(subject)), held) === null;
  const name = ({ kind, key }: { kind: string; key: string }) => ({ kind, key });
  return {
    missing: (bundle.leftOut ?? [])
      .filter((one) => (one.kind === 'setting' || one.kind === 'field') && !live.has(idOf(one)))
      .map(name),
    same: subjects.filter(isSame).map(({ subject }) => name(subject)),
    unknown: all.wanted.filter(({ subject }) => all.unknown.has(idOf(subject))).map(({ subject }) => name(subject)),
    since: Number.isNaN(made) ? new Map() : setSince(reader, new Date(made).toISOString()),
  };
};

const conflictsIn = (changes: readonly VersionChange[], since: Seen['since']): ImportResult['conflicts'] =>
  changes.flatMap(({ kind, key }) => {
    const here = since.get(idOf({ kind, key }));
    return here === undefined ? [] : [{ kind, key, ...here }];
  });

const writesSecret = ({ wanted, problems }: WantedAll): boolean =>
  wanted.some(({ subject, held }) => held?.secret === true && !problems.has(idOf(subject)));

/** Keys for the secrets that come in, made from the call's passphrase where the home has none yet. */
const keysFor = async (ctx: Context): Promise<Result<Keyring>> => {
  const { credential } = ctx;
  const protect = credential !== null && 'passphrase' in credential ? { passphrase: credential.passphrase } : undefined;
  const keys = await ensureKeys(ctx, protect);
  return keys.ok ? ok(keys.data.keyring) : keys;
};

export const importFrom = async (ctx: Context, from: From, how: How & Unlock): Promise<Result<ImportResult>> => {
  const opened = await openBundle(from, how);
  if (!opened.ok) return opened;
  const { bundle } = from;
  const definition = await ctx.definition();
  const { mode = 'merge', create = false } = how;
  let keyring = await ctx.keyringIfUnlocked();
  const look = (reader: Parameters<typeof liveState>[0], live = liveState(reader)): WantedAll =>
    wantedBy({ reader, live, definition, keyring, mode, create }, opened.data);
  const first = await ctx.read((reader) => {
    const live = liveState(reader);
    const all = look(reader, live);
    return { all, seen: seenOf(reader, live, all, bundle) };
  });
  if (!first.ok) return first;
  const { all } = first.data;
  const { since, ...seen } = first.data.seen;
  if (how.dryRun !== true) {
    const fitting = all.changes.filter(({ key }) => !all.problems.has(`setting/${key}`));
    const said = checkReason(all.present, {
      changes: fitting,
      ...(how.reason === undefined ? {} : { reason: how.reason }),
    });
    if (!said.ok) return said;
    const keys = writesSecret(all) ? await keysFor(ctx) : ok(keyring);
    if (!keys.ok) return keys;
    keyring = keys.data;
  }
  let problems: ReadonlyMap<string, string> = new Map();
  const done = await bringBack(ctx, {
    wanted: (reader, live) => {
      const now = look(reader, live);
      ({ problems } = now);
      return now.wanted;
    },
    problem: (subject) => problems.get(idOf(subject)) ?? null,
    later: () => null,
    input: how,
    of: null,
    label: from.name,
    as: { noun: from.noun, action: from.noun === 'bundle' ? 'import' : 'apply' },
  });
  if (!done.ok) return done;
  const { changeSet, dryRun, changes, left, notMirrored } = done.data;
  return ok({
    changeSet,
    dryRun,
    mode,
    bundle: factsOf(bundle),
    changes,
    left: [...opened.data.left, ...left],
    notes: notesOf(bundle, definition),
    ...seen,
    conflicts: conflictsIn(changes, since),
    ...(notMirrored === undefined ? {} : { notMirrored }),
  });
};

export const importBundle: Handler<'bundle.import'> = async (ctx, { file, ...how }) => {
  const found = await readBundle(ctx, file);
  return found.ok ? importFrom(ctx, { ...found.data, noun: 'bundle' }, how) : found;
};
