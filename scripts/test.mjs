/**
 * `npm test`: installs what is missing, checks, builds, runs unit tests and the journeys in the browser and in the
 * window. Its last line is always "N passed, N failed". What cannot run on this machine is skipped with its reason;
 * journeys without a browser fail where CI is set. `--long` runs the long tests too.
 */
import { findElectron } from './electron.mjs';
import { build, installPackages, requireNode } from './prepare.mjs';
import { heading, runChecks, runJourneys, runUnitTests, summarise } from './steps.mjs';
import { prepareTestTools } from './tools.mjs';

const inCi = (process.env['CI'] ?? '') !== '' && process.env['CI'] !== 'false';
const env = process.argv.includes('--long') ? { HOLDFAST_LONG: '1' } : {};

const outcome = (name, kind, note) => ({
  name,
  passed: 0,
  failed: 0,
  skipped: 0,
  [kind]: 1,
  notes: note === undefined ? [] : [note],
});

const skipLoudly = (name, reason, kind = 'skipped') => {
  console.log(`\n!! ${name}: ${kind.toUpperCase()}: ${reason}`);
  return outcome(name, kind, reason);
};

const browserJourneys = ({ chromium }) => {
  const name = 'journeys in the browser';
  if (chromium === null)
    return skipLoudly(name, 'no Chromium on this machine and none could be installed', inCi ? 'failed' : 'skipped');
  return runJourneys('browser', { env: { ...env, HOLDFAST_CHROMIUM: chromium } });
};

const windowJourneys = ({ screen }) => {
  const name = 'journeys in the window';
  const electron = findElectron();
  if (electron === null)
    return skipLoudly(name, 'no Electron binary (ELECTRON_OVERRIDE_DIST_PATH is not set and none was downloaded)');
  if (!screen) return skipLoudly(name, 'no virtual screen (xvfb-run and xauth) on this machine');
  const wrapper = process.platform === 'linux' ? ['xvfb-run', '-a', '-s', '-screen 0 1280x1024x24 -noreset'] : [];
  return runJourneys('window', { env: { ...env, HOLDFAST_ELECTRON: electron }, wrapper });
};

const runAll = async (results) => {
  if (!(await installPackages())) {
    results.push(outcome('npm packages', 'failed'));
    return;
  }
  const tools = await prepareTestTools();
  results.push(...(await runChecks()));
  // Before the unit tests: `serve` is tested with the real pages.
  heading('build');
  const built = await build({ force: true });
  results.push(outcome('build', built === 0 ? 'passed' : 'failed'), await runUnitTests(env));
  if (built !== 0) return;
  results.push(await browserJourneys(tools), await windowJourneys(tools));
};

requireNode();
const results = [];
try {
  await runAll(results);
} catch (error) {
  console.error(error);
  results.push(outcome('the test script', 'failed', String(error)));
}
process.exitCode = summarise(results);
