/**
 * The wizard's last page as one job: migrate, answers as a change set of source `wizard`, first proven backup. Answers are
 * checked before anything is written. The parts are the same functions that the single commands use.
 */
import type { Input, Output } from '../../contract/commands.ts';
import type { Backup } from '../../contract/backups.ts';
import { describeError } from '../../contract/errors.ts';
import { jsonEqual, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { createBackup } from '../backup/create.ts';
import type { Context } from '../context.ts';
import { entryFor, titleOf, validateValue } from '../definitions/catalog.ts';
import { settingKindOf } from '../definitions/kind.ts';
import type { Definition } from '../definitions/types.ts';
import { isUnanswered } from '../homes/answered.ts';
import { homeStatus } from '../homes/status.ts';
import { applySettings } from '../settings/apply.ts';
import { storedSettings } from '../settings/queries.ts';
import { saveDraft } from './drafts.ts';
import { chooseDefinition, makePlan } from './plan.ts';
import type { Decided, Placed } from './plan-types.ts';
import { runMigration } from './run.ts';
import { scanHome } from './scan.ts';
import { markSetup } from './setup-again.ts';

type Question = Output<'setup.questions'>['questions'][number];
type WizardAsks = Definition['wizard'][number];
type Proposal = { by: string; value: JsonValue };
/** Values by key, secrets left out; and every key that has one. */
type Known = { values: Map<string, JsonValue>; set: Set<string> };

const plainSchema = (entry: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => !name.startsWith('x-')));

/** A value that stands for no answer is not offered as one. */
const withoutUnanswered = (schema: JsonObject, { unanswered = [] }: WizardAsks): JsonObject => {
  const listed = schema['enum'];
  return Array.isArray(listed) && unanswered.length > 0
    ? { ...schema, enum: listed.filter((one) => !unanswered.some((other) => jsonEqual(one, other))) }
    : schema;
};

/** The answer that what is set already makes sense with (`x-requires`), when all of it says the same. */
const proposalFor = (definition: Definition, key: string, set: ReadonlySet<string>): Proposal | null => {
  const speaking = Object.entries(definition.catalog).flatMap(([by, { 'x-requires': needs }]): Proposal[] => {
    if (!set.has(by)) return [];
    return needs?.key === key && needs.equals !== undefined ? [{ by, value: needs.equals }] : [];
  });
  const [first] = speaking;
  return first !== undefined && speaking.every((one) => jsonEqual(one.value, first.value)) ? first : null;
};

/** What the answer is already: in the store, else as the plan would import it, else the definition's default. */
const answered = async (ctx: Context, definition: Definition): Promise<Known> => {
  const values = new Map<string, JsonValue>();
  const set = new Set<string>();
  const plan = await makePlan(ctx, { definition: definition.id });
  const imported = (item: Decided): item is Placed => item.action === 'create' && item.subject.kind === 'setting';
  if (plan.ok) {
    for (const { subject, secret, value } of plan.data.items.filter(imported)) {
      set.add(subject.key);
      if (!secret) values.set(subject.key, value);
    }
  }
  const stored = await ctx.read((reader) => storedSettings(reader));
  if (stored.ok) {
    for (const [key, row] of stored.data) {
      set.add(key);
      if (!row.secret && row.value !== null) values.set(key, JSON.parse(row.value) as JsonValue);
    }
  }
  return { values, set };
};

export const setupQuestions = async (
  ctx: Context,
  asked: string | undefined,
): Promise<Result<Output<'setup.questions'>>> => {
  const definition = await chooseDefinition(ctx, asked, await scanHome(ctx.homeDir));
  if (!definition.ok) return definition;
  const known =
    definition.data.wizard.length === 0
      ? { values: new Map<string, JsonValue>(), set: new Set<string>() }
      : await answered(ctx, definition.data);
  const questions = definition.data.wizard.map((question): Question => {
    const entry = entryFor(definition.data, question.key) ?? {};
    const secret = entry['x-secret'] === true;
    const present = known.values.get(question.key) ?? entry.default ?? null;
    const answer = isUnanswered(question, present) ? null : present;
    const proposal =
      answer === null && question.required === true ? proposalFor(definition.data, question.key, known.set) : null;
    const value = answer ?? proposal?.value ?? null;
    return {
      key: question.key,
      title: question.title ?? entry.title ?? titleOf(question.key),
      description: question.description ?? entry.description ?? '',
      kind: settingKindOf(entry, value),
      schema: withoutUnanswered(plainSchema(entry), question),
      required: question.required === true,
      default: secret ? null : value,
      ...(proposal === null || secret ? {} : { proposedBy: proposal.by }),
      secret,
    };
  });
  return ok({ questions });
};

/** All answers that do not fit, before anything is written. */
const answerProblems = (definition: Definition, answers: Readonly<Record<string, JsonValue>>): Result<null> => {
  const invalid = Object.entries(answers).flatMap(([key, value]) => {
    const problem =
      entryFor(definition, key) === null
        ? 'is not a setting of this application'
        : validateValue(definition, key, value);
    return problem === null ? [] : [{ key, problem }];
  });
  const first = invalid[0];
  return first === undefined
    ? ok(null)
    : fail({ type: 'SettingInvalid', key: first.key, problem: first.problem, invalid });
};

const pick = ({ path, sizeBytes, sealed, provenAt }: Backup) => ({ path, sizeBytes, sealed, provenAt });

export const applySetup = async (ctx: Context, input: Input<'setup.apply'>): Promise<Result<Output<'setup.apply'>>> => {
  const definition = await chooseDefinition(ctx, input.definition, await scanHome(ctx.homeDir));
  if (!definition.ok) return definition;
  const answers = input.answers ?? {};
  const checked = answerProblems(definition.data, answers);
  if (!checked.ok) return checked;
  const migrated = await runMigration(ctx, { ...input, reason: 'First set-up' }, { needsFiles: false });
  if (!migrated.ok) return migrated;
  const { recoveryCode, ...migration } = migrated.data;
  // From here on the store stands and the recovery code must reach its owner: what goes wrong becomes a warning.
  const warnings = [...migration.warnings];
  if (Object.keys(answers).length > 0) {
    ctx.progress('Saving the answers', null);
    const changes = Object.entries(answers).map(([key, value]) => ({ key, op: 'set' as const, value }));
    const applied = await applySettings(
      ctx,
      { changes, reason: 'Answers of the set-up wizard' },
      { source: 'wizard', kind: 'setup', door: 'wizard' },
    );
    if (!applied.ok) warnings.push(`The answers were not saved: ${describeError(applied.error)}`);
  }
  ctx.progress('Making the first backup', null);
  const backup = await createBackup(ctx, { reason: 'First set-up' });
  if (!backup.ok) warnings.push(`The first backup was not made: ${describeError(backup.error)}`);
  const closed = await ctx.commit({ kind: 'setup', door: 'wizard' }, (changes) => {
    markSetup(changes.tx, false);
    return ok(null);
  });
  if (!closed.ok) warnings.push(`The set-up still counts as open: ${describeError(closed.error)}`);
  // A draft that stays behind is offered again, but nothing is lost: not worth failing a finished set-up.
  await saveDraft(ctx.configDir, ctx.homeDir, null, []);
  const status = await homeStatus(ctx);
  return ok({
    migration: { ...migration, warnings },
    ...(recoveryCode === undefined ? {} : { recoveryCode }),
    backup: backup.ok ? pick(backup.data) : null,
    state: status.ok ? status.data.state : 'UNCONFIGURED',
  });
};
