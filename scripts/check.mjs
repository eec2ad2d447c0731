/** `npm run check`: types, lint, format, dead code, docs freshness, unit tests. */
import { build, installPackages, requireNode } from './prepare.mjs';
import { runChecks, runUnitTests, summarise } from './steps.mjs';

requireNode();
if (!(await installPackages())) process.exit(1);
const results = await runChecks();
// `serve` is tested with the real pages.
if ((await build({ force: false })) !== 0) process.exit(1);
process.exitCode = summarise([...results, await runUnitTests()]);
