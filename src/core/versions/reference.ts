/**
 * What a person calls a version (`now`, a time, `cs:ID`, `backup:FILE`, `bundle:FILE`, `files`) turned into the state of everything
 * there. A page can name no path: a backup is one of the list, a bundle a template, or each a file that its door opened.
 */
import { Check } from 'typebox/value';
import { TemplateName } from '../../contract/bundles.ts';
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { isKnown } from '../audit/retention/horizon.ts';
import { isCut } from '../audit/retention/queries.ts';
import { lastEntryOf, lastUntil } from '../audit/window.ts';
import { proveContent } from '../backup/contents.ts';
import { credentialsOf, findBackup, openingOf, readFoundBackup } from '../backup/open.ts';
import { openSecrets, readBundle, readTemplate } from '../bundles/read.ts';
import { bundleKinds, stateOfBundle } from '../bundles/state.ts';
import type { Context } from '../context.ts';
import { isOverruled } from '../migration/rivals.ts';
import { makePlan } from '../migration/plan.ts';
import { bindKeyring, unlockKeys } from '../secrets/keyring.ts';
import { parseKeys } from '../secrets/keys-format.ts';
import type { Keyring } from '../secrets/types.ts';
import { openImageReader } from '../store/image-reader.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';
import { idOf, liveState, stateAt, stateOfOther, versionUpTo, type Held, type State } from './state.ts';

export type Reference = {
  info: { ref: string; at: string | null; changeSet: string | null; incomplete?: true };
  state: State;
  /** The newest version that counts, for a moment of this store; else null. */
  upTo: number | null;
  /** What it can tell of; null for everything. */
  kinds: ReadonlySet<string> | null;
  /** Entries of that time were removed: what is not in the state may have been there or not. */
  incomplete?: true;
};

export type Outside = Pick<Input<'versions.diff'>, 'file' | 'credential'>;

const invalid = (ref: string, problem: string) =>
  fail({ type: 'InputInvalid', field: 'reference', problem: `"${ref}" ${problem}` });

type Set = { id: number; uid: string; at: string };

const setById = (reader: Reader, id: number): Set | undefined =>
  reader.first(db.selectFrom('change_set').select(['id', 'uid', 'at']).where('id', '=', id).compile());

export const setByUid = (reader: Reader, uid: string): Set | undefined =>
  reader.first(db.selectFrom('change_set').select(['id', 'uid', 'at']).where('uid', '=', uid).compile());

/** After a change set; null is before all of them. `exact`: that very one is meant, not a time in which it was the last. */
const momentOf = (reader: Reader, ref: string, set: Set | null, exact = true): Reference => {
  const entry = set === null ? 0 : lastEntryOf(reader, set.id);
  const upTo = set === null ? 0 : versionUpTo(reader, entry);
  // Of a change set that lost its last entries what is left of it ends too early.
  const whole = set === null || !exact || !isCut(reader, set.id);
  const told = whole && isKnown(reader, entry, exact && set !== null) ? {} : ({ incomplete: true } as const);
  const info = { ref, at: set?.at ?? null, changeSet: set?.uid ?? null, ...told };
  return { info, state: stateAt(reader, upTo, told.incomplete), upTo, kinds: null, ...told };
};

const newestSet = (reader: Reader): Set | undefined =>
  reader.first(db.selectFrom('change_set').select(['id', 'uid', 'at']).orderBy('id', 'desc').limit(1).compile());

const nowOf = (reader: Reader, at: string): Reference => ({
  info: { ref: 'now', at, changeSet: newestSet(reader)?.uid ?? null },
  state: liveState(reader),
  upTo: Number.MAX_SAFE_INTEGER,
  kinds: null,
});

export const momentByNumber = async (ctx: Context, number: number): Promise<Result<Reference>> => {
  const read = await ctx.read((reader) => {
    const set = setById(reader, number);
    return set === undefined ? null : momentOf(reader, `cs:${set.uid}`, set);
  });
  if (!read.ok) return read;
  return read.data === null ? fail({ type: 'NotFound', what: 'change set', name: String(number) }) : ok(read.data);
};

const changeSetRef = async (ctx: Context, ref: string): Promise<Result<Reference>> => {
  const uid = ref.slice('cs:'.length);
  const read = await ctx.read((reader) => {
    const set = setByUid(reader, uid);
    return set === undefined ? null : momentOf(reader, ref, set);
  });
  if (!read.ok) return read;
  return read.data === null ? fail({ type: 'NotFound', what: 'change set', name: uid }) : ok(read.data);
};

const timeRef = (ctx: Context, ref: string, time: string): Promise<Result<Reference>> =>
  ctx.read((reader) => {
    const last = lastUntil(reader, time);
    return momentOf(reader, ref, last === null ? null : (setById(reader, last) ?? null), false);
  });

