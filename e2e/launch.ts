/**
 * Starts the two doors for a journey: the browser host with Chromium, or the Electron window. Every process started
 * here ends in `close`, which may be called any number of times.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, chromium, type ElectronApplication, type Page } from '@playwright/test';

export const rootDir = resolve(import.meta.dirname, '..');
const isRoot = process.getuid?.() === 0;

export type Launched = {
  page: Page;
  /** Null in the browser. */
  electron: ElectronApplication | null;
  /** What the processes said on stderr so far. */
  stderr: () => string;
  close: () => Promise<void>;
};

/** This process' environment without what would lead a Holdfast astray, and with a configuration folder of its own. */
export const environment = (configDir: string): Record<string, string> => {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  for (const name of [
    'HOLDFAST_HOME',
    'HOLDFAST_PASSPHRASE_FILE',
    'ELECTRON_RUN_AS_NODE',
    'ELECTRON_RENDERER_URL',
    'NODE_OPTIONS',
  ])
    delete env[name];
  return { ...env, HOLDFAST_CONFIG_DIR: configDir };
};

const onceOnly = (end: () => Promise<void>): (() => Promise<void>) => {
  let ended: Promise<void> | null = null;
  return () => (ended ??= end());
};

const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Asks a process to end, and ends it when it does not within five seconds. */
const endProcess = async (child: ChildProcess): Promise<void> => {
  if (exited(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(limit);
};

const collect = (child: ChildProcess): (() => string) => {
  let text = '';
  child.stderr?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return () => text;
};

const urlIn = (line: string): string | null => {
  const found = /https?:\/\/[^\s"]+/u.exec(line);
  return found === null ? null : found[0];
};

/** Starts `serve` and waits for the line with its address. */
export const startHost = async (
  home: string,
  configDir: string,
  /** The folder that has `out/`: another build, for a test of two that meet. */
  buildDir = rootDir,
): Promise<{ url: string; stderr: () => string; close: () => Promise<void> }> => {
  const args = [join(buildDir, 'out', 'main', 'cli.js'), '--home', home, '--json', 'serve', '--port', '0'];
  const child = spawn(process.execPath, args, {
    cwd: rootDir,
    env: environment(configDir),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stderr = collect(child);
  const close = onceOnly(() => endProcess(child));
  const url = await new Promise<string>((found, failed) => {
    const fail = (why: string): void => failed(new Error(`serve ${why}: ${stderr()}`));
    const limit = setTimeout(() => fail('named no address within 20 s'), 20_000);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = urlIn(line);
      if (address === null) return;
      clearTimeout(limit);
      found(address);
    });
    child.once('exit', (code) => fail(`ended with code ${String(code)}`));
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url, stderr, close };
};

/** `npm test` names the binary; by hand the system's, else Playwright's own. */
const chromiumPath = (): string | undefined =>
  process.env['HOLDFAST_CHROMIUM'] ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

export const launchBrowser = async (home: string, configDir: string): Promise<Launched> => {
  const host = await startHost(home, configDir);
  const executablePath = chromiumPath();
  const browser = await chromium
    .launch({ ...(executablePath === undefined ? {} : { executablePath }), chromiumSandbox: !isRoot, args: quiet })
    .catch(async (error: unknown) => {
      await host.close();
      throw error;
    });
  const close = onceOnly(async () => {
    await browser.close();
    await host.close();
  });
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  await page.goto(host.url);
  return { page, electron: null, stderr: host.stderr, close };
};

/** `npm test` names the binary; by hand ELECTRON_OVERRIDE_DIST_PATH does. */
export const electronPath = (): string => {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const path = process.env['HOLDFAST_ELECTRON'] ?? (dist === undefined ? '' : join(dist, 'electron'));
  if (path === '') throw new Error('No Electron: set ELECTRON_OVERRIDE_DIST_PATH, or run the journeys by npm test');
  return path;
};

/** A launch of Electron hangs 1 to 3 times in 100 on a small machine: it alone is tried again, and says so. */
const launchElectron = async (
  args: string[],
  env: Record<string, string>,
): Promise<{ electron: ElectronApplication; page: Page; stderr: () => string }> => {
  const executablePath = electronPath();
  for (let attempt = 1; ; attempt += 1) {
    const launching: { electron: ElectronApplication | null } = { electron: null };
    try {
      const electron = await _electron.launch({
        executablePath,
        args,
        env,
        cwd: rootDir,
        chromiumSandbox: !isRoot,
        timeout: 8000 * attempt,
      });
      launching.electron = electron;
      const stderr = collect(electron.process());
      return { electron, page: await electron.firstWindow({ timeout: 20_000 }), stderr };
    } catch (error) {
      const child = launching.electron?.process();
      if (child !== undefined) await endProcess(child);
      if (attempt === 3) throw error;
      process.stderr.write(`Electron did not start (attempt ${String(attempt)}); again ...\n`);
    }
  }
};

export const launchWindow = async (home: string | null, configDir: string): Promise<Launched> => {
  const args = [...(isRoot ? ['--no-sandbox'] : []), ...quiet, rootDir, ...(home === null ? [] : ['--home', home])];
  const { electron, page, stderr } = await launchElectron(args, environment(configDir));
  const child = electron.process();
  const close = onceOnly(async () => {
    const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await electron.close().catch(() => undefined);
    clearTimeout(limit);
    await endProcess(child);
    if (child.signalCode === 'SIGKILL') throw new Error(`The window did not end by itself: ${stderr()}`);
  });
  try {
    await page.waitForLoadState('domcontentloaded');
    return { page, electron, stderr, close };
  } catch (error) {
    await close();
    throw new Error(`The window did not open: ${stderr()}`, { cause: error });
  }
};
