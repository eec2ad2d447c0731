/** `backup.*`: create, list, verify, restore, undo a restore. The work is in this folder's other files. */
import { fail, ok } from '../../contract/result.ts';
import { undoChangeSet } from '../changes/undo.ts';
import type { Handlers } from '../context.ts';
import { db } from '../store/sql.ts';
import { createBackup, type CreateBackup } from './create.ts';
import { createIfDue } from './due.ts';
import { listBackups } from './list.ts';
import { getPolicy, setPolicy } from './policy.ts';
import { pruneBackups } from './prune.ts';
import { rehearseBackup } from './rehearse.ts';
import { restoreBackup } from './restore.ts';
import { verifyBackup } from './verify.ts';

type BackupHandlers = Pick<
  Handlers,
  | 'backup.create'
  | 'backup.list'
  | 'backup.policy'
  | 'backup.set-policy'
  | 'backup.prune'
  | 'backup.rehearse'
  | 'backup.verify'
  | 'backup.restore'
  | 'backup.undo-restore'
>;

const create: BackupHandlers['backup.create'] = async (ctx, input) => {
  const file = input.output === undefined ? undefined : ctx.file(input.output);
  if (file?.ok === false) return file;
  if (file?.data.use === 'read')
    return fail({ type: 'InputInvalid', field: 'output', problem: 'this file was opened for reading' });
  const options: CreateBackup = {
    ...(file === undefined ? {} : { target: file.data }),
    ...(input.passphrase === undefined ? {} : { passphrase: input.passphrase }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  };
  if (input.ifDue === true) return createIfDue(ctx, options);
  const made = await createBackup(ctx, options);
  return made.ok ? ok({ ...made.data, made: true }) : made;
};

const list: BackupHandlers['backup.list'] = async (ctx) => {
  const backups = await listBackups(ctx);
  return backups.ok ? ok({ backups: backups.data }) : backups;
};

const newestRestore = db
  .selectFrom('change_set')
  .innerJoin('term', 'term.id', 'change_set.kind')
  .select('change_set.uid')
  .where('term.text', '=', 'restore')
  .where('change_set.undone_by', 'is', null)
  .orderBy('change_set.id', 'desc')
  .limit(1)
  .compile();

const undoRestore: BackupHandlers['backup.undo-restore'] = async (ctx, input) => {
  const newest = await ctx.read((reader) => reader.first(newestRestore)?.uid ?? null);
  if (!newest.ok) return newest;
  if (newest.data === null) return fail({ type: 'NotFound', what: 'restore to undo in', name: ctx.homeDir });
  return undoChangeSet(ctx, { uid: newest.data }, { reason: input.reason, dryRun: input.dryRun });
};

export const backupHandlers: BackupHandlers = {
  'backup.create': create,
  'backup.list': list,
  'backup.policy': getPolicy,
  'backup.set-policy': setPolicy,
  'backup.prune': pruneBackups,
  'backup.rehearse': rehearseBackup,
  'backup.verify': verifyBackup,
  'backup.restore': restoreBackup,
  'backup.undo-restore': undoRestore,
};
