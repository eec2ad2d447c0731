/** The handlers of `recovery.*`. */
import { describeError } from '../../contract/errors.ts';
import { fail, ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { lookAround } from './candidates.ts';
import { openCandidate } from './open.ts';
import { quarantineSize } from './quarantine.ts';

export const recoveryHandlers = {
  'recovery.list': async (ctx) => {
    const store = await ctx.store();
    const found = await lookAround(ctx);
    if (!found.ok) return found;
    return ok({
      // Where there is no store, nothing is wrong with it.
      problem: store.ok || store.error.type === 'NotFound' ? null : describeError(store.error),
      candidates: found.data.map(({ candidate }) => candidate),
      quarantine: quarantineSize(ctx.holdfastDir),
    });
  },
  'recovery.open': (ctx, input) => openCandidate(ctx, input),
  'recovery.reopen': async (ctx) => {
    const reopened = await ctx.exclusively(() => Promise.resolve(ok(null)));
    // A place that must not be written, or a store that is gone: what there is to say stands in the status.
    const told = reopened.ok || reopened.error.type === 'ReadOnly' || reopened.error.type === 'NotFound';
    if (!told) return fail(reopened.error);
    return ok({ readOnly: ctx.readOnly() });
  },
} satisfies Partial<Handlers>;
