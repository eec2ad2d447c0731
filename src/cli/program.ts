/**
 * The command tree: names, arguments, options and help, as commander objects. A command that is not built is not here.
 * Building the tree opens and reads nothing; `run` does the work.
 */
import { Command } from 'commander';
import { addAudit } from './commands/audit.ts';
import { addBackup } from './commands/backup.ts';
import { addBundle } from './commands/bundle.ts';
import { addCompletion } from './commands/completion.ts';
import { addConfig } from './commands/config.ts';
import { addDefinition } from './commands/definition.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHome } from './commands/home.ts';
import { addIntegration } from './commands/integration.ts';
import { addMetric } from './commands/metric.ts';
import { addMigrate } from './commands/migrate.ts';
import { addMirror } from './commands/mirror.ts';
import { addOpen } from './commands/open.ts';
import { addRecord } from './commands/record.ts';
import { addRecovery } from './commands/recovery.ts';
import type { Run } from './commands/run.ts';
import { addRun } from './commands/run-command.ts';
import { addSchema } from './commands/schema.ts';
import { addSecret } from './commands/secret.ts';
import { addServe } from './commands/serve.ts';
import { addSetup } from './commands/setup.ts';
import { addStatus } from './commands/status.ts';
import { addSupport } from './commands/support.ts';
import { addUser } from './commands/user.ts';

const closing = `
The home is --home, else $HOLDFAST_HOME, else the only known home, else the
current folder if it looks like one.

Exit codes: 0 ok, 1 usage, 2 bad input, 3 not found, 4 in use elsewhere,
5 secrets locked, 6 store, 7 disk, 8 a check failed, 9 a bug.`;

const addGlobals = (program: Command): Command =>
  program
    .option('--home <dir>', 'the folder of the managed application')
    .option('--json', 'exactly one JSON document on stdout')
    .option('--user <name>', 'who the audit log names; not a login')
    .option('--passphrase-file <file>', 'the passphrase of the home, without its last line break')
    .option('--recovery-code-file <file>', 'the recovery code, where a passphrase would do')
    .option('--recovery-code-out <file>', 'where a new recovery code is written (never over a file)')
    .option('--dry-run', 'show what would happen; create and change nothing')
    .option('--reason <text>', 'why: stands in the audit log')
    .option('--yes', 'do not ask')
    .option('--take-over', 'with --yes: take the lock of a machine that is gone')
    .option('--remember', 'add the home to the known homes')
    .option('--allow-network-home', 'from now on write this home on a network or synchronised folder');

/** `version` is Holdfast's own. Every command prints nothing itself and throws commander's errors instead of exiting. */
export const createProgram = (run: Run, version: string): Command => {
  const program = addGlobals(new Command('holdfast'))
    .description(
      'Holdfast: the settings of a local application, with history, undo, encrypted secrets and proven backups',
    )
    .version(version, '--version', 'the version of Holdfast')
    .usage('[options] [command]')
    .addHelpText('after', closing)
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  for (const add of [
    addOpen,
    addServe,
    addStatus,
    addSetup,
    addMigrate,
    addMirror,
    addConfig,
    addIntegration,
    addUser,
    addRecord,
    addMetric,
    addAudit,
    addBackup,
    addBundle,
    addSecret,
    addRun,
    addSchema,
    addDefinition,
    addDoctor,
    addSupport,
    addRecovery,
    addHome,
    addCompletion,
  ])
    add(program, run);
  return program;
};

/** Each command that does something, with the words that call it; for the reference and the tests. */
export const leafCommands = (program: Command): { words: string[]; command: Command }[] => {
  const walk = (command: Command, words: string[]): { words: string[]; command: Command }[] => [
    ...(command.commands.length === 0 || command.registeredArguments.length > 0 || command.options.length > 0
      ? [{ words, command }]
      : []),
    ...command.commands.flatMap((child) => walk(child, [...words, child.name()])),
  ];
  return program.commands.flatMap((command) => walk(command, [command.name()]));
};
