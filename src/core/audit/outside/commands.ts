/** The handlers of `audit.outside` and `audit.settle-outside`. */
import { fail, ok } from '../../../contract/result.ts';
import type { Handlers } from '../../context.ts';
import { lookAtAll } from './look.ts';
import { settleOutside } from './settle.ts';

const shown = 500;

export const outsideHandlers = {
  'audit.outside': async (ctx) => {
    const store = await ctx.store();
    if (!store.ok) return store;
    const keyring = await ctx.keyringIfUnlocked();
    const found = await lookAtAll({ ctx, store: store.data, keyring, definition: await ctx.definition() });
    if (!found.ok) return found;
    if (found.data === null) return fail({ type: 'Cancelled', what: 'The search for outside changes' });
    const { findings, originals } = found.data;
    originals.close();
    return ok({
      changes: findings.slice(0, shown).map(({ change }) => change),
      total: findings.length,
      secretsChecked: keyring !== null,
    });
  },
  'audit.settle-outside': (ctx, input) => settleOutside(ctx, input),
} satisfies Partial<Handlers>;
