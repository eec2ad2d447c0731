/**
 * `npm run bench -- NAME [args]`: bundles `bench/NAME.ts` into a temporary folder and calls its `main(argv)`. Bundled,
 * because Node 20 does not run TypeScript. Never part of a test run: it measures time.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPackages, requireNode } from './prepare.mjs';
import { rootDir } from './run.mjs';

const benchDir = join(rootDir, 'bench');

const bundle = async (input, outDir) => {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: rootDir,
    logLevel: 'warn',
    build: {
      ssr: input,
      outDir,
      target: 'node20.18',
      minify: false,
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'bench.mjs', codeSplitting: false } },
    },
  });
};

requireNode();
const [name, ...argv] = process.argv.slice(2);
const names = existsSync(benchDir)
  ? readdirSync(benchDir)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => file.slice(0, -3))
  : [];
if (name === undefined || !names.includes(name)) {
  console.error(`usage: npm run bench -- NAME [args]     NAME: ${names.join(', ') || '(there is none yet)'}`);
  process.exit(1);
}
if (!(await installPackages())) process.exit(1);
const outDir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
try {
  // Packages stay external; they are found from the bundle's folder.
  symlinkSync(join(rootDir, 'node_modules'), join(outDir, 'node_modules'), 'junction');
  await bundle(join(benchDir, `${name}.ts`), join(outDir, 'out'));
  const { main } = await import(pathToFileURL(join(outDir, 'out', 'bench.mjs')).href);
  process.exitCode = (await main(argv)) ?? 0;
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
