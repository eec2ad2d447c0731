/**
 * One call of `holdfast`: words -> command -> outcome -> exit code. Owns usage errors and the promise that `--json`
 * gives exactly one document on stdout, whatever happens.
 */
import { CommanderError, type Command } from 'commander';
import { fail } from '../contract/result.ts';
import { configDirOf } from '../core/config-dir.ts';
import { createLog } from '../core/log.ts';
import { answer, trouble, type Globals, type Outcome } from './outcome.ts';
import { printOutcome } from './print.ts';
import { createProgram } from './program.ts';
import { createSession, type World } from './session.ts';

/** `--json` as a word before `--`: all that is known when the words themselves are wrong. */
const wantsJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
};

/** The words with `open` put in where no command is named. */
export const withDefaultCommand = (program: Command, argv: readonly string[]): string[] => {
  if (argv.some((word) => word === '--help' || word === '-h' || word === '--version')) return [...argv];
  // A fresh tree is asked: parsing twice would collect repeated options twice.
  const { operands } = program.parseOptions([...argv]);
  return operands.length === 0 ? ['open', ...argv] : [...argv];
};

/** `error: unknown option '--x=secret'` -> one sentence, without what stood behind the `=`. */
export const usageMessage = (raw: string): string => {
  const text = raw
    .replace(/^error: /u, '')
    .replace(/(unknown option '[^'=]*)=[^']*'/u, "$1'")
    .replace(/\s*\n\s*/gu, ' ')
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!)]$/u.test(text) ? '' : '.'}`;
};

const bugOutcome = (error: unknown, world: World): Outcome => {
  const logId = world.clock.newId();
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line)) : [];
  // Never the message: a library may have built it from a value.
  const name = error instanceof Error ? error.name : 'something that is not an error';
  createLog(configDirOf(world.io.env))(`${world.clock.now()} ${logId} cli threw ${[name, ...frames].join('\n')}`);
  return trouble(fail({ type: 'Unexpected', logId }));
};

type Caught = { written: string[]; refused: string[] };

const quiet = (command: Command, caught: Caught): void => {
  command.exitOverride().configureOutput({
    writeOut: (text) => caught.written.push(text),
    writeErr: (text) => caught.refused.push(text),
    outputError: (text) => caught.refused.push(text),
  });
  for (const child of command.commands) quiet(child, caught);
};

const commanderOutcome = (error: CommanderError, caught: Caught): Outcome => {
  const text = caught.written.join('').trimEnd();
  if (error.exitCode === 0)
    return answer(error.code === 'commander.version' ? { version: text } : { help: text }, text.split('\n'));
  if (error.code === 'commander.help') {
    const help = caught.refused.join('').trimEnd();
    const sentence = 'This needs a command after it.';
    return trouble(fail({ type: 'Usage', message: sentence }), { notes: [help, ''] });
  }
  return trouble(fail({ type: 'Usage', message: usageMessage(error.message) }));
};

/** Answers the exit code; everything is printed by then. */
export const runCli = async (argv: readonly string[], world: World, version: string): Promise<number> => {
  const caught: Caught = { written: [], refused: [] };
  const done: { outcome?: Outcome } = {};
  let json = wantsJson(argv);
  const program = createProgram(async (work) => {
    const globals = program.opts<Globals>();
    json = globals.json === true;
    const session = createSession(globals, world);
    try {
      done.outcome = await work(session);
    } finally {
      await session.close();
    }
  }, version);
  quiet(program, caught);
  try {
    const asked = createProgram(() => Promise.resolve(), version);
    quiet(asked, { written: [], refused: [] });
    await program.parseAsync(withDefaultCommand(asked, argv), { from: 'user' });
  } catch (error) {
    done.outcome = error instanceof CommanderError ? commanderOutcome(error, caught) : bugOutcome(error, world);
  }
  return printOutcome(done.outcome ?? trouble(fail({ type: 'Usage', message: 'Nothing to do.' })), world.io, json);
};
