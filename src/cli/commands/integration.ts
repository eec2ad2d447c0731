/** `integration …`: named connections and their fields, looked at, changed and tested; secret fields as words. */
import { formatTime, formatValue, facts, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Output } from '../../contract/commands.ts';
import type { Session } from '../session.ts';
import { addChanging } from './integration-set.ts';
import type { AddCommands } from './run.ts';

type Integration = Output<'integration.show'>;
type Counts = Omit<Output<'integration.counts'>, 'types'>;

const testWords = (integration: Integration): string => {
  const { lastTest } = integration;
  if (lastTest === null) return 'never tested';
  const since = lastTest.outdated ? ', changed since' : '';
  return lastTest.ok
    ? `worked ${formatTime(lastTest.at)}${since}`
    : `failed ${formatTime(lastTest.at)}${since}: ${printable(lastTest.message)}`;
};

const list = async (session: Session, enabled: boolean): Promise<Outcome> => {
  const result = await session.call('integration.list', enabled ? { enabled: true } : {});
  if (!result.ok) return trouble(result);
  const rows = result.data.integrations.map((one) => [
    printable(one.id),
    printable(one.name),
    printable(one.type),
    one.enabled ? 'yes' : 'no',
    String(one.fields.filter((field) => field.set).length),
    testWords(one),
  ]);
  const columns = [
    { title: 'ID', narrow: 'key' as const },
    { title: 'NAME', narrow: 'wrap' as const },
    { title: 'TYPE' },
    { title: 'ENABLED' },
    { title: 'FIELDS', align: 'right' as const },
    { title: 'LAST TEST', narrow: 'wrap' as const },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['No integrations.'] : lines);
};

const show = async (session: Session, id: string): Promise<Outcome> => {
  const result = await session.call('integration.show', { id });
  if (!result.ok) return trouble(result);
  const one = result.data;
  const rows = one.fields
    .filter((field) => field.version !== null)
    .map((field) => [
      printable(field.key),
      formatValue(field.value, field.secret, field.set),
      field.file === undefined
        ? ''
        : `${printable(field.file)}${field.line === undefined ? '' : `:${String(field.line)}`}`,
    ]);
  const columns = [
    { title: 'FIELD' },
    { title: 'VALUE', narrow: 'wrap' as const },
    { title: 'FROM', narrow: 'wrap' as const },
  ];
  return answer(one, [
    ...facts(
      [
        ['Integration', `${printable(one.name)} (${printable(one.id)})`],
        ['Type', printable(one.type)],
        ['Enabled', one.enabled ? 'yes' : 'no'],
        ['Last test', testWords(one)],
      ],
      session.width,
    ),
    '',
    ...table(columns, rows, session.width, session.io.strong),
  ]);
};

const countRow = (title: string, one: Counts): string[] => [
  title,
  String(one.total),
  String(one.enabled),
  String(one.worked),
  String(one.failed),
  String(one.untested),
];

const counts = async (session: Session): Promise<Outcome> => {
  const result = await session.call('integration.counts', {});
  if (!result.ok) return trouble(result);
  if (result.data.total === 0) return answer(result.data, ['No integrations.']);
  const columns = [
    { title: 'TYPE' },
    ...['TOTAL', 'ENABLED', 'WORKED', 'FAILED', 'NEVER TESTED'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = [...result.data.types.map((one) => countRow(printable(one.title), one)), countRow('All', result.data)];
  return answer(result.data, table(columns, rows, session.width, session.io.strong));
};

const types = async (session: Session): Promise<Outcome> => {
  const result = await session.call('integration.types', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.types.map((one) => [
    printable(one.id),
    printable(one.title),
    one.fields.map((field) => printable(field.key)).join(', '),
  ]);
  const columns = [
    { title: 'TYPE', narrow: 'key' as const },
    { title: 'TITLE', narrow: 'wrap' as const },
    { title: 'FIELDS', narrow: 'wrap' as const },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['The definition knows no kinds of integration.'] : lines);
};

/** A connection that does not work is an answer, not an error of the command: `ok` in its data says which. */
const test = async (session: Session, id: string): Promise<Outcome> => {
  const result = await session.call('integration.test', { id });
  if (!result.ok) return trouble(result);
  const { data } = result;
  const rows = data.steps.map((one) => [one.result, one.step, printable(one.message)]);
  const columns = [{ title: '' }, { title: 'STEP' }, { title: '', narrow: 'wrap' as const }];
  const end = data.ok ? `${printable(id)} works as far as it was tried.` : `${printable(id)} does not work.`;
  return answer(data, [...table(columns, rows, session.width, session.io.strong), '', end]);
};

export const addIntegration: AddCommands = (program, run) => {
  const integration = program.command('integration').description('connections to other services');
  integration
    .command('list')
    .description('all integrations')
    .option('--enabled', 'only those that are enabled')
    .action((options: { enabled?: boolean }) => run((session) => list(session, options.enabled === true)));
  integration
    .command('show')
    .description('one integration with its fields')
    .argument('<id>')
    .action((id: string) => run((session) => show(session, id)));
  integration
    .command('types')
    .description('the kinds of integration that the definition knows')
    .action(() => run(types));
  integration
    .command('counts')
    .description('how many there are by type, enabled and by last test')
    .action(() => run(counts));
  integration
    .command('test')
    .description('try the connection now, step by step; saves nothing but the result')
    .argument('<id>')
    .action((id: string) => run((session) => test(session, id)));
  addChanging(integration, run);
};
