/**
 * Making a backup of the store: a consistent copy, encrypted, written, read back. "Sealed": what lies on disk opens and
 * every part has the hash of what went in. "Proven": it was opened with the real key and its store counted. It never
 * reports a backup that was not read back, and leaves no half file behind.
 */
import { isAbsolute, join } from 'node:path';
import type { Backup } from '../../contract/backups.ts';
import { jsonEqual } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { CallerFile, Context } from '../context.ts';
import { homeKeys } from '../secrets/home-keys.ts';
import { serialiseKeys, type KeysFile } from '../secrets/keys-format.ts';
import type { Store } from '../store/types.ts';
import { appVersion } from '../version.ts';
import type { Opening, Sealing } from './age-file.ts';
import { runBackupWork } from './thread.ts';
import type { Written } from './work.ts';
import { factsOf, type StoreFacts } from './contents.ts';
import { prepareBackupsDir, writeJudged } from './disk.ts';
import { inTurn } from './in-turn.ts';
import { backupsDirOf, backupsFolder, freeName, shownPath, stampOf } from './place.ts';
import { recordBackup, type KnownBackup } from './record.ts';

/** Where a file that a person chose lies, as far as the home remembers it. */
const elsewhereOf = (path: string, now: string): Backup['elsewhere'] =>
  isAbsolute(path) ? { there: true, seenAt: now } : null;

export type CreateBackup = {
  /** A file that a person chose; replaced if it is there. Else a new one in `.holdfast/backups/`. */
  target?: CallerFile;
  /** Encrypts to this instead of the store's recipient. */
  passphrase?: string;
  reason?: string;
  /** Only tests lower the cost. */
  scryptLogN?: number;
};

const cancelled = fail({ type: 'Cancelled', what: 'The backup' });

/** Facts and image of the same moment: a save in between means looking again. */
export const snapshot = async (store: Store): Promise<Result<{ image: Uint8Array; facts: StoreFacts }>> => {
  for (let look = 0; look < 50; look += 1) {
    const before = await store.read(factsOf);
    const image = await store.exportImage();
    const after = await store.read(factsOf);
    if (before.auditHead === after.auditHead && jsonEqual(before.counts, after.counts))
      return ok({ image, facts: after });
  }
  return fail({ type: 'Conflict', what: 'The store is changing too fast to be backed up', items: [] });
};

const keysOf = async (ctx: Context): Promise<Result<KeysFile>> => {
  const keys = await homeKeys(ctx.holdfastDir, ctx.store);
  if (!keys.ok) return keys;
  if (keys.data !== null) return ok(keys.data.file);
  return fail({
    type: 'SecretsLocked',
    what: 'This home has no keys yet, and a backup is encrypted',
    choices: ['--passphrase-file FILE', '--recovery-code-out FILE'],
  });
};

type Target = { path: string; shown: string; replace: boolean };

const targetOf = async (ctx: Context, file: CallerFile | undefined, at: string): Promise<Result<Target>> => {
  if (file !== undefined) return ok({ path: file.path, shown: shownPath(ctx, file), replace: true });
  const dir = backupsDirOf(ctx.homeDir);
  const made = await prepareBackupsDir(dir);
  if (!made.ok) return made;
  const name = await freeName(dir, `holdfast_${stampOf(at)}`, '.age');
  return ok({ path: join(dir, name), shown: `${backupsFolder}/${name}`, replace: false });
};

/** Judges the file as read back: proven with the real key where there is one, else sealed with the file's own key. */
const judge = async (
  ctx: Context,
  shown: string,
  copy: Uint8Array,
  written: Written,
  opening: Opening | null,
): Promise<Result<{ proven: boolean }>> => {
  const asked = { name: shown, bytes: copy, opening: opening ?? written.own, prove: opening !== null };
  const content = await runBackupWork('read', asked, {
    signal: ctx.signal,
    tell: (share) => {
      ctx.progress('Reading it back', 65 + 25 * share);
    },
  });
  if (content.ok && jsonEqual(content.data.manifest, written.manifest)) return ok({ proven: opening !== null });
  if (!content.ok && opening !== null) return content;
  const problem = 'the disk gave back other bytes than were written';
  return content.ok || content.error.type === 'BackupDamaged'
    ? fail({ type: 'BackupDamaged', path: shown, problem })
    : content;
};

