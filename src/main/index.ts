/**
 * The desktop door's entry: one instance, one app, one window. Wires the parts beside it and adds nothing; everything a
 * person can do goes through the core's dispatch. Paths are resolved here because modules may move into chunks.
 */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { app, dialog, nativeTheme, type BrowserWindow } from 'electron';
import type { Output } from '../contract/commands.ts';
import { describeError } from '../contract/errors.ts';
import type { HoldfastEvent } from '../contract/events.ts';
import type { Result } from '../contract/result.ts';
import { openApp, type OpenApp } from '../core/app.ts';
import { configDirOf } from '../core/config-dir.ts';
import type { Actor } from '../core/context.ts';
import { homeOf } from './arguments.ts';
import { createDoorCommands } from './dialogs.ts';
import { serveIpc } from './ipc.ts';
import { allowInMenu, markTheme, showMenu } from './menu.ts';
import type { Theme } from './menu-template.ts';
import { registerScheme, serveBundle } from './protocol.ts';
import { applySecurityPolicy } from './security.ts';
import { bundleOrigin } from './sender.ts';
import { createTakenFiles } from './taken-files.ts';
import { createWindow, loadPage } from './window.ts';

const outDir = join(import.meta.dirname, '..');
const resourcesDir = join(outDir, '..', 'resources');
const configDir = configDirOf(process.env);
const devUrl = app.isPackaged ? null : (process.env['ELECTRON_RENDERER_URL'] ?? null);
const devOrigin = devUrl === null ? null : new URL(devUrl).origin;

/** A bug must not leave a process without a window, or Electron's own error dialog. */
const fatal = (error: unknown): void => {
  console.error(error);
  app.exit(1);
};
process.on('uncaughtException', fatal);
process.on('unhandledRejection', fatal);

/** How long quitting waits for the store; what was answered is on disk already. */
const closeLimitMs = 10_000;

const windowActor = (): Actor => ({ user: userInfo().username, role: 'admin', door: 'window', session: randomUUID() });

/** The home that was asked for, else none yet, with the reason when that one cannot be opened. */
const openCore = async (homeDir: string | null): Promise<{ core: OpenApp; problem: string | null }> => {
  const options = { configDir, resourcesDir, door: 'window' as const, env: process.env };
  const opened = await openApp({ ...options, homeDir });
  if (opened.ok) return { core: opened.data, problem: null };
  const without = await openApp({ ...options, homeDir: null });
  if (!without.ok) throw new Error(describeError(without.error));
  return { core: without.data, problem: describeError(opened.error) };
};

/** Without a word from the person: the only home that is known. */
const openOnlyKnown = async (core: OpenApp, actor: Actor): Promise<void> => {
  const listed = (await core.dispatch({ name: 'home.list', input: {}, actor, credential: null })) as Result<{
    homes: { id: string; path: string; origin: string }[];
  }>;
  const known = listed.ok ? listed.data.homes.filter((home) => home.origin === 'known') : [];
  const [only] = known;
  if (only !== undefined && known.length === 1) await core.openHomeDir(only.path);
};

const readTheme = async (core: OpenApp, actor: Actor): Promise<Theme> => {
  const answer = (await core.dispatch({ name: 'preference.get', input: {}, actor, credential: null })) as Result<{
    theme: Theme;
  }>;
  return answer.ok ? answer.data.theme : 'system';
};

const applyTheme = (theme: Theme): void => {
  nativeTheme.themeSource = theme;
  markTheme(theme);
};

/** Waits for the core once, then quits for good; quitting again inside `will-quit` would hang without `setImmediate`. */
const closeOnQuit = (core: OpenApp): void => {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    const done = (): void => {
      if (closed) return;
      closed = true;
      setImmediate(() => app.quit());
    };
    setTimeout(done, closeLimitMs).unref();
    core.close().catch(fatal).finally(done);
  });
};

/** A second start only asks this one to come to the front, with its home if it names one. */
const answerSecondStart = (core: OpenApp, window: BrowserWindow): void => {
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    if (window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.focus();
    const home: unknown = typeof data === 'object' && data !== null && 'home' in data ? data.home : null;
    if (typeof home === 'string' && home !== core.homeDir()) {
      core
        .openHomeDir(home)
        .then((opened) => (opened.ok ? undefined : warn(window, describeError(opened.error))), fatal);
    }
  });
};

const warn = (window: BrowserWindow, message: string): void => {
  console.error(message);
  dialog.showMessageBox(window, { type: 'warning', message }).catch(fatal);
};

const start = async (homeDir: string | null): Promise<void> => {
  const { core, problem } = await openCore(homeDir);
  closeOnQuit(core);
  const actor = windowActor();
  if (homeDir === null) await openOnlyKnown(core, actor);
  const theme = await readTheme(core, actor);
  nativeTheme.themeSource = theme;
  if (devUrl === null) serveBundle(join(outDir, 'renderer'));

  const window = createWindow({
    preloadPath: join(outDir, 'preload', 'index.cjs'),
    statePath: join(configDir, 'window.json'),
    devUrl,
  });
  const taken = createTakenFiles(core.files, actor.session);
  window.on('closed', taken.close);
  const send: (event: HoldfastEvent) => void = serveIpc({
    app: core,
    window,
    actor,
    origin: devOrigin ?? bundleOrigin,
    doorCommands: createDoorCommands(core, window, actor.session, taken),
    onAnswer: (name, result) => {
      if (name === 'preference.set' && result.ok) applyTheme((result.data as { theme: Theme }).theme);
      // The page asks for it whenever somebody else acts, or a profile changes.
      if (name === 'user.list' && result.ok) allowInMenu(result.data as Output<'user.list'>);
    },
  });
  // In another home nobody acts yet; where it has profiles the page asks for them.
  core.onEvent((event) => {
    if (event.type === 'changed' && event.topics.includes('home')) allowInMenu({ users: [], acting: '' });
  });
  showMenu({ mac: process.platform === 'darwin', theme, use: (id) => send({ type: 'menu', id }) });
  answerSecondStart(core, window);
  await loadPage(window, devUrl);
  if (problem !== null) warn(window, problem);
};

const homeDir = homeOf(process.argv, process.env, process.cwd());
// Chromium's own files, and the lock that makes one instance: beside Holdfast's, so that a test has its own.
app.setPath('userData', join(configDir, 'window'));
registerScheme();
if (app.requestSingleInstanceLock({ home: homeDir })) {
  // As root Chromium runs without its sandbox, and enabling it here would end every page at once.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  applySecurityPolicy(devOrigin);
  app.on('window-all-closed', () => app.quit());
  app
    .whenReady()
    .then(() => start(homeDir))
    .catch(fatal);
} else {
  app.quit();
}
