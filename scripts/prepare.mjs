/**
 * What every script needs first: a Node that is new enough, the npm packages of the lock file, a build that is not
 * stale. Says what it installs before it does. Plain Node: runs in a bare clone.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir, run, tool } from './run.mjs';

const minute = 60_000;

/** Ends the script with one sentence when this Node is older than 20.19. */
export const requireNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Holdfast needs Node 20.19 or newer; this is Node ${process.versions.node}. Get one from https://nodejs.org.`,
  );
  process.exit(1);
};

const modifiedMs = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** True when the packages are there afterwards. npm writes its own copy of the lock file last. */
export const installPackages = async () => {
  const lockPath = join(rootDir, 'package-lock.json');
  const installed = modifiedMs(join(rootDir, 'node_modules', '.package-lock.json'));
  if (installed >= modifiedMs(lockPath)) return true;
  console.log(
    installed === 0
      ? 'Installing the npm packages of package-lock.json into node_modules (npm ci) ...'
      : 'package-lock.json is newer than node_modules: installing again (npm ci) ...',
  );
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, all] =
    npm === undefined || !/npm-cli\.[cm]?js$/u.test(npm) ? ['npm', args] : [process.execPath, [npm, ...args]];
  const { code, timedOut } = await run(command, all, { limitMs: 15 * minute });
  if (code === 0) return true;
  console.error(timedOut ? 'npm ci did not end within 15 minutes.' : `npm ci ended with code ${code}.`);
  return false;
};

const filesUnder = (path) => {
  const full = join(rootDir, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(`${path}/${entry.name}`) : [`${path}/${entry.name}`]));
};

/** One digest over everything that a build reads: names and bytes of sources, configuration, lock file. */
const sourcesDigest = () => {
  const digest = createHash('sha256');
  for (const path of ['src', 'tsconfig', 'electron.vite.config.ts', 'package.json', 'package-lock.json'].flatMap(
    filesUnder,
  )) {
    if (/\.test\.tsx?$/u.test(path)) continue;
    const bytes = readFileSync(join(rootDir, path));
    digest.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return digest.digest('hex');
};

const stampPath = join(rootDir, 'out', 'build-stamp');
const outputs = ['main/index.js', 'main/cli.js', 'main/host.js', 'preload/index.cjs', 'renderer/index.html'];

const isFresh = (digest) =>
  outputs.every((path) => existsSync(join(rootDir, 'out', path))) &&
  existsSync(stampPath) &&
  readFileSync(stampPath, 'utf8') === digest;

/** Builds `out/` unless it was built from exactly these sources. The code of the build, 0 when there was nothing to do. */
export const build = async ({ force = false } = {}) => {
  const digest = sourcesDigest();
  if (!force && isFresh(digest)) return 0;
  console.log('Building ...');
  const { code } = await run(...tool('electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'), {
    limitMs: 5 * minute,
  });
  if (code === 0) {
    mkdirSync(join(rootDir, 'out'), { recursive: true });
    writeFileSync(stampPath, digest);
  }
  return code;
};
