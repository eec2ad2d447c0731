/**
 * The terminal as the commands see it: streams, prompts, colours, the environment. Prompts go to stderr, so that
 * stdout holds the answer and nothing else. Nothing here knows what a command does.
 */
import { userInfo } from 'node:os';
import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';

export type Choice = { value: string; label: string; hint?: string };

/** Null from a prompt: the person cancelled it. */
export type Prompts = {
  secret: (message: string) => Promise<string | null>;
  text: (message: string, initial?: string) => Promise<string | null>;
  confirm: (message: string) => Promise<boolean>;
  select: (message: string, choices: Choice[]) => Promise<string | null>;
};

export type CliIo = {
  env: { readonly [name: string]: string | undefined };
  cwd: string;
  /** The OS account's name: the actor unless `--user` names another. */
  userName: string;
  /** Columns of stdout; Infinity when it is not a terminal (one line per row, for pipes). */
  width: number;
  /** True when stdout is a terminal. */
  terminal: boolean;
  /** True when a person can be asked: stdin and stderr are terminals. */
  interactive: boolean;
  strong: (text: string) => string;
  faint: (text: string) => string;
  /** One line or several, without the last line break. */
  out: (text: string) => void;
  err: (text: string) => void;
  /** Replaces the progress line on a terminal's stderr; an empty text removes it. Does nothing elsewhere. */
  progress: (text: string) => void;
  readStdin: () => Uint8Array;
  prompts: Prompts;
};

const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'owner';
  }
};

const terminalPrompts = (): Prompts => {
  const output = process.stderr;
  const load = async () => import('@clack/prompts');
  return {
    secret: async (message) => {
      const clack = await load();
      const answer = await clack.password({ message, output });
      return clack.isCancel(answer) ? null : (answer ?? '');
    },
    text: async (message, initial) => {
      const clack = await load();
      const answer = await clack.text({ message, output, ...(initial === undefined ? {} : { initialValue: initial }) });
      return clack.isCancel(answer) ? null : (answer ?? '');
    },
    confirm: async (message) => {
      const clack = await load();
      return (await clack.confirm({ message, output, initialValue: false })) === true;
    },
    select: async (message, choices) => {
      const clack = await load();
      const answer = await clack.select({ message, output, options: choices });
      return clack.isCancel(answer) ? null : answer;
    },
  };
};

/** This process's own terminal. */
export const processIo = (): CliIo => {
  const { env, stdout, stderr, stdin } = process;
  const terminal = stdout.isTTY;
  const colour = terminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const paint = (style: 'bold' | 'dim') => (text: string) => (colour ? styleText(style, text) : text);
  let progressShown = false;
  const progress = (text: string): void => {
    if (!stderr.isTTY || (text === '' && !progressShown)) return;
    stderr.write(`\r\u001b[K${[...text].slice(0, Math.max(10, stderr.columns - 1)).join('')}`);
    progressShown = text !== '';
  };
  return {
    env,
    cwd: process.cwd(),
    userName: accountName(),
    width: terminal ? Math.max(40, stdout.columns) : Number.POSITIVE_INFINITY,
    terminal,
    interactive: stdin.isTTY && stderr.isTTY,
    strong: paint('bold'),
    faint: paint('dim'),
    out: (text) => {
      progress('');
      stdout.write(`${text}\n`);
    },
    err: (text) => {
      progress('');
      stderr.write(`${text}\n`);
    },
    progress,
    readStdin: () => readFileSync(stdin.fd),
    prompts: terminalPrompts(),
  };
};
