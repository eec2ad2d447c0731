/** `schema …`: which version the store's tables have, moving them up and down, marking and verifying them. */
import type { Command } from 'commander';
import type { Input, Output } from '../../contract/commands.ts';
import type { SchemaStepPlan } from '../../contract/schema.ts';
import { formatCount, formatTime, paragraph, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { parseWhole, type AddCommands, type Run } from './run.ts';

type Move = Output<'schema.upgrade'>;

const current = async (session: Session): Promise<Outcome> => {
  const result = await session.call('schema.current', {});
  if (!result.ok) return trouble(result);
  const { current: at, latest, upToDate, steps } = result.data;
  const rows = steps.map((step) => [
    String(step.version),
    printable(step.name),
    step.appliedAt === null ? 'not applied' : formatTime(step.appliedAt),
  ]);
  const columns = [
    { title: 'STEP', align: 'right' as const },
    { title: 'NAME', narrow: 'wrap' as const },
    { title: 'APPLIED' },
  ];
  return answer(
    result.data,
    [
      `Schema ${String(at)} of ${String(latest)}${upToDate ? ', up to date' : ''}`,
      '',
      ...table(columns, rows, session.width, session.io.strong),
    ],
    upToDate ? [] : ['Next: holdfast schema upgrade'],
  );
};

const list = async (session: Session): Promise<Outcome> => {
  const result = await session.call('schema.list', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.steps.map((step) => [
    step.version === result.data.current ? '>' : '',
    String(step.version),
    printable(step.name),
    printable(step.does),
    step.appliedAt === null ? 'not applied' : formatTime(step.appliedAt),
  ]);
  const columns = [
    { title: '' },
    { title: 'STEP', align: 'right' as const },
    { title: 'NAME' },
    { title: 'WHAT IT DOES', narrow: 'wrap' as const },
    { title: 'APPLIED' },
  ];
  return answer(result.data, table(columns, rows, session.width, session.io.strong));
};

const rowsWords = (rows: readonly { table: string; rows: number }[]): string =>
  rows.map((one) => `${one.table} (${formatCount(one.rows, 'row')})`).join(', ');

const stepLines = (step: SchemaStepPlan, width: number): string[] => {
  const about: [string, string][] = [
    ['adds', step.creates.join(', ')],
    ['removes', step.drops.join(', ')],
    ['deletes', rowsWords(step.deletes)],
    ['counts again on the way up', rowsWords(step.rebuilt)],
  ];
  return [
    `${step.direction === 'up' ? 'Up to' : 'Down from'} ${String(step.version)}, ${printable(step.name)}`,
    ...(step.direction === 'up' ? paragraph(printable(step.does), width, '  ') : []),
    ...about
      .filter(([, what]) => what !== '')
      .flatMap(([verb, what]) => paragraph(`${verb}: ${printable(what)}`, width, '  ')),
  ];
};

const planLines = (move: Move, session: Session): string[] =>
  move.steps.flatMap((step) => [...stepLines(step, session.width), '']);

const warningLines = (move: Move, session: Session): string[] =>
  move.warning === null ? [] : [...paragraph(`Warning: ${printable(move.warning)}`, session.width, '  '), ''];

/** One line a step, as it ran. */
const ranLines = (move: Move): string[] =>
  move.steps.map(({ direction, version, name }) => {
    const [from, to] = direction === 'up' ? [version - 1, version] : [version, version - 1];
    return `Ran ${direction === 'up' ? 'upgrade' : 'downgrade'} ${String(from)} -> ${String(to)}, ${printable(name)}`;
  });

const versionOf = (text: string) => parseWhole(text, 'TO', 0, 9999);

const input = (session: Session): { reason?: string } => session.reason();

const upgrade = async (session: Session, toText: string | undefined): Promise<Outcome> => {
  const to = toText === undefined ? null : versionOf(toText);
  if (to?.ok === false) return trouble(to);
  const wanted: Input<'schema.upgrade'> = { ...input(session), ...(to === null ? {} : { to: to.data }) };
  const result = await session.call('schema.upgrade', { ...wanted, ...(session.dryRun ? { dryRun: true } : {}) });
  if (!result.ok) return trouble(result);
  const move = result.data;
  if (move.steps.length === 0) return answer(move, [`Schema ${String(move.to)}: nothing to do.`]);
  if (session.dryRun) return answer(move, [...planLines(move, session), 'Dry run: nothing was changed.']);
  return answer(move, [
    ...ranLines(move),
    `The store has schema ${String(move.to)} now; the generation before is kept as the way back.`,
  ]);
};

const downgrade = async (session: Session, toText: string): Promise<Outcome> => {
  const to = versionOf(toText);
  if (!to.ok) return trouble(to);
  const wanted: Input<'schema.downgrade'> = { ...input(session), to: to.data };
  const plan = await session.call('schema.downgrade', { ...wanted, dryRun: true });
  if (!plan.ok) return trouble(plan);
  const shown = [...planLines(plan.data, session), ...warningLines(plan.data, session)];
  if (plan.data.steps.length === 0) return answer(plan.data, [`Schema ${String(plan.data.to)}: nothing to do.`]);
  if (session.dryRun) return answer(plan.data, [...shown, 'Dry run: nothing was changed.']);
  for (const line of shown) session.io.err(line);
  const sure = await session.confirm(
    `Go down from schema ${String(plan.data.from)} to ${String(plan.data.to)}? A backup is made first.`,
  );
  if (!sure.ok) return trouble(sure);
  const result = await session.call('schema.downgrade', wanted);
  if (!result.ok) return trouble(result);
  const move = result.data;
  const backup = move.backup === null ? [] : [`Backed up first: ${printable(move.backup.path)}`];
  return answer(
    move,
    [...backup, ...ranLines(move), `The store has schema ${String(move.to)} now.`],
    ['This Holdfast opens it again after: holdfast schema upgrade'],
  );
};

const stamp = async (session: Session, toText: string): Promise<Outcome> => {
  const to = versionOf(toText);
  if (!to.ok) return trouble(to);
  const wanted = { ...input(session), to: to.data, ...(session.dryRun ? { dryRun: true } : {}) };
  const result = await session.call('schema.stamp', wanted);
  if (!result.ok) return trouble(result);
  const { from, to: at } = result.data;
  const same = from === at ? `The store has schema ${String(at)} already.` : null;
  const fits = `The tables are those of schema ${String(at)}`;
  const said = session.dryRun ? `${fits}. Dry run: nothing was changed.` : `${fits}, and the store says so now.`;
  return answer(result.data, [same ?? said]);
};

const checkLines = (found: Output<'schema.verify'>): string[] => [
  found.differences.length === 0
    ? `ok  tables, columns and indexes are those of schema ${String(found.current)}`
    : `MISSING OR DIFFERENT  ${found.differences.join('; ')}`,
  found.brokenReferences === 0
    ? 'ok  every reference leads somewhere'
    : `FAILED  ${formatCount(found.brokenReferences, 'broken reference')}`,
  found.integrity.length === 0 ? 'ok  the database is in order' : `FAILED  ${found.integrity.join('; ')}`,
  found.probeProblem === null
    ? 'ok  a row was written, read and taken back'
    : `FAILED  a row was tried: ${found.probeProblem}`,
];

const verify = async (session: Session): Promise<Outcome> => {
  const result = await session.call('schema.verify', {});
  if (!result.ok) return trouble(result);
  const found = result.data;
  const columns = [
    { title: 'TABLE' },
    { title: 'ROWS', align: 'right' as const },
    { title: 'COLUMNS', narrow: 'wrap' as const },
    { title: 'INDEXES', narrow: 'wrap' as const },
    { title: 'WHAT FOR', narrow: 'wrap' as const },
  ];
  const rows = found.tables.map((one) => [
    one.name,
    String(one.rows),
    one.columns.map(({ name }) => name).join(', '),
    one.indexes
      .filter(({ name }) => !name.startsWith('sqlite_'))
      .map(({ name }) => name)
      .join(', '),
    one.about,
  ]);
  const lines = [...table(columns, rows, session.width, session.io.strong), '', ...checkLines(found)];
  if (found.ok) return answer(found, lines);
  const unmet = [...found.differences, ...found.integrity].slice(0, 20);
  return {
    ok: false,
    error: { type: 'CheckUnmet', unmet: unmet.length === 0 ? checkLines(found).slice(1) : unmet },
    extra: { ...found },
    notes: lines,
  };
};

const addMoving = (schema: Command, run: Run): void => {
  schema
    .command('upgrade')
    .description('run the steps up to the newest version, or to TO')
    .argument('[to]', 'a version; the newest unless given')
    .action((to: string | undefined) => run((session) => upgrade(session, to)));
  schema
    .command('downgrade')
    .description('run steps back to TO, after a backup; --dry-run says what is lost')
    .argument('<to>', 'a version; 0 removes all tables')
    .action((to: string) => run((session) => downgrade(session, to)));
  schema
    .command('stamp')
    .description('mark TO as reached without running steps, if the tables are those of it')
    .argument('<to>', 'a version')
    .action((to: string) => run((session) => stamp(session, to)));
};

export const addSchema: AddCommands = (program, run) => {
  const schema = program.command('schema').description("the store's tables and their versions");
  schema
    .command('current')
    .description('the steps that the store has')
    .action(() => run(current));
  schema
    .command('list')
    .description('every step, and what it is for')
    .action(() => run(list));
  addMoving(schema, run);
  schema
    .command('verify')
    .description('tables, columns, indexes, counts, references, and a write that is taken back')
    .action(() => run(verify));
};
