/**
 * Makes a candidate the store, when the present one cannot be opened. Under the lock; the candidate is read again and
 * checked first. The files that were there move to quarantine, whole, and an audit entry inside the new store says so.
 */
import { join } from 'node:path';
import type { Input, Output } from '../../contract/commands.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { findBackup, openingOf, readFoundBackup } from '../backup/open.ts';
import { createChangeWriter } from '../changes/write.ts';
import type { Context } from '../context.ts';
import { readKeys } from '../secrets/ensure-keys.ts';
import { bindKeyring } from '../secrets/keyring.ts';
import { createKeysFile } from '../secrets/keys-file.ts';
import { parseKeys, type KeysFile } from '../secrets/keys-format.ts';
import { crc32 } from '../store/checksum.ts';
import { quarantineDir, shownPath } from '../store/files.ts';
import { realFs } from '../store/fs.ts';
import { prepareDatabase, presentFiles, replaceStore } from '../store/replace.ts';
import { lastKnownSequence, salvage } from '../store/salvage.ts';
import { lookAround, lookAtFile, type LookedAt } from './candidates.ts';
import { differencesOf, inPresentSchema } from './contents.ts';

type Answer = Output<'recovery.open'>;
const shownDifferences = 200;

const placeOf = (ctx: Context) => ({ fs: realFs, dir: ctx.holdfastDir, checksum: crc32 });

/** Only what cannot be opened is replaced; everything else has its own, milder way. */
const refusal = async (ctx: Context): Promise<HoldfastError | null> => {
  const store = await ctx.store();
  if (store.ok) {
    const what = 'The store opens, so there is nothing to recover; an older state comes back with a backup';
    return { type: 'Conflict', what, items: [] };
  }
  return store.error.type === 'StoreDamaged' || store.error.type === 'StoreFromNewerApp' ? null : store.error;
};

type Material = { database: Uint8Array; sequence: number; keys: KeysFile | null };

/** A backup's secrets open only with its own data keys: the home has them all, or has no keys yet and gets them. */
const keysFor = (ctx: Context, candidate: string, bytes: Uint8Array): Result<KeysFile | null> => {
  const parsed = parseKeys(bytes);
  if (!('file' in parsed))
    return fail({ type: 'BackupDamaged', path: candidate, problem: 'its key file cannot be read' });
  const present = readKeys(ctx.holdfastDir);
  if (!present.ok) return present;
  if (present.data === null) return ok(parsed.file);
  const ids = new Set(present.data.file.dataKeys.map((key) => key.id));
  return parsed.file.dataKeys.every((key) => ids.has(key.id))
    ? ok(null)
    : fail({
        type: 'CheckUnmet',
        unmet: ['the keys of this home are not those of the backup; restore it into an empty folder'],
      });
};

const materialOf = async (
  ctx: Context,
  { candidate, image, file }: LookedAt,
  credential: Input<'recovery.open'>['credential'],
): Promise<Result<Material>> => {
  if (image !== null) {
    const found = await salvage({ ...placeOf(ctx), dir: image.dir }, image.generation);
    if (typeof found === 'string') return fail({ type: 'StoreDamaged', problem: found, candidates: [] });
    const present = await inPresentSchema(found);
    if (typeof present === 'string') return fail({ type: 'StoreDamaged', problem: present, candidates: [] });
    return ok({ database: present.database, sequence: found.sequence, keys: null });
  }
  const backup = await findBackup(ctx, file ?? { path: candidate.path });
  if (!backup.ok) return backup;
  const content = await readFoundBackup(backup.data, await openingOf(ctx, credential));
  if (!content.ok) return content;
  const keys = keysFor(ctx, candidate.path, content.data.keys);
  return keys.ok ? ok({ database: content.data.store, sequence: 0, keys: keys.data }) : keys;
};

/** A folder that is not there yet: two recoveries never mix. */
const freeFolder = (ctx: Context): string => {
  const stamp = ctx.clock.now().replaceAll(/[^0-9TZ]/gu, '');
  const base = join(quarantineDir(ctx.holdfastDir), stamp);
  for (let n = 1; ; n += 1) {
    const path = n === 1 ? base : `${base}-${String(n)}`;
    if (!realFs.exists(path)) return path;
  }
};

