/**
 * Builds the four bundles. Main has three entries (window, browser host, terminal); only `index` may reach
 * `electron`, because requiring it makes electron 42+ download its binary (docs/decisions/0001).
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const src = (path: string): string => resolve(import.meta.dirname, 'src', path);

/** Of every file of the contract: see src/contract/build.ts. */
const contractPrint = (): string => {
  const print = createHash('sha256');
  for (const name of readdirSync(src('contract')).toSorted())
    if (!name.endsWith('.test.ts')) print.update(`${name}\0`).update(readFileSync(src(`contract/${name}`)));
  return print.digest('hex').slice(0, 16);
};

export default defineConfig({
  main: {
    define: { HOLDFAST_CONTRACT: JSON.stringify(contractPrint()) },
    build: {
      target: 'node20.18',
      // Hundreds of small module files cost a terminal command more than its work: the pure ones are bundled. sql.js must
      // stay outside (it looks for its wasm beside itself), and so must `open` (it carries a script).
      externalizeDeps: {
        exclude: [
          'typebox',
          'kysely',
          'commander',
          'hono',
          '@hono/node-server',
          'age-encryption',
          'croner',
          'jsonc-parser',
          'dotenv',
          '@clack/prompts',
        ],
      },
      rolldownOptions: {
        input: {
          index: src('main/index.ts'),
          host: src('host/entry.ts'),
          cli: src('cli/entry.ts'),
          // Programs of worker threads: found by their names (core/store/thread.ts).
          'checkpoint-worker': src('core/store/checkpoint-worker.ts'),
          'backup-worker': src('core/backup/backup-worker.ts'),
          'schema-worker': src('core/schema/schema-worker.ts'),
          'migration-worker': src('core/migration/migration-worker.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: src('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: src('renderer'),
    build: {
      target: 'es2023',
      minify: true,
      // One page, read from the disk of the same machine.
      chunkSizeWarningLimit: 1500,
      rolldownOptions: { input: { index: src('renderer/index.html') } },
    },
    plugins: [react()],
  },
});
