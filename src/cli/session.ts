/**
 * One run of the terminal door: finds the home, opens the app when the first command is called, carries credentials,
 * asks the person where that is allowed, and cancels jobs on Ctrl-C. It adds no logic to commands.
 */
import { basename, resolve } from 'node:path';
import type { CommandName, Input, Output } from '../contract/commands.ts';
import { commands } from '../contract/commands.ts';
import { describeError } from '../contract/errors.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { OpenAppOptions, OpenedApp } from '../core/app-types.ts';
import type { Clock } from '../core/clock.ts';
import { configDirOf } from '../core/config-dir.ts';
import type { Actor, Credential } from '../core/context.ts';
import { readSecretFile } from './credential.ts';
import { chooseHome } from './home.ts';
import type { CliIo } from './io.ts';
import type { Globals } from './outcome.ts';

export type World = {
  io: CliIo;
  clock: Clock;
  /** The folder that holds `bin`, `resources` and, in a checkout, `scripts`. */
  rootDir: string;
  resourcesDir: string;
  openApp: (options: OpenAppOptions & { takeOver?: boolean; remember?: boolean }) => Promise<Result<OpenedApp>>;
  /** Ends the process at once (second Ctrl-C). */
  exit: (code: number) => void;
  /** Calls back on Ctrl-C until the returned function is called. */
  onInterrupt: (listener: () => void) => () => void;
};

/** `credential` null: the call is made with none, whatever files were named. */
export type CallExtras = { credential?: Credential | null };

export type Session = {
  readonly globals: Globals;
  readonly io: CliIo;
  readonly now: string;
  readonly world: World;
  /** Columns to lay text out in: the terminal's, at most 120; Infinity for pipes. */
  readonly width: number;
  readonly dryRun: boolean;
  readonly configDir: string;
  /** The actor's name. */
  readonly user: string;
  home: () => Promise<Result<string>>;
  /** From now on a command also runs where nothing tells which home is meant. */
  homeIsOptional: () => void;
  call: <N extends CommandName>(name: N, input: Input<N>, extras?: CallExtras) => Promise<Result<Output<N>>>;
  /** An app for `serve`: it keeps the home for as long as it is open. The caller closes it. */
  openStaying: (homeDir: string | null) => Promise<Result<OpenedApp>>;
  /** Registers a file that the person named; the answer goes into an input in place of a path. */
  file: (path: string, use: 'read' | 'write') => Promise<Result<string>>;
  /** The passphrase of `--passphrase-file` or `$HOLDFAST_PASSPHRASE_FILE`; null when neither is given. */
  passphrase: () => Result<string | null>;
  /** The code of `--recovery-code-file`; null when it is not given. */
  recoveryCode: () => Result<string | null>;
  /** Goes on with `--yes` or after a person said so. */
  confirm: (question: string) => Promise<Result<true>>;
  /** `{reason}` when one was given: for inputs that take one. */
  reason: () => { reason?: string };
  close: () => Promise<void>;
};

const passphraseOf = (globals: Globals, io: CliIo): Result<string | null> => {
  if (globals.passphraseFile !== undefined) return readSecretFile(globals.passphraseFile, io.cwd, '--passphrase-file');
  const variable = io.env['HOLDFAST_PASSPHRASE_FILE'];
  if (variable === undefined || variable === '') return ok(null);
  const text = readSecretFile(variable, io.cwd, 'HOLDFAST_PASSPHRASE_FILE');
  if (text.ok) return text;
  // It stands in the environment of every command, also of those that need no passphrase.
  io.err(`holdfast: HOLDFAST_PASSPHRASE_FILE is left out: ${describeError(text.error)}`);
  return ok(null);
};

/** Asks for what a `SecretsLocked` answer lacks; null when nobody can be asked or the person gives up. */
const askCredential = async (io: CliIo): Promise<Credential | null> => {
  if (!io.interactive) return null;
  const passphrase = await io.prompts.secret("This home's passphrase");
  return passphrase === null || passphrase === '' ? null : { passphrase };
};

/** These commands hold the code in their input: a backup's may be of another home. */
const takesCodeItself: ReadonlySet<CommandName> = new Set([
  'backup.verify',
  'backup.restore',
  'secret.unlock',
  'secret.confirm-recovery',
]);

