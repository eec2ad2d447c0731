/**
 * `npm run dev`: hot reload in the window; without Electron or a screen, in the browser, where Vite's own server shows
 * the pages and the browser host answers them. Arguments such as `--home DIR` go to Holdfast.
 */
import { getElectron, hasDisplay, isRoot } from './electron.mjs';
import { installPackages, requireNode } from './prepare.mjs';
import { rootDir, run, tool } from './run.mjs';

requireNode();
if (!(await installPackages())) process.exit(1);
const argv = process.argv.slice(2);
const args = argv.filter((arg) => arg !== '--browser');
const electron = argv.includes('--browser') || !hasDisplay() ? {} : await getElectron();
const inWindow = electron.path !== undefined;
if (!inWindow) console.log(`In the browser: ${electron.reason ?? 'there is no display, or --browser was given'}.`);

// Without Electron the "Electron" that electron-vite starts, and starts again after a change, is Node with the host.
const env = inWindow
  ? { ELECTRON_EXEC_PATH: electron.path }
  : { ELECTRON_EXEC_PATH: process.execPath, ELECTRON_ENTRY: `${rootDir}/out/main/host.js` };
const sandbox = inWindow && isRoot && process.platform === 'linux' ? ['--noSandbox'] : [];
const day = 24 * 3600 * 1000;
const { code } = await run(
  ...tool(
    'electron-vite/bin/electron-vite.js',
    'dev',
    '--watch',
    ...sandbox,
    ...(args.length > 0 ? ['--', ...args] : []),
  ),
  {
    limitMs: day,
    env,
  },
);
process.exitCode = code;
