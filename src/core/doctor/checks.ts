/** The doctor: nine checks, each with a severity, what it saw, and what to do. It looks and never touches. */
import { lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describeError } from '../../contract/errors.ts';
import type { Output } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { homeStatus } from '../homes/status.ts';
import { homeKeys } from '../secrets/home-keys.ts';
import { lookAtAll } from '../audit/outside/look.ts';
import { createVerifier } from '../audit/verify.ts';
import { quarantineSize } from '../recovery/quarantine.ts';
import type { Store } from '../store/types.ts';

type Check = Output<'doctor.run'>['checks'][number];

const check = (
  id: string,
  title: string,
  severity: Check['severity'],
  message: string,
  fix: string | null = null,
): Check => ({
  id,
  title,
  severity,
  message,
  fix,
});

const storeCheck = async (ctx: Context): Promise<Check> => {
  const store = await ctx.store();
  if (!store.ok) {
    return store.error.type === 'NotFound'
      ? check('store', 'Store', 'warning', 'This home has no store yet.', 'holdfast migrate')
      : check('store', 'Store', 'error', describeError(store.error), 'holdfast status');
  }
  const keyring = await ctx.keyringIfUnlocked();
  const verifier = createVerifier(keyring);
  while (!(await store.data.read(verifier.step)) && !ctx.signal.aborted) await setImmediate();
  const chain = verifier.answer();
  if (!chain.ok) {
    return check(
      'store',
      'Store',
      'error',
      `The audit chain breaks at entry ${String(chain.firstBad?.id ?? 0)}: ${chain.firstBad?.problem ?? ''}.`,
      'holdfast audit verify',
    );
  }
  const info = store.data.info();
  return check(
    'store',
    'Store',
    'ok',
    `Opens, schema ${String(info.schemaVersion)}, generation ${String(info.generation)}; ${String(chain.entries)} audit entries in one chain.`,
  );
};

const keysCheck = async (ctx: Context): Promise<Check> => {
  const keys = await homeKeys(ctx.holdfastDir, ctx.store);
  if (!keys.ok) return check('keys', 'Keys', 'error', describeError(keys.error), null);
  if (keys.data === null)
    return check('keys', 'Keys', 'warning', 'There are no keys yet, so no secret can be stored.', 'holdfast setup');
  const names = { passphrase: 'the passphrase', recovery: 'the recovery code', keyring: 'the keyring' } as const;
  const slots = [...new Set(keys.data.file.slots.map((slot) => names[slot.kind]))].join(' or ');
  const locked = (await ctx.keyringIfUnlocked()) === null ? 'locked' : 'unlocked';
  return keys.data.file.recoveryConfirmedAt === null
    ? check(
        'keys',
        'Keys',
        'warning',
        `Opened by ${slots}; now ${locked}. The recovery code was not typed back yet.`,
        null,
      )
    : check('keys', 'Keys', 'ok', `Opened by ${slots}; now ${locked}.`);
};

/** A row that does not fit the chain was not written by Holdfast. */
const outsideCheck = async (ctx: Context, store: Store): Promise<Check> => {
  const keyring = await ctx.keyringIfUnlocked();
  const found = await lookAtAll({ ctx, store, keyring, definition: await ctx.definition() });
  const title = 'Outside changes';
  if (!found.ok) return check('outside', title, 'error', describeError(found.error));
  const findings = found.data?.findings ?? [];
  found.data?.originals.close();
  const keys = findings.slice(0, 5).map(({ change }) => change.key);
  return findings.length === 0
    ? check('outside', title, 'ok', 'Every value in the store fits the audit log.')
    : check(
        'outside',
        title,
        'error',
        `Changed without Holdfast: ${keys.join(', ')}${findings.length > keys.length ? ' and more' : ''}.`,
        'holdfast audit outside',
      );
};

const modeProblem = (path: string, wanted: number): string | null => {
  try {
    const mode = lstatSync(path).mode & 0o777;
    return (mode & ~wanted) === 0 ? null : `${path} has mode ${mode.toString(8)}; ${wanted.toString(8)} is enough`;
  } catch {
    return null;
  }
};

