/** The handlers of `home.find`, `migration.*` and `setup.*`: they only hand over to the functions that do the work. */
import { ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { readDraft, saveDraft } from './drafts.ts';
import { findHome } from './find.ts';
import { readLedger } from './ledger.ts';
import { makePlan } from './plan.ts';
import { backupLegacy, runMigration } from './run.ts';
import { applySetup, setupQuestions } from './setup.ts';

export const migrationHandlers = {
  'home.find': (ctx) => findHome(ctx),
  'migration.plan': async (ctx, input) => {
    const plan = await makePlan(ctx, input);
    return plan.ok ? ok(plan.data.result) : plan;
  },
  'migration.run': (ctx, input) => runMigration(ctx, input, { needsFiles: true }),
  'migration.backup': (ctx, input) => backupLegacy(ctx, input),
  'migration.ledger': (ctx, input) => readLedger(ctx, input),
  'setup.questions': (ctx, input) => setupQuestions(ctx, input.definition),
  'setup.apply': (ctx, input) => applySetup(ctx, input),
  'setup.draft': async (ctx) => ok({ draft: await readDraft(ctx.configDir, ctx.homeDir) }),
  'setup.save-draft': async (ctx, input) => {
    const definitions = await ctx.definitions();
    const saved = await saveDraft(ctx.configDir, ctx.homeDir, input.draft, definitions.ok ? definitions.data : []);
    return saved.ok ? ok({ saved: true }) : saved;
  },
} satisfies Partial<Handlers>;
