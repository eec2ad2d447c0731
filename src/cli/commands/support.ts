/** `support-bundle FILE`: facts for a report about a problem, without any value of the home. */
import { formatSize, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

const supportBundle = async (session: Session, path: string): Promise<Outcome> => {
  const file = await session.file(path, 'write');
  if (!file.ok) return trouble(file);
  const result = await session.call('support.bundle', {
    file: file.data,
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const { data } = result;
  return answer(data, [
    `${data.dryRun ? 'Dry run: would write' : 'Wrote'} ${printable(data.path)} (${formatSize(data.sizeBytes)}): ${data.parts.join(', ')}.`,
    'It holds no value and no secret; names of settings are in it. Read it before you pass it on.',
  ]);
};

export const addSupport: AddCommands = (program, run) => {
  program
    .command('support-bundle')
    .description('facts for a report about a problem: versions, checks, names, no values')
    .argument('<file>')
    .action((file: string) => run((session) => supportBundle(session, file)));
};
