/**
 * Makes a child process's program out of a TypeScript entry, for tests that need a real process (Node 20 runs no .ts).
 * The bundle lies inside the checkout, under `out/`, so that its packages are found; dependencies stay external.
 */
import { mkdtempSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'vite';

const projectDir = resolve(import.meta.dirname, '../../../..');

/** `entryPath`: absolute. Gives the absolute path of a program for `process.execPath`. */
export const bundleForNode = async (entryPath: string): Promise<string> => {
  const parent = join(projectDir, 'out', 'test-programs');
  mkdirSync(parent, { recursive: true });
  // A folder of its own: tests run at the same time.
  const outDir = mkdtempSync(join(parent, `${basename(entryPath, '.ts')}-`));
  await build({
    configFile: false,
    root: projectDir,
    logLevel: 'error',
    build: {
      ssr: entryPath,
      outDir,
      emptyOutDir: false,
      target: 'node20.18',
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'program.mjs' } },
    },
  });
  return join(outDir, 'program.mjs');
};
