/** Commands about the home as a whole, the door's list of homes, preferences and jobs. */
import { ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { readKnown, saveTheme } from './known.ts';
import { homeStatus } from './status.ts';

export const homeHandlers = {
  'home.status': (ctx) => homeStatus(ctx),
  'home.list': async (ctx) => ok(await ctx.door.listHomes()),
  'home.open': (ctx, input) => ctx.door.openHome(input.id),
  'preference.get': (ctx) => Promise.resolve(ok({ theme: readKnown(ctx.configDir).theme })),
  'preference.set': (ctx, input) => {
    saveTheme(ctx.configDir, input.theme);
    return Promise.resolve(ok({ theme: input.theme }));
  },
  'job.list': (ctx) => Promise.resolve(ok({ jobs: ctx.door.jobs() })),
  'job.cancel': (ctx, input) => Promise.resolve(ok({ cancelled: ctx.door.cancelJob(input.jobId, ctx.actor.session) })),
} satisfies Partial<Handlers>;
