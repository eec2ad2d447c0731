/** `npm run check`: types, lint, format, dead code, docs freshness, unit tests. */
import { installPackages, requireNode } from './prepare.mjs';
import { runChecks, runUnitTests, summarise } from './steps.mjs';

requireNode();
if (!(await installPackages())) process.exit(1);
process.exitCode = summarise([...(await runChecks()), await runUnitTests()]);
