/**
 * `run -- COMMAND...`: another program with the home's settings and secrets in its environment. Nothing of them is printed,
 * no shell is in between, and the home is given up before the program starts.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import { table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

type Options = { prefix?: string; secrets: boolean };

/** Forwarded to the program; Ctrl-C and Ctrl-\ in a terminal reach it without us. */
const forwarded = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
const fromTerminal: readonly string[] = ['SIGINT', 'SIGQUIT'];

const notStarted = (program: string, error: unknown): Failure => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
  return code === 'ENOENT'
    ? fail({ type: 'NotFound', what: 'program', name: program })
    : fail({ type: 'Unreadable', path: program, code });
};

/** The exit code of the program; 128 and the signal's number where a signal ended it, as shells say it. */
const start = (
  words: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  options: { cwd: string; terminal: boolean },
): Promise<Result<number>> =>
  new Promise((resolve) => {
    const [program, ...args] = words;
    const child = spawn(program, args, { stdio: 'inherit', shell: false, env, cwd: options.cwd });
    const listeners = forwarded.map((signal) => {
      const listener = (): void => {
        if (!(options.terminal && fromTerminal.includes(signal))) child.kill(signal);
      };
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    const end = (result: Result<number>): void => {
      for (const off of listeners) off();
      resolve(result);
    };
    child.on('error', (error) => end(notStarted(program, error)));
    child.on('exit', (code, signal) => end(ok(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))));
  });

/** What leads to keys is not the program's business. */
const ownNames = ['HOLDFAST_PASSPHRASE_FILE'];

const inherited = (env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !ownNames.includes(name)));

const run = async (session: Session, words: readonly string[], options: Options): Promise<Outcome> => {
  const [program, ...args] = words;
  if (program === undefined) return trouble(fail({ type: 'Usage', message: 'Name a command after --.' }));
  if (session.globals.json === true && !session.dryRun)
    return trouble(
      fail({ type: 'Usage', message: 'The output is that of the command: --json goes with --dry-run only.' }),
    );
  const given = await session.call('secret.environment', {
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    secrets: options.secrets,
    command: basename(program).slice(0, 200),
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!given.ok) return trouble(given);
  const { variables, leftOut } = given.data;
  if (session.dryRun) {
    const shown = variables.map(({ name, key, secret }) => ({ name, key, secret }));
    const columns = [{ title: 'VARIABLE' }, { title: 'KEY' }, { title: '' }];
    const rows = shown.map((one) => [one.name, one.key, one.secret ? 'secret' : '']);
    const lines = table(columns, rows, session.width, session.io.strong);
    const notes = leftOut.map(({ key, why }) => `Left out: ${key}, because ${why}.`);
    return answer({ dryRun: true, variables: shown, leftOut }, lines.length === 0 ? ['No variables.'] : lines, notes);
  }
  // The program may be one that uses this home itself.
  await session.close();
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value ?? '']));
  const ended = await start(
    [program, ...args],
    { ...inherited(session.io.env), ...values },
    { cwd: session.io.cwd, terminal: session.io.interactive },
  );
  if (!ended.ok) return trouble(ended);
  return { ...answer(null, []), written: true, exitCode: ended.data };
};

export const addRun: AddCommands = (program, wrap) => {
  program
    .command('run')
    .description('run a command with settings and secrets in its environment')
    .usage('[options] -- COMMAND...')
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--prefix <prefix>', 'only settings under this key')
    .option('--no-secrets', 'leave secrets out; then no keys are needed')
    .addHelpText(
      'after',
      `
env.NAME becomes NAME; another key is written in capitals with underscores
(general.theme: GENERAL_THEME). Only what was set is given, defaults are not.
Its exit code is this command's; --dry-run lists the names.`,
    )
    .action((words: string[], options: Options) => wrap((session) => run(session, words, options)));
};
