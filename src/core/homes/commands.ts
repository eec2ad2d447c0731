/** Commands about the home as a whole, the door's list of homes, preferences and jobs. */
import { ok } from '../../contract/result.ts';
import type { Output } from '../../contract/commands.ts';
import type { Context, Handlers } from '../context.ts';
import { readKnown, savePreferences } from './known.ts';
import { homeStatus } from './status.ts';

const preferences = (ctx: Context): Output<'preference.get'> => {
  const { theme, lockAfterMinutes } = readKnown(ctx.configDir);
  return { theme, lockAfterMinutes: lockAfterMinutes ?? null };
};

export const homeHandlers = {
  'home.status': (ctx) => homeStatus(ctx),
  'home.list': async (ctx) => ok(await ctx.door.listHomes()),
  'home.open': (ctx, input) => ctx.door.openHome(input.id),
  'preference.get': (ctx) => Promise.resolve(ok(preferences(ctx))),
  'preference.set': (ctx, input) => {
    savePreferences(ctx.configDir, input);
    return Promise.resolve(ok(preferences(ctx)));
  },
  'job.list': (ctx) => Promise.resolve(ok({ jobs: ctx.door.jobs() })),
  'job.cancel': (ctx, input) => Promise.resolve(ok({ cancelled: ctx.door.cancelJob(input.jobId, ctx.actor.session) })),
} satisfies Partial<Handlers>;
