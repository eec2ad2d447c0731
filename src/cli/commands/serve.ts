/** `serve`: the browser host of this machine. stdout's first line is its address; then it stays until it is ended. */
import { join } from 'node:path';
import { ok, type Result } from '../../contract/result.ts';
import type { OpenedApp } from '../../core/app-types.ts';
import type { Actor } from '../../core/context.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseWhole } from '../parse-value.ts';
import { envelope } from '../print.ts';
import type { Session } from '../session.ts';
import type { AddCommands } from './run.ts';

export type ServeOptions = { port?: string; open?: boolean };

/** Null where nothing tells which home: the page then lets a person choose one. */
const homeOrNone = async (session: Session): Promise<Result<string | null>> => {
  const home = await session.home();
  return home.ok || home.error.type !== 'Usage' ? home : ok(null);
};

/** A passphrase that was given opens the keys for as long as the host stays. */
const unlock = async (session: Session, app: OpenedApp): Promise<Result<unknown>> => {
  const passphrase = session.passphrase();
  if (!passphrase.ok || passphrase.data === null) return passphrase;
  const actor: Actor = { user: session.user, role: 'admin', door: 'browser', session: 'serve' };
  const status = await app.dispatch({ name: 'secret.status', input: {}, actor, credential: null });
  const locked = status.ok && (status.data as { keys: string }).keys === 'locked';
  if (!locked) return ok(null);
  const input = { credential: { passphrase: passphrase.data } };
  return app.dispatch({ name: 'secret.unlock', input, actor, credential: null });
};

const openBrowser = async (session: Session, url: string): Promise<void> => {
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    child.once('error', () => session.io.err('No browser could be opened: open the address yourself.'));
  } catch {
    session.io.err('No browser could be opened: open the address yourself.');
  }
};

/** Resolves when the person ends it: Ctrl-C, a signal, or the page's own stop. */
const serveUntilEnded = async (
  session: Session,
  app: OpenedApp,
  port: number,
  open: boolean,
): Promise<Result<null>> => {
  const { startHost } = await import('../../host/host.ts');
  let end = (): void => undefined;
  const ended = new Promise<void>((done) => (end = done));
  const rendererDir = join(session.world.rootDir, 'out', 'renderer');
  const host = await startHost({ port, app, rendererDir, onStop: end, user: session.user });
  if (!host.ok) return host;
  const { url } = host.data;
  // Before the address is out: who reads it may end us at once.
  const offInterrupt = session.world.onInterrupt(end);
  session.io.out(session.globals.json === true ? envelope(answer({ url, port: host.data.port }, []), false) : url);
  if (session.io.interactive) session.io.err('Ctrl-C ends it.');
  if (open) void openBrowser(session, url);
  await ended;
  offInterrupt();
  await host.data.close();
  return ok(null);
};

export const serve = async (session: Session, options: ServeOptions): Promise<Outcome> => {
  const port = options.port === undefined ? ok(0) : parseWhole(options.port, '--port', 0, 65_535);
  if (!port.ok) return trouble(port);
  const home = await homeOrNone(session);
  if (!home.ok) return trouble(home);
  const app = await session.openStaying(home.data);
  if (!app.ok) return trouble(app);
  try {
    const unlocked = await unlock(session, app.data);
    if (!unlocked.ok) return trouble(unlocked);
    const served = await serveUntilEnded(session, app.data, port.data, options.open === true);
    return served.ok ? { ok: true, data: null, text: [], written: true } : trouble(served);
  } finally {
    await app.data.close();
  }
};

export const addServe: AddCommands = (program, run) => {
  program
    .command('serve')
    .description('open Holdfast in the browser of this machine; prints one address and stays')
    .option('--port <n>', 'a fixed port; else any free one')
    .option('--open', 'open the browser, too')
    .action((options: ServeOptions) => run((session) => serve(session, options)));
};