/** Keys that lie beside the backup; a home that is unlocked knows its own. */
const backupKeyring = async (ctx: Context, keysText: Uint8Array, outside: Outside): Promise<Keyring | null> => {
  const keys = parseKeys(keysText);
  if (!('file' in keys)) return null;
  for (const credential of credentialsOf(ctx, outside.credential)) {
    const opened = await unlockKeys(keys.file, credential);
    if (opened.ok) return opened.data;
  }
  return null;
};

const backupRef = async (ctx: Context, ref: string, outside: Outside): Promise<Result<Reference>> => {
  const path = ref.slice('backup:'.length);
  const found = await findBackup(ctx, outside.file === undefined ? { path } : { file: outside.file });
  if (!found.ok) return found;
  const content = await readFoundBackup(found.data, await openingOf(ctx, outside.credential));
  if (!content.ok) return content;
  const problem = await proveContent(content.data);
  if (problem !== null) return fail({ type: 'BackupDamaged', path: found.data.shown, problem });
  const { manifest, store, keys } = content.data;
  const here = await ctx.store();
  const comparable = here.ok && here.data.info().storeId === manifest.storeId;
  const theirs = await backupKeyring(ctx, keys, outside);
  const image = await openImageReader(store);
  if (!image.ok) return image;
  try {
    const own = theirs === null ? null : bindKeyring(theirs, manifest.storeId);
    const state = stateOfOther(image.data, own, comparable);
    return ok({ info: { ref, at: manifest.created, changeSet: null }, state, upTo: null, kinds: null });
  } finally {
    image.data.close();
  }
};

/** An opened file, or a template by its name. Its secrets count where its passphrase is given. */
const bundleRef = async (ctx: Context, ref: string, outside: Outside): Promise<Result<Reference>> => {
  const name = ref.slice('bundle:'.length);
  if (outside.file === undefined && !Check(TemplateName, name))
    return fail({ type: 'NotFound', what: 'bundle or template', name });
  const found = outside.file === undefined ? await readTemplate(ctx, name) : await readBundle(ctx, outside.file);
  if (!found.ok) return found;
  const { bundle } = found.data;
  const { credential } = outside;
  const passphrase = credential !== undefined && 'passphrase' in credential ? credential.passphrase : null;
  const opened =
    bundle.secrets === undefined || passphrase === null ? ok(null) : await openSecrets(found.data, passphrase);
  if (!opened.ok) return opened;
  const state = stateOfBundle(bundle, opened.data, await ctx.keyringIfUnlocked());
  return ok({ info: { ref, at: bundle.made ?? null, changeSet: null }, state, upTo: null, kinds: bundleKinds });
};

const fileKinds = new Set(['setting', 'integration', 'field', 'record', 'user', 'user-field', 'override']);

/** What the legacy files say now: what the dry run of a migration would bring, the overruled places left out. */
const filesRef = async (ctx: Context, ref: string): Promise<Result<Reference>> => {
  const plan = await makePlan(ctx, { onConflict: 'file' });
  if (!plan.ok) return plan;
  const keyring = await ctx.keyringIfUnlocked();
  const state = new Map<string, Held>();
  for (const item of plan.data.items) {
    if (item.action === 'quarantine' || item.mark || isOverruled(item.reason) || state.has(idOf(item.subject)))
      continue;
    const { subject, secret } = item;
    const text = JSON.stringify(item.value);
    const print = secret ? (keyring?.fingerprint(text) ?? null) : null;
    const value = secret ? null : text;
    state.set(idOf(subject), { subject, value, secret, print, source: 'file', version: null, open: () => text });
  }
  return ok({ info: { ref, at: null, changeSet: null }, state, upTo: null, kinds: fileKinds });
};

/** Errors: `InputInvalid` for what is no reference, `NotFound`, and those of opening a backup or reading the files. */
export const resolveReference = async (ctx: Context, ref: string, outside: Outside): Promise<Result<Reference>> => {
  if (ref === 'now') return ctx.read((reader) => nowOf(reader, ctx.clock.now()));
  if (ref === 'files') return filesRef(ctx, ref);
  if (ref.startsWith('cs:')) return changeSetRef(ctx, ref);
  if (ref.startsWith('backup:')) return backupRef(ctx, ref, outside);
  if (ref.startsWith('bundle:')) return bundleRef(ctx, ref, outside);
  const time = Date.parse(ref);
  return Number.isNaN(time) || !/^\d{4}-/u.test(ref)
    ? invalid(
        ref,
        'is no version: give now, a time such as 2026-03-01T09:00:00Z, cs:ID, backup:FILE, bundle:FILE or files',
      )
    : timeRef(ctx, ref, new Date(time).toISOString());
};
