/** `open`, the default: the window where this checkout can show one, else the browser. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { serve } from './serve.ts';
import type { AddCommands } from './run.ts';

const homeArguments = async (session: Session): Promise<string[]> => {
  const home = await session.home();
  return home.ok ? ['--home', home.data] : [];
};

/** The start script knows how to find Electron and a display, and says in one line why it takes the browser instead. */
const startScript = (session: Session, path: string, args: string[]): Promise<Outcome> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit', cwd: session.io.cwd });
    child.once('error', (error) => {
      session.io.err(error.message);
      done(serve(session, { open: true }));
    });
    child.once('close', (code) => done({ ok: true, data: null, text: [], written: true, exitCode: code ?? 0 }));
  });

const open = async (session: Session): Promise<Outcome> => {
  const script = join(session.world.rootDir, 'scripts', 'start.mjs');
  const args = await homeArguments(session);
  // With `--json` the one document is that of `serve`.
  return session.globals.json === true || !existsSync(script)
    ? serve(session, { open: true })
    : startScript(session, script, args);
};

export const addOpen: AddCommands = (program, run) => {
  program
    .command('open')
    .description('open the window, or the browser where there is no window (the default)')
    .action(() => run(open));
};
