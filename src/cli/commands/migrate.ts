/** `migrate`: legacy files into the store, its dry run, and the ledger of what went where. */
import { answer, trouble, type Outcome } from '../outcome.ts';
import { fail, type Result } from '../../contract/result.ts';
import type { Input } from '../../contract/commands.ts';
import type { ConflictItem } from '../../contract/errors.ts';
import { formatWhen, printable, table } from '../format.ts';
import { withProtection } from '../protect.ts';
import type { Session } from '../session.ts';
import { addDrift } from './mirror.ts';
import { addMigrateAfter } from './migrate-after.ts';
import { migrationText, targetWords } from './migration-text.ts';
import { addQuarantine } from './quarantine.ts';
import type { AddCommands } from './run.ts';

export type MigrateOptions = {
  backupOnly?: boolean;
  definition?: string;
  onConflict?: string;
  plan?: string;
  savePlan?: string;
};
type Choices = NonNullable<Input<'migration.run'>['choices']>;

const conflictWays = ['store', 'file', 'ask'] as const;

const onConflictOf = (text: string | undefined): Result<{ onConflict?: 'store' | 'file' | 'ask' }> => {
  if (text === undefined) return { ok: true, data: {} };
  const way = conflictWays.find((one) => one === text);
  return way === undefined
    ? fail({ type: 'InputInvalid', field: '--on-conflict', problem: 'it is store, file or ask' })
    : { ok: true, data: { onConflict: way } };
};

/** Asks for each conflict; null when nobody can be asked or the person gives up. */
const decide = async (session: Session, items: readonly ConflictItem[]): Promise<Choices | null> => {
  if (!session.io.interactive || items.length === 0) return null;
  const choices: Choices = {};
  for (const item of items) {
    const picked = await session.io.prompts.select(
      `${printable(item.file)}: ${printable(item.path)} -> ${printable(item.key)}: ${printable(item.reason)}`,
      [
        { value: 'store', label: 'Keep what the store has' },
        { value: 'file', label: 'Take what the file has' },
        { value: 'skip', label: 'Leave it undecided' },
      ],
    );
    if (picked !== 'store' && picked !== 'file' && picked !== 'skip') return null;
    choices[`${item.file}:${item.path}`] = picked;
  }
  return choices;
};

const plan = async (session: Session, input: Input<'migration.plan'>): Promise<Outcome> => {
  const result = await session.call('migration.plan', input);
  if (!result.ok) return trouble(result);
  // As the run would end: the pages show an empty plan, a script must not take it for a good one.
  if (!result.data.sources.some((source) => source.status === 'read')) {
    const problem = `${result.data.definitionTitle} has no legacy file here, so there is nothing to migrate`;
    return trouble(fail({ type: 'FileInvalid', file: result.data.sources[0]?.file ?? 'the home', problem }));
  }
  return answer(result.data, migrationText(result.data, session, 'plan'));
};

/** `--save-plan` is where the plan is kept, `--plan` what an earlier one kept. */
const planFiles = async (
  session: Session,
  options: MigrateOptions,
): Promise<Result<{ read: { plan?: string }; write: { save?: string } }>> => {
  const read = options.plan === undefined ? null : await session.file(options.plan, 'read');
  if (read?.ok === false) return read;
  const write = options.savePlan === undefined ? null : await session.file(options.savePlan, 'write');
  if (write?.ok === false) return write;
  return {
    ok: true,
    data: { read: read === null ? {} : { plan: read.data }, write: write === null ? {} : { save: write.data } },
  };
};

const migrate = async (session: Session, options: MigrateOptions): Promise<Outcome> => {
  const way = onConflictOf(options.onConflict);
  if (!way.ok) return trouble(way);
  const files = await planFiles(session, options);
  if (!files.ok) return trouble(files);
  const input = {
    ...(options.definition === undefined ? {} : { definition: options.definition }),
    ...way.data,
    ...files.data.read,
  };
  if (session.dryRun || options.savePlan !== undefined) return plan(session, { ...input, ...files.data.write });
  const work = async (choices: Choices | null) =>
    withProtection(session, async (protect) => {
      const kept = protect === null ? {} : { protect };
      if (options.backupOnly === true)
        return session.call('migration.backup', {
          ...(options.definition === undefined ? {} : { definition: options.definition }),
          ...kept,
        });
      return session.call('migration.run', {
        ...input,
        ...kept,
        ...(choices === null ? {} : { choices }),
        ...session.reason(),
      });
    });
  let result = await work(null);
  if (!result.ok && result.error.type === 'Conflict') {
    const choices = await decide(session, result.error.items);
    if (choices !== null) result = await work(choices);
  }
  if (!result.ok) return trouble(result);
  const { data, notes } = result.data;
  const text = migrationText(data, session, options.backupOnly === true ? 'backup' : 'run');
  return answer(data, text, notes);
};

const ledger = async (session: Session, options: { file?: string; key?: string }): Promise<Outcome> => {
  const result = await session.call('migration.ledger', options);
  if (!result.ok) return trouble(result);
  const rows = result.data.entries.map((entry) => [
    formatWhen(entry.at, session.now),
    `${printable(entry.file)}${entry.line === null ? '' : `:${String(entry.line)}`}`,
    printable(entry.path),
    entry.action,
    entry.target === null ? '' : targetWords(entry.target),
    entry.reason === null ? '' : printable(entry.reason),
  ]);
  const columns = [
    { title: 'WHEN' },
    { title: 'FILE', narrow: 'wrap' as const },
    { title: 'PATH', narrow: 'key' as const },
    { title: 'ACTION' },
    { title: 'WENT TO', narrow: 'key' as const },
    { title: 'WHY', narrow: 'wrap' as const },
  ];
  const lines = table(columns, rows, session.width, session.io.strong);
  return answer(result.data, lines.length === 0 ? ['Nothing was migrated yet.'] : lines);
};

export const addMigrate: AddCommands = (program, run) => {
  const command = program
    .command('migrate')
    .description('take the legacy files over into the store; --dry-run only shows what would happen')
    .option('--backup-only', 'only make the encrypted backup of the legacy files')
    .option('--definition <id>', 'which application this is, when it is not recognised by itself')
    .option('--save-plan <file>', 'only plan, and keep the plan: run exactly this one later with --plan')
    .option('--plan <file>', 'run a kept plan; refused when any input has changed since')
    .option('--on-conflict <way>', 'where store and file disagree: store, file or ask')
    .action((options: MigrateOptions) => run((session) => migrate(session, options)));
  command
    .command('ledger')
    .description('what went where, per key')
    .option('--file <file>', 'only this file')
    .option('--key <key>', 'only at or under this key')
    .action((options: { file?: string; key?: string }) => run((session) => ledger(session, options)));
  addMigrateAfter(command, run);
  addQuarantine(command, run);
  addDrift(command, run);
};