type Chosen = {
  looked: LookedAt;
  answer: Answer;
  quarantine: string;
  credential: Input<'recovery.open'>['credential'];
};

const replace = async (ctx: Context, chosen: Chosen): Promise<Result<Answer>> => {
  const { looked, answer, quarantine } = chosen;
  // Asked again under the lock: another process may have recovered it meanwhile.
  const refused = await refusal(ctx);
  if (refused !== null) return fail(refused);
  const place = placeOf(ctx);
  const material = await materialOf(ctx, looked, chosen.credential);
  if (!material.ok) return material;
  const unlocked = await ctx.keyringIfUnlocked();
  const sequence = Math.max(material.data.sequence, lastKnownSequence(place)) + 1;
  const { path, lacksSaves } = looked.candidate;
  const setAside = answer.setAside.map(({ file }) => file);
  const prepared = await prepareDatabase(place, material.data.database, (tx, storeId) => {
    const keyring = unlocked === null ? null : bindKeyring(unlocked, storeId);
    const { user, door } = ctx.actor;
    const about = { kind: 'event', actor: user, door, at: ctx.clock.now(), uid: ctx.clock.newId(), keyring } as const;
    const changes = createChangeWriter(tx, about);
    changes.event('store', path, 'recover', { from: path, lacksSaves, setAside, quarantine: answer.quarantine });
    changes.finish();
  });
  if (!prepared.ok) return prepared;
  if (material.data.keys !== null) {
    const saved = createKeysFile(realFs, ctx.holdfastDir, material.data.keys);
    if (!saved.ok) return saved;
  }
  const replaced = await replaceStore(place, { ...prepared.data, sequence, quarantine });
  return replaced.ok ? ok({ ...answer, opened: true }) : replaced;
};

const choose = async (
  ctx: Context,
  around: readonly LookedAt[],
  wanted: Input<'recovery.open'>['candidate'],
): Promise<Result<LookedAt>> => {
  if (typeof wanted !== 'string') return lookAtFile(ctx, wanted);
  const looked = around.find((one) => one.candidate.path === wanted);
  return looked === undefined ? fail({ type: 'NotFound', what: 'recovery candidate', name: wanted }) : ok(looked);
};

/** Errors: `Conflict` when the store opens, `NotFound`, `CheckUnmet` for what does not open, those of keys and disk. */
export const openCandidate = async (ctx: Context, input: Input<'recovery.open'>): Promise<Result<Answer>> => {
  const refused = await refusal(ctx);
  if (refused !== null) return fail(refused);
  const around = await lookAround(ctx);
  if (!around.ok) return around;
  const chosen = await choose(ctx, around.data, input.candidate);
  if (!chosen.ok) return chosen;
  const looked = chosen.data;
  const { candidate } = looked;
  if (!candidate.opens) {
    const legacy = 'legacy files are not a store; copy them back and migrate again in an empty folder';
    return fail({ type: 'CheckUnmet', unmet: [`${candidate.path}: ${candidate.problem ?? legacy}`] });
  }
  const fullest = around.data.find((one) => one.image !== null && one.contents !== null)?.contents ?? null;
  const differences = looked.contents === null || fullest === null ? [] : differencesOf(looked.contents, fullest);
  const { dir } = placeOf(ctx);
  const quarantine = freeFolder(ctx);
  const answer: Answer = {
    candidate,
    differences: differences.slice(0, shownDifferences),
    setAside: presentFiles(placeOf(ctx)).map((name) => ({
      file: shownPath(dir, join(dir, name)),
      sizeBytes: realFs.stat(join(dir, name)).size,
    })),
    quarantine: shownPath(dir, quarantine),
    opened: false,
  };
  // The folder gets its name from the moment it is needed: until then only where it will be can be told.
  if (input.dryRun === true) return ok({ ...answer, quarantine: shownPath(dir, quarantineDir(ctx.holdfastDir)) });
  const done = await ctx.exclusively(() => replace(ctx, { looked, answer, quarantine, credential: input.credential }));
  if (done.ok) ctx.changed('status', 'settings', 'audit', 'integrations', 'secrets', 'migration', 'backups', 'home');
  return done;
};
