/** `home leave`: gives the home back to the application and takes Holdfast's own folder away. Shows first what it would do. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Output } from '../../contract/commands.ts';
import { fail, type Result, ok } from '../../contract/result.ts';
import { formatCount, formatSize, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

type Leave = Output<'home.leave'>;
type LeaveOptions = { output?: string; saved?: string };

const words: { [action in Leave['files'][number]['action']]: string } = {
  write: 'gets',
  create: 'is made again, with',
  unchanged: 'stays as it is',
};

const leaveText = (data: Leave): string[] => [
  ...data.files.map((one) =>
    one.action === 'unchanged'
      ? `${printable(one.file)}: ${words.unchanged}`
      : `${printable(one.file)}: ${words[one.action]} ${formatCount(one.changed, 'changed value')}`,
  ),
  ...(data.homeless.length === 0
    ? []
    : [
        '',
        `No file has a place for these; only the last backup holds them: ${data.homeless.map(printable).join(', ')}`,
      ]),
  '',
  `${data.dryRun ? 'Would be removed' : 'Removed'}: .holdfast/ with ${data.removed.map(printable).join(', ')}`,
  ...(data.backup === null
    ? []
    : [`Last backup: ${printable(data.backup.path)} (${formatSize(data.backup.sizeBytes)}, proven)`]),
  data.dryRun
    ? 'Secrets stand in clear in the files afterwards. Nothing was written.'
    : 'Holdfast has left this home. Its recovery code opens the last backup.',
];

const outputOf = async (session: Session, given: string | undefined): Promise<Result<string>> => {
  const asked =
    given ??
    (session.io.interactive ? await session.io.prompts.text('A file for the last backup, outside .holdfast') : null);
  if (asked === null || asked === '')
    return fail({
      type: 'InputInvalid',
      field: '--output',
      problem: 'name a file for the last backup, outside .holdfast',
    });
  const path = resolve(session.io.cwd, asked);
  return existsSync(path)
    ? fail({ type: 'InputInvalid', field: '--output', problem: `${asked} exists already; take another name` })
    : ok(path);
};

/** A backup that was saved before, else a place for a new one. */
const lastBackup = async (
  session: Session,
  options: LeaveOptions,
): Promise<Result<{ path: string; as: 'output' | 'saved' }>> => {
  if (options.saved !== undefined) return ok({ path: resolve(session.io.cwd, options.saved), as: 'saved' });
  const path = await outputOf(session, options.output);
  return path.ok ? ok({ path: path.data, as: 'output' }) : path;
};

const leave = async (session: Session, options: LeaveOptions): Promise<Outcome> => {
  const preview = await session.call('home.leave', { dryRun: true });
  if (!preview.ok) return trouble(preview);
  if (session.dryRun) return answer(preview.data, leaveText(preview.data));
  const last = await lastBackup(session, options);
  if (!last.ok) return trouble(last);
  const { path, as } = last.data;
  if (session.globals.yes !== true) session.io.err(leaveText(preview.data).join('\n'));
  const agreed = await session.confirm('Write these files and remove .holdfast/?');
  if (!agreed.ok) return trouble(agreed);
  const file = await session.file(path, as === 'saved' ? 'read' : 'write');
  if (!file.ok) return trouble(file);
  const result = await session.call('home.leave', { [as]: file.data, ...session.reason() });
  return result.ok ? answer(result.data, leaveText(result.data)) : trouble(result);
};

export const addHome: AddCommands = (program, run) => {
  program
    .command('home')
    .description('the home as a whole')
    .command('leave')
    .description('write the files from the store, save a last backup elsewhere, remove .holdfast/ (asks, or --yes)')
    .option('--output <file>', 'where the last backup goes, outside .holdfast/')
    .option('--saved <file>', 'a backup saved elsewhere already: opened, compared, and nothing newer may be there')
    .action((options: LeaveOptions) => run((session) => leave(session, options)));
};
