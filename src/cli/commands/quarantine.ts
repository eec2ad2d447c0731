/** `migrate quarantine` and `migrate map`: what the migration could not take, and what its owner decides about it. */
import type { Input, Output } from '../../contract/commands.ts';
import { fail, type Result } from '../../contract/result.ts';
import { formatSize, formatValue, formatWhen, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { parseWhole, type Run } from './run.ts';
import type { Command } from 'commander';

type Entry = Output<'migration.quarantine'>['entries'][number];

const columns = [
  { title: 'FILE', narrow: 'wrap' as const },
  { title: 'PATH', narrow: 'key' as const },
  { title: 'SIZE', align: 'right' as const },
  { title: 'SINCE' },
  { title: 'STATE', narrow: 'wrap' as const },
  { title: 'WHY', narrow: 'wrap' as const },
];

const stateWords = ({ state, target }: Entry): string =>
  state === 'mapped' && target !== null ? `mapped to ${printable(target.key)}` : state;

const lineOf = (text: string | undefined): Result<{ line?: number }> => {
  if (text === undefined) return { ok: true, data: {} };
  const line = parseWhole(text, '--line', 1, 999_999_999);
  return line.ok ? { ok: true, data: { line: line.data } } : line;
};

const list = async (session: Session, file: string | undefined): Promise<Outcome> => {
  const result = await session.call('migration.quarantine', file === undefined ? {} : { file });
  if (!result.ok) return trouble(result);
  const rows = result.data.entries.map((entry) => [
    `${printable(entry.file)}${entry.line === null ? '' : `:${String(entry.line)}`}`,
    printable(entry.path),
    formatSize(entry.sizeBytes),
    formatWhen(entry.since, session.now),
    stateWords(entry),
    printable(entry.reason),
  ]);
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['Nothing is in quarantine.'] : lines);
};

type QuarantineOptions = { file?: string; reveal?: string; line?: string };

const quarantine = async (session: Session, options: QuarantineOptions): Promise<Outcome> => {
  const { file, reveal } = options;
  if (reveal === undefined) return list(session, file);
  if (file === undefined)
    return trouble(fail({ type: 'Usage', message: 'Give the file of the text too: --file FILE --reveal PATH.' }));
  const line = lineOf(options.line);
  if (!line.ok) return trouble(line);
  const result = await session.call('migration.reveal', { file, path: reveal, ...line.data, ...session.reason() });
  return result.ok ? answer(result.data, [printable(result.data.raw)]) : trouble(result);
};

type MapOptions = { leave?: boolean; line?: string; secret?: boolean; plain?: boolean };

const targetOf = (key: string | undefined, options: MapOptions): Result<Input<'migration.map'>['target']> => {
  const usage = (message: string) => fail({ type: 'Usage', message });
  if (options.leave === true)
    return key === undefined ? { ok: true, data: 'leave' } : usage('Give a KEY or --leave, not both.');
  if (key === undefined) return usage('Give the KEY of the setting it becomes, or --leave.');
  if (options.secret === true && options.plain === true) return usage('Give --secret or --plain, not both.');
  const secret = options.secret === true ? true : options.plain === true ? false : null;
  return { ok: true, data: { key, ...(secret === null ? {} : { secret }) } };
};

const mapped = ({ change, dryRun }: Output<'migration.map'>): string => {
  if (change === null) return dryRun ? 'Would stay in quarantine.' : 'It stays in quarantine.';
  const value = change.secret ? 'secret' : formatValue(change.new);
  return `${dryRun ? 'Would become' : 'Became'} ${printable(change.key)}: ${value}`;
};

const map = async (session: Session, place: [string, string, string | undefined], options: MapOptions) => {
  const [file, path, key] = place;
  const target = targetOf(key, options);
  if (!target.ok) return trouble(target);
  const line = lineOf(options.line);
  if (!line.ok) return trouble(line);
  const input = { file, path, ...line.data, target: target.data, ...session.reason() };
  const result = await session.call('migration.map', session.dryRun ? { ...input, dryRun: true } : input);
  return result.ok ? answer(result.data, [mapped(result.data)]) : trouble(result);
};

export const addQuarantine = (migrate: Command, run: Run): void => {
  migrate
    .command('quarantine')
    .description('what the migration could not take, with place and reason; the texts are encrypted')
    .option('--file <file>', 'only this file')
    .option('--reveal <path>', 'show the text at this path of the file, with an entry in the audit log')
    .option('--line <number>', 'which one, where several stand at one path')
    .action((options: QuarantineOptions) => run((session) => quarantine(session, options)));
  migrate
    .command('map <file> <path> [key]')
    .description('make a setting of a quarantined text, or leave it where it is with --leave')
    .option('--leave', 'it stays in quarantine and is not asked about again')
    .option('--line <number>', 'which one, where several stand at one path')
    .option('--secret', 'keep it encrypted')
    .option('--plain', 'keep it readable, whatever it looks like')
    .action((file: string, path: string, key: string | undefined, options: MapOptions) =>
      run((session) => map(session, [file, path, key], options)),
    );
};
