/**
 * What the tests need beside npm packages: a Chromium, and for the window a virtual screen; the stock `age` opens our
 * backups in one test, and a real Secret Service keeps a key in another. Installs what is missing where it can and says
 * so; never fails, never hangs. Also runs alone: `node scripts/tools.mjs`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, requireNode } from './prepare.mjs';
import { rootDir, run, tool, which } from './run.mjs';

const minute = 60_000;

const playwrightChromium = async () => {
  if (!existsSync(join(rootDir, 'node_modules', '@playwright', 'test'))) return null;
  const { chromium } = await import('@playwright/test');
  return chromium.executablePath();
};

/** True when it starts at all: a downloaded one may lack the system's libraries. */
const starts = async (path) => (await run(path, ['--version'], { limitMs: minute / 2, capture: true })).code === 0;

/** HOLDFAST_CHROMIUM, Playwright's own, or the system's: the first that starts; else null. */
export const findChromium = async () => {
  const candidates = [
    process.env['HOLDFAST_CHROMIUM'] ?? null,
    await playwrightChromium(),
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(which),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  for (const path of candidates)
    if (path !== null && path !== '' && existsSync(path) && (await starts(path))) return path;
  return null;
};

/** A closed network answers at once here; Playwright itself would try five times. Behind a proxy only it can tell. */
const downloadsReachable = async () => {
  if (process.env['HTTPS_PROXY'] ?? process.env['https_proxy']) return true;
  try {
    await fetch('https://cdn.playwright.dev', { method: 'HEAD', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
};

const downloadChromium = async () => {
  if (!(await downloadsReachable())) {
    console.log("Playwright's downloads cannot be reached from here.");
    return;
  }
  console.log("Installing Chromium by Playwright's download (at most two minutes) ...");
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  await run(...tool('@playwright/test/cli.js', 'install', 'chromium'), { limitMs: 2 * minute, capture: true, env });
};

const onDebianAsRoot = () => process.platform === 'linux' && process.getuid?.() === 0 && which('apt-get') !== null;

const aptGet = (...args) =>
  run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', ...args], {
    limitMs: 10 * minute,
    capture: true,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });

const lastLines = (output) => output.trimEnd().split('\n').slice(-5).join('\n');

const aptInstall = async (packages) => {
  console.log(`Installing by apt: ${packages.join(' ')} ...`);
  // The lock of the lists has no waiting time of its own: another apt may just hold it.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { code, output } = await aptGet('update');
    if (code === 0 || !output.includes('lock')) break;
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
  const { code, output } = await aptGet('install', '-y', '--no-install-recommends', ...packages);
  if (code !== 0) console.log(`apt-get install ended with code ${code}:\n${lastLines(output)}`);
};

/** {chromium} or {chromium: null, reason}; and whether there is a virtual screen. */
export const prepareTestTools = async () => {
  let chromium = await findChromium();
  if (chromium === null) {
    await downloadChromium();
    chromium = await findChromium();
  }
  const missing = [
    ...(chromium === null ? ['chromium'] : []),
    ...(process.platform === 'linux' && which('xvfb-run') === null ? ['xvfb'] : []),
    ...(process.platform === 'linux' && which('xauth') === null ? ['xauth'] : []),
    ...(which('age') === null ? ['age'] : []),
    ...(process.platform === 'linux' && which('dbus-run-session') === null ? ['dbus'] : []),
    ...(process.platform === 'linux' && which('gnome-keyring-daemon') === null ? ['gnome-keyring'] : []),
  ];
  if (missing.length > 0 && onDebianAsRoot()) {
    await aptInstall(missing);
    chromium ??= await findChromium();
  } else if (missing.length > 0) {
    console.log(`Not on this machine, and not installed because this is not root on Debian: ${missing.join(', ')}.`);
  }
  return { chromium, screen: process.platform !== 'linux' || (which('xvfb-run') !== null && which('xauth') !== null) };
};

if (process.argv[1] === import.meta.filename) {
  requireNode();
  if (!(await installPackages())) process.exit(1);
  await prepareTestTools();
}
