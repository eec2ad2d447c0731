/**
 * Finds an Electron binary and a display. Electron 42 and later comes without its binary and fetches it on first use;
 * where that is not possible nothing here may hang or fail: the answer is then a reason in words.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir, run } from './run.mjs';

const packageDir = join(rootDir, 'node_modules', 'electron');
const failurePath = join(rootDir, '.cache', 'electron-fetch.json');
const retryAfterMs = 24 * 3600 * 1000;

const platformPath = () => {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
};

/** A binary that is on this machine already, or null. */
export const findElectron = () => {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const candidates = [
    dist === undefined || dist === '' ? null : join(dist, platformPath()),
    process.env['ELECTRON_EXEC_PATH'] ?? null,
    existsSync(join(packageDir, 'path.txt'))
      ? join(packageDir, 'dist', readFileSync(join(packageDir, 'path.txt'), 'utf8'))
      : null,
  ];
  return candidates.find((path) => path !== null && path !== '' && existsSync(path)) ?? null;
};

const wantedVersion = () => JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version;

const rememberedFailure = () => {
  try {
    const { at, version } = JSON.parse(readFileSync(failurePath, 'utf8'));
    return version === wantedVersion() && Date.now() - at < retryAfterMs;
  } catch {
    return false;
  }
};

/**
 * A binary of this machine, else a fetched one: {path} or {reason}. A fetch takes at most a minute, and one that failed
 * is not tried again for a day unless `retry` says so.
 */
export const getElectron = async ({ retry = false } = {}) => {
  const found = findElectron();
  if (found !== null) return { path: found };
  if (!retry && rememberedFailure()) {
    return { reason: 'Electron could not be downloaded earlier today ("npm start -- --desktop" tries again)' };
  }
  console.log(`Downloading Electron ${wantedVersion()} (at most a minute) ...`);
  const { timedOut } = await run(process.execPath, [join(packageDir, 'install.js')], {
    limitMs: 60_000,
    capture: true,
  });
  const fetched = findElectron();
  if (fetched !== null) {
    rmSync(failurePath, { force: true });
    return { path: fetched };
  }
  mkdirSync(join(rootDir, '.cache'), { recursive: true });
  writeFileSync(failurePath, JSON.stringify({ at: Date.now(), version: wantedVersion() }));
  return { reason: timedOut ? 'Electron could not be downloaded within a minute' : 'Electron could not be downloaded' };
};

/** Chromium refuses to run as root with its sandbox. */
export const isRoot = process.getuid?.() === 0;

export const hasDisplay = () =>
  process.platform !== 'linux' ||
  [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');
