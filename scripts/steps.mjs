/**
 * The checks of the project as a list, and the one way to run them: each with a time limit, each counted. `npm run
 * check` and `npm test` share them.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rootDir, run, tool } from './run.mjs';

const minute = 60_000;

/** {name, passed, failed, skipped, notes}: what a step adds to the sum. `notes` are printed at the end. */
const single = (name, good, note) => ({
  name,
  passed: good ? 1 : 0,
  failed: good ? 0 : 1,
  skipped: 0,
  notes: note === undefined ? [] : [note],
});

export const heading = (text) => console.log(`\n== ${text}`);

/** Why a program that was run did not pass, or undefined. */
const whyFailed = ({ code, timedOut }, limitMs) => {
  if (timedOut) return `ended after its limit of ${limitMs / minute} minutes`;
  return code === 0 ? undefined : `ended with code ${code}`;
};

const check = async ({ name, command, limitMs = 5 * minute }) => {
  heading(name);
  const result = await run(...command, { limitMs });
  const why = whyFailed(result, limitMs);
  return single(name, why === undefined, why);
};

const checks = [
  { name: 'types', command: tool('typescript/bin/tsc', '-b') },
  {
    name: 'lint',
    command: tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '--report-unused-disable-directives'),
  },
  { name: 'format', command: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  { name: 'dead code', command: tool('knip/bin/knip.js', '--no-progress') },
  { name: 'docs freshness', command: [process.execPath, ['scripts/docs.mjs', '--check']] },
];

export const runChecks = async () => {
  const results = [];
  for (const one of checks) results.push(await check(one));
  return results;
};

const freshReport = (name) => {
  const path = join(rootDir, 'test-results', `${name.replaceAll(' ', '-')}.json`);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  return path;
};

/** Runs a test runner and reads its JSON report; a run without one, or one that failed by itself, is one failure. */
const runner = async ({ name, command, env, limitMs, reportPath, count }) => {
  heading(name);
  const result = await run(...command, { limitMs, env });
  const why = whyFailed(result, limitMs);
  if (!existsSync(reportPath)) return single(name, false, `${why ?? 'ended well'} without a report`);
  const counted = count(JSON.parse(readFileSync(reportPath, 'utf8')));
  if (why !== undefined && counted.failed === 0) return { name, ...counted, failed: 1, notes: [...counted.notes, why] };
  return { name, ...counted };
};

const countVitest = (report) => {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(rootDir, file.name) })),
  );
  const named = (test) => `${test.file}: ${test.fullName}`;
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const skipped = tests.filter((test) => ['skipped', 'pending', 'todo', 'disabled'].includes(test.status));
  const failed = tests.filter((test) => test.status === 'failed');
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failed.length + unloaded.length,
    skipped: skipped.length,
    notes: [
      ...failed.map((test) => `failed: ${named(test)}`),
      ...unloaded.map((file) => `failed to load: ${relative(rootDir, file.name)}`),
      ...skipped.map((test) => `skipped: ${named(test)}`),
    ],
  };
};

export const runUnitTests = (env = {}) => {
  const reportPath = freshReport('unit tests');
  const command = tool(
    'vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath}`,
  );
  const limitMs = (env.HOLDFAST_LONG === '1' ? 60 : 20) * minute;
  return runner({ name: 'unit tests', command, env, limitMs, reportPath, count: countVitest });
};

const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];

const countPlaywright = (report) => {
  const tests = report.suites
    .flatMap(specsOf)
    .flatMap((spec) => spec.tests.map((test) => ({ ...test, title: `${spec.file}: ${spec.title}` })));
  const reason = (test) =>
    test.annotations.find((one) => one.type === 'skip' || one.type === 'fixme')?.description ?? 'no reason given';
  const of = (status) => tests.filter((test) => test.status === status);
  return {
    passed: of('expected').length + of('flaky').length,
    failed: of('unexpected').length,
    skipped: of('skipped').length,
    notes: [
      ...of('unexpected').map((test) => `failed: ${test.title}`),
      ...of('flaky').map((test) => `passed only when tried again: ${test.title}`),
      ...of('skipped').map((test) => `skipped: ${test.title}: ${reason(test)}`),
      ...report.errors.map((error) => `error: ${error.message?.split('\n')[0] ?? 'unknown'}`),
    ],
  };
};

/** The journeys of one Playwright project (`browser` or `window`), behind `wrapper` (a virtual screen) when given. */
export const runJourneys = (project, { env, wrapper = [] }) => {
  const name = `journeys in the ${project}`;
  const reportPath = freshReport(name);
  const [node, args] = tool('@playwright/test/cli.js', 'test', `--project=${project}`, '--reporter=list,json');
  const [command, ...rest] = [...wrapper, node, ...args];
  return runner({
    name,
    command: [command, rest],
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath },
    limitMs: 18 * minute,
    reportPath,
    count: countPlaywright,
  });
};

/** Prints every result with its notes, then the sum as the last line. Gives the exit code. */
export const summarise = (results) => {
  heading('summary');
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, passed, failed, skipped, notes } of results) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
    console.log(`${failed > 0 ? 'FAILED ' : '       '}${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    for (const note of notes) console.log(`           ${note}`);
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return sum.failed === 0 ? 0 : 1;
};
