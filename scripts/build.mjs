/** `npm run build`: installs what is missing, then builds. The other scripts build by themselves when they have to. */
import { build, installPackages, requireNode } from './prepare.mjs';

requireNode();
if (!(await installPackages())) process.exit(1);
process.exitCode = await build({ force: true });
