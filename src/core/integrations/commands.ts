/** The integration commands: connections to other systems, looked at, changed and tested. */
import type { Integration } from '../../contract/integrations.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Context, Handlers } from '../context.ts';
import { applyIntegration, duplicateIntegration, removeIntegration } from './change.ts';
import { countIntegrations } from './counts.ts';
import { testIntegration } from './test/run.ts';
import { integrationViews, typeViews } from './views.ts';

const readAll = async (ctx: Context): Promise<Result<Integration[]>> => {
  const definition = await ctx.definition();
  return ctx.read((reader) => integrationViews(reader, definition));
};

export const integrationHandlers = {
  'integration.list': async (ctx, input) => {
    const all = await readAll(ctx);
    if (!all.ok) return all;
    return ok({ integrations: all.data.filter((one) => input.enabled === undefined || one.enabled === input.enabled) });
  },
  'integration.show': async (ctx, input) => {
    const all = await readAll(ctx);
    if (!all.ok) return all;
    const found = all.data.find((one) => one.id === input.id);
    return found === undefined ? fail({ type: 'NotFound', what: 'integration', name: input.id }) : ok(found);
  },
  'integration.types': async (ctx) => ok({ types: typeViews(await ctx.definition()) }),
  'integration.counts': async (ctx) => {
    const all = await readAll(ctx);
    return all.ok ? ok(countIntegrations(await ctx.definition(), all.data)) : all;
  },
  'integration.apply': applyIntegration,
  'integration.remove': removeIntegration,
  'integration.duplicate': duplicateIntegration,
  'integration.test': testIntegration,
} satisfies Partial<Handlers>;
