/** The handlers of `home.find`, `migration.*` and `setup.*`: they only hand over to the functions that do the work. */
import { ok } from '../../contract/result.ts';
import type { Handlers } from '../context.ts';
import { readDraft, saveDraft } from './drafts.ts';
import { findHome } from './find.ts';
import { secretsInClear } from './in-clear.ts';
import { proveFiles } from './layout/proof.ts';
import { leaveHome } from './leave.ts';
import { readLedger } from './ledger.ts';
import { makePlan } from './plan.ts';
import { retire } from './retire.ts';
import { rollBack } from './rollback.ts';
import { listQuarantine, mapQuarantined, revealQuarantined } from './quarantine.ts';
import { backupLegacy, runMigration } from './run.ts';
import { savePlan, withSavedPlan } from './saved-plan.ts';
import { listRuns } from './runs.ts';
import { applySetup, setupQuestions } from './setup.ts';
import { resetSetup } from './setup-again.ts';

export const migrationHandlers = {
  'home.find': (ctx) => findHome(ctx),
  'migration.plan': async (ctx, input) => {
    const { save, ...asked } = input;
    const wanted = await withSavedPlan(ctx, asked);
    if (!wanted.ok) return wanted;
    const plan = await makePlan(ctx, wanted.data);
    if (!plan.ok || save === undefined) return plan.ok ? ok(plan.data.result) : plan;
    const saved = await savePlan(ctx, save, wanted.data, plan.data.result);
    return saved.ok ? ok(plan.data.result) : saved;
  },
  'migration.run': async (ctx, input) => {
    const wanted = await withSavedPlan(ctx, input);
    return wanted.ok ? runMigration(ctx, wanted.data, { needsFiles: true }) : wanted;
  },
  'migration.backup': (ctx, input) => backupLegacy(ctx, input),
  'migration.ledger': (ctx, input) => readLedger(ctx, input),
  'migration.quarantine': listQuarantine,
  'migration.reveal': revealQuarantined,
  'migration.map': mapQuarantined,
  'migration.runs': (ctx) => listRuns(ctx),
  'migration.proof': (ctx, input) => proveFiles(ctx, input.file),
  'migration.rollback': (ctx, input) => rollBack(ctx, input),
  'migration.retire': (ctx, input) => retire(ctx, input),
  'migration.in-clear': (ctx) => ctx.read((reader) => secretsInClear(reader, ctx.homeDir)),
  'home.leave': (ctx, input) => leaveHome(ctx, input),
  'setup.questions': (ctx, input) => setupQuestions(ctx, input.definition),
  'setup.apply': (ctx, input) => applySetup(ctx, input),
  'setup.reset': resetSetup,
  'setup.draft': async (ctx) => ok({ draft: await readDraft(ctx.configDir, ctx.homeDir) }),
  'setup.save-draft': async (ctx, input) => {
    const definitions = await ctx.definitions();
    const saved = await saveDraft(ctx.configDir, ctx.homeDir, input.draft, definitions.ok ? definitions.data : []);
    return saved.ok ? ok({ saved: true }) : saved;
  },
} satisfies Partial<Handlers>;
