/** `backup.create` as a schedule asks for it: only when it is time, and a failure is written down. */
import type { Output } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context } from '../context.ts';
import { createBackup, type CreateBackup } from './create.ts';
import { recordFailure } from './failure.ts';
import { listBackups } from './list.ts';
import { isOver, policyState } from './policy.ts';

/** Errors: those of a backup, and `InputInvalid` when no schedule is set: a timer that never does anything is a mistake. */
export const createIfDue = async (ctx: Context, options: CreateBackup): Promise<Result<Output<'backup.create'>>> => {
  // A folder that cannot be read has no backup that anybody could use: making one then says what is wrong.
  const listed = await listBackups(ctx);
  const { plan, newest, now } = await policyState(ctx, listed.ok ? listed.data : []);
  if (plan.every === 'off') {
    const problem = 'no schedule is set; choose one: holdfast backup policy --every daily';
    return fail({ type: 'InputInvalid', field: '--if-due', problem });
  }
  if (newest !== null && !isOver(plan.nextAt, now)) return ok({ ...newest, made: false });
  const made = await createBackup(ctx, options);
  if (made.ok) return ok({ ...made.data, made: true });
  if (made.error.type !== 'Cancelled') await recordFailure(ctx, 'backup-failed', '', describeError(made.error));
  return made;
};
