#!/usr/bin/env node
/**
 * The `holdfast` command of a checkout: builds first when there is no build yet (said on stderr), then runs it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../out/main/cli.js', import.meta.url);

if (!existsSync(built)) {
  console.error('holdfast: not built yet; running "npm run build" once ...');
  const root = fileURLToPath(new URL('..', import.meta.url));
  // stdout belongs to the command's own answer.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (error !== undefined || status !== 0 || !existsSync(built)) {
    console.error('holdfast: the build failed; run "npm ci" and "npm run build" and look at what they say.');
    process.exit(9);
  }
}

await import(built.href);