const sizeWords = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${String(Math.ceil(bytes / 1024))} KB` : `${String(Math.ceil(bytes / 1024 / 1024))} MB`;

/** From here on a store is worth a look: all of it is in memory, and each backup holds it whole. */
const largeBytes = 100 * 1024 * 1024;

export const sizeCheck = (imageBytes: number, journalBytes: number): Check => {
  const said = `The store has ${sizeWords(imageBytes)}, and ${sizeWords(journalBytes)} of saves since its last tidying`;
  return imageBytes < largeBytes
    ? check('size', 'Size', 'ok', `${said}.`)
    : check(
        'size',
        'Size',
        'warning',
        `${said}. All of it is kept in memory and in each backup: old history and expired records can go.`,
        'holdfast audit prune --dry-run',
      );
};

/** Holdfast never empties it: what lies there may be somebody's only copy. */
const quarantineCheck = (ctx: Context): Check => {
  const { files, sizeBytes } = quarantineSize(ctx.holdfastDir);
  return files === 0
    ? check('quarantine', 'Set aside', 'ok', 'Nothing was set aside.')
    : check(
        'quarantine',
        'Set aside',
        'ok',
        `${String(files)} ${files === 1 ? 'file' : 'files'} (${sizeWords(sizeBytes)}) in .holdfast/quarantine: damaged or unfinished, kept until you remove them.`,
      );
};

const writableCheck = (ctx: Context): Check => {
  const reason = ctx.readOnly();
  if (reason === null) return check('writable', 'Place', 'ok', 'This home can be changed from here.');
  const way = reason.includes('--allow-network-home')
    ? 'holdfast status --allow-network-home'
    : 'holdfast recovery reopen';
  return check('writable', 'Place', 'warning', `Nothing can be changed here: ${reason}.`, way);
};

const permissionsCheck = (ctx: Context, storePath: string | null): Check => {
  const problems = [
    modeProblem(ctx.holdfastDir, 0o700),
    modeProblem(`${ctx.holdfastDir}/keys.json`, 0o600),
    storePath === null ? null : modeProblem(`${ctx.homeDir}/${storePath}`, 0o600),
  ].filter((problem) => problem !== null);
  const first = problems[0];
  return first === undefined
    ? check('permissions', 'Permissions', 'ok', 'Only you can read Holdfast’s files.')
    : check('permissions', 'Permissions', 'warning', `${problems.join('; ')}.`, `chmod -R go= ${ctx.holdfastDir}`);
};

export const runDoctor = async (ctx: Context): Promise<Result<Output<'doctor.run'>>> => {
  const status = await homeStatus(ctx);
  const facts = status.ok ? status.data : null;
  const checks: Check[] = [await storeCheck(ctx), await keysCheck(ctx)];
  const backup = facts?.notices.find((notice) => notice.id.startsWith('backup-'));
  checks.push(
    backup === undefined
      ? check(
          'backup',
          'Backup age',
          facts?.lastBackup == null ? 'warning' : 'ok',
          facts?.lastBackup == null
            ? 'There is no backup yet.'
            : `The last backup is of ${facts.lastBackup.at.slice(0, 16).replace('T', ' ')} UTC, and proven.`,
          facts?.lastBackup == null ? 'holdfast backup create' : null,
        )
      : check(
          'backup',
          'Backup age',
          backup.severity === 'info' ? 'ok' : backup.severity,
          backup.message.endsWith('.') ? backup.message : `${backup.message}.`,
          'holdfast backup create',
        ),
  );
  const drift = facts?.drift ?? [];
  checks.push(
    facts?.store == null
      ? check('drift', 'Drift', 'warning', 'Without a store nobody can tell whether the legacy files changed.')
      : drift.length === 0
        ? check('drift', 'Drift', 'ok', 'The legacy files are as they were read.')
        : check(
            'drift',
            'Drift',
            'warning',
            `${drift.map((one) => `${one.file} ${one.status}`).join(', ')}.`,
            'holdfast migrate --dry-run',
          ),
  );
  const store = await ctx.store();
  if (store.ok) checks.push(await outsideCheck(ctx, store.data));
  if (store.ok) checks.push(sizeCheck(store.data.info().imageBytes, store.data.info().journalBytes));
  checks.push(permissionsCheck(ctx, facts?.store?.path ?? null), writableCheck(ctx), quarantineCheck(ctx));
  return ok({ checks });
};
