/**
 * `setup.reset`: the wizard's questions count as open again until the next `setup.apply`. It removes no value, so the
 * wizard starts from what is set.
 */
import { ok } from '../../contract/result.ts';
import type { Handler } from '../context.ts';
import { homeStatus } from '../homes/status.ts';
import { db } from '../store/sql.ts';
import type { Tx } from '../store/types.ts';

/** In `meta`, so that a backup or another machine's look says the same. */
export const setupOpenKey = 'setup_open';

export const markSetup = (tx: Tx, open: boolean): void => {
  const value = open ? '1' : '0';
  tx.run(
    db
      .insertInto('meta')
      .values({ key: setupOpenKey, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .compile(),
  );
};

/** Errors: `NotFound` without a store, and those of a save. */
export const resetSetup: Handler<'setup.reset'> = async (ctx, input) => {
  const questions = (await ctx.definition())?.wizard.length ?? 0;
  const before = await homeStatus(ctx);
  if (!before.ok) return before;
  if (input.dryRun === true) return ok({ state: before.data.state, dryRun: true, questions });
  const marked = await ctx.commit({ kind: 'setup', reason: input.reason ?? null }, (changes) => {
    changes.event('home', '', 'setup-reset');
    markSetup(changes.tx, true);
    return ok(null);
  });
  if (!marked.ok) return marked;
  ctx.changed('status', 'audit');
  const after = await homeStatus(ctx);
  return after.ok ? ok({ state: after.data.state, dryRun: false, questions }) : after;
};
