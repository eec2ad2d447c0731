/** `integration …`: named connections and their fields; secret fields as words. */
import { formatTime, formatValue, facts, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Output } from '../../contract/commands.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

type Integration = Output<'integration.show'>;

const testWords = (integration: Integration): string => {
  const { lastTest } = integration;
  if (lastTest === null) return 'never tested';
  return lastTest.ok
    ? `worked ${formatTime(lastTest.at)}`
    : `failed ${formatTime(lastTest.at)}: ${printable(lastTest.error ?? '')}`;
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
  const rows = one.fields.map((field) => [
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
};
