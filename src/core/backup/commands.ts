/** `backup.*`: create, list, verify, restore, undo a restore. The work is in this folder's other files. */
import { fail, ok } from '../../contract/result.ts';
import { undoChangeSet } from '../changes/undo.ts';
import type { Handlers } from '../context.ts';
import { db } from '../store/sql.ts';
import { createBackup } from './create.ts';
import { listBackups } from './list.ts';
import { restoreBackup } from './restore.ts';
import { verifyBackup } from './verify.ts';

type BackupHandlers = Pick<
  Handlers,
  'backup.create' | 'backup.list' | 'backup.verify' | 'backup.restore' | 'backup.undo-restore'
>;

const create: BackupHandlers['backup.create'] = async (ctx, input) => {
  const file = input.output === undefined ? undefined : ctx.file(input.output);
  if (file?.ok === false) return file;
  if (file?.data.use === 'read')
    return fail({ type: 'InputInvalid', field: 'output', problem: 'this file was opened for reading' });
  return createBackup(ctx, {
    ...(file === undefined ? {} : { target: file.data }),
    ...(input.passphrase === undefined ? {} : { passphrase: input.passphrase }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  });
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
  'backup.verify': verifyBackup,
  'backup.restore': restoreBackup,
  'backup.undo-restore': undoRestore,
};
