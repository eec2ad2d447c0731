/**
 * `npm start`: installs and builds what is missing, then opens Holdfast in its window or, where there is no Electron
 * or no screen, in the browser; says why in one line. `--desktop` and `--browser` force one; everything else (such as
 * `--home DIR`) goes to Holdfast. Ctrl-C ends all of it. Plain Node: runs in a bare clone.
 */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { getElectron, hasDisplay, isRoot } from './electron.mjs';
import { build, installPackages, requireNode } from './prepare.mjs';
import { rootDir, start, which } from './run.mjs';

/** A window that ends by itself with an error within this time never really opened. */
const earlyMs = 8000;

/** `[pid:date:LEVEL:file(line)]`: what Chromium says about the machine, of no use to whoever starts an app. */
const chromiumNoise = /^\[\d+:[\d/.]+:[A-Z]+:[^\]]*\] ?/u;

/** npm runs scripts in the project's folder; a relative --home means the folder that the person is in. */
const resolveHome = (args) =>
  args.map((arg, i) => {
    const from = process.env['INIT_CWD'] ?? process.cwd();
    if (args[i - 1] === '--home') return resolve(from, arg);
    return arg.startsWith('--home=') ? `--home=${resolve(from, arg.slice('--home='.length))}` : arg;
  });

/** Resolves when the window is closed: null, or why there never was one. */
const openWindow = (electronPath, args) =>
  new Promise((done) => {
    const startedAt = Date.now();
    const flags = isRoot && process.platform === 'linux' ? ['--no-sandbox'] : [];
    if (flags.length > 0) console.log("Running as root: Chromium's sandbox is off.");
    const child = start(electronPath, [...flags, rootDir, ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
    let last = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() === '') return;
      // Kept for the one line that says why there is no window.
      last = line.replace(chromiumNoise, '');
      if (!chromiumNoise.test(line)) console.error(line);
    });
    child.once('error', (error) => done(`Electron could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      if (code === 0 || Date.now() - startedAt > earlyMs) done(null);
      else done(`the window ended at once (${signal ?? `code ${code}`}${last === '' ? '' : `: ${last}`})`);
    });
  });

const browserNames = [
  'x-www-browser',
  'firefox',
  'firefox-esr',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'microsoft-edge',
  'brave-browser',
];
const hasBrowser = () =>
  process.platform !== 'linux' || (hasDisplay() && browserNames.some((name) => which(name) !== null));

/** Resolves with the host's exit code when it has ended. */
const openBrowserHost = (args) =>
  new Promise((done) => {
    const child = start(process.execPath, ['out/main/cli.js', 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let opened = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /https?:\/\/\S+/u.exec(line)?.[0];
      if (opened || url === undefined) {
        console.log(line);
        return;
      }
      opened = true;
      console.log(`Holdfast is open at ${url}`);
      console.log('Ctrl-C ends it.');
      if (!hasBrowser()) return;
      import('open')
        .then(({ default: open }) => open(url))
        .catch(() => console.log('No browser could be opened: open the address above yourself.'));
    });
    child.once('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.once('close', (code) => done(code ?? 0));
  });

const whyNoWindow = async ({ desktop, args }) => {
  if (!hasDisplay()) return 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)';
  const electron = await getElectron({ retry: desktop });
  if (electron.path === undefined) return electron.reason;
  return openWindow(electron.path, args);
};

const main = async () => {
  requireNode();
  const argv = process.argv.slice(2);
  const desktop = argv.includes('--desktop');
  const browser = argv.includes('--browser');
  const args = resolveHome(argv.filter((arg) => arg !== '--desktop' && arg !== '--browser'));
  if (!(await installPackages())) return 1;
  const built = await build();
  if (built !== 0) return built;
  if (!browser) {
    const why = await whyNoWindow({ desktop, args });
    if (why === null) return 0;
    if (desktop) {
      console.error(`No window: ${why}.`);
      return 1;
    }
    console.log(`Opening in the browser instead of a window: ${why}.`);
  }
  return openBrowserHost(args);
};

process.exitCode = await main();