export const createSession = (globals: Globals, world: World): Session => {
  const { io, clock } = world;
  const id = `cli_${clock.newId()}`;
  const actor: Actor = { user: globals.user ?? io.userName, role: 'admin', door: 'cli', session: id };
  const configDir = configDirOf(io.env);
  const opened: {
    home?: Promise<Result<string>>;
    app?: Promise<Result<OpenedApp>>;
    passphrase?: Result<string | null>;
  } = {};
  let asked: Credential | null = null;

  const appOptions = (homeDir: string | null) =>
    ({ homeDir, configDir, resourcesDir: world.resourcesDir, door: 'cli', env: io.env }) as const;

  /** One read-only question to an app that is closed again, for finding the home. */
  const ask = async <N extends CommandName>(
    homeDir: string | null,
    name: N,
    input: Input<N>,
  ): Promise<Result<Output<N>>> => {
    const app = await world.openApp(appOptions(homeDir));
    if (!app.ok) return app;
    const result = await app.data.dispatch({ name, input, actor, credential: null });
    await app.data.close();
    return result as Result<Output<N>>;
  };

  const home = (): Promise<Result<string>> =>
    (opened.home ??= chooseHome({
      flag: globals.home,
      env: io.env,
      cwd: io.cwd,
      listHomes: async () => ask(null, 'home.list', {}),
      find: async (dir) => ask(dir, 'home.find', {}),
    }));

  // Taking over a lock that another machine left is never done by one word alone.
  const lasting = {
    takeOver: globals.takeOver === true && globals.yes === true,
    remember: globals.remember === true,
    allowNetworkHome: globals.allowNetworkHome === true,
  };
  let optional = false;
  const open = async (): Promise<Result<OpenedApp>> => {
    const homeDir = await home();
    if (!homeDir.ok)
      return optional && homeDir.error.type === 'Usage' && globals.home === undefined
        ? world.openApp(appOptions(null))
        : homeDir;
    return world.openApp({ ...appOptions(homeDir.data), ...lasting });
  };
  const app = (): Promise<Result<OpenedApp>> => (opened.app ??= open());

  const dispatch = async <N extends CommandName>(
    port: OpenedApp,
    name: N,
    input: Input<N>,
    credential: Credential | null,
  ): Promise<Result<Output<N>>> => {
    const jobId = `job_${clock.newId()}`;
    const job = commands[name].job;
    const offEvent = port.onEvent((event) => {
      if (event.type !== 'progress' || event.job.id !== jobId || event.job.done) return;
      io.progress(
        `${event.job.step}${event.job.percent === null ? '' : ` ${String(Math.round(event.job.percent))} %`}`,
      );
    });
    let interrupts = 0;
    const offInterrupt = world.onInterrupt(() => {
      interrupts += 1;
      if (interrupts > 1 || !job) {
        world.exit(130);
        return;
      }
      io.err('Cancelling; Ctrl-C again ends at once.');
      void port.dispatch({ name: 'job.cancel', input: { jobId }, actor, credential: null });
    });
    try {
      return (await port.dispatch({ name, input, actor, credential, ...(job ? { jobId } : {}) })) as Result<Output<N>>;
    } finally {
      offEvent();
      offInterrupt();
      io.progress('');
    }
  };

  /** The recovery code of `--recovery-code-file`; null when it is not given. */
  const recoveryCode = (): Result<string | null> => {
    if (globals.recoveryCodeFile === undefined) return ok(null);
    const text = readSecretFile(globals.recoveryCodeFile, io.cwd, '--recovery-code-file');
    return text.ok ? ok(text.data.trim()) : text;
  };

  /** What opens this home's keys for one call. A code that a command's own input holds may be another home's. */
  const credentialFor = (name: CommandName): Result<Credential | null> => {
    const given = passphrase();
    if (!given.ok) return given;
    if (given.data !== null) return ok({ passphrase: given.data });
    const code = takesCodeItself.has(name) ? ok(null) : recoveryCode();
    if (!code.ok) return code;
    return ok(code.data === null ? null : { recoveryCode: code.data });
  };

  const passphrase = (): Result<string | null> => (opened.passphrase ??= passphraseOf(globals, io));

  const call: Session['call'] = async (name, input, extras = {}) => {
    const given = credentialFor(name);
    if (!given.ok) return given;
    const port = await app();
    if (!port.ok) return port;
    const credential = extras.credential === undefined ? (asked ?? given.data) : extras.credential;
    const result = await dispatch(port.data, name, input, credential);
    if (result.ok || result.error.type !== 'SecretsLocked' || credential !== null || extras.credential === null)
      return result;
    const status = await dispatch(port.data, 'secret.status', {}, null);
    if (!status.ok || status.data.keys !== 'locked') return result;
    asked = await askCredential(io);
    // Nothing was changed by a command that answered SecretsLocked, so it may be sent again.
    return asked === null ? result : dispatch(port.data, name, input, asked);
  };

  return {
    globals,
    io,
    now: clock.now(),
    world,
    width: io.terminal ? Math.min(io.width, 160) : io.width,
    dryRun: globals.dryRun === true,
    configDir,
    user: actor.user,
    home,
    homeIsOptional: () => {
      optional = true;
    },
    call,
    openStaying: async (homeDir) => world.openApp({ ...appOptions(homeDir), door: 'browser', ...lasting }),
    passphrase,
    recoveryCode,
    file: async (path, use) => {
      const port = await app();
      if (!port.ok) return port;
      const full = resolve(io.cwd, path);
      return ok(port.data.files.register(id, { path: full, name: basename(full), use }));
    },
    confirm: async (question) => {
      if (globals.yes === true) return ok(true);
      if (!io.interactive)
        return fail({ type: 'Usage', message: `${question} Give --yes, or run it in a terminal to be asked.` });
      return (await io.prompts.confirm(question)) ? ok(true) : fail({ type: 'Cancelled', what: 'The command' });
    },
    reason: () => (globals.reason === undefined ? {} : { reason: globals.reason }),
    close: async () => {
      const port = await opened.app;
      if (port?.ok === true) await port.data.close();
    },
  };
};
