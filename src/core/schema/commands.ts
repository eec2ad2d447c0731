/** The handlers of `schema.*`. */
import { ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { latestSchema } from '../store/schema/index.ts';
import { lookAtFiles, placeOf, readFacts, stepsOf } from './look.ts';
import { downgradeSchema, stampStore, upgradeSchema } from './move.ts';

export const schemaHandlers = {
  'schema.current': async (ctx) => {
    const facts = await readFacts(ctx);
    if (!facts.ok) return facts;
    const { current } = facts.data;
    const steps = stepsOf(facts.data).map(({ version, name, appliedAt }) => ({ version, name, appliedAt }));
    return ok({ current, latest: latestSchema, upToDate: current === latestSchema, steps });
  },
  'schema.list': async (ctx) => {
    const facts = await readFacts(ctx);
    if (!facts.ok) return facts;
    return ok({ current: facts.data.current, latest: latestSchema, steps: stepsOf(facts.data) });
  },
  'schema.upgrade': upgradeSchema,
  'schema.downgrade': downgradeSchema,
  'schema.stamp': stampStore,
  'schema.verify': async (ctx) => {
    const inspected = await lookAtFiles(ctx, 'verify', placeOf(ctx));
    if (!inspected.ok) return inspected;
    const { version, ...found } = inspected.data;
    const { differences, brokenReferences, integrity, probeProblem } = found;
    const right = differences.length + brokenReferences + integrity.length === 0 && probeProblem === null;
    return ok({ ok: right, current: version, latest: latestSchema, ...found });
  },
} satisfies Partial<Handlers>;
