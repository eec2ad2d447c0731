/** A backup or a rehearsal that failed: in the log until the next success, and the same failure only once. */
import { ok } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { backupHistory } from './log.ts';

export const recordFailure = async (
  ctx: Context,
  action: 'backup-failed' | 'rehearse-failed',
  key: string,
  problem: string,
): Promise<void> => {
  const history = await ctx.read(backupHistory);
  if (history.ok && history.data.failed?.problem === problem) return;
  await ctx.commit({ kind: 'event' }, (changes) => {
    changes.event('backup', key, action, { problem });
    return ok(undefined);
  });
  ctx.changed('backups', 'status', 'audit');
};
