/**
 * `npm run bench -- NAME [args]`: bundles `bench/NAME.ts` into a temporary folder and calls its `main(argv)`. Bundled,
 * because Node 20 does not run TypeScript. Never part of a test run: it measures time.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPackages, requireNode } from './prepare.mjs';
import { rootDir } from './run.mjs';

const benchDir = join(rootDir, 'bench');

/** Programs of worker threads lie beside the program that starts them, as in the app's build. */
const workers = () =>
  Object.fromEntries(
    readdirSync(join(rootDir, 'src', 'core'), { recursive: true })
      .filter((path) => path.endsWith('-worker.ts'))
      .map((path) => [basename(path, '.ts'), join(rootDir, 'src', 'core', path)]),
  );

const bundle = async (input, outDir) => {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: rootDir,
    logLevel: 'warn',
    // Bundled like the app: a thread that loads hundreds of small module files starts half a second later.
    ssr: { noExternal: true, external: ['sql.js', '@napi-rs/keyring', 'open', 'chokidar', 'better-sqlite3'] },
    build: {
      ssr: true,
      outDir,
      target: 'node20.18',
      minify: false,
      emptyOutDir: true,
      rolldownOptions: {
        input: { bench: input, ...workers() },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  });
  writeFileSync(join(outDir, 'package.json'), '{"type":"module"}');
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
  // What stays external is found from the bundle's folder.
  symlinkSync(join(rootDir, 'node_modules'), join(outDir, 'node_modules'), 'junction');
  await bundle(join(benchDir, `${name}.ts`), join(outDir, 'out'));
  const { main } = await import(pathToFileURL(join(outDir, 'out', 'bench.js')).href);
  process.exitCode = (await main(argv)) ?? 0;
} finally {
  rmSync(outDir, { recursive: true, force: true });
}
