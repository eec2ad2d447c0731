/** `schema current`: which version of the tables the store has, and which this Holdfast knows. */
import { formatTime, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

const current = async (session: Session): Promise<Outcome> => {
  const result = await session.call('schema.current', {});
  if (!result.ok) return trouble(result);
  const rows = result.data.steps.map((step) => [
    String(step.version),
    printable(step.name),
    step.appliedAt === null ? 'not applied' : formatTime(step.appliedAt),
  ]);
  const columns = [
    { title: 'STEP', align: 'right' as const },
    { title: 'NAME', narrow: 'wrap' as const },
    { title: 'APPLIED' },
  ];
  return answer(result.data, [
    `Schema ${String(result.data.current)} of ${String(result.data.latest)}${result.data.upToDate ? ', up to date' : ''}`,
    '',
    ...table(columns, rows, session.width, session.io.strong),
  ]);
};

export const addSchema: AddCommands = (program, run) => {
  program
    .command('schema')
    .description("the store's tables")
    .command('current')
    .description('the steps that the store has')
    .action(() => run(current));
};