/** What proves the backup; null while locked. A key that was given and does not fit is said, not passed over. */
const openingFor = async (ctx: Context, passphrase: string | undefined): Promise<Result<Opening | null>> => {
  if (passphrase !== undefined) return ok({ identities: [], passphrase });
  if (ctx.credential === null && (await ctx.keyringIfUnlocked()) === null) return ok(null);
  const keyring = await ctx.keyring('A backup is proven with the recovery key');
  return keyring.ok ? ok({ identities: keyring.data.backupIdentities(), passphrase: null }) : keyring;
};

/** One at a time in a home. Errors: `NotFound` without a store, `SecretsLocked` without keys, `DiskFull`, `DiskError`, `Cancelled`. */
export const createBackup = (ctx: Context, options: CreateBackup = {}): Promise<Result<Backup>> =>
  inTurn(ctx.homeDir, () => makeBackup(ctx, options));

const makeBackup = async (ctx: Context, options: CreateBackup): Promise<Result<Backup>> => {
  const store = await ctx.store();
  if (!store.ok) return store;
  const keys = await keysOf(ctx);
  if (!keys.ok) return keys;
  const opening = await openingFor(ctx, options.passphrase);
  if (!opening.ok) return opening;
  const at = ctx.clock.now();
  ctx.progress('Copying the store', 5);
  const copied = await snapshot(store.data);
  if (!copied.ok) return copied;
  const { image, facts } = copied.data;
  if (ctx.signal.aborted) return cancelled;
  ctx.progress('Encrypting', 25);
  const [identity] = keys.data.identities;
  if (identity === undefined) throw new Error('a keys file without a backup identity');
  const hint = { kind: 'store', at, recipient: identity.recipient, recipientAt: identity.createdAt } as const;
  const sealing: Sealing =
    options.passphrase === undefined
      ? { hint }
      : {
          passphrase: options.passphrase,
          ...(options.scryptLogN === undefined ? {} : { scryptLogN: options.scryptLogN }),
        };
  const { storeId, schemaVersion } = store.data.info();
  const definition = (await ctx.definition())?.id ?? null;
  const made = await runBackupWork(
    'write',
    {
      facts: {
        created: at,
        app: appVersion,
        schema: schemaVersion,
        home: ctx.homeDir,
        definition,
        storeId,
        ...facts,
      },
      store: image,
      keys: serialiseKeys(keys.data),
      sealing,
    },
    {
      signal: ctx.signal,
      tell: (share) => {
        ctx.progress('Encrypting', 25 + 35 * share);
      },
    },
  );
  if (!made.ok) return made;
  const written = made.data;
  if (ctx.signal.aborted) return cancelled;
  const target = await targetOf(ctx, options.target, at);
  if (!target.ok) return target;
  const { path, shown, replace } = target.data;
  const judged = await writeJudged(path, written.bytes, { replace }, (copy) =>
    judge(ctx, shown, copy, written, opening.data),
  );
  if (!judged.ok) return judged;
  const backup: KnownBackup = {
    path: shown,
    kind: 'store',
    at,
    sizeBytes: written.bytes.length,
    sealed: true,
    provenAt: judged.data.proven ? ctx.clock.now() : null,
    key: options.passphrase === undefined ? 'recovery' : 'passphrase',
    recipient: options.passphrase === undefined ? identity.recipient : null,
    counts: facts.counts,
  };
  const recorded = await ctx.commit({ kind: 'event', reason: options.reason ?? null }, (changes) => {
    recordBackup(changes, { ...backup, sha256: written.sha256 });
    return ok(undefined);
  });
  if (!recorded.ok) return recorded;
  ctx.changed('backups', 'status', 'audit');
  const recipientAt = backup.recipient === null ? null : identity.createdAt;
  return ok({ ...backup, recipientAt, error: null, elsewhere: elsewhereOf(shown, ctx.clock.now()) });
};
