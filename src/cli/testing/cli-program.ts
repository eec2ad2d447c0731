/**
 * For tests: bundles the terminal door as the build does and runs it as a process of its own, in a temporary world (its
 * own configuration folder, runtime folder and copies of sample homes).
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const rootDir = resolve(import.meta.dirname, '../../..');

export type CliRun = { code: number | null; stdout: string; stderr: string };

export type CliProgram = {
  /** A new copy of a sample home, or of another home (an absolute path). */
  home: (from?: string) => string;
  /** A path in a folder that is removed at the end. */
  path: (name: string) => string;
  run: (
    args: string[],
    options?: { input?: string | Uint8Array; env?: Record<string, string>; cwd?: string },
  ) => Promise<CliRun>;
  /** The same with `--json`: stdout must be exactly one document. */
  json: (
    args: string[],
    options?: Parameters<CliProgram['run']>[1],
  ) => Promise<{ code: number | null; document: unknown; stderr: string }>;
  /** Command line and environment, for a test that talks to the process itself. */
  command: (args: string[]) => { file: string; args: string[]; env: Record<string, string> };
  remove: () => void;
};

/** `cli.js` two folders below the project's, as in `out/main`: there it finds `resources` and `package.json`. */
const bundle = async (outDir: string): Promise<void> => {
  await build({
    configFile: false,
    root: rootDir,
    logLevel: 'error',
    // Hundreds of small modules otherwise, found anew at each of many starts.
    ssr: { noExternal: ['typebox', 'kysely', 'commander'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { input: { cli: join(rootDir, 'src/cli/entry.ts') }, output: { entryFileNames: '[name].js' } },
    },
  });
};

/** Every file and folder below `dir`, relative and sorted. */
export const listing = (dir: string): string[] => readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted();

export const openCliProgram = async (): Promise<CliProgram> => {
  mkdirSync(join(rootDir, '.cache'), { recursive: true });
  const outDir = mkdtempSync(join(rootDir, '.cache', 'cli-test-'));
  const dir = mkdtempSync(join(tmpdir(), 'hf-cli-'));
  mkdirSync(join(dir, 'run'), { mode: 0o700 });
  await bundle(outDir);
  let homes = 0;
  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    TZ: 'UTC',
    HOLDFAST_CONFIG_DIR: join(dir, 'config'),
    XDG_RUNTIME_DIR: join(dir, 'run'),
    ...more,
  });
  const run: CliProgram['run'] = (args, options = {}) =>
    new Promise((done, failed) => {
      const child = spawn(process.execPath, [join(outDir, 'cli.js'), ...args], {
        cwd: options.cwd ?? dir,
        env: env(options.env),
        stdio: 'pipe',
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', failed);
      child.once('close', (code) => done({ code, stdout, stderr }));
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.input ?? '');
    });
  return {
    home: (from = 'deeptempo') => {
      homes += 1;
      const path = join(dir, `home-${String(homes)}`);
      cpSync(resolve(rootDir, 'resources/sample-homes', from), path, { recursive: true });
      return path;
    },
    path: (name) => join(dir, name),
    run,
    json: async (args, options) => {
      const { code, stdout, stderr } = await run(['--json', ...args], options);
      if (!stdout.endsWith('\n') || stdout.indexOf('\n') !== stdout.length - 1)
        throw new Error(`Not exactly one line on stdout: ${stdout}`);
      return { code, document: JSON.parse(stdout) as unknown, stderr };
    },
    command: (args) => ({ file: process.execPath, args: [join(outDir, 'cli.js'), ...args], env: env() }),
    remove: () => {
      rmSync(outDir, { recursive: true, force: true });
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
