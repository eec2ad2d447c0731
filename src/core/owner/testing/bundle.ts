/** Bundles a TypeScript program of the tests for a child process, as Node 20 cannot run it. Only for tests. */
import { basename, join } from 'node:path';
import { build } from 'vite';

/** Path of the made `.mjs` in `outDir`. Installed packages stay inside the bundle, Node's own modules outside. */
export const bundleProgram = async (entryPath: string, outDir: string): Promise<string> => {
  const fileName = `${basename(entryPath, '.ts')}.mjs`;
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: entryPath,
      outDir,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: { output: { entryFileNames: fileName } },
    },
  });
  return join(outDir, fileName);
};
