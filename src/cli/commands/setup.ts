/** `setup`: the wizard without a screen. Finds, shows the plan, asks what is open, applies in one job. */
import type { Input, Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { settingKinds } from '../../contract/settings.ts';
import type { Answers } from '../answers-file.ts';
import { readTextFile } from '../credential.ts';
import { formatSize, formatValue, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseValue } from '../parse-value.ts';
import { withProtection } from '../protect.ts';
import type { Session } from '../session.ts';
import { migrationText } from './migration-text.ts';
import type { AddCommands } from './run.ts';

type SetupOptions = { definition?: string; answers?: string };
type Question = Output<'setup.questions'>['questions'][number];
type Given = { [key: string]: JsonValue };

const readAnswers = async (session: Session, options: SetupOptions): Promise<Result<Answers>> => {
  if (options.answers === undefined) return ok({});
  const text = readTextFile(options.answers, session.io.cwd, '--answers');
  if (!text.ok) return text;
  const { parseAnswers } = await import('../answers-file.ts');
  return parseAnswers(text.data, options.answers);
};

const kindOf = (question: Question) => settingKinds.find((kind) => kind === question.kind) ?? 'string';

/** Undefined: left open; null: the person gave up. */
const askOne = async (session: Session, question: Question): Promise<JsonValue | undefined | null> => {
  const { prompts } = session.io;
  const title = `${printable(question.title)}${question.required ? '' : ' (optional)'}${question.description === '' ? '' : `: ${printable(question.description)}`}`;
  const schema = question.schema as { [name: string]: JsonValue };
  const choices = Array.isArray(schema['enum'])
    ? schema['enum']
    : kindOf(question) === 'boolean'
      ? [true, false]
      : null;
  if (question.secret) {
    const text = await prompts.secret(title);
    return text === '' ? undefined : text;
  }
  if (choices !== null) {
    const label = (choice: JsonValue): string =>
      choice === true ? 'yes' : choice === false ? 'no' : formatValue(choice);
    const picked = await prompts.select(title, [
      ...(question.required ? [] : [{ value: '', label: 'leave it as it is' }]),
      ...choices.map((choice, i) => ({ value: String(i), label: label(choice) })),
    ]);
    if (picked === '') return undefined;
    return picked === null ? null : choices[Number(picked)];
  }
  const text = await prompts.text(title, question.default === null ? undefined : formatValue(question.default));
  if (text === null) return null;
  return text === '' ? undefined : parseValue(text, { kind: kindOf(question), schema });
};

const askAll = async (session: Session, questions: readonly Question[], given: Given): Promise<Result<Given>> => {
  const answers: Given = { ...given };
  for (const question of questions) {
    if (Object.hasOwn(answers, question.key)) continue;
    const value = await askOne(session, question);
    if (value === null) return fail({ type: 'Cancelled', what: 'The set-up' });
    if (value !== undefined) answers[question.key] = value;
  }
  return ok(answers);
};

const dryRun = async (
  session: Session,
  plan: Output<'migration.plan'>,
  questions: readonly Question[],
  given: Given,
): Promise<Outcome> => {
  const open = questions.filter((one) => one.required && !Object.hasOwn(given, one.key));
  return Promise.resolve(
    answer({ dryRun: true, migration: plan, questions }, [
      ...migrationText(plan, session, 'plan'),
      ...open.map((one) => `Question open: ${printable(one.key)} (${printable(one.title)})`),
    ]),
  );
};

const appliedText = (data: Omit<Output<'setup.apply'>, 'recoveryCode'>, session: Session): string[] => [
  ...migrationText(data.migration, session, 'run'),
  ...(data.backup === null
    ? []
    : [
        `First backup: ${printable(data.backup.path)} (${formatSize(data.backup.sizeBytes)}, ${data.backup.provenAt === null ? 'sealed' : 'proven'}).`,
      ]),
  `State: ${data.state}`,
];

const apply = async (session: Session, input: Input<'setup.apply'>): Promise<Outcome> => {
  const result = await withProtection(session, async (protect) =>
    session.call('setup.apply', { ...input, ...(protect === null ? {} : { protect }) }),
  );
  if (!result.ok) return trouble(result);
  const { data, notes } = result.data;
  return answer(data, appliedText(data, session), notes);
};

const setup = async (session: Session, options: SetupOptions): Promise<Outcome> => {
  const file = await readAnswers(session, options);
  if (!file.ok) return trouble(file);
  const id = options.definition ?? file.data.definition;
  const definition = id === undefined ? {} : { definition: id };
  const choices = file.data.choices === undefined ? {} : { choices: file.data.choices };
  const plan = await session.call('migration.plan', { ...definition, ...choices });
  if (!plan.ok) return trouble(plan);
  const asked = await session.call('setup.questions', definition);
  if (!asked.ok) return trouble(asked);
  const { questions } = asked.data;
  const given = file.data.answers ?? {};
  if (session.dryRun) return dryRun(session, plan.data, questions, given);
  const personThere = session.io.interactive && session.globals.yes !== true;
  if (personThere) session.io.err(migrationText(plan.data, session, 'plan').slice(0, -1).join('\n'));
  const answers = personThere ? await askAll(session, questions, given) : ok(given);
  if (!answers.ok) return trouble(answers);
  if (personThere) {
    const agreed = await session.confirm('Take this over?');
    if (!agreed.ok) return trouble(agreed);
  }
  return apply(session, {
    ...definition,
    ...choices,
    ...(Object.keys(answers.data).length === 0 ? {} : { answers: answers.data }),
    // What was shown is what will be done, or nothing.
    expect: plan.data.planDigest,
  });
};

export const addSetup: AddCommands = (program, run) => {
  program
    .command('setup')
    .description('set a home up: take over, protect, answer what is open, make the first backup')
    .option('--definition <id>', 'which application this is, when it is not recognised by itself')
    .option('--answers <file>', 'JSON: {"definition": id, "answers": {key: value}, "choices": {itemPath: action}}')
    .action((options: SetupOptions) => run((session) => setup(session, options)));
};
