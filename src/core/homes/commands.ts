/** Commands about the home as a whole, the door's list of homes, preferences, jobs and the schema. */
import { ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { latestSchema, schemaSteps } from '../store/schema/index.ts';
import { readKnown, saveTheme } from './known.ts';
import { metaValue } from './queries.ts';
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
  'schema.current': async (ctx) => {
    const store = await ctx.store();
    if (!store.ok) return store;
    const current = store.data.info().schemaVersion;
    const createdAt = await ctx.read((reader) => metaValue(reader, 'created_at'));
    if (!createdAt.ok) return createdAt;
    return ok({
      current,
      latest: latestSchema,
      upToDate: current === latestSchema,
      steps: schemaSteps.map((step) => ({
        version: step.version,
        name: step.name,
        appliedAt: step.version <= current ? createdAt.data : null,
      })),
    });
  },
  'job.list': (ctx) => Promise.resolve(ok({ jobs: ctx.door.jobs() })),
  'job.cancel': (ctx, input) => Promise.resolve(ok({ cancelled: ctx.door.cancelJob(input.jobId, ctx.actor.session) })),
} satisfies Partial<Handlers>;
